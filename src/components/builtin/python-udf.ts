// Calls a Python function that lies in a blob, `{ code, input_schema }`, in a sandbox.
import { isRecord, type Json } from '../../lib/json.ts'
import { compileSchema } from '../../lib/schema.ts'
import type { CodeOutcome, RunCode } from '../code-runner.ts'
import { Answer, type Call, type Component, ComponentError } from '../component.ts'
import { type BlobPort, readBlob } from './blobs.ts'
import { boundFields, toAnswer } from './code.ts'
import { anything, fields, text } from './fields.ts'

const input = fields({
  blob_id: text('The id of a blob with { code, input_schema }.'),
  input: anything('What the function is given; it has to fit the schema.'),
  ...boundFields,
})

const FUNCTION = { name: 'Python', error: 'COMPONENT_FAILED' }

export function createPythonUdf(blobs: BlobPort, runCode: RunCode): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Call a Python function that lies in a blob, in a sandbox, and answer what it gives',
    async run(given: Json, call: Call) {
      const { signal, attempt, run } = call
      const { blob_id: id, input: data, timeout_ms: timeoutMs, memory_mb: memoryMb } = input.read(given)
      const { code, schema } = functionOf(await readBlob(blobs, id, run))
      const { value, problems } = (await compileSchema(schema))(data)
      const faults = problems.map(({ path, message }) => `${path === '' ? 'it' : path} ${message}`)
      if (faults.length > 0) throw failed(`Input validation failed: ${faults.join('; ')}`)
      const task = { language: 'python', form: 'function', code, input: value, context: { attempt } } as const
      return toResult(await runCode({ ...task, timeoutMs, memoryMb, signal }), call)
    },
  }
}

function functionOf(data: Json): { readonly code: string; readonly schema: Json } {
  const { code = null, input_schema: schema = null } = isRecord(data) ? data : {}
  if (typeof code !== 'string' || code.trim() === '') throw failed('Cannot find "code" in the blob: expected text')
  if (!isRecord(schema) || Object.keys(schema).length === 0)
    throw failed('Cannot find "input_schema" in the blob: expected a JSON Schema')
  return { code, schema }
}

function toResult(outcome: CodeOutcome, call: Call): Json | Answer {
  const answer = toAnswer(outcome, FUNCTION, call)
  if (outcome.kind !== 'raised' || !(answer instanceof Answer) || answer.of.kind !== 'fail') return answer
  return Answer.fail({ ...answer.of.error, message: `Function execution failed: ${outcome.value}` })
}

function failed(message: string): ComponentError {
  return new ComponentError({ code: 'COMPONENT_FAILED', message, isRetryable: false })
}
