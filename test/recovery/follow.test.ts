// `show --follow`: somebody looks on, from another terminal, while a process is at work.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { bin, type Ended, folderWith, millrace } from '../../src/surfaces/cli/cli.world.ts'

const FLOW = `
- { id: before, tool: INPUT_TEXT, input: { value: hi } }
- { id: wait, tool: WAIT, needs: [before], input: { duration_ms: 2500 } }
- { id: after, tool: OUTPUT_TEXT, needs: [wait], input: { value: late } }
`
const ENDLESS = FLOW.replace('2500', '60000')
const LIMIT = { timeout: 60_000 }

function start(folder: string, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve) => child.stderr?.on('data', (text) => String(text).includes(word) && resolve()))
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (text) => (stdout += String(text)))
  child.stderr?.on('data', (text) => (stderr += String(text)))
  await once(child, 'close')
  return { status: child.exitCode, stdout, stderr }
}

async function newest(folder: string): Promise<string> {
  return (await millrace(folder, ['runs'])).stdout.split(' ')[0] ?? ''
}

test('whoever follows a run sees steps as they end in another process, and its outcome', LIMIT, async () => {
  const folder = folderWith({ 'flow.yaml': FLOW })
  const owner = start(folder, 'run', 'flow.yaml')
  const done = ended(owner)
  await said(owner, 'before')
  const follower = start(folder, 'show', await newest(folder), '--follow')
  const shown = ended(follower)
  await said(follower, 'before')
  expect([owner.exitCode, follower.exitCode]).toEqual([null, null])
  const { stdout } = await done
  expect(await shown).toEqual({ status: 0, stdout, stderr: expect.stringMatching(/✓ before.*\n✓ wait.*\n✓ after/) })
})

test(
  'with --json each event is a line, the same for a run that goes on and for one that has ended',
  LIMIT,
  async () => {
    const folder = folderWith({ 'flow.yaml': FLOW })
    const owner = start(folder, 'run', 'flow.yaml')
    await said(owner, 'before')
    const id = await newest(folder)
    const live = await ended(start(folder, 'show', id, '--follow', '--json'))
    const later = await millrace(folder, ['show', id, '--follow', '--json'])
    expect(live).toEqual({ status: 0, stdout: (await millrace(folder, ['show', id, '--events'])).stdout, stderr: '' })
    expect(later).toEqual(live)
  },
)

test(
  'Ctrl-C ends only the looking; a run that nobody works on, or that is paused, ends it by itself',
  LIMIT,
  async () => {
    const folder = folderWith({ 'flow.yaml': ENDLESS })
    const owner = start(folder, 'run', 'flow.yaml')
    await said(owner, 'before')
    const id = await newest(folder)
    const follower = start(folder, 'show', id, '--follow', '--json')
    for await (const _ of createInterface({ input: follower.stdout ?? process.stdin })) follower.kill('SIGINT')
    if (follower.exitCode === null) await once(follower, 'exit')
    expect([follower.exitCode, owner.exitCode]).toEqual([130, null])

    const second = ended(start(folder, 'show', id, '--follow'))
    await millrace(folder, ['pause', id])
    const paused = await second
    expect(paused).toMatchObject({ status: 1, stderr: expect.stringContaining(`paused: millrace resume ${id}`) })
    expect(JSON.parse(paused.stdout)).toEqual({
      outcome: 'interrupted',
      run: id,
      waitsFor: { kind: 'user', reason: null },
    })

    await millrace(folder, ['resume', id])
    const third = ended(start(folder, 'show', id, '--follow'))
    owner.kill('SIGKILL')
    expect(await third).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`no process is at work on it: millrace resume ${id}`),
    })
    expect((await millrace(folder, ['runs'])).stdout).toContain('running')
  },
)

test('steps of a flow inside a flow have their names; a part of a run cannot be followed', LIMIT, async () => {
  const inner = '{ steps: [{ id: deep, component: /builtin/noop, input: 1 }], output: { $step: deep } }'
  const folder = folderWith({
    'flow.yaml': `steps: [{ id: outer, component: /builtin/eval, input: { flow: { $literal: ${inner} }, input: {} } }]`,
  })
  expect((await millrace(folder, ['run', 'flow.yaml'])).status).toBe(0)
  const id = await newest(folder)
  expect((await millrace(folder, ['show', id, '--follow', '--json'])).stdout).toContain('"at":{"step":"deep"')
  expect(await millrace(folder, ['show', id, '--follow', '--step', 'outer'])).toMatchObject({ status: 2, stdout: '' })
})
