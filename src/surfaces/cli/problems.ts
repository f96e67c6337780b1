// Problems on standard error, with the lines that they are about.
import type { Problem } from '../../plan/problem.ts'
import { showProblem } from '../../source/show-problem.ts'
import { paintWith, type Terminal } from './terminal.ts'

export function sayProblems(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
  { say, colours }: Terminal,
): void {
  const paint = paintWith(colours)
  for (const problem of problems) {
    const text = problem.file === null ? null : (texts.get(problem.file) ?? null)
    say(`${showProblem(problem, text, paint)}\n`)
  }
}
