// What the tests of the built-in components share: ports with nothing behind them but maps, a stand-in language and real files.
import { isRecord, type Json } from '../../lib/json.ts'
import { createHttpClient } from '../../net/client.ts'
import type { Plan } from '../../plan/plan.ts'
import { readSource } from '../../source/read.ts'
import { toJson } from '../../source/to-json.ts'
import { type Asked, ask } from '../component.suite.ts'
import type { Call, Component } from '../component.ts'
import { type BuiltinPorts, createBuiltins } from './builtins.ts'
import type { CompiledFlow } from './flows.ts'
import type { ReadYaml } from './load-file.ts'

export const flow: Json = { steps: [] }

/** A flow is `{ steps: … }`; anything else has problems. */
export function compile(document: Json): CompiledFlow {
  if (isRecord(document) && Object.hasOwn(document, 'steps')) {
    const plan: Plan = {
      format: 1,
      steps: [],
      params: { schema: null },
      variables: [],
      output: null,
      demand: 'all-steps',
      verdict: 'by-output',
    }
    return { kind: 'plan', plan }
  }
  const problem = {
    code: 'UNDEFINED_STEP_REFERENCE',
    severity: 'error',
    message: 'Cannot find step "b"',
    file: null,
    span: null,
    step: 'a',
    hint: 'Steps of this flow: a',
  } as const
  return {
    kind: 'problems',
    problems: [{ ...problem, severity: 'warning', message: 'Cannot matter' }, problem, problem],
  }
}

export const readYaml: ReadYaml = (text) => {
  const { root, problems } = readSource({ text, file: null })
  return { data: root === null ? null : toJson(root), problems }
}

/** Built-in components, and what became of what they asked for. */
export function world(ports: Partial<BuiltinPorts> = {}): {
  readonly blobs: Map<string, string>
  readonly compiled: Json[]
  readonly builtins: ReadonlyMap<string, Component>
  readonly find: (path: string) => Component | null
} {
  const blobs = new Map<string, string>()
  const compiled: Json[] = []
  const builtins = createBuiltins({
    compile(document) {
      compiled.push(document)
      return compile(document)
    },
    blobs: { put: (id, text) => void blobs.set(id, text), get: (id) => blobs.get(id) ?? null },
    http: createHttpClient({ allow: [] }),
    rootDir: '.',
    readYaml,
    askModel: () => Promise.reject(new Error('nobody is there')),
    runCode: () => Promise.reject(new Error('nothing runs here')),
    env: {},
    ...ports,
  })
  return { blobs, compiled, builtins, find: (path) => builtins.get(`/builtin/${path}`) ?? null }
}

export function run(path: string, input: Json, call: Partial<Call> = {}): Promise<Asked> {
  return ask(world().find(path), input, call)
}

export function outputOf(asked: Asked): unknown {
  return asked.kind === 'success' ? asked.output : asked
}

export function errorOf(asked: Asked): string {
  return asked.kind === 'failed'
    ? `${asked.error.code}: ${asked.error.message}`
    : `no failure: ${JSON.stringify(asked)}`
}
