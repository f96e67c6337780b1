// Flags of what a flow runs on: where its components come from.
import type { Flags } from './operation.ts'

export const providerFlags = {
  components: { kind: 'texts', value: 'FILE', doc: 'module whose exports are components (repeatable)' },
  config: { kind: 'text', value: 'FILE', doc: 'configuration; else stepflow-config.yml beside the flow, or here' },
  stubs: { kind: 'text', value: 'FILE', doc: 'answers in place of components, by component or step' },
  'stubs-only': { kind: 'switch', doc: 'no component but stubs and built-ins' },
  overrides: { kind: 'text', value: 'FILE', doc: 'patches of steps, for this once' },
  'allow-net': { kind: 'texts', value: 'HOST:PORT', doc: 'a private address that HTTP steps may reach (repeatable)' },
} as const satisfies Flags

export const inputFlags = {
  input: { kind: 'text', value: 'FILE', doc: 'input in JSON or YAML; - is standard input' },
  'input-json': { kind: 'text', value: 'TEXT', doc: 'input as JSON' },
  'input-yaml': { kind: 'text', value: 'TEXT', doc: 'input as YAML' },
  set: { kind: 'texts', value: 'KEY.PATH=VALUE', doc: 'one value, on top of the others (repeatable)' },
  arg: { kind: 'texts', value: 'NAME=VALUE', doc: 'the same for one name' },
  variables: { kind: 'text', value: 'FILE', doc: 'variables in JSON or YAML' },
  'env-variables': { kind: 'switch', doc: 'variables that are missing from the environment' },
} as const satisfies Flags
