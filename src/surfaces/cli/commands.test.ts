// The other commands, and what they say to somebody who is new to them.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { operations } from '../../api/table.ts'
import { folderWith, millrace } from './cli.world.ts'

const root = join(import.meta.dirname, '../../..')
const folder = folderWith({
  'page.yaml': `
name: page
steps:
  - { id: level, component: /user/level }
  - id: premium
    component: /builtin/noop
    skipIf: { $from: { step: level }, path: $.isBasic }
    input: { level: { $from: { step: level } } }
`,
  'cases.yaml': 'name: a\nfile: page.yaml\n---\nname: b\nfile: page.yaml\n',
  'others.ts': "export default { '/user/level': () => ({ isBasic: false }) }",
  'components.ts': "export default { '/user/level': () => ({ isBasic: true }) }",
  'broken.yaml': 'steps:\n  - { id: a, component: /builtin/noop, input: { $step: b } }\n',
  'standing-in.yaml': `
steps:
  - { id: off, component: /builtin/noop, skipIf: true }
  - { id: reader, component: /builtin/noop, input: { $from: { step: off }, $on_skip: use_default, $default: { x: 1 } } }
output: { a: { $from: { step: off }, onSkip: { action: useDefault } } }
`,
  'tested.yaml': `
steps: [{ id: same, component: /builtin/noop, input: { $input: $.n } }]
output: { $step: same }
test:
  cases:
    - { name: seven stays seven, input: { n: 7 }, output: { outcome: success, result: 7 } }
    - { name: eight is nine, input: { n: 8 }, output: { outcome: success, result: 9 } }
`,
})

test('without a command, or with one that does not exist, it helps', async () => {
  const [alone, mistyped] = await Promise.all([millrace(folder, []), millrace(folder, ['vaildate'])])
  expect(alone).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('millrace COMMAND --help') })
  expect(mistyped).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('Did you mean millrace validate?'),
  })
})

test.each([
  [['vaildate'], 'Cannot find the command "vaildate" (INVALID_COMMAND_LINE)'],
  [['run', 'page.yaml', '--inptu', 'x'], 'Cannot find the flag --inptu (INVALID_COMMAND_LINE)'],
  [['run'], 'Cannot find FLOW in the command line (INVALID_COMMAND_LINE)'],
])('millrace %s is refused with its code', async (args, message) => {
  expect(await millrace(folder, args)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  })
})

/** Commands whose examples leave files behind. */
const isWriting = new Set(['init', 'resume', 'runs', 'doctor'])
/** Commands that need a run: in an empty store there is none. */
const needsRun = new Set(['show', 'rerun', 'record', 'diff', 'export', 'import', 'cancel', 'pause'])

describe.each(Object.entries(operations))('%s', (name, load) => {
  test('has help that fits a screen', async () => {
    const { status, stdout } = await millrace(folder, [name, '--help'])
    expect(status).toBe(0)
    expect(stdout.split('\n').length).toBeLessThanOrEqual(38)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  test('has an example that works', async () => {
    const { example } = await load()
    const [command, ...args] = example.match(/'[^']*'|[^ ]+/g)?.map((word) => word.replace(/^'(.*)'$/, '$1')) ?? []
    expect(command).toBe('millrace')
    const isElsewhere = isWriting.has(name) || needsRun.has(name)
    expect(await millrace(isElsewhere ? folderWith({}) : root, args)).toMatchObject({
      status: needsRun.has(name) ? 2 : 0,
    })
  })
})

describe('validate', () => {
  test('a flow whose components nobody named gets warnings only', async () => {
    const { status, stderr } = await millrace(folder, ['validate', 'page.yaml'])
    expect(stderr).toContain('warning: Cannot find the component "/user/level"')
    expect(status).toBe(0)
  })

  test('what lies in a folder beside flows is passed over, and counted', async () => {
    const mixed = folderWith({
      'flow.yaml': 'steps: [{ id: a, component: /builtin/noop }]\n',
      'stubs.yaml': 'components: { /x: [{ output: 1 }] }\nsteps: { a: [{ output: 1 }] }\n',
      'overrides.yaml': 'steps: { a: { value: { input: 1 } } }\n',
      'stepflow-config.yml': 'plugins: { builtin: { type: builtin } }\nroutes: { /: [{ plugin: builtin }] }\n',
      'cases.yaml': 'name: a\nfile: flow.yaml\n',
      'data.yaml': 'rows: [1, 2]\n',
    })
    const [all, stubs] = await Promise.all([
      millrace(mixed, ['validate', '.']),
      millrace(mixed, ['validate', 'stubs.yaml']),
    ])
    expect(all).toMatchObject({ status: 0, stderr: '1 flow: no problems; 5 files passed over\n' })
    expect(stubs).toMatchObject({ status: 2, stderr: expect.stringContaining('UNKNOWN_LANGUAGE') })
  })

  test('steps that should have been a list are those of a flow', async () => {
    const mapped = folderWith({ 'flow.yaml': 'steps: { a: { component: /builtin/noop } }\n' })
    expect(await millrace(mapped, ['validate', '.'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('(WRONG_TYPE)'),
    })
  })

  test('--json prints all problems of a folder with their places', async () => {
    const { status, stdout } = await millrace(folder, ['validate', '.', '--components', 'components.ts', '--json'])
    expect(JSON.parse(stdout).problems).toEqual([
      {
        code: 'UNDEFINED_STEP_REFERENCE',
        severity: 'error',
        message: expect.any(String),
        file: 'broken.yaml',
        line: 2,
        column: expect.any(Number),
        step: 'a',
        hint: expect.any(String),
      },
    ])
    expect(status).toBe(2)
  })
})

test('two modules that have one path are refused, and one that is named twice is not', async () => {
  const twice = ['validate', 'page.yaml', '--components', 'components.ts', '--components']
  const [two, same] = await Promise.all([
    millrace(folder, [...twice, 'others.ts']),
    millrace(folder, [...twice, './components.ts']),
  ])
  expect(two.stderr).toContain('Cannot use the component "/user/level" twice: it is also in "components.ts"')
  expect([two.status, same.status]).toEqual([2, 0])
})

test('explain says what waits for what, and what can be skipped', async () => {
  const { stdout } = await millrace(folder, ['explain', 'page.yaml'])
  expect(stdout).toContain('premium  /builtin/noop  after level')
  expect(stdout).toContain('skipped if level.isBasic')
})

test('explain says what is read in place of a skipped step', async () => {
  const { stdout } = await millrace(folder, ['explain', 'standing-in.yaml'])
  expect(stdout).toContain('       reads {"x":1} in place of off when it is skipped')
  expect(stdout).toContain('Result: { a: off }\n  reads null in place of off when it is skipped')
})

test('explain --step runs what the step needs, and shows what decides on it', async () => {
  const { stdout } = await millrace(folder, [
    'explain',
    'page.yaml',
    '--step',
    'premium',
    '--components',
    'components.ts',
  ])
  expect(stdout).toContain('level.isBasic = true')
  expect(stdout).toContain('so it is skipped')
  expect(stdout).toContain('"isBasic": true')
})

test('visualize draws a Mermaid flowchart', async () => {
  const { stdout } = await millrace(folder, ['visualize', 'page.yaml'])
  expect(stdout).toMatch(/^flowchart TD\n/)
  expect(stdout).toContain('s0 --> s1')
})

test('components --json tells the schemas', async () => {
  const { stdout } = await millrace(folder, ['components', '--components', 'components.ts', '--json'])
  const all: { path: string; input?: object }[] = JSON.parse(stdout).components
  expect(all.map(({ path }) => path)).toEqual(expect.arrayContaining(['/builtin/eval', '/user/level']))
  expect(all.find(({ path }) => path === '/builtin/sleep')?.input).toMatchObject({ type: 'object' })
})

test('the cases of a flow are tried by `millrace test`, and its last line counts them', async () => {
  const { status, stdout } = await millrace(folder, ['test', 'tested.yaml'])
  expect(stdout).toContain('result: expected 9, got 8')
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 1 failed')
  expect(status).toBe(1)
})

describe('colours', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['none where there is no terminal', {}, false],
    ['none on a CI server', { CI: 'true' }, false],
    ['some where they are asked for', { FORCE_COLOR: '1' }, true],
    ['none where both are said', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%s', async (_, env, isColoured) => {
    const { stderr } = await millrace(folder, ['validate', 'page.yaml'], { env })
    expect(stderr.includes('\u001b[')).toBe(isColoured)
  })
})
