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

/** Paths that are kept at hand: flows that arrive as data may name any number. */
const pathsKeptMax = 10_000

export function createComponents({
  builtins,
  given = new Map(),
  routes = [],
  plugins = new Map(),
}: ComponentSources): Components {
  const routing = createRouting(routes, plugins)
  const known = new Map<string, Component | null>()

  function look(path: string): Component | null {
    const builtin = builtins.get(path.replace(/^\/builtins\//, '/builtin/'))
    return builtin ?? given.get(path) ?? routing.find(path) ?? builtins.get(`/builtin${path}`) ?? null
  }

  return {
    find(path, _, alias = null) {
      const byAlias = alias === null ? undefined : given.get(alias)
      if (byAlias !== undefined) return byAlias
      const before = known.get(path)
      if (before !== undefined) return before
      const found = look(path)
      if (known.size >= pathsKeptMax) known.clear()
      known.set(path, found)
      return found
    },
    list: () => new Map([...routing.list(), ...given, ...builtins]),
  }
}

/** What comes with the engine, as routes see it: `/eval` rather than `/builtin/eval`. */
export function asPlugin(builtins: ReadonlyMap<string, Component>): ReadonlyMap<string, Component> {
  return new Map([...builtins].map(([path, component]) => [path.slice('/builtin'.length), component]))
}
