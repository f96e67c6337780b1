// How long runs are kept, as the settings of somebody say it; and what is said of settings that cannot be used.
import { expect, test } from 'vitest'
import { folderWith, millrace } from './cli.world.ts'

const flow = (name: string): string => `name: ${name}\nsteps: [{ id: a, component: /builtin/noop, input: 1 }]\n`

test('the settings say for each flow how many of its runs are kept', { timeout: 30_000 }, async () => {
  const folder = folderWith({
    'often.yaml': flow('often'),
    'rare.yaml': flow('rare'),
    'millrace.yml': 'retention: { flows: { often: { count: 1 } } }\n',
  })
  for (const file of ['rare.yaml', 'rare.yaml', 'often.yaml', 'often.yaml']) await millrace(folder, ['run', file])
  const { stdout } = await millrace(folder, ['runs', '--json'])
  const { runs }: { runs: { flow: string }[] } = JSON.parse(stdout)
  expect(runs.map((run) => run.flow)).toEqual(['often', 'rare', 'rare'])
})

test('a setting of it that there is not is refused before anything runs', async () => {
  const folder = folderWith({
    'flow.yaml': flow('a'),
    'millrace.yml': 'retention: { flows: { a: { canceledRuns: 1d } } }\n',
  })
  const { status, stdout, stderr } = await millrace(folder, ['run', 'flow.yaml'])
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Cannot find "canceledRuns" in the setting retention.flows.a (INVALID_SETTING)')
  expect(stderr).toContain('Did you mean "cancelledRuns"?')
})

test('a fault is told where it is: in the file, or in a variable of the environment', async () => {
  const folder = folderWith({ 'flow.yaml': flow('a'), 'millrace.yml': 'timeout: soon\n' })
  const env = { MILLRACE_RETENTION: '{"counts":1}' }
  const { stderr } = await millrace(folder, ['run', 'flow.yaml'], { env })
  expect(stderr).toMatch(/the setting timeout \(INVALID_SETTING\)\n {2}in millrace\.yml\n/)
  expect(stderr).toMatch(/the setting MILLRACE_RETENTION \(INVALID_SETTING\)\n {2}Did you mean "count"\?\n/)
})
