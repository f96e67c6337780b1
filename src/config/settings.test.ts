import { expect, test } from 'vitest'
import { toSettings } from './settings.ts'

test('settings come from the file, and the environment goes before it', () => {
  const file = { allowNet: ['localhost:80'], callsPerRunMax: 5, timeout: '2m', python: 'unconfined' }
  expect(toSettings(file, {}).settings).toEqual({
    allowNet: ['localhost:80'],
    callsPerRunMax: 5,
    timeoutMs: 120_000,
    python: 'unconfined',
    store: null,
    retention: {},
  })
  const env = {
    MILLRACE_ALLOW_NET: 'a:1, b:2',
    MILLRACE_CALLS_PER_RUN_MAX: '7',
    MILLRACE_TIMEOUT: '1s',
    MILLRACE_PYTHON: 'confined',
  }
  expect(toSettings(file, env).settings).toEqual({
    allowNet: ['a:1', 'b:2'],
    callsPerRunMax: 7,
    timeoutMs: 1_000,
    store: null,
    retention: {},
    python: 'confined',
  })
})

test('without a file and an environment nothing is set', () => {
  expect(toSettings(null, {})).toEqual({
    settings: { allowNet: [], callsPerRunMax: null, timeoutMs: null, python: 'confined', store: null, retention: {} },
    faults: [],
  })
})

test.for([
  [{ timeOut: 1 }, '"timeOut"'],
  [{ timeout: 'soon' }, 'timeout'],
  [{ callsPerRunMax: 0 }, 'callsPerRunMax'],
  [{ allowNet: [1] }, 'allowNet'],
  [{ python: 'free' }, 'python'],
  ['text', 'settings'],
] as const)('a setting that cannot be used is named: %j', ([file, name]) => {
  expect(toSettings(file, {}).faults.map(({ message }) => message)).toEqual([expect.stringContaining(name)])
})

test('where runs are kept, and how long, can be set', () => {
  const { settings, faults } = toSettings(
    { retention: { runs: '7d', failedRuns: 'forever', count: 100 } },
    { MILLRACE_STORE: 'sqlite:a.db' },
  )
  expect(faults).toEqual([])
  expect(settings).toMatchObject({
    store: 'sqlite:a.db',
    retention: { runsMs: 604_800_000, failedRunsMs: Number.POSITIVE_INFINITY, runsMax: 100 },
  })
  expect(toSettings({ retention: { runs: 'often' }, store: 'postgres' }, {}).faults).toHaveLength(2)
})
