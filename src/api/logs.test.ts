// What a component logs is kept with the run, for people: it decides nothing.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RUN_LOG_CHARACTERS_MAX } from '../core/logs.ts'
import { LOG_CHARACTERS_MAX } from '../engine/task-log.ts'
import { Answer, type Call, component, openEngine, type Run } from '../index.ts'
import { logIn } from './logs.ts'

type Engine = Awaited<ReturnType<typeof openEngine>>
type Options = Omit<Parameters<typeof openEngine>[0] & object, 'components'>

const ONE = 'steps: [{ id: a, component: /say, input: seven }]\noutput: { $step: a }'

type Say = (input: string, call: Call) => unknown

/** An engine whose `/say` does this. */
function engineWith(say: Say, options: Options = {}): Promise<Engine> {
  return openEngine({ ...options, components: { '/say': say } })
}

/** What the run has logged and decided, in a word each. */
async function toldBy(run: Run): Promise<readonly string[]> {
  const told: string[] = []
  for await (const event of run.events()) {
    const log = logIn(event, 'a')
    told.push(log === null ? event.kind : `a${log.item ?? ''} ${log.attempt}: ${log.text}`)
  }
  return told
}

/** The run has ended, and this was logged. */
async function logsOf(engine: Engine, text: string, given: object = {}): Promise<readonly string[]> {
  const run = await engine.start(engine.compile(text), given)
  await run.result()
  const told = await toldBy(run)
  await engine.close()
  return told.filter((line) => line.includes(': '))
}

test.each<[string, Say]>([
  ['at once', (input, { log }) => [log(`got ${input}`), log('and went on')].length],
  ['later', async (input, { log }) => [log(`got ${input}`), await Promise.resolve(), log('and went on')].length],
])('a component that answers %s logs lines, which come before its answer', async (_, say) => {
  const engine = await engineWith(say)
  const run = await engine.start(engine.compile(ONE))
  expect(await run.result()).toMatchObject({ outcome: 'success' })
  const told = await toldBy(run)
  expect(told.slice(-3)).toEqual(['a 1: got seven\nand went on', 'step-succeeded', 'run-finished'])
  await engine.close()
})

test.each<[string, (call: Call) => unknown]>([
  ['skips', () => Answer.skip('nothing to do')],
  ['waits', ({ nowMs }) => Answer.wait(nowMs + 5, null)],
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
  ['rejects', () => Promise.reject(new Error('no'))],
  ['answers what is no data', () => 1n],
])('what a component logged is kept when it %s', async (_, act) => {
  const engine = await engineWith((_input, call) => [call.log('tried'), act(call)][1])
  expect(await logsOf(engine, ONE)).toEqual(['a 1: tried'])
})

test('what is logged and is no text is written as JSON, and whatever it is fails no step', async () => {
  const engine = await engineWith((_, call) => {
    const log = call.log as (said: unknown) => void
    for (const said of [{ user: 7 }, Object.create(null), undefined, 8n]) log(said)
  })
  expect(await logsOf(engine, ONE)).toEqual(['a 1: {"user":7}\n{}\nundefined\n[it cannot be written as text]'])
})

test('each attempt has its log', async () => {
  const engine = await engineWith((_, { log, attempt }) => {
    log(`try ${attempt}`)
    if (attempt === 1) throw new Error('busy')
    return attempt
  })
  const flow = 'steps: [{ id: a, component: /say, retry: { max: 1, delay: 1ms } }]'
  expect(await logsOf(engine, flow)).toEqual(['a 1: try 1', 'a 2: try 2'])
})

test('each item of a loop has its log', async () => {
  const engine = await engineWith((input, { log, item }) => log(`item ${item} is ${input}`))
  const flow = 'steps: [{ id: a, component: /say, forEach: { $literal: [x, y] }, input: { $item: $ } }]'
  expect(await logsOf(engine, flow)).toEqual(['a0 1: item 0 is x', 'a1 1: item 1 is y'])
})

test.each([
  ['over its time limit', 'timeout: 20ms, retry: { max: 0 }', false],
  ['stopped with its run', 'timeout: 1h', true],
])('a component that is %s has logged what it had to say up to then', async (_, limit, isStopped) => {
  const begun = Promise.withResolvers<void>()
  const engine = await engineWith((_input, { log, signal }) => {
    log('began')
    signal.addEventListener('abort', () => log('too late for some'))
    begun.resolve()
    return new Promise(() => undefined)
  })
  const run = await engine.start(engine.compile(`steps: [{ id: a, component: /say, ${limit} }]`))
  await begun.promise
  if (isStopped) await run.cancel()
  await run.result()
  expect((await toldBy(run)).find((line) => line.startsWith('a 1: began'))).toBeDefined()
  await engine.close()
})

test('a call keeps so many characters, and says that the rest is left out', async () => {
  const engine = await engineWith((_, { log }) => {
    for (let line = 0; line < 20_000; line += 1) log(`line ${line}`)
    return null
  })
  const [log = ''] = await logsOf(engine, ONE)
  expect(log.length).toBeLessThan(LOG_CHARACTERS_MAX + 200)
  expect(log.split('\n').slice(-2)).toEqual([
    expect.stringMatching(/^line \d+$/),
    `[the rest is left out: logCharactersMax is ${LOG_CHARACTERS_MAX}]`,
  ])
})

test('secrets are masked, also where the log ends within one', async () => {
  const secret = 'correct horse battery staple'
  const engine = await engineWith((_, { log }) => {
    log(`one ${secret}`)
    log(`${'x'.repeat(LOG_CHARACTERS_MAX - 20)}${secret}`)
    return null
  })
  const flow = `
schemas: { type: object, properties: { variables: { type: object, properties: { token: { type: string, is_secret: true } } } } }
steps: [{ id: a, component: /say, input: { $variable: token } }]`
  const [log = ''] = await logsOf(engine, flow, { variables: { token: secret } })
  expect(log).toContain('a 1: one ***\n')
  expect(log).not.toContain('correct')
})

test('what is logged is there for the process that opens the store next', async () => {
  const store = `sqlite:${join(mkdtempSync(join(tmpdir(), 'millrace-logs-')), 'runs.db')}`
  const first = await engineWith((_, { log }) => log('kept'), { store })
  const begun = await first.start(first.compile(ONE))
  await begun.result()
  await first.close()
  const second = await openEngine({ store })
  const run = await second.get(begun.id)
  expect(run === null ? [] : await toldBy(run)).toContain('a 1: kept')
  await second.close()
})

test('what is no text is logged as one, and a component that logs nothing has no log', async () => {
  const odd = await engineWith((_, { log }) => [7, null, undefined].map((said) => log(said as never)).length)
  expect(await logsOf(odd, ONE)).toEqual(['a 1: 7\nnull\nundefined'])
  const silent = await openEngine({ components: { '/say': component({ effect: 'pure', run: () => null }) } })
  expect(await logsOf(silent, ONE)).toEqual([])
})

test.each([
  ['more than fits', LOG_CHARACTERS_MAX - 1],
  ['exactly as much as fits, and more', LOG_CHARACTERS_MAX],
])(
  'a run that logs %s keeps as much as can be shown at once, and says where it left the rest out',
  async (_name, length) => {
    const engine = await engineWith((_input, { log }) => log('x'.repeat(length)))
    const flow = 'steps: [{ id: a, component: /say, forEach: { $input: items }, input: { $item: $ } }]'
    const items = Array.from({ length: RUN_LOG_CHARACTERS_MAX / LOG_CHARACTERS_MAX + 5 }, (_, index) => index)
    const [last = '', ...others] = (await logsOf(engine, flow, { input: { items } })).toReversed()
    expect(last.slice(-100)).toContain('runLogCharactersMax is 16777216')
    expect(others.every((text) => text.endsWith('x'))).toBe(true)
    expect(others.length).toBe(items.length - 5)
  },
)
