// Components as somebody writes them: what they throw, and what they are told.
import { setTimeout as sleep } from 'node:timers/promises'

class QuotaError extends Error {
  readonly code = 'RESOURCE_UNAVAILABLE'
  readonly data = { limit: 3 }
}

type Call = { readonly attempt: number; readonly key: string; readonly run: string }

const keys = new Map<string, string>()
/** By run: that the second try has begun. */
const seconds = new Map<string, PromiseWithResolvers<void>>()

export const components = {
  '/throws': (): never => {
    throw new Error('A plain error')
  },
  '/throws_type': (): never => {
    throw new TypeError('Not a number')
  },
  '/throws_text': (): never => {
    // oxlint-disable-next-line typescript/only-throw-error -- People do.
    throw 'a text'
  },
  '/quota': (): never => {
    throw new QuotaError('Over the quota')
  },
  '/quota_once': (_: unknown, { attempt }: Call): { attempt: number } => {
    if (attempt === 1) throw new QuotaError('Over the quota')
    return { attempt }
  },
  '/final': (): never => {
    throw Object.assign(new Error('No use'), { code: 'RESOURCE_UNAVAILABLE', isRetryable: false })
  },
  '/invalid': { input: { type: 'object', required: ['n'] }, run: ({ n }: { n: number }): number => n },
  /** Its first try answers while the second is at work. */
  '/late': async (_: unknown, { attempt, run }: Call): Promise<string> => {
    const second = seconds.get(run) ?? Promise.withResolvers<void>()
    seconds.set(run, second)
    if (attempt === 1) return second.promise.then(() => 'late')
    second.resolve()
    await sleep(10)
    return 'second'
  },
  /** Whether the key of the second try is that of the first. */
  '/same_key': ({ name }: { name: string }, { attempt, key }: Call): boolean => {
    if (attempt === 1) {
      keys.set(name, key)
      throw new QuotaError('Again')
    }
    return keys.get(name) === key
  },
}
