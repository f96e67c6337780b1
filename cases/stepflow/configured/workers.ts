// Components as somebody writes them: what they throw, and what they are told.

class QuotaError extends Error {
  readonly code = 'RESOURCE_UNAVAILABLE'
  readonly data = { limit: 3 }
}

type Call = { readonly attempt: number; readonly key: string }

const keys = new Map<string, string>()

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
  /** Whether the key of the second try is that of the first. */
  '/same_key': ({ name }: { name: string }, { attempt, key }: Call): boolean => {
    if (attempt === 1) {
      keys.set(name, key)
      throw new QuotaError('Again')
    }
    return keys.get(name) === key
  },
}
