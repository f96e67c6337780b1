// Standard output and standard error, which components may use too.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { bin, folderWith } from './cli.world.ts'

const FLOW = 'steps: [{ id: a, component: /a, input: {} }]\noutput: { $step: a }'

/** A folder whose component does this. */
const folderOf = (body: string): string =>
  folderWith({ 'flow.yaml': FLOW, 'a.mjs': `export default { '/a': async () => { ${body} } }` })

const RUN = ['run', 'flow.yaml', '--components', 'a.mjs', '--store', 'memory']

/** What a script prints in which `"$0" "$@"` is that run. */
async function shell(script: string, cwd: string, more: readonly string[] = ['--quiet']): Promise<string> {
  const args = ['-c', script, process.execPath, bin, ...RUN, ...more]
  return (await promisify(execFile)('sh', args, { cwd, maxBuffer: 1_000_000 })).stdout
}

test.for<readonly [by: string, body: string, printed: string]>([
  ['console.log', 'console.log("A".repeat(300_000)); return 1', `${'A'.repeat(300_000)}\n`],
  ['process.stdout', 'process.stdout.write("A".repeat(300_000) + "\\n"); return 1', `${'A'.repeat(300_000)}\n`],
])('what a component prints with %s is whole, and before the answer', async ([, body, printed]) => {
  const stdout = await shell('"$0" "$@" | cat', folderOf(body))
  expect(stdout.slice(0, printed.length) === printed).toBe(true)
  expect(JSON.parse(stdout.slice(printed.length))).toMatchObject({ outcome: 'success', result: 1 })
})

test('what a component says on standard error is whole, and in order with what is said of the run', async () => {
  const stderr = await shell(
    '"$0" "$@" 2>&1 >answer.json | cat',
    folderOf('console.error("B".repeat(300_000)); return 1'),
    [],
  )
  expect(stderr.slice(0, 300_001) === `${'B'.repeat(300_000)}\n`).toBe(true)
  expect(stderr.slice(300_001)).toMatch(/^✓ a \(\d+ ms\)\n1 success/)
})

test('a component that writes where nobody reads any more fails no run', async () => {
  const body = `
    for (let line = 0; line < 50; line += 1) {
      process.stderr.write('line\\n')
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    return 1`
  const stdout = await shell('"$0" "$@" 2>&1 >answer.json | head -1; cat answer.json', folderOf(body))
  const [first = '', answer = ''] = stdout.split('\n')
  expect(first).toBe('line')
  expect(JSON.parse(answer)).toMatchObject({ outcome: 'success', result: 1 })
})
