// The name that somebody probably meant.

/** Names longer than this are compared by their beginnings. */
const charactersMax = 64

/**
 * The name of `known` that is nearest to `name`, or `null` where none is near.
 * Case, `_`, `-`, `$` and spaces do not count; otherwise one change for each three characters is near, three at most.
 *
 * @example didYouMean('max_retrys', ['maxRetries', 'timeout']) // 'maxRetries'
 */
export function didYouMean(name: string, known: Iterable<string>): string | null {
  const wanted = simplified(name)
  let best: string | null = null
  let bound = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)))
  for (const candidate of known) {
    const other = simplified(candidate)
    if (other === wanted) return candidate
    const changes = changesWithin(wanted, other, bound)
    if (changes === null) continue
    best = candidate
    bound = changes - 1
  }
  return best
}

function simplified(name: string): string {
  return name
    .slice(0, charactersMax)
    .toLowerCase()
    .replaceAll(/[_\-$ ]/g, '')
}

/**
 * How many characters to insert, delete, replace or swap with their neighbour to make `a` into `b`;
 * `null` if more than `max`.
 * @see "optimal string alignment distance"
 */
function changesWithin(a: string, b: string, max: number): number | null {
  if (max < 1 || Math.abs(a.length - b.length) > max || a === '' || b === '') return null
  let older: number[] = []
  let old = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const now = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      let changes = Math.min(at(old, column) + 1, at(now, column - 1) + 1, at(old, column - 1) + (isSame ? 0 : 1))
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        changes = Math.min(changes, at(older, column - 2) + 1)
      now.push(changes)
    }
    if (Math.min(...now, ...old.map((changes) => changes + 1)) > max) return null
    older = old
    old = now
  }
  const changes = at(old, b.length)
  return changes <= max ? changes : null
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
