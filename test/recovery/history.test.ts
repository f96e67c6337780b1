// Runs of the past, from the command line: listed, controlled while others are at work, run again, compared and recorded.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, folderWith, millrace } from '../../src/surfaces/cli/cli.world.ts'

const SLOW = `
- { id: before, tool: INPUT_TEXT, input: { value: hi } }
- { id: wait, tool: WAIT, needs: [before], input: { duration_ms: 60000 } }
- { id: after, tool: OUTPUT_TEXT, needs: [wait], input: { value: late } }
`

function start(folder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}

function says(child: ChildProcess, word: string): Promise<void> {
  let said = ''
  return new Promise((resolve) => {
    child.stderr?.on('data', (text) => {
      said += String(text)
      if (said.includes(word)) resolve()
    })
  })
}

/** A process that is at work on the flow until it has said that `before` is done. */
async function atWork(folder: string, args: readonly string[]): Promise<ChildProcess> {
  const child = start(folder, args)
  await says(child, 'before')
  return child
}

async function idsOf(folder: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await millrace(folder, ['runs', '--json', ...args])
  const listed: { runs: { id: string }[] } = JSON.parse(stdout)
  return listed.runs.map(({ id }) => id)
}

test('two processes share a folder, and others list, explain, pause and cancel what they are at work on', {
  timeout: 60_000,
}, async () => {
  const folder = folderWith({ 'flow.yaml': SLOW })
  const [first, second] = [await atWork(folder, ['run', 'flow.yaml']), await atWork(folder, ['run', 'flow.yaml'])]
  const [newest = '', oldest = ''] = await idsOf(folder)
  expect((await millrace(folder, ['explain', oldest, 'wait'])).stdout).toMatch(/wait running: waits for its time at/)
  expect((await millrace(folder, ['explain', oldest])).stdout).toContain('after pending: waits for wait')
  expect((await millrace(folder, ['pause', oldest, '--reason', 'lunch'])).stdout).toBe(`${oldest} paused\n`)
  expect((await millrace(folder, ['runs', '--status', 'paused'])).stdout).toContain('paused (lunch)')
  expect((await millrace(folder, ['resume', oldest.slice(-9)])).stderr).toBe(
    `${oldest} goes on in the process that owns its file\n`,
  )
  expect((await millrace(folder, ['resume', oldest])).stderr).toContain('Another process is at work on it')
  expect((await millrace(folder, ['cancel', oldest, '--reason', 'enough'])).stdout).toBe(`${oldest} cancelled\n`)
  expect(await once(first, 'close')).toEqual([1, null])
  second.kill('SIGKILL')
  await once(second, 'close')
  expect(await millrace(folder, ['cancel', newest.slice(-8)])).toMatchObject({
    status: 0,
    stdout: `${newest} cancelled\n`,
  })
  expect(await millrace(folder, ['cancel', newest])).toMatchObject({ status: 2, stdout: '' })
  expect((await millrace(folder, ['show', newest])).stdout).toMatch(
    /cancelled\n✓ before\n.*wait failed.*\n.*after skipped/,
  )
})

const MODULE = `
export default { '/x': () => {
  process.stderr.write('working')
  return new Promise(() => undefined)
} }
`

test('runs that one process goes on with on different components can each be paused and cancelled', {
  timeout: 60_000,
}, async () => {
  const flow = 'steps: [{ id: a, component: /x, input: 1 }]'
  const folder = folderWith({ 'flow.yaml': flow, 'one.mjs': MODULE, 'two.mjs': MODULE })
  const store = ['--store', 'sqlite:runs.db']
  for (const file of ['one.mjs', 'two.mjs']) {
    const child = start(folder, ['run', 'flow.yaml', '--components', file, ...store])
    await says(child, 'working')
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  const resumed = start(folder, ['resume', ...store])
  await says(resumed, 'workingworking')
  let said = ''
  resumed.stdout?.on('data', (text) => (said += String(text)))
  const [first = '', second = ''] = await idsOf(folder, ...store)
  expect((await millrace(folder, ['pause', first, ...store])).stdout).toBe(`${first} paused\n`)
  expect((await millrace(folder, ['cancel', second, ...store])).stdout).toBe(`${second} cancelled\n`)
  expect(await once(resumed, 'close')).toEqual([1, null])
  expect(said).toContain(`{"outcome":"cancelled","run":"${second}"}`)
  expect(said).toContain(`"run":"${first}","waitsFor":{"kind":"user"`)
})

const COMPONENTS = `
import { appendFileSync } from 'node:fs'
export default {
  '/mail': { effect: 'at-most-once', run: async (input, { attempt }) => {
    appendFileSync('ledger', attempt + '\\n')
    process.stderr.write('mailing')
    return process.env.HANG === undefined ? { sent: input.to } : new Promise(() => undefined)
  } },
}
`

test.each([
  ['retry', { outcome: 'success', result: { sent: 'ada' } }],
  ['done:{"sent":"by hand"}', { outcome: 'success', result: { sent: 'by hand' } }],
  ['fail', { outcome: 'failed', error: { code: 'OUTCOME_UNKNOWN', step: 'mail' } }],
])(
  'a mail of which nobody knows whether it was sent waits for a decision: %s',
  { timeout: 60_000 },
  async (decision, end) => {
    const flow = 'steps: [{ id: mail, component: /mail, input: { to: ada } }]\noutput: { $step: mail }'
    const folder = folderWith({ 'flow.yaml': flow, 'components.mjs': COMPONENTS })
    const args = ['run', 'flow.yaml', '--components', 'components.mjs']
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: { ...process.env, HANG: '1' } })
    child.stderr.on('data', (text) => String(text).includes('mailing') && child.kill('SIGKILL'))
    await once(child, 'close')

    const resumed = await millrace(folder, ['resume'])
    expect(resumed.status).toBe(1)
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      outcome: 'interrupted',
      waitsFor: { kind: 'decision', steps: ['mail'] },
    })
    const [id = ''] = await idsOf(folder)
    expect(resumed.stderr).toContain(`millrace resume ${id} --decide 'mail=retry|fail|done:JSON'`)
    const decided = await millrace(folder, ['resume', id, '--decide', `mail=${decision}`])
    expect(JSON.parse(decided.stdout)).toMatchObject(end)
    expect((await millrace(folder, ['resume'])).stderr).toContain('No run is unfinished')
  },
)

const PRICES = `
steps:
  - { id: price, component: /work/price, forEach: { $from: { workflow: input }, path: orders }, input: { pieces: { $item: pieces } } }
  - { id: total, component: /work/total, input: { prices: { $from: { step: price } } } }
  - { id: note, component: /work/note, input: { total: { $from: { step: total } }, text: hello } }
output: { $from: { step: note } }
`
const WORK = `
export default {
  '/work/price': async ({ pieces }) => pieces * 2,
  '/work/total': async ({ prices }) => prices.reduce((sum, price) => sum + price, 0),
  '/work/note': async ({ total, text }) => ({ note: text + ' ' + total }),
}
`

test('a run is done again from a step, with an edit, and the two are compared; its record is a case that passes', {
  timeout: 60_000,
}, async () => {
  const folder = folderWith({ 'flow.yaml': PRICES, 'work.mjs': WORK })
  const args = ['--components', 'work.mjs', '--input-json', '{"orders":[{"pieces":1},{"pieces":2}]}']
  expect((await millrace(folder, ['run', 'flow.yaml', ...args])).stdout).toContain('"note":"hello 6"')
  const [first = ''] = await idsOf(folder)

  const again = await millrace(folder, ['rerun', first, '--from', 'total'])
  expect(again.stderr).toContain(
    `Takes over from ${first}: price\nDoes again: total (asked for), note (comes after total)\n`,
  )
  expect(again.stdout).toContain('"note":"hello 6"')

  writeFileSync(join(folder, 'flow.yaml'), PRICES.replace('hello', 'goodbye'))
  const edited = await millrace(folder, ['rerun', first, '--flow', 'flow.yaml'])
  expect(edited.stderr).toContain('Does again: note (changed)\n')
  const [last = ''] = await idsOf(folder)
  expect((await millrace(folder, ['diff', first, last])).stdout).toBe(
    'note input.text: "hello" → "goodbye"\nnote output.note: "hello 6" → "goodbye 6"\nresult.note: "hello 6" → "goodbye 6"\n',
  )

  const set = await millrace(folder, ['rerun', last, '--set', 'orders.1.pieces=5'])
  expect(set.stderr).toContain(
    'Does again: price (reads an input that has changed), total (comes after price), note (comes after total)',
  )
  expect(set.stdout).toContain('"note":"goodbye 12"')

  const alone = await millrace(folder, [
    'run',
    'flow.yaml',
    '--components',
    'work.mjs',
    '--step',
    'total',
    '--from',
    first,
  ])
  expect(JSON.parse(alone.stdout)).toMatchObject({ outcome: 'success', result: 6 })
  expect(alone.stderr).toContain('note skipped: nothing needs it')

  const recorded = await millrace(folder, ['record', first])
  writeFileSync(join(folder, 'first.case.yaml'), recorded.stdout)
  expect((await millrace(folder, ['test', 'first.case.yaml'])).stdout).toMatch(/1 passed, 0 failed\n$/)
})

test('a run is exported and taken into another store, whole or not at all', { timeout: 60_000 }, async () => {
  const folder = folderWith({ 'flow.yaml': PRICES, 'work.mjs': WORK })
  const large = JSON.stringify({ orders: Array.from({ length: 2_000 }, (_, index) => ({ pieces: index })) })
  writeFileSync(join(folder, 'large.json'), large)
  await millrace(folder, ['run', 'flow.yaml', '--components', 'work.mjs', '--input', 'large.json'])
  const [id = ''] = await idsOf(folder)
  const exported = await millrace(folder, ['export', id])
  writeFileSync(join(folder, 'run.json'), exported.stdout)
  const other = ['--store', 'sqlite:other.db']
  expect(await millrace(folder, ['import', 'run.json', ...other])).toMatchObject({
    status: 0,
    stdout: `${id} imported\n`,
  })
  expect((await millrace(folder, ['show', id, '--json', ...other])).stdout).toBe(
    (await millrace(folder, ['show', id, '--json'])).stdout,
  )
  expect((await millrace(folder, ['import', 'run.json', ...other])).stderr).toContain('it is in this store')
  writeFileSync(join(folder, 'run.json'), exported.stdout.replaceAll('hello', 'howdy'))
  expect((await millrace(folder, ['import', 'run.json', '--store', 'sqlite:third.db'])).stderr).toContain(
    'is not what was exported',
  )
})
