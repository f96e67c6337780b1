/** What is asked for while it is being done is done once. */
export async function onceBy<T>(doing: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const begun = doing.get(key)
  if (begun !== undefined) return begun
  const done = work()
  doing.set(key, done)
  try {
    return await done
  } finally {
    doing.delete(key)
  }
}
