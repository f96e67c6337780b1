// Which component paths go to which provider, as a configuration says it. Neutral: any language's configuration becomes this.
import { isRecord, type Json } from '../lib/json.ts'
import { isEqual } from '../lib/json-match.ts'
import type { Lookup, Path } from '../plan/expr.ts'
import { type Component, ComponentError, type EffectClass } from './component.ts'

/**
 * `prefix`: the component paths below `path`, which is `/` or one segment; the rest of a path goes to the provider.
 * `pattern`: those that `path` describes, where `{name}` stands for one segment and `{*name}` for all that follows.
 */
export type Route = {
  readonly kind: 'prefix' | 'pattern'
  readonly path: string
  readonly rules: readonly RouteRule[]
}

/** The first rule whose lists let the component pass, and whose conditions hold, decides. */
export type RouteRule = {
  /** The provider. */
  readonly plugin: string
  readonly conditions: readonly Condition[]
  /** Component paths that this rule is for; `null`: all. */
  readonly allow: readonly string[] | null
  readonly deny: readonly string[]
}

/** Holds when the input of the step has this value there. */
export type Condition = { readonly at: Lookup; readonly value: Json }

/** Components by provider, and for each by its own path. */
export type Plugins = ReadonlyMap<string, ReadonlyMap<string, Component>>

export type Routing = {
  /** What is at `path`, or `null` where no route leads to a component. */
  find(path: string): Component | null
  /** All that has a path of its own: providers behind patterns with several open places do not. */
  list(): ReadonlyMap<string, Component>
}

/** The more of a path a route says itself, the earlier it is tried; among equals, the order of the list counts. */
export function createRouting(routes: readonly Route[], plugins: Plugins): Routing {
  const matchers = routes.map(toMatcher).toSorted((a, b) => b.literalLength - a.literalLength)

  function find(path: string): Component | null {
    const targets = matchers.flatMap(({ idOf, rules }) => {
      const id = idOf(path)
      return id === null ? [] : rules.flatMap((rule) => targetOf(rule, id, path, plugins) ?? [])
    })
    const [first] = targets
    if (first === undefined) return null
    return first.conditions.length === 0 ? first.component : choosing(path, targets)
  }

  function list(): ReadonlyMap<string, Component> {
    const paths = matchers.flatMap(({ pathOf, rules }) =>
      rules.flatMap(({ plugin }) => [...(plugins.get(plugin)?.keys() ?? [])].flatMap((id) => pathOf(id) ?? [])),
    )
    return new Map(
      paths.flatMap((path) => {
        const component = find(path)
        return component === null ? [] : [[path, component]]
      }),
    )
  }

  return { find, list }
}

type Matcher = {
  readonly rules: readonly RouteRule[]
  readonly literalLength: number
  /** The provider's own path of a component path, or `null` where the route is not for it. */
  readonly idOf: (path: string) => string | null
  /** The other way. */
  readonly pathOf: (id: string) => string | null
}
type Target = { readonly component: Component; readonly conditions: readonly Condition[] }

function toMatcher(route: Route): Matcher {
  return route.kind === 'prefix' ? prefixMatcher(route) : patternMatcher(route)
}

function prefixMatcher({ path: prefix, rules }: Route): Matcher {
  const start = prefix.replace(/\/$/, '')
  return {
    rules,
    literalLength: start.length,
    idOf: (path) => (path.startsWith(`${start}/`) ? path.slice(start.length) : null),
    pathOf: (id) => start + id,
  }
}

const PLACE = /\{(\*?)(\w+)\}/g

function patternMatcher({ path: pattern, rules }: Route): Matcher {
  const places = [...pattern.matchAll(PLACE)]
  const literals = pattern.split(/\{[^}]*\}/).map((text) => RegExp.escape(text))
  const groups = places.map(([, star]) => (star === '*' ? '(.+)' : '([^/]+)'))
  const expression = new RegExp(`^${literals.map((text, index) => text + (groups[index] ?? '')).join('')}$`, 's')
  const named = places.findIndex(([, , name]) => name === 'component')
  const place = named === -1 ? places.length - 1 : named
  return {
    rules,
    literalLength: pattern.replaceAll(PLACE, '').length,
    idOf(path) {
      const found = expression.exec(path)
      return found === null ? null : `/${found[place + 1] ?? ''}`
    },
    pathOf: (id) => (places.length === 1 ? pattern.replace(places[0]?.[0] ?? '', () => id.slice(1)) : null),
  }
}

/** A provider knows its components by the rest of the path, or by all of it. */
function targetOf(
  { plugin, conditions, allow, deny }: RouteRule,
  id: string,
  path: string,
  plugins: Plugins,
): Target | null {
  const isNamed = (names: readonly string[]): boolean =>
    names.some((name) => name === id || name === path || `/${name}` === id)
  if ((allow !== null && !isNamed(allow)) || isNamed(deny)) return null
  const component = plugins.get(plugin)?.get(id) ?? plugins.get(plugin)?.get(path)
  return component === undefined ? null : { component, conditions }
}

const STRICTEST: readonly EffectClass[] = ['at-most-once', 'at-least-once', 'pure']

/** Which component it is depends on the input; before that is known, the most careful of them speaks for all. */
function choosing(path: string, targets: readonly Target[]): Component {
  const components = targets.map(({ component }) => component)
  const effect = STRICTEST.find((one) => components.some((component) => component.effect === one)) ?? 'at-least-once'
  const onLost = components.find((component) => component.onLost !== undefined)?.onLost
  return {
    effect,
    description: `One of ${components.length}, by the input`,
    ...(onLost !== undefined && { onLost }),
    run: (input: never, call) => choose(path, targets, input).run(input, call),
  }
}

function choose(path: string, targets: readonly Target[], input: Json): Component {
  const chosen = targets.find(({ conditions }) =>
    conditions.every(({ at, value }) => {
      const found = lookUp(input, at)
      if (found === undefined) throw notRouted(path, `its input has no ${at.text}`)
      return isEqual(found, value)
    }),
  )
  if (chosen === undefined) throw notRouted(path, 'no rule holds for its input')
  return chosen.component
}

function lookUp(value: Json, { paths }: Lookup): Json | undefined {
  for (const path of paths) {
    const found = follow(value, path)
    if (found !== undefined) return found
  }
  return undefined
}

function follow(value: Json, path: Path): Json | undefined {
  let found: Json | undefined = value
  for (const segment of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, segment)) return undefined
    found = isRecord(found) ? found[segment] : found[Number(segment)]
  }
  return found
}

function notRouted(path: string, why: string): ComponentError {
  return new ComponentError({
    code: 'ORCHESTRATOR_ERROR',
    message: `Cannot route "${path}": ${why}`,
    isRetryable: false,
    isFault: true,
  })
}
