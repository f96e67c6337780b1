// Adds up what was tried, for a table and for a test: what is wrong is kept with its name.
import type { Verdict } from './compare.ts'

export type Tally = {
  add(row: string, name: string, verdict: Verdict): void
  /** One line for each fault. */
  readonly faults: readonly string[]
  /** One line for each row, in the order in which they came. */
  table(): readonly Line[]
}
type Line = {
  readonly row: string
  readonly points: number
  readonly lost: number
  readonly twice: number
  readonly wrong: number
  readonly repeats: number
}

export function createTally(): Tally {
  const rows = new Map<string, Line>()
  const faults: string[] = []
  return {
    add(row, name, { lost, twice, wrong, repeats }) {
      const before = rows.get(row) ?? { row, points: 0, lost: 0, twice: 0, wrong: 0, repeats: 0 }
      rows.set(row, {
        row,
        points: before.points + 1,
        lost: before.lost + lost.length,
        twice: before.twice + twice.length,
        wrong: before.wrong + wrong.length,
        repeats: before.repeats + repeats,
      })
      for (const fault of [...lost, ...twice, ...wrong]) faults.push(`${name}: ${fault}`)
    },
    faults,
    table: () => [...rows.values()],
  }
}
