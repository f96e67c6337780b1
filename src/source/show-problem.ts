// A problem as people read it: what, where, the line itself, and what to do.
import type { Problem } from '../plan/problem.ts'
import { excerptOf } from './excerpt.ts'

/** The parts that a terminal may colour. */
export type Part = 'error' | 'warning' | 'message' | 'place' | 'gutter' | 'hint'
export type Paint = (part: Part, text: string) => string

const plain: Paint = (_, text) => text

/**
 * `problem` as some lines of text, without a line feed at the end.
 *
 * @param text What its file holds, for the excerpt; `null`: no excerpt.
 * @example showProblem(problem, text)
 * // error: Cannot find step "lod" (UNDEFINED_STEP_REFERENCE)
 * //   at flow.yaml:4:21, step "page"
 * //   4 |     input: { $step: lod }
 * //     |                     ^^^
 * //   Did you mean "load"?
 */
export function showProblem(problem: Problem, text: string | null, paint: Paint = plain): string {
  const { severity, message, code, hint } = problem
  const lines = [`${paint(severity, `${severity}:`)} ${paint('message', harmless(message))} (${code})`]
  const place = placeOf(problem)
  if (place !== '') lines.push(`  ${paint('place', place)}`)
  if (text !== null && problem.span !== null) lines.push(...excerptLines(problem, text, paint))
  if (hint !== null) lines.push(`  ${paint('hint', harmless(hint))}`)
  return lines.join('\n')
}

function placeOf({ file, span, step }: Problem): string {
  const parts: string[] = []
  if (span !== null && file !== null) parts.push(`at ${file}:${span.line}:${span.column}`)
  else if (span !== null) parts.push(`at line ${span.line}, column ${span.column}`)
  else if (file !== null) parts.push(`in ${file}`)
  if (step !== null) parts.push(`step ${JSON.stringify(step)}`)
  return harmless(parts.join(', '))
}

function excerptLines({ span, severity }: Problem, text: string, paint: Paint): string[] {
  const excerpt = span === null ? null : excerptOf(text, span)
  if (excerpt === null) return []
  const number = String(excerpt.line)
  const margin = ' '.repeat(number.length)
  return [
    `  ${paint('gutter', `${number} |`)} ${excerpt.text}`,
    `  ${paint('gutter', `${margin} |`)} ${paint(severity, excerpt.mark)}`,
  ]
}

/** Without the characters by which a text could steer a terminal or turn its direction. */
function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '·')
}
