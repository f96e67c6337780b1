// Python of the user by its contracts, wherever it runs.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { errorOf, roomlessPath, whatIsMissing, world } from './sandbox.world.ts'

const missing = await whatIsMissing()

describe.for([
  ['Python', world(), missing !== null],
  ['a subset of Python, where no room can be had', world({ path: roomlessPath() }), false],
] as const)('%s', ([, { python }, isAway]) => {
  test.skipIf(isAway).for([
    ['run(input) gives it', 'def run(input):\n  return input["n"] * 2\n"last"', 4],
    ['run(input) may wait', 'async def run(input):\n  return input["n"]', 2],
    ['else the last expression', 'x = 5\nf"{x} apples"', '5 apples'],
    ['else the variable result', 'result = [1, (2, None), {"a": True}]', [1, [2, null], { a: true }]],
    ['a last expression of None leaves it to result', 'result = 1\nprint("done")', 1],
    ['a last expression goes before result', 'result = 1\n2', 2],
    ['a false value is a value', 'result = 1\n0', 0],
    ['else it is null', 'x = 1', null],
    ['nothing at all is null', '', null],
    ['the input is there without run', 'input["n"]', 2],
  ] as const)('the value of code: %s', async ([, code, output]) => {
    expect(await python(code, { input: { n: 2 } })).toEqual({ kind: 'success', output })
  })

  test.skipIf(isAway).for([
    ['what it prints', 'print("a")\nprint("b", 1)', ['a\nb 1']],
    ['what it printed before it failed', 'print("a")\n1 / 0', ['a']],
    ['nothing, where it prints nothing', '1', []],
  ] as const)('code logs %s', async ([, code, logged]) => {
    const logs: string[] = []
    await python(code, {}, { log: (text) => logs.push(text) })
    expect(logs).toEqual(logged)
  })

  test.skipIf(isAway)('code that raises fails the step, with the lines that are its own', async () => {
    const code = 'print("before")\ndef f(n):\n  raise ValueError(f"no {n}")\nf(1)'
    expect(await python(code)).toEqual({
      kind: 'failed',
      error: {
        code: 'PYTHON_ERROR',
        message: 'The code failed with ValueError: no 1',
        data: {
          name: 'ValueError',
          value: 'no 1',
          traceback:
            '  File "<code>", line 4, in <module>\n    f(1)\n' +
            '  File "<code>", line 3, in f\n    raise ValueError(f"no {n}")\nValueError: no 1',
          stdout: 'before\n',
        },
      },
    })
  })

  test.skipIf(isAway).for([
    ['1 + 1', 'STRING', '2'],
    ['"a"', 'STRING', 'a'],
    ['[1, None]', 'STRING', '[1,null]'],
    ['" 2.5 "', 'NUMBER', 2.5],
    ['"TRUE"', 'BOOLEAN', true],
    ['0', 'BOOLEAN', false],
    ['\'{"a": 1}\'', 'JSON', { a: 1 }],
    ['"text"', 'JSON', 'text'],
    ['None', 'NUMBER', null],
  ] as const)('%s as %s', async ([code, type, output]) => {
    expect(await python(code, { data_type: type })).toEqual({ kind: 'success', output })
  })

  test.skipIf(isAway)('a value that does not stand for its type is refused', async () => {
    expect(errorOf(await python('"many"', { data_type: 'NUMBER' }))).toBe(
      'INVALID_OUTPUT: Cannot use the value of the code, text: "data_type" asks for a number',
    )
  })
})

describe('all of Python', () => {
  const { python } = world()

  test.skipIf(missing !== null)('a value without a form in JSON is refused', async () => {
    expect(errorOf(await python('float("nan")'))).toBe(
      'INVALID_OUTPUT: Cannot use the value of the code: it holds nan, which has no form in JSON',
    )
    expect(errorOf(await python(`x = []\nfor i in range(1000):\n  x = [x]\nx`))).toMatch(
      /^INVALID_OUTPUT: Cannot use the value of the code: it holds (a value that|what) is nested more than 512 levels/,
    )
  })

  test.skipIf(missing !== null)('dates, data classes, sets and models become plain data', async () => {
    const code = `
import dataclasses, datetime, enum
@dataclasses.dataclass
class Point:
    x: int
class Color(enum.Enum):
    RED = "red"
class Name(BaseModel):
    of: str
{"day": datetime.date(2027, 1, 2), "point": Point(1), "color": Color.RED, "set": {1}, "model": [Name(of="a")], 2: None}`
    const output = { day: '2027-01-02', point: { x: 1 }, color: 'red', set: [1], model: [{ of: 'a' }], 2: null }
    expect(await python(code)).toEqual({ kind: 'success', output })
  })

  test.skipIf(missing !== null)('a value of another type is named', async () => {
    expect(errorOf(await python(`[object()]`))).toBe(
      'INVALID_OUTPUT: Cannot use the value of the code: it holds a value of the type object',
    )
  })

  test.skipIf(missing !== null)('code that ends itself without an error leaves its result', async () => {
    expect(await python(`import sys\nresult = 3\nsys.exit()`)).toEqual({ kind: 'success', output: 3 })
    expect(errorOf(await python('import sys\nsys.exit(3)'))).toBe('PYTHON_ERROR: The code failed with SystemExit: 3')
  })

  test.skipIf(missing !== null)('a mistake in the text of the code is shown where it is', async () => {
    expect(await python('x = (')).toMatchObject({
      error: { code: 'PYTHON_ERROR', data: { name: 'SyntaxError', traceback: expect.stringContaining('line 1') } },
    })
  })

  test.skipIf(missing !== null)('what it prints to both streams is logged, and in the data of a failure', async () => {
    const logs: string[] = []
    const asked = await python(
      `import sys\nprint("b", file=sys.stderr)\nprint("a")\n1 / 0`,
      {},
      { log: (text) => logs.push(text) },
    )
    expect(asked).toMatchObject({
      error: { data: { name: 'ZeroDivisionError', stdout: 'a\n', stderr: 'b\n' } },
    })
    expect(logs).toEqual(['a\nstderr:\nb'])
  })

  test.skipIf(missing !== null)('its own modules work: files, threads, clocks, databases', async () => {
    const code = `
import sqlite3, ssl, zoneinfo, threading, asyncio, tempfile, time, random
seen = []
thread = threading.Thread(target=lambda: seen.append("thread")); thread.start(); thread.join()
with tempfile.TemporaryFile() as file: seen.append(file.write(b"file"))
seen.append(sqlite3.connect(":memory:").execute("select 1").fetchone())
asyncio.run(asyncio.sleep(0))
seen`
    expect(await python(code)).toEqual({ kind: 'success', output: ['thread', 4, [1]] })
  })
})

test('a code that is none, or bounds that there are not, are told before anything runs', async () => {
  const { python } = world()
  expect(errorOf(await python('1', { timeout_ms: 0 }))).toBe(
    'INVALID_INPUT: Cannot use 0 as "timeout_ms" of the input: expected a whole number from 1 to 600000',
  )
  expect(errorOf(await python('1', { data_type: 'DATE' }))).toBe(
    'INVALID_INPUT: Cannot use text as "data_type" of the input: expected one of STRING, NUMBER, BOOLEAN, JSON',
  )
})

test.skipIf(missing !== null)('any data goes in and comes out as it was', async () => {
  const { python } = world()
  const data = fc.sample(fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }), { numRuns: 500, seed: 7 })
  const input: Json = JSON.parse(JSON.stringify(data))
  const asked = await python('input', { input })
  expect(JSON.stringify(asked)).toBe(JSON.stringify({ kind: 'success', output: input }))
})
