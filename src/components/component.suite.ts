// What every kind of component holds to, whatever it does. Each kind calls it from a test of its own.
import { describe, expect, test } from 'vitest'
import type { Json } from '../lib/json.ts'
import { notPlain } from '../lib/plain-data.ts'
import { Answer, type Call, type Component, ComponentError, type Components, type ErrorInfo } from './component.ts'

/** Components to try, and what they are expected to do. */
export type SuiteWorld = {
  readonly components: Components
  /** Calls that succeed, by path, with their input and output. */
  readonly succeed: readonly { readonly path: string; readonly input: Json; readonly output: Json }[]
  /** Calls that fail, with the code of their error. */
  readonly fail: readonly { readonly path: string; readonly input: Json; readonly code: string }[]
  /** Calls that would take for ever. None, where nothing of this kind can wait. */
  readonly hang: readonly { readonly path: string; readonly input: Json }[]
}

export function componentSuite(name: string, make: () => SuiteWorld | Promise<SuiteWorld>): void {
  describe(`${name}: what every component holds to`, () => {
    test('a component is found by its path', async () => {
      const { components, succeed, fail, hang } = await make()
      for (const { path } of [...succeed, ...fail, ...hang]) expect(components.find(path, null)).not.toBeNull()
    })

    test('a path that nothing is at has no component', async () => {
      const { components } = await make()
      const paths = [
        '',
        '/',
        '/nowhere',
        'NOWHERE',
        '/__proto__',
        '__proto__',
        'constructor',
        '/builtin',
        '/builtin/',
        '/builtin/toString',
      ]
      expect(paths.map((path) => components.find(path, null))).toEqual(paths.map(() => null))
    })

    test('what is listed can be found, and says what it is', async () => {
      const { components } = await make()
      for (const [path, component] of components.list()) {
        expect(components.find(path, null)?.effect).toBe(component.effect)
        expect(['pure', 'at-least-once', 'at-most-once']).toContain(component.effect)
        expect(notPlain([component.input ?? null, component.output ?? null], true)).toBeNull()
      }
    })

    test('an output is plain data', async () => {
      const { components, succeed } = await make()
      for (const { path, input, output } of succeed) {
        const outcome = await ask(components.find(path, null), input)
        expect(outcome).toEqual({ kind: 'success', output })
        expect(notPlain(output, true)).toBeNull()
      }
    })

    test('an input is left as it was', async () => {
      const { components, succeed, fail } = await make()
      for (const { path, input } of [...succeed, ...fail]) {
        const before = JSON.stringify(input)
        await ask(components.find(path, null), input)
        expect(JSON.stringify(input)).toBe(before)
      }
    })

    test('a failure has a code and a message', async () => {
      const { components, fail } = await make()
      for (const { path, input, code } of fail) {
        const outcome = await ask(components.find(path, null), input)
        expect(outcome).toMatchObject({ kind: 'failed', error: { code, message: expect.stringMatching(/./) } })
        expect(outcome.kind === 'failed' && notPlain(outcome.error.data ?? null, true)).toBeNull()
      }
    })

    test('a call ends when its signal aborts', async () => {
      const { components, hang } = await make()
      for (const { path, input } of hang) {
        const aborting = new AbortController()
        const asked = ask(components.find(path, null), input, { signal: aborting.signal })
        aborting.abort(new Error('stopped'))
        expect(await asked).toMatchObject({ kind: 'failed' })
      }
    })
  })
}

/** How a call ended. */
export type Asked =
  | { readonly kind: 'success'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'answer'; readonly answer: Answer['of'] }

/** Calls `component` as an engine does. */
export async function ask(component: Component | null, input: Json, call: Partial<Call> = {}): Promise<Asked> {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a component's input type is its own claim
    const answer = await component?.run(input as never, aCall(call))
    if (!(answer instanceof Answer)) return { kind: 'success', output: answer }
    return answer.of.kind === 'fail'
      ? { kind: 'failed', error: answer.of.error }
      : { kind: 'answer', answer: answer.of }
  } catch (error) {
    return { kind: 'failed', error: infoOf(error) }
  }
}

function infoOf(error: unknown): ErrorInfo {
  if (!(error instanceof ComponentError)) return { code: 'COMPONENT_FAILED', message: String(error) }
  const { code, message, data, isRetryable } = error
  return { code, message, ...(data !== null && { data }), ...(isRetryable !== undefined && { isRetryable }) }
}

/** What a call is told, where a test does not care. */
function aCall(call: Partial<Call> = {}): Call {
  return {
    signal: new AbortController().signal,
    attempt: 1,
    key: 'run.0.step',
    run: 'run',
    step: 'step',
    item: null,
    round: 1,
    results: [],
    nowMs: 1_000_000,
    log: () => {},
    ...call,
  }
}
