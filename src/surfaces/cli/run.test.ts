// What `millrace run` promises to scripts: one line on standard output, an exit status, and files.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { text as readAll } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { folderWith, millrace } from './cli.world.ts'

const bin = join(import.meta.dirname, '../../../bin/millrace.cjs')

const folder = folderWith({
  'greet.yaml': `
name: greet
steps:
  - id: hello
    component: /greet
    input: { name: { $input: $.name } }
output: { $step: hello }
`,
  'components.ts': `
export default {
  '/greet': async ({ name }: { name: string }) => {
    if (name === 'nobody') throw Object.assign(new Error('Nobody is there'), { code: 'NOBODY' })
    return 'Hello, ' + name
  },
  '/shout': (text: string) => text.toUpperCase(),
  '/stray': () => void Promise.reject(new Error('Nobody waits')),
  '/late': () => new Promise(() => setTimeout(() => { throw new Error('Too late') }, 1)),
  '/leave': () => process.exit(),
  '/stuck': () => new Promise(() => process.stderr.write('it hangs')),
}
`,
  'skips.yaml': `
steps:
  - { id: level, component: /builtin/noop, input: { isBasic: true } }
  - { id: premium, component: /builtin/noop, skipIf: { $from: { step: level }, path: $.isBasic } }
output: { $from: { step: premium } }
`,
  'typed.yaml': `
schemas: { type: object, properties: { input: { type: object, required: [n], properties: { n: { type: integer }, by: { default: 1 } } } } }
steps: [{ id: same, component: /builtin/noop, input: { $input: $ } }]
output: { $step: same }
`,
  'variable.yaml': `
schemas: { type: object, properties: { variables: { type: object, properties: { city: { type: string, env_var: TOWN }, token: { type: string, is_secret: true } } } } }
steps: [{ id: same, component: /builtin/noop, input: { city: { $variable: city }, token: { $variable: token, default: none } } }]
output: { $step: same }
`,
  'slow.yaml': `
steps: [{ id: slow, component: /builtin/sleep, input: { duration_ms: 60000 } }]
output: { $step: slow }
`,
  'stuck.yaml': 'steps: [{ id: stuck, component: /stuck }]',
  'broken.yaml': 'steps:\n  - id: a\n    component: /greet\n    input: { $step: b }\n',
  'stubs.yaml': 'components: { /greet: [{ when: { name: Ada }, output: from a stub }] }',
  'millrace.yml': 'callsPerRunMax: 4\n',
  'wrong.yml': 'callsPerRunMax: many\n',
  'stepflow-config.mocks.yml':
    'plugins: { m: { type: mock, components: { /greet: { behaviors: { {"name": "Ada"}: { outcome: success, result: from a mock } } } } } }\nroutes: { "/": [{ plugin: m }] }\n',
  'lint.yaml': 'steps: [{ id: a, component: /builtin/noop, input: 1, colour: red }]\noutput: { $step: a }',
  'input.yaml': 'name: Ada\n',
  'many.jsonl': '{"name":"Ada"}\n\n{"name":"nobody"}\n{"name":"Ben"}\n',
  'variables.json': '{"city":"Berlin"}',
  'required.yaml': `
schemas: { type: object, properties: { variables: { type: object, required: [city], properties: { city: { type: string, env_var: TOWN } } } } }
output: { $variable: city }
`,
  'secret.txt': 'correct horse battery\n',
  'overrides.yaml': 'steps: { hello: { value: { component: /shout, input: { $literal: hi } } } }',
})

const run = (args: string, around = {}): ReturnType<typeof millrace> =>
  millrace(folder, ['run', ...args.split(' ')], around)
const greet = 'greet.yaml --components components.ts'

test('standard output is one line of JSON, and progress goes to standard error', async () => {
  const { status, stdout, stderr } = await run(`${greet} --set name=Ada`)
  expect(stdout.split('\n')).toHaveLength(2)
  expect(JSON.parse(stdout)).toEqual({ outcome: 'success', result: 'Hello, Ada', run: expect.any(String) })
  expect(stderr).toContain('hello')
  expect(status).toBe(0)
})

test('--quiet keeps standard error empty', async () => {
  expect(await run(`${greet} --set name=Ada --quiet`)).toMatchObject({ status: 0, stderr: '' })
})

test('a flow that failed prints its error and exits with 1', async () => {
  const { status, stdout, stderr } = await run(`${greet} --set name=nobody`)
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'failed',
    error: { code: 'NOBODY', message: 'Nobody is there', step: 'hello' },
  })
  expect(stderr).toContain('Nobody is there')
  expect(status).toBe(1)
})

test('a step that did not run has its reason beside it, and a skipped flow exits with 0', async () => {
  const { status, stdout, stderr } = await run('skips.yaml')
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'skipped',
    cause: { kind: 'dependency-skipped', step: 'premium' },
  })
  expect(stderr).toContain('premium skipped: level.isBasic is true')
  expect(status).toBe(0)
})

test.for([
  ['a file', `${greet} --input input.yaml`, ''],
  ['standard input', `${greet} --input -`, '{"name":"Ada"}'],
  ['JSON', `${greet} --input-json {"name":"Ada"}`, ''],
  ['YAML', `${greet} --input-yaml {name:\tAda}`, ''],
  ['single values', `${greet} --arg name=Ada`, ''],
])('the input may come from %s', async ([, args, stdin]) => {
  const { stdout } = await run(args ?? '', { stdin })
  expect(JSON.parse(stdout)).toMatchObject({ result: 'Hello, Ada' })
})

test('the flow may come from standard input', async () => {
  const { stdout } = await run('-', {
    stdin: 'steps: [{ id: a, component: /builtin/noop, input: 7 }]\noutput: { $step: a }',
  })
  expect(JSON.parse(stdout)).toMatchObject({ result: 7 })
})

test('a value that is set is JSON where it can be, goes below a path, and on top of the rest', async () => {
  const { stdout } = await run(
    'typed.yaml --input-json {"n":1,"deep":{"a":1}} --set n=5 --set deep.b=[true] --set text=[',
  )
  expect(JSON.parse(stdout)).toMatchObject({ result: { n: 5, by: 1, deep: { a: 1, b: [true] }, text: '[' } })
})

test.for([
  ['an input that does not fit', 'typed.yaml --set n=x', 'INVALID_INPUT'],
  ['a flow with errors', 'broken.yaml --components components.ts', 'UNDEFINED_STEP_REFERENCE'],
  ['a component that nothing provides', 'greet.yaml', 'COMPONENT_NOT_FOUND'],
  ['a file that is not there', 'nothing.yaml', 'UNREADABLE_FILE'],
  ['an input in two places', `${greet} --input input.yaml --input-json {}`, 'INVALID_COMMAND_LINE'],
  ['a flag that does not exist', `${greet} --inptu x`, 'Did you mean --input?'],
  ['a flag without its value', `${greet} --input`, '--input needs a value'],
  ['a report that cannot be written', `${greet} --report nowhere/report.json`, '--report'],
  ['a value set far too deep', `${greet} --set ${'a.'.repeat(30_000)}b=1`, 'sourceDepthMax'],
  ['a time that is none', `${greet} --timeout soon`, '"soon"'],
])('%s: nothing runs, standard output stays empty, exit status 2', async ([, args = '', reason]) => {
  const { status, stdout, stderr } = await run(args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(reason)
})

test('a missing component is shown at its place, with the name that was meant', async () => {
  const flow = 'steps: [{ id: hi, component: /gret, input: { name: A } }]'
  const { stderr } = await run('- --components components.ts', { stdin: flow })
  expect(stderr).toContain('at <stdin>:1:30, step "hi"')
  expect(stderr).toContain('Did you mean "/greet"?')
})

test('variables come from a file, else from the environment', async () => {
  const variables = await run('variable.yaml --variables variables.json')
  expect(JSON.parse(variables.stdout)).toMatchObject({ result: { city: 'Berlin' } })
  const named = await run('variable.yaml --env-variables', { env: { TOWN: 'Jena' } })
  expect(JSON.parse(named.stdout)).toMatchObject({ result: { city: 'Jena' } })
})

test('a secret variable comes from the environment or a file, and is masked in all that is written', async () => {
  const secret = 'correct horse battery'
  for (const [args, env] of [
    ['--secret token', { token: secret }],
    ['--secret token=@secret.txt', {}],
    ['', { MILLRACE_SECRET_token: secret }],
  ] as const) {
    const { stdout, stderr } = await run(
      `variable.yaml --variables variables.json --report r.json --events e.jsonl ${args}`.trim(),
      { env },
    )
    expect(JSON.parse(stdout)).toMatchObject({ result: { token: '***' } })
    const files = ['r.json', 'e.jsonl'].map((file) => readFileSync(join(folder, file), 'utf8'))
    expect([stdout, stderr, ...files].join('')).not.toContain(secret)
  }
})

test('a variable that is required is asked for before anything runs', async () => {
  const [without, given] = await Promise.all([
    run('required.yaml --env-variables'),
    run('required.yaml --env-variables', { env: { TOWN: 'Bern' } }),
  ])
  expect(without).toMatchObject({ status: 2, stdout: '' })
  expect(without.stderr).toContain('Cannot run without the variable "city"')
  expect(given).toMatchObject({ status: 0, stdout: expect.stringContaining('"result":"Bern"') })
})

test.each([
  ['--secret tokn=@secret.txt', 'Did you mean "token"?'],
  ['--secret city=@secret.txt', 'Declare it with is_secret: true'],
  ['--secret other', 'Declare it under schemas.properties.variables, with is_secret: true'],
])('a secret that the flow does not declare is refused: %s', async (args, hint) => {
  const { status, stdout, stderr } = await run(`variable.yaml ${args}`)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('the flow declares none of that name (UNDEFINED_VARIABLE)')
  expect(stderr).toContain(hint)
  expect(stderr).not.toContain('correct horse')
})

test('a secret is never taken from the command line itself', async () => {
  const { status, stderr } = await run('variable.yaml --secret token=abc')
  expect(status).toBe(2)
  expect(stderr).toContain('--secret token=@FILE')
})

test('stubs answer in place of components, and where none fits the step fails', async () => {
  const stubbed = await run('greet.yaml --stubs stubs.yaml --set name=Ada')
  expect(JSON.parse(stubbed.stdout)).toMatchObject({ result: 'from a stub' })
  const other = await run('greet.yaml --stubs stubs.yaml --set name=Ben')
  expect(JSON.parse(other.stdout)).toMatchObject({ outcome: 'failed', error: { code: 'NO_STUB' } })
})

test('with --stubs-only a component that has no stub is missing, built-ins aside', async () => {
  expect(await run(`${greet} --stubs-only --set name=Ada`)).toMatchObject({ status: 2, stdout: '' })
  expect(await run('typed.yaml --stubs-only --set n=1')).toMatchObject({ status: 0 })
})

test('a configuration says where components are', async () => {
  const { stdout } = await run('greet.yaml --config stepflow-config.mocks.yml --set name=Ada')
  expect(JSON.parse(stdout)).toMatchObject({ result: 'from a mock' })
})

test('what cannot be read is told once, without all that follows from it', async () => {
  const { stderr } = await run('greet.yaml --config nothing.yml --set name=Ada')
  expect(stderr).toContain('nothing.yml')
  expect(stderr).not.toContain('COMPONENT_NOT_FOUND')
})

test('a setting that cannot be used is a fault of the command line', async () => {
  expect(await run('typed.yaml --set n=1 --settings wrong.yml')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('callsPerRunMax'),
  })
})

test('warnings go beside the outcome, and --strict refuses them', async () => {
  const { stdout } = await run('lint.yaml')
  expect(JSON.parse(stdout)).toMatchObject({ result: 1, warnings: [{ code: 'UNKNOWN_KEY', step: 'a', line: 1 }] })
  expect(await run('lint.yaml --strict')).toMatchObject({ status: 2, stdout: '' })
})

test('overrides change steps for this run', async () => {
  const { stdout } = await run(`${greet} --set name=Ada --overrides overrides.yaml`)
  expect(JSON.parse(stdout)).toMatchObject({ result: 'HI' })
})

test('a batch prints one line for each input, in their order, and fails when one does', async () => {
  const { status, stdout } = await run(`${greet} --inputs many.jsonl --max-concurrency 1`)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toMatchObject([{ result: 'Hello, Ada' }, { outcome: 'failed' }, { result: 'Hello, Ben' }])
  expect(status).toBe(1)
})

test('a batch with an input that does not fit runs nothing', async () => {
  const { status, stdout, stderr } = await run('typed.yaml --inputs many.jsonl')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('in line 3')
})

test('a run over its time limit fails', async () => {
  const { status, stdout } = await run('slow.yaml --timeout 20ms')
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT' } })
  expect(status).toBe(1)
})

test('the report tells of each step what became of it', async () => {
  await run('skips.yaml --report report.json --output output.json')
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
  const output = JSON.parse(readFileSync(join(folder, 'output.json'), 'utf8'))
  expect(report).toMatchObject({
    run: { id: output.run, language: 'stepflow', status: 'completed', trigger: 'manual', warnings: [] },
    outcome: { outcome: 'skipped' },
    steps: [
      { id: 'level', status: 'success', cause: null, attempts: 1, output: { isBasic: true }, error: null, items: null },
      {
        id: 'premium',
        status: 'skipped',
        cause: { kind: 'condition-false' },
        attempts: 0,
        output: null,
        startedAtMs: null,
        endedAtMs: null,
      },
    ],
  })
})

test('events are written as they happen, one line of JSON each', async () => {
  await run('skips.yaml --events events.jsonl')
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line)).map(({ seq, kind, at }) => [seq, kind, at?.step])).toEqual([
    [0, 'run-started', undefined],
    [1, 'step-succeeded', 'level'], // its start, stored with it, is its `tookMs`
    [2, 'step-skipped', 'premium'],
    [3, 'run-finished', undefined],
  ])
})

test.each([
  ['cancels a run in memory', ['--store', 'memory'], 'cancelled', 'Stopping'],
  ['interrupts a run that is stored', [], 'interrupted', 'Interrupted. It goes on with: millrace resume '],
])('Ctrl-C %s, says so, and exits with 130', { timeout: 15_000 }, async (_, store, outcome, said) => {
  const args = ['run', 'stuck.yaml', '--components', 'components.ts', ...store]
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder })
  const [out, err]: [string[], string[]] = [[], []]
  child.stdout.on('data', (text) => out.push(String(text)))
  child.stderr.on('data', (text) => {
    err.push(String(text))
    if (String(text).includes('it hangs')) child.kill('SIGINT')
  })
  const [status] = await once(child, 'close')
  expect(JSON.parse(out.join(''))).toMatchObject({ outcome, run: expect.any(String) })
  expect(err.join('')).toContain(said)
  expect(status).toBe(130)
})

test.each([
  ['/stray', 'Nobody waits'],
  ['/late', 'Too late'],
])(
  'what %s throws outside of its call ends the command in one line, without its message and without a stack',
  async (component, message) => {
    const flow = `steps: [{ id: a, component: ${component} }, { id: b, component: /stuck, needs: [a] }]`
    const { status, stdout, stderr } = await millrace(folder, ['run', '-', '--components', 'components.ts'], {
      stdin: flow,
    })
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
    expect(stderr).toContain('error: An Error was thrown outside of every call')
    expect(stderr).not.toContain(message) // It could hold a secret.
    expect(stderr).toMatch(/components\.ts:\d+:\d+/)
    expect(stderr).not.toContain('\n    at ')
  },
)

test('a component that ends the process does not make the command a success', async () => {
  const ended = await millrace(folder, ['run', '-', '--components', 'components.ts'], {
    stdin: 'steps: [{ id: a, component: /leave }]',
  })
  expect(ended).toMatchObject({ status: 3, stdout: '' })
})

const isFull = existsSync('/dev/full')
test.runIf(isFull).each(['output', 'report', 'events'])(
  'a disk that is full for --%s costs nobody the outcome',
  async (name) => {
    const { status, stdout, stderr } = await run(`${greet} --set name=Ada --${name} /dev/full`)
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'success' })
    expect(stderr).toContain(`error: Cannot write the file of --${name}: ENOSPC`)
    expect(stderr).not.toContain('\n    at ')
    expect(status).toBe(3)
  },
)

test('two files of a run are not one', async () => {
  const { status, stderr } = await run(`${greet} --set name=Ada --output one.json --report ./one.json`)
  expect(stderr).toContain('Cannot write --report and --output to one file')
  expect(status).toBe(2)
})

test.each([
  ['--allow-net nowhere', {}],
  ['', { MILLRACE_ALLOW_NET: 'localhost:8080,nowhere' }],
])('an address that is no HOST:PORT is refused before anything runs: %s', async (args, env) => {
  const { status, stderr } = await run(`${greet} --set name=Ada ${args}`.trim(), { env })
  expect(stderr).toMatch(/^error: Cannot use .*nowhere[^]* {2}Write .*HOST:PORT/)
  expect(status).toBe(2)
})

test.runIf(isFull)('a full disk under standard output is told in one line', async () => {
  const child = spawn(
    'sh',
    ['-c', '"$0" "$1" run greet.yaml --components components.ts --set name=Ada >/dev/full', process.execPath, bin],
    { cwd: folder },
  )
  const [status, stderr] = await Promise.all([once(child, 'close').then(([code]) => code), readAll(child.stderr)])
  expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining('error: Cannot go on: ENOSPC') })
  expect(stderr).not.toContain('\n    at ')
})

test('a file that is not UTF-8 is refused rather than read with holes', async () => {
  writeFileSync(join(folder, 'latin.yaml'), Buffer.from('name: café', 'latin1'))
  const { status, stderr } = await run(`${greet} --input latin.yaml`)
  expect(stderr).toContain('error: Cannot read "latin.yaml": it is not UTF-8 text (SOURCE_CHARACTER)')
  expect(status).toBe(2)
})

const zero = '/dev/zero'

test.runIf(existsSync(zero)).each([
  ['a file', zero],
  ['an input', `${greet} --input ${zero}`],
])('%s that never ends is refused', async (_, args) => {
  const { status, stderr } = await run(args)
  expect(status).toBe(2)
  expect(stderr).toContain('"/dev/zero": it is longer than sourceBytesMax (SOURCE_BOUND)')
})

test('standard input beyond the bound is refused', async () => {
  const { status, stderr } = await run('-', { stdin: 'a'.repeat(17 * 1024 * 1024) })
  expect(status).toBe(2)
  expect(stderr).toContain('standard input: it is longer than sourceBytesMax (SOURCE_BOUND)')
})
