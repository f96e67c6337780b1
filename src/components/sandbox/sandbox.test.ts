// Where code runs, and what happens where it cannot.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createGate } from './gate.ts'
import { errorOf, NATIVE, whatIsMissing, world } from './sandbox.world.ts'

const missing = await whatIsMissing()

test('a crash of the subset of Python is none of the engine, and Python itself has the last word', async () => {
  const { python } = world()
  expect(errorOf(await python(`1${'+1'.repeat(100_000)}`))).toMatch(/RecursionError|SANDBOX_UNAVAILABLE/)
  expect(await python('1 + 1')).toEqual({ kind: 'success', output: 2 })
})

describe.skipIf(missing !== null)('where no room can be had', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-python-'))
  chmodSync(folder, 0o755)
  afterAll(() => rmSync(folder, { recursive: true }))
  // Inside of a namespace that may have no others.
  const inside = `echo 0 > /proc/sys/user/max_user_namespaces; exec /usr/bin/python3 "$@"`
  const wrapper = `#!/bin/sh\nexec /usr/bin/unshare --user --map-root-user /bin/sh -c '${inside}' sh "$@"\n`
  writeFileSync(join(folder, 'python3'), wrapper, { mode: 0o755 })

  test('Python is refused, with what is missing', async () => {
    const { python } = world({ path: folder })
    expect(errorOf(await python(`${NATIVE}1`))).toMatch(
      /^SANDBOX_UNAVAILABLE: Cannot run Python: this machine does not offer namespaces .*; Monty: it imports modules/,
    )
  })

  test('a script that a subset of Python can run does', async () => {
    expect(await world({ path: folder }).python('1 + 1')).toEqual({ kind: 'success', output: 2 })
  })

  test('Python runs where the operator says that it may, within its bounds of time and memory', async () => {
    const { python } = world({ path: folder, python: 'unconfined' })
    expect(await python(`${NATIVE}import os\n[os.path.exists("/etc/passwd"), dict(os.environ)]`)).toEqual({
      kind: 'success',
      output: [true, {}],
    })
    expect(errorOf(await python(`${NATIVE}bytearray(1 << 40)`))).toMatch(/^SANDBOX_LIMIT: .*memory_mb/)
    const child = `${NATIVE}import os, time\nos.fork()\ntime.sleep(99)`
    expect(errorOf(await python(child, { timeout_ms: 500 }))).toMatch(/^SANDBOX_LIMIT: .*timeout_ms/)
  })
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
