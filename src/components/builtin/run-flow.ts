// Runs another flow by its file, as one step: the step ends as that flow does, and gives what it gives.
// The flow is a frame of the same run: one log, one cancel, and the bounds on flows inside flows.
import { assert } from '../../lib/assert.ts'
import { readInside } from '../../lib/inside.ts'
import type { Json } from '../../lib/json.ts'
import { after } from '../../lib/maybe-async.ts'
import { quote } from '../../lib/quote.ts'
import type { Plan } from '../../plan/plan.ts'
import { Answer, type Call, type Component, ComponentError } from '../component.ts'
import { checkSchema } from './check-schema.ts'
import { fields, mapping, optional, text, withDefault } from './fields.ts'
import type { CompileFlow } from './flows.ts'
import { invalidInput } from './invalid-input.ts'
import type { ReadYaml } from './load-file.ts'

const fileBytesMax = 10_000_000
const problemsToldMax = 5

const input = fields({
  file: optional(text('The file of the flow, a path below the working folder with `/` between its parts.')),
  flow: optional(text('The same as `file`.')),
  args: withDefault(mapping('Its arguments, by name.'), {}),
})

export type RunFlowPorts = { readonly compile: CompileFlow; readonly readYaml: ReadYaml; readonly rootDir: string }

export function createRunFlow(ports: RunFlowPorts): Component {
  return {
    effect: 'pure',
    input: input.schema,
    checksInput: true,
    description: 'Run another flow by its file, and answer what it gives',
    run(given: Json, call: Call) {
      const { file, flow, args } = input.read(given)
      const path = file ?? flow
      if (path === null) throw invalidInput('Cannot find "file" in the input: expected the path of a flow')
      if (call.round === 1) return begin(path, args, ports)
      const [outcome] = call.results
      assert(outcome !== undefined, 'a later round has the outcome of the one before')
      if (outcome.outcome === 'failed') return Answer.fail(outcome.error)
      return outcome.outcome === 'success' ? outcome.result : Answer.skip(`The flow ${quote(path)} was skipped`)
    },
  }
}

async function begin(path: string, args: Json, ports: RunFlowPorts): Promise<Answer> {
  const plan = await planIn(path, ports)
  const { schema } = plan.params
  return Answer.frames(plan, [schema === null ? args : await checkSchema(args, schema, `"args" for ${quote(path)}`)])
}

async function planIn(path: string, { compile, readYaml, rootDir }: RunFlowPorts): Promise<Plan> {
  const file = await readInside(rootDir, path, fileBytesMax)
  if (file.kind !== 'file')
    throw new ComponentError({
      code: file.kind === 'missing' ? 'RESOURCE_UNAVAILABLE' : 'INVALID_INPUT',
      message: `Cannot run the flow ${quote(path)}: ${file.reason}`,
      isRetryable: false,
    })
  const { data, problems } = readYaml(new TextDecoder().decode(file.bytes))
  refuse(path, problems)
  return after(compile(data), (compiled) => {
    if (compiled.kind === 'plan') return compiled.plan
    refuse(path, compiled.problems)
    throw invalidInput(`Cannot run the flow ${quote(path)}`)
  })
}

function refuse(path: string, problems: Parameters<typeof told>[0]): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw invalidInput(`Cannot run the flow ${quote(path)}: ${told(errors)}`)
}

function told(
  problems: readonly { readonly severity: string; readonly message: string; readonly step: string | null }[],
): string {
  return problems
    .slice(0, problemsToldMax)
    .map(({ message, step }) => (step === null ? message : `step ${quote(step)}: ${message}`))
    .join('; ')
}
