// `run --store` that is interrupted or killed, and `resume`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { bin, folderWith, millrace } from '../../src/surfaces/cli/cli.world.ts'

const flow = `
- { id: before, tool: INPUT_TEXT, input: { value: hi } }
- { id: wait, tool: WAIT, needs: [before], input: { duration_ms: 1500 } }
- { id: after, tool: OUTPUT_TEXT, needs: [wait], input: { value: "said {{ steps.before.result }}" } }
`

test.each<[NodeJS.Signals, object]>([
  ['SIGINT', { code: 130, outcome: 'interrupted' }],
  ['SIGKILL', { code: null, outcome: null }],
])('after %s the run goes on where it was', async (signal, ended) => {
  const folder = folderWith({ 'flow.yaml': flow })
  const child = spawn(process.execPath, [bin, 'run', 'flow.yaml', '--store', 'sqlite:runs.db'], { cwd: folder })
  let stdout = ''
  child.stdout.on('data', (text: Buffer) => {
    stdout += String(text)
  })
  child.stderr.on('data', (text: Buffer) => {
    if (String(text).includes('before')) child.kill(signal)
  })
  const [code]: unknown[] = await once(child, 'close')
  const { outcome = null } = stdout === '' ? {} : (JSON.parse(stdout) as { outcome?: string })
  expect({ code, outcome }).toEqual(ended)

  const listed = await millrace(folder, ['runs', '--store', 'sqlite:runs.db'])
  expect(listed.stdout).toContain('unfinished')
  const [id = ''] = listed.stdout.split(' ')
  const shown = await millrace(folder, ['show', id, '--store', 'sqlite:runs.db'])
  expect(shown.stdout).toMatch(/running\n✓ before.*\n.*wait.*\n· after pending\nunfinished\n$/)
  const resumed = await millrace(folder, ['resume', '--store', 'sqlite:runs.db'])
  expect(JSON.parse(resumed.stdout)).toMatchObject({ outcome: 'success', result: 'said hi' })
  expect((await millrace(folder, ['resume', '--store', 'sqlite:runs.db'])).stderr).toContain('No run is unfinished')
})

test('Ctrl-C of a resume does not count against its runs', { timeout: 30_000 }, async () => {
  const folder = folderWith({
    'hang.ts': "export default { '/hang': () => new Promise(() => console.error('it hangs')) }\n",
    'flow.yaml': 'steps: [{ id: a, component: /hang }]\n',
  })
  for (const args of [['run', 'flow.yaml', '--components', 'hang.ts'], ['resume']]) {
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder })
    child.stderr.on('data', (text: Buffer) => {
      if (String(text).includes('it hangs')) child.kill('SIGINT')
    })
    let stdout = ''
    child.stdout.on('data', (text: Buffer) => {
      stdout += String(text)
    })
    const [status] = await once(child, 'close')
    expect({ status, ...(JSON.parse(stdout) as object) }).toMatchObject({ status: 130, outcome: 'interrupted' })
  }
  const { stdout } = await millrace(folder, ['runs', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ status: 'running', resumes: 0 }] })
})

test('a run that uses a secret waits until it is given again', async () => {
  const folder = folderWith({
    'flow.yaml': `${flow}- { id: said, tool: OUTPUT_TEXT, needs: [wait], config: { value: "{{ secrets.KEY }}" } }\n`,
  })
  const args = ['run', 'flow.yaml', '--store', 'sqlite:runs.db', '--secret', 'KEY']
  const env = { ...process.env, KEY: 'c4n4ry-secret' }
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env })
  child.stderr.on('data', (text: Buffer) => {
    if (String(text).includes('before')) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const without = await millrace(folder, ['resume', '--store', 'sqlite:runs.db'])
  expect(without).toMatchObject({ status: 1, stdout: '' })
  expect(without.stderr).toContain('goes on when it is given the secret "KEY" again')
  const given = await millrace(folder, ['resume', '--store', 'sqlite:runs.db', '--secret', 'KEY'], {
    env: { KEY: 'c4n4ry-secret' },
  })
  expect(JSON.parse(given.stdout)).toMatchObject({ outcome: 'success', result: { after: 'said hi', said: '***' } })
})
