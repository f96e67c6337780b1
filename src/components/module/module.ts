// Components that somebody wrote in a module of their own. Node reads it, types and all; nothing else of it is used.
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { quote } from '../../lib/quote.ts'
import type { Problem } from '../../plan/problem.ts'
import type { Component } from '../component.ts'
import { invalidComponents, type ReadComponents, readComponents } from '../read-components.ts'

type Problems = { readonly kind: 'problems'; readonly problems: readonly Problem[] }
export type LoadedModule =
  | { readonly kind: 'components'; readonly components: ReadonlyMap<string, Component> }
  | Problems

/**
 * The components of the module in `file`: those of its default export, and those of an export named `components`.
 * Each is a function, or `{ effect, input, output, onLost, description, run }`, by its path or tool name.
 */
export async function loadModule(file: string): Promise<LoadedModule> {
  const imported = await importModule(file)
  if (imported.kind === 'problems') return imported
  const exported = ['default', 'components'].flatMap((name) => imported.exports.get(name) ?? [])
  const read = exported.map((value) => (isMapping(value) ? readComponents(value, file) : NOTHING))
  const problems = read.flatMap((one) => one.problems)
  if (problems.length > 0) return { kind: 'problems', problems }
  if (read.some(({ components }) => components.size === 0) || read.length === 0)
    return problem(file, `Cannot find components in ${nameOf(file)}`, EXAMPLE)
  return { kind: 'components', components: new Map(read.flatMap((one) => [...one.components])) }
}

const EXAMPLE = 'Write export default { "/user/load": (input) => output }'
const NOTHING: ReadComponents = { components: new Map(), problems: [] }

type Imported = { readonly kind: 'module'; readonly exports: ReadonlyMap<string, unknown> } | Problems

async function importModule(file: string): Promise<Imported> {
  try {
    const module: object = await import(pathToFileURL(file).href)
    return { kind: 'module', exports: new Map(Object.entries(module)) }
  } catch (error) {
    return explain(file, error)
  }
}

/** What went wrong, without the stack: that is the story of the engine, not of the module. */
function explain(file: string, error: unknown): Problems {
  if (!(error instanceof Error)) return problem(file, `Cannot load ${nameOf(file)}: it throws no Error`, LOADED)
  const code = 'code' in error ? error.code : null
  const [message = ''] = error.message.split('\n')
  const where = placeOf(file, error)
  if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${file}'`))
    return problem(file, `Cannot find the module ${nameOf(file)}`, 'Name a file, such as components.ts')
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return problem(file, `Cannot read ${where}: ${message}`, 'Write types that can be erased: no enum, no namespace')
  if (error instanceof SyntaxError) return problem(file, `Cannot read ${where}: ${message}`, 'Correct its syntax')
  return problem(file, `Cannot load ${where}: ${message}`, LOADED)
}

const LOADED = 'Correct what it does when it is imported'

/** The file and line of an error, as far as its stack tells: the first line of a syntax error, or the module's own first frame. */
function placeOf(file: string, { stack = '' }: Error): string {
  const [, path, line] = /^(\/.*|[A-Z]:\\.*):(\d+)\n/.exec(stack) ?? []
  if (path !== undefined) return `${nameOf(path)}, line ${line}`
  const [, own] = stack.split(`${pathToFileURL(file).href}:`)
  return own === undefined ? nameOf(file) : `${nameOf(file)}, line ${Number.parseInt(own, 10)}`
}

/** Where it lies is told with the problem. */
function nameOf(file: string): string {
  return quote(basename(file))
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function problem(file: string, message: string, hint: string): Problems {
  return { kind: 'problems', problems: [invalidComponents(file, message, hint)] }
}
