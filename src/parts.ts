// The one place that names the concrete languages, stores and components. What a command may not need is loaded when asked.
import type { Parts, Settings } from './api/parts.ts'
import type { BlobPort } from './components/builtin/blobs.ts'
import { createBuiltins } from './components/builtin/builtins.ts'
import type { RunCode } from './components/code-runner.ts'
import type { Component } from './components/component.ts'
import type { AskModel } from './components/language-model.ts'
import { loadModule } from './components/module/module.ts'
import { createMock } from './components/mock/mock.ts'
import { asPlugin, createComponents } from './components/registry.ts'
import type { Sandbox, SandboxOptions } from './components/sandbox/sandbox.ts'
import { createJinba } from './dialects/jinba/jinba.ts'
import type { StepflowSettings } from './dialects/stepflow/config.ts'
import { stepflow } from './dialects/stepflow/stepflow.ts'
import { testConfigOf } from './dialects/stepflow/test-config.ts'
import { EngineError } from './engine/errors.ts'
import type { Json } from './lib/json.ts'
import { createHttpClient } from './net/client.ts'
import type { Texts } from './plan/names.ts'
import type { Problem } from './plan/problem.ts'
import { readSource } from './source/read.ts'
import { toJson } from './source/to-json.ts'
import { openMemoryStore } from './stores/memory/memory-store.ts'

const CONFIG_NAMES = namesOf('')
const TEST_CONFIG_NAMES = namesOf('.test')

const defaultSettings: Settings = {
  compile: {
    transportRetriesMax: 3,
    backoff: { kind: 'fibonacci', delayMs: 1_000, delayMsMax: 10_000, factor: 2, jitter: 0.1 },
  },
  workingDirectory: null,
  modules: [],
  route: ({ builtins, given }) => createComponents({ builtins, given }),
}

const texts = createTexts()

export const parts: Parts = {
  dialects: [stepflow, createJinba({ loadTexts: () => texts.load() })],
  texts: () => texts.get(),
  async openStore(name, sync = 'full', passOver) {
    if (name === 'memory') return openMemoryStore()
    const path = pathOf(name)
    const sqlite = await import('./stores/sqlite/folder.ts')
    return sqlite.isFolder(path) ? sqlite.openInFolder(path, sync, passOver) : sqlite.openFile(path, sync)
  },
  async readStore(name) {
    if (name === 'memory') return openMemoryStore()
    const { readFiles } = await import('./stores/sqlite/folder.ts')
    return readFiles(await parts.storePlaces(name))
  },
  async storePlaces(name) {
    if (name === 'memory') return []
    const path = pathOf(name)
    const { filesIn, isFolder } = await import('./stores/sqlite/folder.ts')
    return isFolder(path) ? filesIn(path) : [path]
  },
  openPlace: async (place) => (await import('./stores/sqlite/folder.ts')).openUnlessOwned(place, 'full'),
  isOwned: async (place) => (await import('./stores/sqlite/owner.ts')).isOwned(place),
  createBuiltins({ compile, store, rootDir, allowNet, python }) {
    const http = createHttpClient({ allow: allowNet })
    const sandbox = createSandboxLater({ python, path: process.env['PATH'] ?? '' })
    const blobs: BlobPort = {
      put: (id, text, run) => store.putBlob(id, text, run),
      get: (id, run) => store.getBlob(id, run),
    }
    return {
      components: createBuiltins({
        compile,
        blobs,
        http,
        rootDir,
        readYaml,
        askModel,
        env: process.env,
        runCode: sandbox.run,
      }),
      close: async () => void (await Promise.all([http.close(), sandbox.close()])),
    }
  },
  loadModule,
  async readStubs(data) {
    const [{ readStubs }, { stubComponents }] = await Promise.all([
      import('./components/stubs/read-stubs.ts'),
      import('./components/stubs/stubs.ts'),
    ])
    const { stubs, problems } = readStubs(data)
    return { stubs: { apply: (base, only) => stubComponents(base, stubs, { only }) }, problems }
  },
  defaultSettings,
  async readConfig(root, source, env) {
    const { readStepflowConfig } = await import('./dialects/stepflow/config.ts')
    const { settings, problems } = readStepflowConfig(root, source, env)
    return { settings: toSettings(settings), problems }
  },
  configNames: [CONFIG_NAMES],
  testConfigNames: [TEST_CONFIG_NAMES, CONFIG_NAMES],
  testConfigOf,
  applyOverrides: async (root, overrides) => {
    const { applyOverrides } = await import('./dialects/stepflow/overrides.ts')
    return applyOverrides(root, overrides)
  },
  variablePrefix: 'STEPFLOW_VAR_',
}

/** The file or folder of a store on this machine. */
function pathOf(name: string): string {
  const [kind, ...path] = name.split(':')
  if (kind === 'sqlite' && path.join(':') !== '') return path.join(':')
  throw new EngineError('STORE_UNKNOWN', `Cannot open the store "${name}": write "memory" or "sqlite:PATH"`)
}

/** What compiles templates, loaded when the first language asks for it. */
function createTexts(): { readonly load: () => Promise<void>; readonly get: () => Texts } {
  let loaded: Texts | null = null
  return {
    async load() {
      loaded ??= await import('./plan/templates.ts')
    },
    get() {
      if (loaded === null) throw new Error('Templates are compiled after their language has been prepared')
      return loaded
    },
  }
}

/** A sandbox that is loaded by the first code that runs. */
function createSandboxLater(options: SandboxOptions): { readonly run: RunCode; readonly close: () => Promise<void> } {
  let loading: Promise<Sandbox> | null = null
  const load = async (): Promise<Sandbox> => (await import('./components/sandbox/sandbox.ts')).createSandbox(options)
  return {
    run: async (task) => (await (loading ??= load())).run(task),
    close: async () => (await loading)?.close(),
  }
}

const askModel: AskModel = async (question) => {
  const llm = await import('./components/llm/ask-model.ts')
  return llm.askModel(question)
}

function toSettings(config: StepflowSettings): Settings {
  const { plugins, routes, workingDirectory } = config
  const { compile } = defaultSettings
  return {
    compile: {
      transportRetriesMax: config.transportRetriesMax ?? compile.transportRetriesMax,
      backoff: config.backoff ?? compile.backoff,
    },
    workingDirectory,
    modules: plugins.flatMap(({ name, plugin }) => (plugin.kind === 'module' ? { name, path: plugin.path } : [])),
    route({ builtins, given, modules }) {
      const providers = plugins.map(({ name, plugin }): [string, ReadonlyMap<string, Component>] => {
        if (plugin.kind === 'builtin') return [name, asPlugin(builtins)]
        return [name, plugin.kind === 'mock' ? createMock(plugin.components) : (modules.get(name) ?? new Map())]
      })
      return createComponents({ builtins, given, routes, plugins: new Map(providers) })
    },
  }
}

function readYaml(text: string): { readonly data: Json; readonly problems: readonly Problem[] } {
  const { root, problems } = readSource({ text, file: null })
  return { data: root === null ? null : toJson(root), problems }
}

function namesOf(infix: string): readonly string[] {
  return ['stepflow-config', 'stepflow_config'].flatMap((name) => [`${name}${infix}.yml`, `${name}${infix}.yaml`])
}
