// What components log is for people: it is shown with its step, and changes nothing of what a run does or prints.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith, millrace } from './cli.world.ts'

const folder = folderWith({
  'flow.yaml': `
steps:
  - { id: busy, component: /busy, retry: { max: 1, delay: 1ms } }
  - { id: each, component: /each, forEach: { $literal: [x, y] }, input: { $item: $ }, needs: [busy] }
  - { id: last, component: /last, onError: { action: continue, default: 0 }, needs: [each] }
output: { $from: { step: each } }
`,
  'components.ts': `
export default {
  '/busy': (_: unknown, { log, attempt }: { log: (text: string) => void; attempt: number }) => {
    log('try ' + attempt + '\\nof two')
    if (attempt === 1) throw new Error('busy')
  },
  '/each': (item: string, { log }: { log: (text: string) => void }) => (log('item \\u001B[31m' + item), item),
  '/last': (_: unknown, { log }: { log: (text: string) => void }) => {
    for (let line = 0; line < 30; line += 1) log('line ' + line)
    throw new Error('no more')
  },
}
`,
})

const code = folderWith({
  'code.yaml': `
- { id: prints, tool: JAVASCRIPT_RUN, input: { code: "console.log('hi', {{ secrets.TOKEN }})" } }
- { id: values, tool: JAVASCRIPT_RUN, needs: [prints], input: { code: "console.log('ok'); 7" } }
`,
  token: 'correct horse battery',
})

const began = await millrace(folder, ['run', 'flow.yaml', '--components', 'components.ts'])
const { run: id } = JSON.parse(began.stdout)

const show = async (...args: readonly string[]): Promise<string> =>
  (await millrace(folder, ['show', id, ...args])).stdout
const explain = async (step: string): Promise<string> => (await millrace(folder, ['explain', id, step])).stdout
const logsIn = (text: string): unknown => JSON.parse(text).logs

test('show tells what each attempt of a step has logged', async () => {
  expect(logsIn(await show('--step', 'busy'))).toEqual([
    { attempt: 1, item: null, text: 'try 1\nof two' },
    { attempt: 2, item: null, text: 'try 2\nof two' },
  ])
})

test('show tells what all items of a loop have logged, or one', async () => {
  const [x, y] = ['x', 'y'].map((item, index) => ({ attempt: 1, item: index, text: `item \u001B[31m${item}` }))
  expect(logsIn(await show('--step', 'each'))).toEqual([x, y])
  expect(logsIn(await show('--step', 'each', '--item', '1', '--json'))).toEqual([y])
})

test('each log is an event', async () => {
  const events = (await show('--events')).trimEnd().split('\n')
  const logged = events.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'task-logged')
  expect(logged.slice(0, 3)).toMatchObject([
    { at: { step: 'busy', item: null }, attempt: 1 },
    { at: { step: 'busy', item: null }, attempt: 2 },
    { at: { step: 'each', item: 0 }, attempt: 1, text: 'item \u001B[31mx' },
  ])
})

test('explain ends with the last lines that a step has logged', async () => {
  expect(await explain('busy')).toMatch(/\n {2}logged in attempt 2\n {4}try 2\n {4}of two\n$/)
  expect(await explain('each')).toMatch(/\n {2}logged by item 1\n {4}item ·\[31my\n$/)
  expect(await explain('last')).toMatch(/\n {2}logged\n {4}… 10 lines before\n {4}line 10\n(?:.*\n)* {4}line 29\n$/)
})

test('whoever follows a run sees lines as they are stored, and run says nothing of them', async () => {
  const { stdout, stderr } = await millrace(folder, ['show', id, '--follow'])
  expect(stderr).toContain('  busy │ try 1\n  busy │ of two\n')
  expect(stderr).toContain('  each[1] │ item ·[31my\n')
  expect(stdout).toBe(began.stdout)
  expect(began.stderr).not.toContain('try 1')
})

test('a rerun takes over how steps ended, not what they logged', async () => {
  const again = await millrace(folder, ['rerun', id, '--from', 'last', '--components', 'components.ts'])
  const { run, result } = JSON.parse(again.stdout)
  expect(result).toEqual(['x', 'y'])
  const logs = async (step: string): Promise<unknown> =>
    logsIn((await millrace(folder, ['show', run, '--step', step])).stdout)
  expect([await logs('busy'), await logs('last')]).toEqual([[], [expect.objectContaining({ attempt: 1 })]])
})

test('a run is exported with its logs, imported with them, and recorded without', async () => {
  const { stdout } = await millrace(folder, ['export', id])
  writeFileSync(join(folder, 'exported.json'), stdout)
  const elsewhere = ['--store', 'sqlite:other.db']
  expect((await millrace(folder, ['import', 'exported.json', ...elsewhere])).status).toBe(0)
  expect(await show('--events', ...elsewhere)).toBe(await show('--events'))
  expect((await millrace(folder, ['doctor', ...elsewhere])).status).toBe(0)
  const recorded = await millrace(folder, ['record', id])
  expect(recorded.stdout).not.toContain('try 1')
  writeFileSync(join(folder, 'recorded.case.yaml'), recorded.stdout)
  expect((await millrace(folder, ['test', 'recorded.case.yaml'])).stdout).toContain('1 passed, 0 failed')
})

test('code that prints keeps that as its log, its value is what it was, and secrets are masked', async () => {
  const { stdout } = await millrace(code, ['run', 'code.yaml', '--secret', 'TOKEN=@token'])
  const { run, result } = JSON.parse(stdout)
  expect(result).toBe(7)
  const part = async (step: string): Promise<object> =>
    JSON.parse((await millrace(code, ['show', run, '--step', step])).stdout)
  const [prints, values] = [await part('prints'), await part('values')]
  expect(prints).toMatchObject({ output: null, logs: [{ attempt: 1, text: 'hi ***' }] })
  expect(values).toMatchObject({ output: 7, logs: [{ attempt: 1, text: 'ok' }] })
  expect((await millrace(code, ['show', run, '--events'])).stdout).not.toContain('horse')
})
