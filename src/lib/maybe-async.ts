// Work that is sometimes done at once. Waiting only where there is something to wait for keeps a quick path free of promises.

export type MaybeAsync<T> = T | Promise<T>

/** `use` of `value`: now if it is here already, else when it is. */
export function after<T, R>(value: MaybeAsync<T>, use: (value: T) => MaybeAsync<R>): MaybeAsync<R> {
  return value instanceof Promise ? value.then(use) : use(value)
}
