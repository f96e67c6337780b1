// A flow and all that it runs on, read and checked together, so that everything that is wrong is told at once.
import { dirname, resolve } from 'node:path'
import type { Component, Components } from '../components/component.ts'
import { didYouMean } from '../lib/did-you-mean.ts'
import type { Json } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'
import { hasErrors, type Problem } from '../plan/problem.ts'
import type { Node } from '../source/node.ts'
import { type ConfigNames, type Configured, type NamedConfig, readConfig } from './config.ts'
import { compileTree, prepareFor, type Flow, type Problems } from './flow.ts'
import type { Intake, Tree } from './intake.ts'
import { openEngineWith, type InnerEngine } from './open-engine.ts'
import type { Host } from './operation.ts'
import type { Retention } from '../stores/retention.ts'
import type { Store } from '../stores/store.ts'
import type { Stubs } from './parts.ts'

/** What flows run on: a configuration and components. */
export type Ground = Configured & {
  readonly given: ReadonlyMap<string, Component>
  readonly modules: ReadonlyMap<string, ReadonlyMap<string, Component>>
  /** Nothing of it was refused: a component that is not there is missing. */
  readonly isWhole: boolean
}

export type GroundFlags = { readonly config: NamedConfig | null; readonly components: readonly string[] }

/** The folder of a flow; of one that is read from standard input, the current one. */
export function folderOf(flow: string, { cwd }: Host): string {
  return flow === '-' ? cwd : dirname(resolve(cwd, flow))
}

/** The ground for flows in `folder`. What cannot be read is told to `intake`, and left out. */
export async function prepareGround(
  intake: Intake,
  folder: string,
  { config, components }: GroundFlags,
  host: Host,
  names: ConfigNames = host.parts.configNames,
): Promise<Ground> {
  const errorsBefore = intake.errorCount
  const configured = await readConfig(intake, config, folder, names, host)
  const given = await loadGiven(intake, components, host)
  const modules = new Map<string, ReadonlyMap<string, Component>>()
  for (const { name, path } of configured.settings.modules)
    modules.set(name, await loadModule(intake, resolve(configured.folder, path), path, host))
  return { ...configured, given, modules, isWhole: intake.errorCount === errorsBefore }
}

/** The components of the modules in `files`. Which of two of one path is meant cannot be told. */
async function loadGiven(
  intake: Intake,
  files: readonly string[],
  host: Host,
): Promise<ReadonlyMap<string, Component>> {
  const given = new Map<string, Component>()
  const fileOf = new Map<string, string>()
  const byPlace = new Map(files.map((file) => [intake.resolve(file), file]))
  for (const [place, file] of byPlace)
    for (const [path, component] of await loadModule(intake, place, file, host)) {
      const earlier = fileOf.get(path)
      if (earlier !== undefined) refuseTwice(intake, path, earlier, file)
      given.set(path, component)
      fileOf.set(path, file)
    }
  return given
}

function refuseTwice(intake: Intake, path: string, earlier: string, file: string): void {
  const message = `Cannot use the component ${quote(path)} twice: it is also in ${quote(earlier)}`
  intake.refuse('DUPLICATE_COMPONENT', message, 'Remove or rename one of them', file)
}

async function loadModule(
  intake: Intake,
  file: string,
  name: string,
  { parts }: Host,
): Promise<ReadonlyMap<string, Component>> {
  const loaded = await parts.loadModule(file)
  if (loaded.kind === 'components') return loaded.components
  intake.add(loaded.problems.map((problem) => ({ ...problem, file: name })))
  return new Map()
}

export type ReadStubs = Stubs & { readonly isWhole: boolean }
export type StubFlags = { readonly stubs: string | null; readonly 'stubs-only': boolean }

/** The stubs that were named; `null`: there is nothing to replace. */
export async function readStubsFile(intake: Intake, flags: StubFlags, host: Host): Promise<ReadStubs | null> {
  const { stubs: file, 'stubs-only': isOnly } = flags
  if (file === null) return isOnly ? readStubs(intake, {}, null, host) : null
  const data = await intake.data(file)
  return data === undefined ? { apply: (base) => base, isWhole: false } : readStubs(intake, data, file, host)
}

export async function readStubs(intake: Intake, data: Json, file: string | null, { parts }: Host): Promise<ReadStubs> {
  const { stubs, problems } = await parts.readStubs(data)
  intake.add(problems.map((problem) => ({ ...problem, file })))
  return { ...stubs, isWhole: !hasErrors(problems) }
}

/** The flow in `root`, with the patches in the file `overrides`. */
export async function prepareFlow(
  intake: Intake,
  { root, source, warnings = [] }: Tree,
  { settings }: Ground,
  overrides: string | null,
  { parts }: Host,
): Promise<Flow | Problems | null> {
  const patched = overrides === null ? root : await withOverrides(intake, root, overrides, parts)
  if (patched === null) return null
  await prepareFor(patched, parts.dialects)
  const flow = compileTree(patched, source, parts.dialects, settings.compile)
  intake.add(flow.kind === 'flow' ? flow.warnings : flow.problems)
  return flow.kind === 'flow' ? { ...flow, warnings: [...warnings, ...flow.warnings] } : flow
}

async function withOverrides(intake: Intake, root: Node, file: string, parts: Host['parts']): Promise<Node | null> {
  const overrides = await intake.data(file)
  return overrides === undefined ? null : applyOverrides(intake, root, overrides, file, parts)
}

/** `root` with `overrides` that came from `file`; `null` where they cannot be applied. */
export async function applyOverrides(
  intake: Intake,
  root: Node,
  overrides: Json,
  file: string | null,
  parts: Host['parts'],
): Promise<Node | null> {
  const patched = await parts.applyOverrides(root, overrides)
  intake.add(patched.problems.map((problem) => ({ ...problem, file, span: null })))
  return patched.root
}

export type OpenOn = {
  /** Where runs are kept; in memory if not given. */
  readonly store?: string | Store
  readonly relaxed?: boolean
  readonly stubs: Stubs | null
  readonly stubsOnly: boolean
  readonly allowNet: readonly string[]
  /** Calls of components at once; `null`: as many as the engine allows. */
  readonly callsMax: number | null
  /** Whether Python of flows may run without a sandbox; if not given, it may not. */
  readonly python?: 'confined' | 'unconfined'
  readonly retention?: Partial<Retention>
}

/** Whoever has pressed Ctrl-C waits for it. */
const CLOSE_MS_MAX = 2_000

/** An engine on `ground`, with stubs in front of it. */
export async function openOn(
  ground: Ground,
  {
    store = 'memory',
    relaxed = false,
    stubs,
    stubsOnly,
    allowNet,
    callsMax,
    python = 'confined',
    retention = {},
  }: OpenOn,
  host: Host,
): Promise<InnerEngine> {
  const { settings, folder, given, modules } = ground
  const arrange = (builtins: ReadonlyMap<string, Component>): Components => {
    const base = settings.route({ builtins, given, modules })
    return stubs === null ? base : stubs.apply(base, stubsOnly)
  }
  return openEngineWith(host.parts, {
    store,
    sync: relaxed ? 'normal' : 'full',
    resumes: false,
    passesOverFiles: true,
    rootDir: resolve(folder, settings.workingDirectory ?? '.'),
    allowNet,
    python,
    retention,
    arrange,
    compile: settings.compile,
    checksOutputs: true,
    preparesDialects: false,
    limits: {
      closeMsMax: CLOSE_MS_MAX,
      ...(callsMax === null ? {} : { callsPerEngineMax: callsMax, callsPerRunMax: callsMax }),
    },
  })
}

/** A problem for each step whose component nothing provides. */
export function missingComponents(
  { calls, source }: Flow | Problems,
  components: Components,
  severity: Problem['severity'],
  { dialects }: Host['parts'],
): readonly Problem[] {
  const known = [...components.list().keys(), ...dialects.flatMap(({ aliases }) => [...(aliases?.keys() ?? [])])]
  return calls.flatMap(({ id, component, alias, span }) => {
    const name = alias ?? component
    if (name === '' || components.find(component, id, alias) !== null) return []
    const meant = didYouMean(name, known)
    return {
      code: 'COMPONENT_NOT_FOUND',
      severity,
      message: `Cannot find the component ${quote(name)}`,
      file: source.file,
      span,
      step: id,
      hint:
        meant === null
          ? 'Provide it with --components FILE, or answer in its place with --stubs FILE'
          : `Did you mean ${quote(meant)}?`,
    }
  })
}
