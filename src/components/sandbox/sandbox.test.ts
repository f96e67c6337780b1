// Where code runs, and what happens where it cannot.
import { describe, expect, test } from 'vitest'
import { createGate } from './gate.ts'
import { errorOf, roomlessPath, whatIsMissing, world } from './sandbox.world.ts'

const missing = await whatIsMissing()
const path = roomlessPath()

describe('where no room can be had', () => {
  const { python, udf } = world({ path })

  test('Python that needs one is refused, with what is missing', async () => {
    expect(errorOf(await python('import os'))).toMatch(
      /^SANDBOX_UNAVAILABLE: Cannot run Python: this machine does not offer .*; and without that, Monty has not the modules/,
    )
    expect(errorOf(await python('float("nan")'))).toMatch(/^SANDBOX_UNAVAILABLE: /)
    const blob = { code: 'input.a', input_schema: { type: 'object' } }
    expect(errorOf(await udf(blob, { a: 1 }))).toMatch(/^SANDBOX_UNAVAILABLE: /)
  })

  test('what crashes the subset of Python crashes nothing else', async () => {
    expect(errorOf(await python(`1${'+1'.repeat(1_000_000)}`))).toMatch(/^SANDBOX_UNAVAILABLE: .*Monty cannot read it$/)
    expect(await python('1 + 1')).toEqual({ kind: 'success', output: 2 })
  })

  test.for([
    ['while True: pass', 'timeout_ms, which is 300'],
    ['[0] * 10 ** 9', 'memory_mb, which is 16'],
    ['while True: print("x" * 999)', 'logBytesMax, which is 1048576'],
  ] as const)('the subset of Python has bounds: %s', async ([code, bound]) => {
    expect(errorOf(await python(code, { timeout_ms: bound.startsWith('timeout') ? 300 : 20_000, memory_mb: 16 }))).toBe(
      `SANDBOX_LIMIT: The code was stopped: it was over ${bound}`,
    )
  })

  test('a script in the subset that is called off is dead', async () => {
    const aborting = new AbortController()
    const asked = python('while True: pass', {}, { signal: aborting.signal })
    setImmediate(() => aborting.abort(new Error('called off')))
    expect(await asked).toMatchObject({ kind: 'failed', error: { message: 'Error: called off' } })
  })

  test.skipIf(missing !== null)(
    'all of Python runs where the operator says that it may, within its bounds',
    async () => {
      const free = world({ path, python: 'unconfined' })
      const seen = 'import os\n[os.path.exists("/etc/passwd"), dict(os.environ), os.getuid() == 0]'
      expect(await free.python(seen)).toMatchObject({ kind: 'success', output: [true, {}, expect.any(Boolean)] })
      expect(errorOf(await free.python('bytearray(1 << 40)'))).toMatch(/^SANDBOX_LIMIT: .*memory_mb/)
      const daemon = 'import os, time\nif os.fork() == 0:\n  os.setsid()\n  time.sleep(2)'
      expect(errorOf(await free.python(daemon, { timeout_ms: 500 }))).toMatch(/^SANDBOX_LIMIT: .*timeout_ms/)
      const child = 'import os, time\nos.fork()\ntime.sleep(99)'
      expect(errorOf(await free.python(child, { timeout_ms: 500 }))).toMatch(/^SANDBOX_LIMIT: .*timeout_ms/)
    },
  )
})

test('so many are in at once, and the others come in their order', async () => {
  const gate = createGate(2)
  const { signal } = new AbortController()
  const began: number[] = []
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const all = ends.map(({ promise }, index) =>
    gate(() => {
      began.push(index)
      return promise
    }, signal),
  )
  await Promise.resolve()
  expect(began).toEqual([0, 1])
  for (const [index, { resolve }] of ends.entries()) {
    resolve()
    await all[index]
    await new Promise(setImmediate)
    expect(began).toEqual([0, 1, 2, 3, 4].slice(0, index + 3))
  }
})

test('whoever waits may be called off, and takes no place', async () => {
  const gate = createGate(1)
  const aborting = new AbortController()
  const { promise, resolve } = Promise.withResolvers<string>()
  const first = gate(() => promise, new AbortController().signal)
  const second = gate(() => Promise.resolve('second'), aborting.signal)
  const third = gate(() => Promise.resolve('third'), new AbortController().signal)
  aborting.abort(new Error('called off'))
  await expect(second).rejects.toThrow('called off')
  resolve('first')
  expect(await Promise.all([first, third])).toEqual(['first', 'third'])
})
