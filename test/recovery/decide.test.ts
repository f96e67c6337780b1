// A decision about a step, given while another living process owns the run: that process hears of it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { component, openEngine, type Engine, type Run } from '../../src/index.ts'
import { bin, folderWith, millrace } from '../../src/surfaces/cli/cli.world.ts'

const FLOW = `
steps:
  - { id: mail, component: /mail, input: { to: ada } }
  - { id: note, component: /mail, input: { to: bob } }
output: { mail: { $step: mail }, note: { $step: note } }
`
const COMPONENTS = `
export default {
  '/mail': { effect: 'at-most-once', run: () => {
    process.stderr.write('mailing')
    return new Promise(() => undefined)
  } },
}
`

const NAPPING = `
steps:
  - { id: mail, component: /mail, input: { to: ada } }
  - { id: nap, component: /builtin/sleep, input: { duration_ms: 600000 } }
`

/** A run of which `mails` mails may have been sent, taken up by an engine of this process, which listens. */
async function ownedRun(
  flow = FLOW,
  mails = 2,
): Promise<{ readonly folder: string; readonly engine: Engine; readonly run: Run }> {
  const folder = folderWith({ 'flow.yaml': flow, 'components.mjs': COMPONENTS })
  const args = ['run', 'flow.yaml', '--components', 'components.mjs']
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder })
  let said = ''
  child.stderr.on('data', (text) => {
    said += String(text)
    if (said.split('mailing').length > mails) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const mail = component({ effect: 'at-most-once', run: ({ to }: { readonly to: string }) => ({ sent: to }) })
  const engine = await openEngine({ store: `sqlite:${join(folder, '.millrace')}/`, components: { '/mail': mail } })
  const [row] = await engine.runs()
  const run = await engine.get(row?.id ?? '')
  if (run === null) throw new Error('The run is in the store')
  return { folder, engine, run }
}

test('a decision is asked for although another step sleeps for long', { timeout: 60_000 }, async () => {
  const { folder, engine, run } = await ownedRun(NAPPING, 1)
  expect(await run.endOrRest()).toEqual({ kind: 'decision', steps: ['mail'], untilMs: expect.any(Number) })
  await engine.close()
  expect((await millrace(folder, ['runs'])).stdout).toContain('waits for a decision about mail')
  expect((await millrace(folder, ['resume', '--components', 'components.mjs'])).stderr).toMatch(
    /waits for a decision about mail: .*; by itself it goes on at /,
  )
})

test('the owner hears what is decided, goes on, and says what it cannot decide', { timeout: 60_000 }, async () => {
  const { folder, engine, run } = await ownedRun()
  expect(await run.endOrRest()).toEqual({ kind: 'decision', steps: ['mail', 'note'] })
  const decide = (...texts: readonly string[]): ReturnType<typeof millrace> =>
    millrace(folder, ['resume', run.id, ...texts.flatMap((text) => ['--decide', text])])
  expect((await decide('note=later')).status).toBe(2)
  expect(await decide('mail=done:{"sent":"by hand"}', 'nobody=retry')).toEqual({
    status: 1,
    stdout: '',
    stderr: `${run.id} goes on in the process that owns its file\nleft: ${run.id}: Step "nobody" waits for no decision\n`,
  })
  expect(await decide('note=retry')).toMatchObject({ status: 0, stderr: expect.stringContaining('goes on in the') })
  expect(await run.result()).toEqual({
    outcome: 'success',
    result: { mail: { sent: 'by hand' }, note: { sent: 'bob' } },
  })
  await engine.close()
})
