// What a process was told, as it passes it on: a line for each answer.
import type { Json, RunOutcome } from '../../src/index.ts'

export type Answered =
  | { readonly kind: 'started'; readonly key: string; readonly run: string }
  | {
      readonly kind: 'ended'
      readonly key: string
      readonly run: string
      readonly outcome: string
      readonly told: Json
    }

/** How a run ended, without what no workload has. */
export function toAnswer(key: string, run: string, of: RunOutcome): Answered {
  const { outcome } = of
  return { kind: 'ended', key, run, outcome, told: of.outcome === 'success' ? of.result : null }
}

/** The answers among the lines of a process. A last line that was cut off was not given. */
export function answersIn(lines: string): readonly Answered[] {
  return lines
    .slice(0, lines.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Answered] : []))
}
