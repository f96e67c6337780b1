// The one place that names the concrete languages, stores and components. What a command may not need is loaded when asked.
import { pathToFileURL } from 'node:url'
import { toComponents } from './api/component.ts'
import type { Parts, Settings } from './api/parts.ts'
import { createBuiltins } from './components/builtin/builtins.ts'
import type { Component } from './components/component.ts'
import { stepflow } from './dialects/stepflow/stepflow.ts'
import { EngineError } from './engine/errors.ts'
import { createHttpClient } from './net/client.ts'
import { readSource } from './source/read.ts'
import { toJson } from './source/to-json.ts'
import { openMemoryStore } from './stores/memory/memory-store.ts'

export const parts: Parts = {
  dialects: [stepflow],
  openStore(name) {
    if (name === 'memory') return openMemoryStore()
    throw new EngineError(
      'STORE_UNKNOWN',
      name.startsWith('sqlite:')
        ? `Cannot open the store "${name}": this version keeps runs in memory only`
        : `Cannot open the store "${name}": write "memory"`,
    )
  },
  createBuiltins({ compile, store, rootDir, allowNet }) {
    const http = createHttpClient({ allow: allowNet })
    const blobs = { put: store.putBlob, get: store.getBlob }
    return { components: createBuiltins({ compile, blobs, http, rootDir, readYaml }), close: () => http.close() }
  },
  async loadModule(file) {
    const module = await import(pathToFileURL(file).href)
    return { kind: 'components', components: toComponents(module.default ?? {}) }
  },
  readStubs: async () => ({ stubs: { apply: (base) => base }, problems: [] }),
  defaultSettings: {
    compile: {
      transportRetriesMax: 3,
      backoff: { kind: 'fibonacci', delayMs: 1_000, delayMsMax: 10_000, factor: 2, jitter: 0.1 },
    },
    workingDirectory: null,
    modules: [],
    route: ({ builtins, given }) => {
      const find = (path: string): Component | null =>
        given.get(path) ?? builtins.get(path) ?? builtins.get(`/builtin${path}`) ?? null
      return { find, list: () => new Map([...builtins, ...given]) }
    },
  },
  readConfig: async () => ({ settings: parts.defaultSettings as Settings, problems: [] }),
  configNames: [['stepflow-config.yml', 'stepflow-config.yaml']],
  applyOverrides: async (root, overrides) => {
    const { applyOverrides } = await import('./dialects/stepflow/overrides.ts')
    return applyOverrides(root, overrides)
  },
  variablePrefix: 'STEPFLOW_VAR_',
}

function readYaml(text: string) {
  const { root, problems } = readSource({ text, file: null })
  return { data: root === null ? null : toJson(root), problems }
}
