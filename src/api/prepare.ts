// A flow and all that it runs on, read and checked together, so that everything that is wrong is told at once.
import { resolve } from 'node:path'
import type { Component, Components } from '../components/component.ts'
import { didYouMean } from '../lib/did-you-mean.ts'
import { quote } from '../lib/quote.ts'
import type { Problem } from '../plan/problem.ts'
import type { Node, Source } from '../source/node.ts'
import { type Configured, readConfig } from './config.ts'
import { compileTree, type Flow, type Problems } from './flow.ts'
import type { Intake } from './intake.ts'
import { openEngineWith, type OpenedEngine } from './open-engine.ts'
import type { Given, Host } from './operation.ts'
import type { Stubs } from './parts.ts'
import type { providerFlags } from './flags.ts'

/** What a flow runs on, apart from the flow. */
export type Ground = {
  readonly configured: Configured
  readonly arrange: (builtins: ReadonlyMap<string, Component>) => Components
  /** Where `load_file` reads. */
  readonly rootDir: string
  /** Whether somebody said where components come from, so that a missing one is a mistake. */
  readonly isComplete: boolean
}

type Provided = Given<typeof providerFlags>

/** The ground for the flow in `file`. What cannot be read is told to `intake`, and left out. */
export async function prepareGround(
  intake: Intake,
  file: string,
  flags: Omit<Provided, 'overrides' | 'allow-net'>,
  host: Host,
  names: Host['parts']['configNames'] = host.parts.configNames,
): Promise<Ground> {
  const configured = await readConfig(intake, file, flags.config, names, host)
  const { settings, folder, isFound } = configured
  const given = new Map<string, Component>()
  for (const module of flags.components)
    for (const [path, component] of await loadModule(intake, intake.resolve(module), module, host))
      given.set(path, component)
  const modules = new Map<string, ReadonlyMap<string, Component>>()
  for (const { name, path } of settings.modules)
    modules.set(name, await loadModule(intake, resolve(folder, path), path, host))
  const stubs = flags.stubs === null ? null : await readStubs(intake, flags.stubs, host)
  return {
    configured,
    arrange: (builtins) => {
      const base = settings.route({ builtins, given, modules })
      return stubs === null ? base : stubs.apply(base, flags['stubs-only'])
    },
    rootDir: resolve(folder, settings.workingDirectory ?? '.'),
    isComplete: isFound || flags.components.length > 0 || flags.stubs !== null,
  }
}

async function loadModule(
  intake: Intake,
  file: string,
  name: string,
  { parts }: Host,
): Promise<ReadonlyMap<string, Component>> {
  const loaded = await parts.loadModule(file)
  if (loaded.kind === 'components') return loaded.components
  intake.add(loaded.problems.map((problem) => ({ ...problem, file: problem.file ?? name })))
  return new Map()
}

async function readStubs(intake: Intake, file: string, { parts }: Host): Promise<Stubs | null> {
  const data = await intake.data(file)
  if (data === undefined) return null
  const { stubs, problems } = await parts.readStubs(data)
  intake.add(problems.map((problem) => ({ ...problem, file })))
  return stubs
}

/** The flow in `root` with its overrides. */
export async function prepareFlow(
  intake: Intake,
  { root, source }: { readonly root: Node; readonly source: Source },
  ground: Ground,
  overrides: string | null,
  { parts }: Host,
): Promise<Flow | Problems | null> {
  const patched = overrides === null ? root : await withOverrides(intake, root, overrides, parts)
  if (patched === null) return null
  const flow = compileTree(patched, source, parts.dialects, ground.configured.settings.compile)
  intake.add(flow.kind === 'flow' ? flow.warnings : flow.problems)
  return flow
}

async function withOverrides(intake: Intake, root: Node, file: string, parts: Host['parts']): Promise<Node | null> {
  const overrides = await intake.data(file)
  if (overrides === undefined) return null
  const patched = await parts.applyOverrides(root, overrides)
  intake.add(patched.problems.map((problem) => ({ ...problem, file, span: null })))
  return patched.root
}

export function openOn(ground: Ground, allowNet: readonly string[], host: Host): Promise<OpenedEngine> {
  const { rootDir, arrange, configured } = ground
  return openEngineWith(host.parts, {
    store: 'memory',
    rootDir,
    allowNet,
    arrange,
    compile: configured.settings.compile,
    checksOutputs: true,
  })
}

/** A problem for each step whose component nothing provides. */
export function missingComponents(
  { plan, stepSpans, source }: Flow,
  components: Components,
  severity: Problem['severity'],
): readonly Problem[] {
  const known = [...components.list().keys()]
  return plan.steps.flatMap(({ id, component }, index) => {
    if (components.find(component, id) !== null) return []
    const meant = didYouMean(component, known)
    return {
      code: 'COMPONENT_NOT_FOUND',
      severity,
      message: `Cannot find the component ${quote(component)}`,
      file: source.file,
      span: stepSpans[index]?.component ?? null,
      step: id,
      hint:
        meant === null
          ? 'Provide it with --components FILE, or answer in its place with --stubs FILE'
          : `Did you mean ${quote(meant)}?`,
    }
  })
}
