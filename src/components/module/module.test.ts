import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, componentSuite } from '../component.suite.ts'
import type { Component } from '../component.ts'
import { loadModule } from './module.ts'

let folder = ''
let count = 0
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'module-'))))
afterAll(() => rm(folder, { recursive: true }))

/** Writes a module and loads it. */
async function load(text: string, extension = 'ts'): Promise<Awaited<ReturnType<typeof loadModule>>> {
  const file = join(folder, `m${count++}.${extension}`)
  await writeFile(file, text)
  return loadModule(file)
}

async function componentsOf(text: string, extension?: string): Promise<ReadonlyMap<string, Component>> {
  const loaded = await load(text, extension)
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems))
  return loaded.components
}

/** What Node itself says of a module: within the tests, imports go through their runner. */
async function problemsOf(text: string, extension = 'ts'): Promise<readonly string[]> {
  const file = join(folder, `m.${extension}`)
  await writeFile(file, text)
  const found = JSON.parse(await loadInNode(file)) as { problems: { message: string; hint: string }[] }
  return found.problems.map(({ message, hint }) => `${message} | ${hint}`)
}

async function loadInNode(file: string): Promise<string> {
  const script = `
    const { loadModule } = await import(${JSON.stringify(new URL('module.ts', import.meta.url).href)})
    console.log(JSON.stringify(await loadModule(${JSON.stringify(file)})))`
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])).stdout
}

componentSuite('modules', async () => {
  const found = await componentsOf(`
    type Numbers = { a: number; b: number }
    const schema = { type: 'object', properties: { n: { type: 'integer', default: 1 } } }
    export default {
      '/math/add': { effect: 'pure', run: ({ a, b }: Numbers) => a + b },
      '/checked': { input: schema, output: { maximum: 5 }, run: async ({ n }: { n: number }) => n * 2 },
      FAIL: () => { throw new Error('down') },
      '/hang': (_: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    }`)
  return {
    components: { find: (path) => found.get(path) ?? null, list: () => found },
    succeed: [
      { path: '/math/add', input: { a: 1, b: 2 }, output: 3 },
      { path: '/checked', input: {}, output: 2 },
      { path: '/checked', input: { n: 2.0 }, output: 4 },
    ],
    fail: [
      { path: 'FAIL', input: null, code: 'COMPONENT_FAILED' },
      { path: '/checked', input: { n: 1.5 }, code: 'INVALID_INPUT' },
      { path: '/checked', input: { n: 3 }, code: 'INVALID_OUTPUT' },
    ],
    hang: [{ path: '/hang', input: null }],
  }
})

describe('a module of components', () => {
  test('a function is an at-least-once component, a mapping says more of itself', async () => {
    const components = await componentsOf(`export default {
      '/a': () => 1,
      '/b': { effect: 'at-most-once', onLost: 'fail', description: 'Send', run: () => 2 },
    }`)
    expect(components.get('/a')).toMatchObject({ effect: 'at-least-once' })
    expect(components.get('/b')).toMatchObject({ effect: 'at-most-once', onLost: 'fail', description: 'Send' })
    expect(await ask(components.get('/b') ?? null, null)).toEqual({ kind: 'success', output: 2 })
  })

  test.each([
    ['a default export', `export default { '/a': () => 1 }`, 'ts'],
    ['a named export', `export const components = { '/a': () => 1 }`, 'mjs'],
    ['both', `export default { '/a': () => 1 }; export const components = { '/b': () => 1 }`, 'js'],
    ['module.exports', `module.exports = { '/a': () => 1 }`, 'cjs'],
  ])('may be %s', async (_what, text, extension) => {
    expect([...(await componentsOf(text, extension)).keys()]).toContain('/a')
  })

  test('a component keeps what it is a part of', async () => {
    const components = await componentsOf(
      `const counter = { effect: 'pure', run() { return this.effect } }; export default { '/a': counter }`,
    )
    expect(await ask(components.get('/a') ?? null, null)).toEqual({ kind: 'success', output: 'pure' })
  })

  test('a component finds what it needs beside its module', async () => {
    await writeFile(join(folder, 'beside.ts'), 'export const one: number = 1')
    const components = await componentsOf(`import { one } from './beside.ts'; export default { '/a': () => one }`)
    expect(await ask(components.get('/a') ?? null, null)).toEqual({ kind: 'success', output: 1 })
  })

  test.each([
    ['', 'ts', 'Cannot find components in "m.ts" | Write export default { "/user/load": (input) => output }'],
    [
      'export default () => 1',
      'ts',
      'Cannot find components in "m.ts" | Write export default { "/user/load": (input) => output }',
    ],
    ['export default {\n  a: ,\n}', 'ts', 'Cannot read "m.ts", line 2: Expression expected | Correct its syntax'],
    ['export default {\n  a: ,\n}', 'mjs', `Cannot read "m.mjs": Unexpected token ',' | Correct its syntax`],
    [
      'enum A { B }\nexport default {}',
      'ts',
      'Cannot read "m.ts", line 1: TypeScript enum is not supported in strip-only mode | Write types that can be erased: no enum, no namespace',
    ],
    [
      '\nthrow new Error("boom\\nand more")',
      'ts',
      'Cannot load "m.ts", line 2: boom | Correct what it does when it is imported',
    ],
    ['throw "text"', 'mjs', 'Cannot load "m.mjs": it throws no Error | Correct what it does when it is imported'],
    ['{}', 'txt', expect.stringMatching(/^Cannot load "m.txt": Unknown file extension/)],
  ])('%j in a .%s file cannot be used', async (text, extension, message) => {
    expect(await problemsOf(text, extension)).toEqual([message])
  })

  test('a module that is not there is told by its name', async () => {
    const loaded = JSON.parse(await loadInNode(join(folder, 'gone.ts')))
    expect(loaded).toEqual({
      kind: 'problems',
      problems: [
        {
          code: 'INVALID_COMPONENT',
          severity: 'error',
          message: 'Cannot find the module "gone.ts"',
          file: join(folder, 'gone.ts'),
          span: null,
          step: null,
          hint: 'Name a file, such as components.ts',
        },
      ],
    })
  })

  test('all that is wrong with components is told at once', async () => {
    const problems = await problemsOf(`export default {
      'user/load': () => 1,
      '/trailing/': () => 1,
      '/builtin/eval': () => 1,
      lower: () => 1,
      '/number': 1,
      '/no/run': { effect: 'pure' },
      '/effect': { effect: 'twice', run: () => 1 },
      '/lost': { onLost: 'retry', run: () => 1 },
      '/schema': { input: { a: () => 1 }, run: () => 1 },
      '/typo': { efect: 'pure', run: () => 1 },
    }`)
    expect(problems.map((problem) => problem.split(' | ')[0])).toEqual([
      'Cannot use "user/load": it is neither a path nor a tool name',
      'Cannot use "/trailing/": it is neither a path nor a tool name',
      'Cannot use "/builtin/eval": paths below /builtin belong to the engine',
      'Cannot use "lower": it is neither a path nor a tool name',
      'Cannot use "/number": it is not a component',
      'Cannot use "/no/run": its "run" is not a function',
      'Cannot use "/effect": its "effect" is not known',
      'Cannot use "/lost": its "onLost" is not known',
      'Cannot use "/schema": a schema of it is not plain data',
      'Cannot use "/typo": "efect" means nothing here',
    ])
  })
})
