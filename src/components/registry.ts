// Where all components are found: what a program or a module gives, what a configuration routes to, what comes with the engine.
// R1  `/builtin/x` and `/builtins/x` lead to what comes with the engine, whatever else there is. A bare `/x` does where nothing else claims it.
// R2  What is given by its exact path goes before any route.
import type { Component, Components } from './component.ts'
import { createRouting, type Plugins, type Route } from './routes.ts'

export type ComponentSources = {
  /** By `/builtin/x`. */
  readonly builtins: ReadonlyMap<string, Component>
  /** By exact path or tool name; of modules and of the program around the engine. */
  readonly given?: ReadonlyMap<string, Component>
  readonly routes?: readonly Route[]
  /** What routes lead to; see `asPlugin` for what comes with the engine. */
  readonly plugins?: Plugins
}

/** Routed paths that are kept at hand: flows that arrive as data may name any number. */
const pathsKeptMax = 10_000

export function createComponents({
  builtins,
  given = new Map(),
  routes = [],
  plugins = new Map(),
}: ComponentSources): Components {
  const routing = createRouting(routes, plugins)
  const routed = new Map<string, Component | null>()

  function route(path: string): Component | null {
    const known = routed.get(path)
    if (known !== undefined) return known
    const found = routing.find(path)
    if (routed.size >= pathsKeptMax) routed.clear()
    routed.set(path, found)
    return found
  }

  return {
    find(path) {
      const builtin = builtins.get(path.replace(/^\/builtins\//, '/builtin/'))
      return builtin ?? given.get(path) ?? route(path) ?? builtins.get(`/builtin${path}`) ?? null
    },
    list: () => new Map([...routing.list(), ...given, ...builtins]),
  }
}

/** What comes with the engine, as routes see it: `/eval` rather than `/builtin/eval`. */
export function asPlugin(builtins: ReadonlyMap<string, Component>): ReadonlyMap<string, Component> {
  return new Map([...builtins].map(([path, component]) => [path.slice('/builtin'.length), component]))
}
