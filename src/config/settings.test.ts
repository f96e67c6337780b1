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

test('how long runs are kept can be said by how they end, and by flow', () => {
  const retention = {
    runs: '30d',
    completedRuns: '1d',
    cancelledRuns: '1h',
    flows: { nightly: { runs: 'forever', count: 7 }, 'by hand': {} },
  }
  expect(toSettings({ retention }, {})).toMatchObject({
    faults: [],
    settings: {
      retention: {
        runsMs: 30 * 86_400_000,
        completedRunsMs: 86_400_000,
        cancelledRunsMs: 3_600_000,
        flows: { nightly: { runsMs: Number.POSITIVE_INFINITY, runsMax: 7 }, 'by hand': {} },
      },
    },
  })
})

test('everything that is wrong with it is named, with what would do', () => {
  const retention = {
    failed: '1d',
    runs: 'soon',
    flows: { nightly: { faildRuns: '1d', bytes: 5, count: -1 }, hourly: '1d' },
  }
  expect(toSettings({ retention }, {}).faults).toEqual([
    {
      message: 'Cannot find "failed" in the setting retention',
      hint: 'There are: runs, completedRuns, failedRuns, cancelledRuns, count, bytes, flows',
    },
    { message: 'Cannot use "soon" as the setting retention.runs', hint: 'Write a time such as 30d, or forever' },
    { message: 'Cannot find "faildRuns" in the setting retention.flows.nightly', hint: 'Did you mean "failedRuns"?' },
    {
      message: 'Cannot find "bytes" in the setting retention.flows.nightly',
      hint: 'There are: runs, completedRuns, failedRuns, cancelledRuns, count',
    },
    { message: 'Cannot use "-1" as the setting retention.flows.nightly.count', hint: 'Write a whole number' },
    {
      message: 'Cannot use "1d" as the setting retention.flows.hourly',
      hint: 'Write flows by name, such as { nightly: { runs: 7d, count: 100 } }',
    },
  ])
  expect(toSettings(null, { MILLRACE_RETENTION: '{"counts":1}' }).faults).toEqual([
    {
      message: 'Cannot find "counts" in the setting MILLRACE_RETENTION',
      hint: 'Did you mean "count"?',
      variable: 'MILLRACE_RETENTION',
    },
  ])
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
