// C28 of the languages' conformance cases: a process killed during step 2 of 3 and restarted does not repeat step 1, and the run completes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, folderWith, millrace } from '../../src/surfaces/cli/cli.world.ts'

const COMPONENTS = `
import { appendFileSync } from 'node:fs'
export default {
  '/work/do': async ({ name }, { attempt }) => {
    appendFileSync('ledger', name + attempt + ' ')
    if (name === 'two' && process.env.HANG !== undefined) {
      process.stderr.write('it hangs')
      await new Promise(() => undefined)
    }
    return name
  },
}
`

test.each([
  [
    'StepFlow',
    `
steps:
  - { id: one, component: /work/do, input: { name: one } }
  - { id: two, component: /work/do, needs: [one], input: { name: two } }
  - { id: three, component: /work/do, needs: [two], input: { name: three } }
output: { $from: { step: three } }
`,
  ],
  [
    'Jinba Flow',
    `
- { id: one, tool: /work/do, input: [{ name: name, value: one }] }
- { id: two, tool: /work/do, needs: [one], input: [{ name: name, value: two }] }
- { id: three, tool: /work/do, needs: [two], input: [{ name: name, value: three }] }
`,
  ],
])('C28 in %s', { timeout: 30_000 }, async (_, flow) => {
  const folder = folderWith({ 'flow.yaml': flow, 'components.mjs': COMPONENTS })
  const args = ['run', 'flow.yaml', '--components', 'components.mjs']
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: { ...process.env, HANG: '1' } })
  child.stderr.on('data', (text) => String(text).includes('it hangs') && child.kill('SIGKILL'))
  await once(child, 'close')
  const resumed = await millrace(folder, ['resume'])
  expect(JSON.parse(resumed.stdout)).toMatchObject({ outcome: 'success', result: 'three' })
  expect(readFileSync(join(folder, 'ledger'), 'utf8')).toBe('one1 two1 two2 three1 ')
})
