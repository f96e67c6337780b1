import { describe, expect, test } from 'vitest'
import type { Json } from '../lib/json.ts'
import type { Path } from '../plan/expr.ts'
import { ask, componentSuite } from './component.suite.ts'
import type { Component, Components } from './component.ts'
import { asPlugin, createComponents } from './registry.ts'
import type { Condition, Route, RouteRule } from './routes.ts'

const says = (text: string, more: Partial<Component> = {}): Component => ({ effect: 'pure', run: () => text, ...more })
const builtins = new Map([
  ['/builtin/eval', says('eval', { isBuiltin: true })],
  ['/builtin/http/get', says('http/get', { isBuiltin: true })],
])
const plugins = new Map([
  ['engine', asPlugin(builtins)],
  [
    'a',
    new Map([
      ['/x', says('a/x')],
      ['/deep/y', says('a/deep/y')],
      ['/full/z', says('a/full/z')],
    ]),
  ],
  [
    'b',
    new Map([
      ['/x', says('b/x', { effect: 'at-most-once', onLost: 'fail' })],
      ['/b', says('b/b')],
    ]),
  ],
])

const rule = (plugin: string, more: Partial<RouteRule> = {}): RouteRule => ({
  plugin,
  conditions: [],
  allow: null,
  deny: [],
  ...more,
})
const prefix = (path: string, ...rules: RouteRule[]): Route => ({ kind: 'prefix', path, rules })
const pattern = (path: string, ...rules: RouteRule[]): Route => ({ kind: 'pattern', path, rules })
const when = (text: string, path: Path, value: Json): Condition => ({ at: { paths: [path], text }, value })
const routed = (...routes: Route[]): Components => createComponents({ builtins, routes, plugins })

/** What is found at a path says, or `null`. */
async function at(components: Components, path: string, input: Json = null): Promise<unknown> {
  const component = components.find(path, null)
  if (component === null) return null
  const asked = await ask(component, input)
  return asked.kind === 'success'
    ? asked.output
    : asked.kind === 'failed'
      ? `${asked.error.code}: ${asked.error.message}`
      : asked
}

componentSuite('a registry', () => ({
  components: createComponents({
    builtins,
    given: new Map([['/given', says('given')]]),
    routes: [prefix('/p', rule('a'))],
    plugins,
  }),
  succeed: [
    { path: '/builtin/eval', input: null, output: 'eval' },
    { path: '/given', input: null, output: 'given' },
    { path: '/p/x', input: null, output: 'a/x' },
  ],
  fail: [],
  hang: [],
}))

describe('components', () => {
  test.each([
    ['/builtin/eval', 'eval'],
    ['/builtins/eval', 'eval'],
    ['/eval', 'eval'],
    ['/http/get', 'http/get'],
    ['/builtins/http/get', 'http/get'],
    ['/builtin/nothing', null],
    ['eval', null],
    ['/builtin', null],
  ])('%s is %s without any configuration', async (path, found) => {
    expect(await at(createComponents({ builtins }), path)).toBe(found)
  })

  test('what is given goes before routes and bare names, and after the full names of what comes with the engine', async () => {
    const given = new Map([
      ['/eval', says('mine')],
      ['/p/x', says('mine')],
      ['/builtin/eval', says('mine')],
      ['SEND', says('mine')],
    ])
    const components = createComponents({ builtins, given, routes: [prefix('/p', rule('a'))], plugins })
    expect(await Promise.all(['/eval', '/p/x', '/builtin/eval', 'SEND'].map((path) => at(components, path)))).toEqual([
      'mine',
      'mine',
      'eval',
      'mine',
    ])
  })

  test('a bare name is what a route says where one claims it', async () => {
    const mine = new Map([['mine', new Map([['/eval', says('mine')]])]])
    expect(await at(createComponents({ builtins, routes: [prefix('/', rule('mine'))], plugins: mine }), '/eval')).toBe(
      'mine',
    )
  })

  test('all that can be named is listed', () => {
    const components = createComponents({
      builtins,
      given: new Map([['SEND', says('x')]]),
      routes: [prefix('/p', rule('b')), pattern('/q/{component}', rule('b'))],
      plugins,
    })
    expect([...components.list().keys()].toSorted()).toEqual([
      '/builtin/eval',
      '/builtin/http/get',
      '/p/b',
      '/p/x',
      '/q/b',
      '/q/x',
      'SEND',
    ])
  })
})

describe('routes', () => {
  test.each<[string, Route[], string, string | null]>([
    ['the rest of a path goes to the provider', [prefix('/p', rule('a'))], '/p/deep/y', 'a/deep/y'],
    ['a prefix is a whole segment', [prefix('/p', rule('a'))], '/px/x', null],
    ['a prefix alone is no component', [prefix('/p', rule('a'))], '/p', null],
    ['all paths go to the root', [prefix('/', rule('a'))], '/deep/y', 'a/deep/y'],
    ['a provider may know its components by the whole path', [prefix('/full', rule('a'))], '/full/z', 'a/full/z'],
    ['what comes with the engine can be a provider', [prefix('/std', rule('engine'))], '/std/http/get', 'http/get'],
    ['rules are tried in order', [prefix('/p', rule('a'), rule('b'))], '/p/x', 'a/x'],
    ['a rule whose provider has no such component is passed over', [prefix('/p', rule('a'), rule('b'))], '/p/b', 'b/b'],
    ['a rule whose provider is not known is passed over', [prefix('/p', rule('gone'), rule('b'))], '/p/b', 'b/b'],
    ['the root is tried last, wherever it stands', [prefix('/', rule('b')), prefix('/x', rule('a'))], '/x', 'b/x'],
    ['a segment goes before the root', [prefix('/', rule('b')), prefix('/p', rule('a'))], '/p/x', 'a/x'],
    [
      'the root stands in where a segment leads nowhere',
      [prefix('/p', rule('a')), prefix('/', rule('b'))],
      '/b',
      'b/b',
    ],
    ['a place stands for one segment', [pattern('/p/{component}', rule('a'))], '/p/x', 'a/x'],
    ['and not for two', [pattern('/p/{component}', rule('a'))], '/p/deep/y', null],
    ['a place with a star stands for all that follows', [pattern('/{*component}', rule('a'))], '/deep/y', 'a/deep/y'],
    ['the place named component counts', [pattern('/{tenant}/{component}/{version}', rule('a'))], '/t/x/1', 'a/x'],
    [
      'the longer pattern is tried first',
      [pattern('/{*component}', rule('b')), pattern('/p/{component}', rule('a'))],
      '/p/x',
      'a/x',
    ],
    ['a pattern is no regular expression', [pattern('/p.q/{component}', rule('a'))], '/pxq/x', null],
    ['what a rule denies goes to the next', [prefix('/p', rule('a', { deny: ['/x'] }), rule('b'))], '/p/x', 'b/x'],
    ['what a rule does not allow too', [prefix('/p', rule('a', { allow: ['/deep/y'] }), rule('b'))], '/p/x', 'b/x'],
    ['what a rule allows may be said by its whole path', [prefix('/p', rule('a', { allow: ['/p/x'] }))], '/p/x', 'a/x'],
    ['or without its first slash', [prefix('/p', rule('a', { allow: ['x'] }))], '/p/x', 'a/x'],
  ])('%s', async (_what, routes, path, found) => expect(await at(routed(...routes), path)).toBe(found))

  const conditional = routed(
    prefix(
      '/p',
      rule('a', { conditions: [when('$.tier', ['tier'], { name: 'free' })] }),
      rule('b', { conditions: [when('$.tier', ['tier'], 'paid')] }),
    ),
  )

  test.each<[Json, string]>([
    [{ tier: { name: 'free' } }, 'a/x'],
    [{ tier: 'paid' }, 'b/x'],
    [{ tier: 'other' }, 'ORCHESTRATOR_ERROR: Cannot route "/p/x": no rule holds for its input'],
    [{}, 'ORCHESTRATOR_ERROR: Cannot route "/p/x": its input has no $.tier'],
    [null, 'ORCHESTRATOR_ERROR: Cannot route "/p/x": its input has no $.tier'],
  ])('with the input %j the rules choose %s', async (input, found) =>
    expect(await at(conditional, '/p/x', input)).toBe(found),
  )

  test('a rule without conditions takes what the ones before it leave', async () => {
    const components = routed(prefix('/p', rule('b', { conditions: [when('$[0]', [0], 1)] }), rule('a')))
    expect([await at(components, '/p/x', [1]), await at(components, '/p/x', [2])]).toEqual(['b/x', 'a/x'])
  })

  test('until the input is known, the most careful component speaks for all', () => {
    expect(conditional.find('/p/x', null)).toMatchObject({ effect: 'at-most-once', onLost: 'fail' })
  })
})
