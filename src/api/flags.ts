// Flags that several operations share.
import type { Flags } from './operation.ts'

/** Where a flow's components come from. */
export const groundFlags = {
  components: { kind: 'texts', value: 'FILE', doc: 'module whose exports are components (repeatable)' },
  config: { kind: 'text', value: 'FILE', doc: 'configuration; else the one beside the flow, or here' },
  stubs: { kind: 'text', value: 'FILE', doc: 'answers in place of components, by component or by step' },
  'stubs-only': { kind: 'switch', doc: 'no component but stubs and built-ins' },
} as const satisfies Flags

/** What a run is given. */
export const inputFlags = {
  input: { kind: 'text', value: 'FILE', doc: 'input in JSON or YAML; - is standard input' },
  'input-json': { kind: 'text', value: 'TEXT', doc: 'input as JSON' },
  'input-yaml': { kind: 'text', value: 'TEXT', doc: 'input as YAML' },
  set: { kind: 'texts', value: 'KEY.PATH=VALUE', doc: 'one value, on top of the others (repeatable)' },
  arg: { kind: 'texts', value: 'NAME=VALUE', doc: 'the same for one name (repeatable)' },
  variables: { kind: 'text', value: 'FILE', doc: 'variables in JSON or YAML' },
  'env-variables': { kind: 'switch', doc: 'take missing variables from the environment' },
  secrets: { kind: 'text', value: 'FILE', doc: 'secret variables in JSON or YAML' },
  secret: { kind: 'texts', value: 'KEY[=@FILE]', doc: 'one, from the environment or a file (repeatable)' },
} as const satisfies Flags

/** How a run is done. */
export const runningFlags = {
  store: {
    kind: 'text',
    value: 'STORE',
    doc: 'where the run is kept: memory, or sqlite:PATH; if not said, sqlite:.millrace/',
  },
  relaxed: {
    kind: 'switch',
    doc: 'do not wait for the disk: a power cut may take the last seconds of what was answered',
  },
  overrides: { kind: 'text', value: 'FILE', doc: 'patches of steps, for this run' },
  'allow-net': { kind: 'texts', value: 'HOST:PORT', doc: 'a private address that HTTP steps may reach (repeatable)' },
  'max-concurrency': { kind: 'count', value: 'N', doc: 'calls of components at once' },
  timeout: { kind: 'duration', value: 'TIME', doc: 'limit of the whole run, such as 30s or 5m' },
  settings: { kind: 'text', value: 'FILE', doc: 'settings of millrace; else millrace.yml' },
} as const satisfies Flags
