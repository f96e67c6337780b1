// A list of a given length, quickly: `Array.from({ length })` takes 6 to 17 times as long (Node 24), which showed in every run.

export function filled<T>(length: number, value: T): T[] {
  // oxlint-disable-next-line unicorn/no-new-array -- the argument is a length
  return new Array<T>(length).fill(value)
}
