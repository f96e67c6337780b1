// A template that is one hole with nothing but a path in it, as the reference that it is.
import type { Expr, Path, Template } from '../plan/expr.ts'

const hole = /^\s*\{\{\s*([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*)\s*\}\}\s*$/
const segment = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g

/** The value that the hole reads; `null` where there is more to it. */
export function pathIn({ text, reads }: Template): Expr | null {
  const [, path] = hole.exec(text) ?? []
  if (path === undefined) return null
  const [first = ''] = /^[A-Za-z_][\w-]*/.exec(path) ?? []
  const rest: Path = [...path.slice(first.length).matchAll(segment)].map(([, name, index, single, double]) =>
    index === undefined ? (name ?? single ?? double ?? '') : Number(index),
  )
  const names = [first, ...rest]
  const read = reads.find((one) => one.path.every((name, index) => names[index] === name))
  return read === undefined ? null : extended(read.value, names.slice(read.path.length))
}

function extended(expr: Expr, path: Path): Expr | null {
  if (path.length === 0) return expr
  if (expr.kind !== 'output' && expr.kind !== 'input' && expr.kind !== 'item' && expr.kind !== 'variable') return null
  const [own] = expr.at.paths
  return expr.at.paths.length === 1
    ? { ...expr, at: { paths: [[...(own ?? []), ...path]], text: path.join('.') } }
    : null
}
