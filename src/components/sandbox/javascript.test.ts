// JavaScript of the user: its contracts, and code that wants out.
import { Script } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { isLastExpression } from './last-statement.ts'
import { errorOf, world } from './sandbox.world.ts'

const { javascript } = world()

test.for([
  ['run(input) gives it', 'function run(input) { return input.n * 2 }\n"last"', 4],
  ['run may be an arrow', 'const run = ({ n }) => [n]', [2]],
  ['run may wait', 'async function run(input) { await null; return input.n }', 2],
  ['else the last expression', 'const x = 5;\n`${x} apples`', '5 apples'],
  ['a last expression that is a promise is waited for', 'Promise.resolve(7)', 7],
  ['else the variable result', 'const list = []\nlist.push(1)\nconst result = list', [1]],
  ['the value of an earlier expression is none', 'input.n\nlet result = 1', 1],
  ['a last expression of nothing leaves it to result', 'var result = 1; console.log("done")', 1],
  ['a false value is a value', 'var result = 1\n0', 0],
  ['else it is null', 'let x = 1', null],
  ['nothing at all is null', '', null],
  [
    'data becomes what JSON makes of it',
    '({ d: new Date(0), u: undefined, n: NaN })',
    { d: '1970-01-01T00:00:00.000Z', n: null },
  ],
] as const)('the value of code: %s', async ([, code, output]) => {
  expect(await javascript(code, { input: { n: 2 } })).toEqual({ kind: 'success', output })
})

test.for([
  ['what it prints, standard error last', 'console.error("oh")\nconsole.log("a", 1)', ['a 1\nstderr:\noh']],
  ['standard error alone', 'console.warn("oh")', ['stderr:\noh']],
  ['nothing, where it prints nothing', '1', []],
] as const)('code logs %s', async ([, code, logged]) => {
  const logs: string[] = []
  await javascript(code, {}, { log: (text) => logs.push(text) })
  expect(logs).toEqual(logged)
})

test('code that throws fails the step, with the lines that are its own and what it printed', async () => {
  const code =
    'console.log("before", { a: 1 })\nconsole.error("oh")\nfunction f(n) {\n  throw new TypeError(`no ${n}`)\n}\nf(1)'
  const asked = await javascript(code)
  expect(asked).toMatchObject({
    error: {
      code: 'JAVASCRIPT_ERROR',
      message: 'The code failed with TypeError: no 1',
      data: { name: 'TypeError', value: 'no 1', stdout: 'before {"a":1}\n', stderr: 'oh\n' },
    },
  })
  expect(asked).toMatchObject({ error: { data: { traceback: expect.stringMatching(/f \(<code>:4:.*\n.*<code>:6:/) } } })
})

test.for([
  ['throw null', 'JAVASCRIPT_ERROR: The code failed with Error: null'],
  ['throw { name: 5 }', 'JAVASCRIPT_ERROR: The code failed with '],
  ['let x = (', 'JAVASCRIPT_ERROR: The code failed with SyntaxError'],
  ['10n', 'JAVASCRIPT_ERROR: The code failed with TypeError'],
  ['() => 1', 'INVALID_OUTPUT: Cannot use the value of the code: it holds a function or a symbol'],
  ['new Promise(() => {})', 'JAVASCRIPT_ERROR: The code failed with Error: The promise never settles'],
  [
    'let x = []; for (let i = 0; i < 600; i += 1) x = [x]; x',
    'INVALID_OUTPUT: Cannot use the value of the code: it holds what is nested',
  ],
  ['function f() { return f() } f()', 'JAVASCRIPT_ERROR: The code failed with InternalError: stack overflow'],
] as const)('%s fails as it should', async ([code, message]) => {
  expect((await javascript(code).then(errorOf)).slice(0, message.length)).toBe(message)
})

describe('code that wants out', () => {
  test.for([
    'this.constructor.constructor("return typeof process")()',
    'console.log.constructor("return typeof process")()',
    'typeof input.constructor.constructor("return this")().process',
    'typeof (function () { return this })().require',
    'typeof globalThis.fetch',
    'typeof std',
    'typeof os',
    'typeof WebAssembly',
    'typeof SharedArrayBuffer === "undefined" ? "undefined" : typeof Worker',
    'typeof Error.prepareStackTrace',
    'try { null.x } catch (error) { typeof error.constructor.constructor("return typeof process")().x }',
  ])('%s finds nothing', async (code) => {
    const result = `var result = (() => { ${code.startsWith('try') ? code : `return ${code}`} })() ?? "undefined"`
    expect(await javascript(result, { input: {} })).toEqual({ kind: 'success', output: 'undefined' })
  })

  test('modules of the host cannot be had', async () => {
    expect(errorOf(await javascript('import("node:fs")'))).toMatch(/^JAVASCRIPT_ERROR: .*could not load module/)
  })

  test('what it does to objects stays where it was done', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const code = `
Object.prototype.polluted = 1
Array.prototype.map = String.prototype.replace = () => { throw 1 }
JSON.stringify = () => "hacked"
JSON.parse('{"__proto__": {"polluted": 2}, "constructor": {"prototype": {"polluted": 3}}, "a": [1]}')`
    const asked = await javascript(code)
    expect(JSON.stringify(asked)).toBe(
      '{"kind":"success","output":{"__proto__":{"polluted":2},"constructor":{"prototype":{"polluted":3}},"a":[1]}}',
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect(Object.getPrototypeOf(asked.kind === 'success' && asked.output)).toBe(Object.prototype)
  })

  test('an input with a key __proto__ is data', async () => {
    const input = JSON.parse('{"__proto__": {"a": 1}, "b": "\\u2028</script>"}')
    const asked = await javascript('Object.keys(input).join() + input.a + input.b', { input })
    expect(asked).toEqual({ kind: 'success', output: '__proto__,bundefined\u2028</script>' })
  })

  test('two runs know nothing of each other', async () => {
    await javascript('globalThis.left = 1; Object.prototype.left = 1')
    expect(await javascript('typeof left')).toEqual({ kind: 'success', output: 'undefined' })
  })
})

describe('code over its bounds is stopped', () => {
  test.for([
    ['for (;;) {}', 'timeout_ms, which is 300'],
    ['async function run() { for (;;) await null }', 'timeout_ms, which is 300'],
    ['try { for (;;) {} } catch { 1 } finally { for (;;) {} }', 'timeout_ms, which is 300'],
    ['/(a+)+$/.test("a".repeat(40) + "b")', 'timeout_ms, which is 300'],
    ['const list = []; for (;;) list.push([list.length])', '(memory_mb, which is 16|timeout_ms)'],
    ['new Uint8Array(1 << 30)', 'memory_mb, which is 16'],
    ['"x".repeat(1 << 29)', 'memory_mb, which is 16'],
    ['for (;;) console.log("x".repeat(999))', 'logBytesMax, which is 1048576'],
    ['for (;;) console.error("x".repeat(999))', 'logBytesMax, which is 1048576'],
  ] as const)('%s', async ([code, bound]) => {
    expect(
      errorOf(await javascript(code, { timeout_ms: bound.startsWith('timeout') ? 300 : 20_000, memory_mb: 16 })),
    ).toMatch(new RegExp(`^SANDBOX_LIMIT: The code was stopped: it was over ${bound}`))
  })

  test.for([
    ['parentheses', `${'('.repeat(100_000)}1${')'.repeat(100_000)}`],
    ['lists', `var a = 1;\n${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['functions', '()=>'.repeat(50_000)],
  ])('code that is nested in %s without end', async ([, code]) => {
    expect(errorOf(await javascript(code ?? ''))).toMatch(
      /^(SANDBOX_LIMIT: .*javascriptStackBytesMax|JAVASCRIPT_ERROR: .*(stack overflow|SyntaxError))/,
    )
  })

  test('a value that is large', async () => {
    expect(errorOf(await javascript('Array(20).fill("x".repeat(1e6))', { memory_mb: 256 }))).toBe(
      'SANDBOX_LIMIT: The code was stopped: it was over answerBytesMax, which is 16777216',
    )
  })

  test('code that is called off', async () => {
    const aborting = new AbortController()
    const asked = javascript('for (;;) {}', {}, { signal: aborting.signal })
    aborting.abort(new Error('called off'))
    expect(await asked).toMatchObject({ kind: 'failed', error: { message: 'Error: called off' } })
  })
})

test('whether the last statement is an expression does not depend on what is before it', () => {
  const statements = [
    'let a = 1',
    'function f() {\n  return 1\n}',
    'if (x) {\n  y()\n}',
    'x = {\n  a: 1\n}',
    'g(\n  1,\n)',
    '`;\n`',
  ]
  const isExpression = [false, false, false, true, true, true]
  const lists = fc.array(fc.nat(statements.length - 1), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(lists, fc.constantFrom(';\n', '\n'), (chosen, end) => {
      const texts = chosen.map((index, place) => (statements[index] ?? '').replace('let a', `let a${place}`))
      const code = texts.join(';\n') + end
      expect(isLastExpression(code, compiles)).toBe(isExpression[chosen.at(-1) ?? 0])
    }),
  )
})

/** By the parser of this engine, which runs nothing of it. */
function compiles(text: string): boolean {
  try {
    return new Script(text) instanceof Script
  } catch {
    return false
  }
}

test('any data goes in and comes out as it was', async () => {
  const data = fc.sample(fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }), { numRuns: 500, seed: 7 })
  const input: Json = JSON.parse(JSON.stringify(data))
  const asked = await javascript('input', { input })
  expect(JSON.stringify(asked)).toBe(JSON.stringify({ kind: 'success', output: input }))
})
