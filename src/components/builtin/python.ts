// Runs Python of the user, in a sandbox.
import type { Json } from '../../lib/json.ts'
import type { RunCode } from '../code-runner.ts'
import { Answer, type Call, type Component } from '../component.ts'
import { codeFields, toAnswer } from './code.ts'
import { DATA_TYPES, toDataType } from './data-type.ts'
import { choice, fields, optional } from './fields.ts'

const input = fields({
  ...codeFields,
  data_type: optional(choice('What the value is turned into.', DATA_TYPES)),
})

const PYTHON = { name: 'Python', error: 'PYTHON_ERROR' }

export function createPython(runCode: RunCode): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Run Python code in a sandbox and answer its value',
    async run(given: Json, call: Call) {
      const { code, input: data, timeout_ms: timeoutMs, memory_mb: memoryMb, data_type: type } = input.read(given)
      const task = { language: 'python', form: 'script', code, input: data, context: null } as const
      const outcome = await runCode({ ...task, timeoutMs, memoryMb, signal: call.signal })
      const answer = toAnswer(outcome, PYTHON, call)
      return type === null || answer instanceof Answer ? answer : toDataType(answer, type)
    },
  }
}
