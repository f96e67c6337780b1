// What the operations are put together from. `src/parts.ts` says which concrete parts there are; nothing here knows.
import type { Component, Components } from '../components/component.ts'
import type { CompileOptions, Dialect } from '../dialects/dialect.ts'
import type { Json } from '../lib/json.ts'
import type { MaybeAsync } from '../lib/maybe-async.ts'
import type { Texts } from '../plan/names.ts'
import type { Plan } from '../plan/plan.ts'
import type { Problem } from '../plan/problem.ts'
import type { ReadSource } from '../source/read.ts'
import type { Node, Source } from '../source/node.ts'
import type { PassOver, Store } from '../stores/store.ts'

/** What a configuration says. Which components its providers hold is the business of whoever made it. */
export type Settings = {
  readonly compile: CompileOptions
  /** Where `load_file` looks, relative to the file of the configuration; `null`: beside that file. */
  readonly workingDirectory: string | null
  /** Modules that it names, relative to its file. */
  readonly modules: readonly { readonly name: string; readonly path: string }[]
  /** All components, in front of which stubs go. */
  route(provided: Provided): Components
}

/** Where components come from. */
type Provided = {
  readonly builtins: ReadonlyMap<string, Component>
  /** Given by the user. */
  readonly given: ReadonlyMap<string, Component>
  /** Of the modules that the configuration names, by its name. */
  readonly modules: ReadonlyMap<string, ReadonlyMap<string, Component>>
}

export type Stubs = {
  /** Components that answer by the stubs, in front of `base`. `only`: nothing but them and built-ins. */
  apply(base: Components, only: boolean): Components
}

export type BuiltinPorts = {
  readonly compile: (document: Json) => MaybeAsync<{ readonly kind: 'plan'; readonly plan: Plan } | ProblemList>
  readonly store: Store
  readonly rootDir: string
  readonly allowNet: readonly string[]
  readonly python: 'confined' | 'unconfined'
}
type ProblemList = { readonly kind: 'problems'; readonly problems: readonly Problem[] }

type Builtins = {
  readonly components: ReadonlyMap<string, Component>
  /** Gives back what they hold. */
  close(): Promise<void>
}

export type Parts = {
  readonly dialects: readonly Dialect[]
  /** Compiles templates; to be called after a language that has some was prepared. */
  texts(): Texts
  /**
   * @param passOver Told of damaged files of a folder, which are left for another.
   * @throws {EngineError} where there is no such store.
   */
  openStore(name: string, sync?: 'full' | 'normal', passOver?: PassOver): Store | Promise<Store>
  /** All runs of a store, whoever owns its files, to be read. */
  readStore(name: string): Promise<Store>
  /** The files of a store. */
  storePlaces(name: string): Promise<readonly string[]>
  /** One of them, to own it; `null` where another process does. */
  openPlace(place: string): Promise<Store | null>
  /** Whether a process has hold of one of them. */
  isOwned(place: string): Promise<boolean>
  createBuiltins(ports: BuiltinPorts): Builtins
  loadModule(
    file: string,
  ): Promise<{ readonly kind: 'components'; readonly components: ReadonlyMap<string, Component> } | ProblemList>
  readStubs(data: Json): Promise<{ readonly stubs: Stubs; readonly problems: readonly Problem[] }>
  /** Without a configuration. */
  readonly defaultSettings: Settings
  readConfig(
    root: Node,
    source: Source,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<{ readonly settings: Settings; readonly problems: readonly Problem[] }>
  /** Names of configurations that are found by themselves, beside a flow; the first kinds go before the others. */
  readonly configNames: readonly (readonly string[])[]
  /** The same for the tests of a flow. */
  readonly testConfigNames: readonly (readonly string[])[]
  /** The configuration that a flow names for its own tests: a file beside it, or a tree of the same text. */
  testConfigOf(
    root: Node,
  ): { readonly kind: 'file'; readonly path: string } | { readonly kind: 'inline'; readonly root: Node } | null
  applyOverrides(root: Node, overrides: Json): Promise<ReadSource>
  /** Of environment variables that give a flow its variables. */
  readonly variablePrefix: string
}
