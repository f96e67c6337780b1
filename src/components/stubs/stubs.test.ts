import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { type Asked, ask, componentSuite } from '../component.suite.ts'
import type { Call, Component, Components } from '../component.ts'
import { readStubs } from './read-stubs.ts'
import { stubComponents } from './stubs.ts'

const real = new Map<string, Component>([
  ['/user/load', { effect: 'pure', run: () => 'real' }],
  ['/mail/send', { effect: 'at-most-once', onLost: 'fail', run: () => 'sent' }],
  ['/builtin/noop', { effect: 'pure', isBuiltin: true, run: (input: Json) => input }],
])
const base: Components = { find: (path) => real.get(path) ?? null, list: () => real }

/** Components behind the stubs that `data` says. */
function stubbed(data: Json, only = false): Components {
  const { stubs, problems } = readStubs(data)
  expect(problems).toEqual([])
  return stubComponents(base, stubs, { only })
}

const outputOf = (asked: Asked): unknown =>
  asked.kind === 'success' ? asked.output : asked.kind === 'failed' ? asked.error.code : asked.answer.kind

async function outputs(
  components: Components,
  path: string,
  calls: readonly (Partial<Call> & { input?: Json })[],
): Promise<readonly unknown[]> {
  const answers: unknown[] = []
  for (const { input = null, ...call } of calls)
    answers.push(outputOf(await ask(components.find(path, null), input, call)))
  return answers
}

componentSuite('stubs', () => ({
  components: stubbed({
    components: {
      '/user/load': [
        { when: { id: 7 }, output: { name: 'Ada' } },
        { when: { id: 8 }, error: { code: 'BUSY', message: 'busy' } },
      ],
      ECHO: [{ echo: true }],
      '/slow': [{ delay: '24d', output: 1 }],
    },
  }),
  succeed: [
    { path: '/user/load', input: { id: 7, more: true }, output: { name: 'Ada' } },
    { path: 'ECHO', input: { a: [null] }, output: { a: [null] } },
    { path: '/mail/send', input: {}, output: 'sent' },
  ],
  fail: [
    { path: '/user/load', input: { id: 8 }, code: 'BUSY' },
    { path: '/user/load', input: { id: 9 }, code: 'NO_STUB' },
  ],
  hang: [{ path: '/slow', input: {} }],
}))

describe('stubs', () => {
  test('the first rule that fits answers, after its delay', async () => {
    const components = stubbed({
      components: {
        '/a': [
          { when: { n: 1 }, output: 'one' },
          { when: 2, skipped: true },
          { delay: '1ms', output: 'else' },
        ],
      },
    })
    expect(await outputs(components, '/a', [{ input: { n: 1, m: 2 } }, { input: 2 }, { input: { n: 2 } }])).toEqual([
      'one',
      'skip',
      'else',
    ])
  })

  test('an input that no rule fits is told', async () => {
    const asked = await ask(stubbed({ components: { '/a': [{ when: { n: 1 }, output: 1 }] } }).find('/a', null), {
      n: 2,
    })
    expect(asked).toEqual({
      kind: 'failed',
      error: { code: 'NO_STUB', message: 'No stub of "/a" fits the input {"n":2}', isRetryable: false },
    })
  })

  test('a name without rules keeps its component', async () => {
    expect(await outputs(stubbed({ components: { '/a': [] } }), '/user/load', [{}])).toEqual(['real'])
    expect(stubbed(null).find('/nowhere', null)).toBeNull()
  })

  test('with stubs only, such a name has none, unless it comes with the engine', async () => {
    const components = stubbed({ components: { '/user/load': [{ output: 1 }] } }, true)
    expect(components.find('/mail/send', 'step')).toBeNull()
    expect([...components.list().keys()].toSorted()).toEqual(['/builtin/noop', '/user/load'])
    expect(await outputs(components, '/user/load', [{}])).toEqual([1])
    expect(await outputs(components, '/builtin/noop', [{ input: 5 }])).toEqual([5])
  })

  test('rules of a step come before those of its component, and hold for that step only', async () => {
    const components = stubbed({
      components: { '/user/load': [{ output: 'component' }] },
      steps: { first: [{ when: { n: 1 }, output: 'step' }] },
    })
    expect(outputOf(await ask(components.find('/user/load', 'first'), { n: 1 }))).toBe('step')
    expect(outputOf(await ask(components.find('/user/load', 'first'), { n: 2 }))).toBe('component')
    expect(outputOf(await ask(components.find('/user/load', 'second'), { n: 1 }))).toBe('component')
    expect(outputOf(await ask(components.find('/user/load', null), { n: 1 }))).toBe('component')
  })

  test('a step with rules that do not fit has no component to fall back on', async () => {
    const components = stubbed({ steps: { first: [{ when: { n: 1 }, output: 'step' }] } })
    expect(await ask(components.find('/user/load', 'first'), {})).toMatchObject({
      error: { code: 'NO_STUB', message: 'No stub of "first" fits the input {}' },
    })
    expect(outputOf(await ask(components.find('/nowhere', 'first'), { n: 1 }))).toBe('step')
  })

  test('a stub has the effect class of what it stands for, else at-least-once', () => {
    const components = stubbed({ components: { '/user/load': [], '/mail/send': [], '/new': [] } })
    expect(['/user/load', '/mail/send', '/new'].map((path) => components.find(path, null))).toMatchObject([
      { effect: 'pure' },
      { effect: 'at-most-once', onLost: 'fail' },
      { effect: 'at-least-once' },
    ])
  })

  test('both spellings of a built-in path are meant', async () => {
    const components = stubbed({ components: { '/builtins/noop': [{ output: 'stub' }] } })
    expect(await outputs(components, '/builtin/noop', [{}])).toEqual(['stub'])
  })

  test('rules with `times` answer that often in a run, in another run again', async () => {
    const components = stubbed({ components: { '/a': [{ times: 2, error: { code: 'BUSY' } }, { output: 'done' }] } })
    const tasks = ['k1', 'k2', 'k3'].map((key) => ({ key, run: 'r1' }))
    expect(await outputs(components, '/a', tasks)).toEqual(['BUSY', 'BUSY', 'done'])
    expect(await outputs(components, '/a', [{ run: 'r2' }])).toEqual(['BUSY'])
  })

  test('what does not fit a rule does not use it up', async () => {
    const components = stubbed({
      components: { '/a': [{ when: { n: 1 }, times: 1, output: 'once' }, { output: 'else' }] },
    })
    expect(await outputs(components, '/a', [{ input: { n: 2 } }, { input: { n: 1 } }, { input: { n: 1 } }])).toEqual([
      'else',
      'once',
      'else',
    ])
  })

  test('a rule is used up by its attempts, one after the other', async () => {
    const components = stubbed({ components: { '/a': [{ times: 2, error: {} }, { output: 'done' }] } })
    expect(await outputs(components, '/a', [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }])).toEqual([
      'COMPONENT_FAILED',
      'COMPONENT_FAILED',
      'done',
    ])
  })

  test('attempts that were made before a restart count too', async () => {
    const rules = { components: { '/a': [{ times: 2, error: {} }, { output: 'done' }] } }
    expect(await outputs(stubbed(rules), '/a', [{ attempt: 2 }, { attempt: 3 }])).toEqual(['COMPONENT_FAILED', 'done'])
    expect(await outputs(stubbed(rules), '/a', [{ attempt: 3 }])).toEqual(['done'])
  })

  test('steps that share a component share its rules', async () => {
    const components = stubbed({ components: { '/a': [{ times: 1, output: 1 }, { output: 2 }] } })
    expect(outputOf(await ask(components.find('/a', 'first'), null, { key: 'k1' }))).toBe(1)
    expect(outputOf(await ask(components.find('/a', 'second'), null, { key: 'k2' }))).toBe(2)
  })
})

describe('reading stubs', () => {
  test.each<[Json, string]>([
    [[], 'Cannot use a list as stubs | Write a mapping'],
    [{ component: {} }, 'Cannot use "component" in stubs | Write "components" or "steps"'],
    [{ steps: [] }, 'Cannot use a list as rules | Write a mapping'],
    [{ steps: { a: { output: 1 } } }, 'Cannot use a mapping as the rules of "a" | Write a list of rules'],
    [
      { steps: { a: [{ output: 1 }, 5] } },
      'Cannot use a number as rule 2 of "a" | Write { when: { id: 1 }, output: { name: Ada } }',
    ],
    [
      { steps: { a: [{ outputs: 1 }] } },
      'Cannot use "outputs" in rule 1 of "a" | A rule has when, times, delay, output, echo, error, skipped',
    ],
    [
      { steps: { a: [{ when: 1 }] } },
      'Cannot tell what rule 1 of "a" answers | Write one of output, echo: true, error: { code, message } and skipped: true',
    ],
    [
      { steps: { a: [{ output: 1, echo: true }] } },
      'Cannot tell what rule 1 of "a" answers | Write one of output, echo: true, error: { code, message } and skipped: true',
    ],
    [
      { steps: { a: [{ echo: false }] } },
      'Cannot tell what rule 1 of "a" answers | Write one of output, echo: true, error: { code, message } and skipped: true',
    ],
    [
      { steps: { a: [{ error: 'down' }] } },
      'Cannot use the error of rule 1 of "a" | Write error: { code: TEXT, message: TEXT }',
    ],
    [
      { steps: { a: [{ error: { code: 5 } }] } },
      'Cannot use the error of rule 1 of "a" | Write error: { code: TEXT, message: TEXT }',
    ],
    [
      { steps: { a: [{ times: 0, output: 1 }] } },
      'Cannot use 0 as "times" of rule 1 of "a" | Write a whole number from 1 on',
    ],
    [
      { steps: { a: [{ delay: 'soon', output: 1 }] } },
      'Cannot use "soon" as "delay" of rule 1 of "a" | Write a time such as 50ms or 2s, 24 days at most',
    ],
    [
      { steps: { a: [{ delay: '60d', output: 1 }] } },
      'Cannot use "60d" as "delay" of rule 1 of "a" | Write a time such as 50ms or 2s, 24 days at most',
    ],
  ])('%j: %s', (data, problem) => {
    expect(readStubs(data).problems.map(({ message, hint }) => `${message} | ${hint}`)).toEqual([problem])
  })

  test('all that is wrong is told at once, and the rest counts', () => {
    const { stubs, problems } = readStubs({ components: { '/a': [{}, { output: null, times: 1.0 }] }, steps: { b: 1 } })
    expect(problems.map(({ code }) => code)).toEqual(['INVALID_STUBS', 'INVALID_STUBS'])
    expect(stubs.components.get('/a')).toEqual([{ times: 1, delayMs: 0, answer: { kind: 'output', output: null } }])
  })
})
