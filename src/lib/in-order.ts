// Work on many things, some of it at once, whose answers come in the order of the things.

/** Calls `work` for each of `items`, at most `atOnceMax` at a time. Nothing starts before the first answer is asked for. */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  atOnceMax: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const open: Promise<R>[] = []
  for (const item of items) {
    const answer = work(item)
    answer.catch(() => undefined) // a failure is told when its turn has come
    open.push(answer)
    const [oldest] = open
    if (oldest === undefined || open.length < atOnceMax) continue
    yield await oldest // before the next item is taken: by then there may be none any more
    void open.shift()
  }
  for (const answer of open) yield await answer
}
