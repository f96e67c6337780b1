// Packs the package, installs it in an empty folder as a user would, and runs a flow with it: the command and the library.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'millrace-package-'))
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { encoding: 'utf8' }).trim()
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
writeFileSync(
  join(folder, 'flow.yaml'),
  `schemas: { type: object, properties: { input: { type: object, properties: { n: { type: number }, name: { type: string, pattern: '^m' } } } } }
steps: [{ id: a, component: /builtin/noop, input: { n: { $input: n } } }]
output: { $step: a, path: n }
`,
)
// What is loaded by its first call, from the bundle.
writeFileSync(
  join(folder, 'tools.yaml'),
  `steps:
  - { id: rows, component: /builtin/data_convert, input: { value: '<a><b>42</b></a>', from: xml, to: object } }
  - { id: csv, component: /builtin/data_convert, input: { value: { $step: rows, path: a }, to: csv } }
  - { id: back, component: /builtin/data_convert, input: { value: { $step: csv }, from: csv, to: yaml } }
  - { id: file, component: /builtin/output_file, input: { path: out/back.yaml, content: { $step: back } } }
  - { id: chat, component: /builtin/llm/openai, input: { prompt: { $step: file }, api_key: none }, onError: { action: useDefault, defaultValue: 42 } }
output: { $step: chat }
`,
)
writeFileSync(
  join(folder, 'use.js'),
  `import { openEngine } from 'millrace'
import { renderTemplate } from 'millrace/templates'
if (renderTemplate('{{ n + 1 }}', { n: 41 }).value !== 42) throw new Error('Templates do not render')
const engine = await openEngine({ components: { '/inc': ({ n }) => ({ n: n + 1 }) } })
const flow = engine.compile('steps: [{ id: a, component: /inc, input: { n: 41 } }]\\noutput: { $step: a, path: n }')
console.log(JSON.stringify(await engine.run(flow)))
await engine.close()
`,
)
writeFileSync(
  join(folder, 'own.mjs'),
  `import { Answer } from 'millrace'
export default { '/maybe': () => Answer.skip('not today') }
`,
)
writeFileSync(
  join(folder, 'own.yaml'),
  'steps: [{ id: a, component: /maybe }]\noutput: { $coalesce: [{ $step: a }, 42] }\n',
)
run('npm', 'install', '--silent', resolve(folder, packed))
const outputs = [
  run(join('node_modules', '.bin', 'millrace'), 'run', 'flow.yaml', '--set', 'n=42', '--set', 'name=mill'),
  run(join('node_modules', '.bin', 'millrace'), 'run', 'tools.yaml'),
  run(join('node_modules', '.bin', 'millrace'), 'run', 'own.yaml', '--components', 'own.mjs'),
  run(process.execPath, 'use.js'),
]
rmSync(folder, { recursive: true })
for (const output of outputs)
  if (!output.startsWith('{"outcome":"success","result":42')) throw new Error(`The packed package printed ${output}`)
console.log('the packed package runs')
