// Runs JavaScript of the user, in a sandbox.
import type { Json } from '../../lib/json.ts'
import type { RunCode } from '../code-runner.ts'
import type { Call, Component } from '../component.ts'
import { codeFields, toAnswer } from './code.ts'
import { fields } from './fields.ts'

const input = fields(codeFields)

const JAVASCRIPT = { name: 'JavaScript', error: 'JAVASCRIPT_ERROR' }

export function createJavaScript(runCode: RunCode): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Run JavaScript code in a sandbox and answer its value',
    async run(given: Json, call: Call) {
      const { code, input: data, timeout_ms: timeoutMs, memory_mb: memoryMb } = input.read(given)
      const task = { language: 'javascript', form: 'script', code, input: data, context: null } as const
      const outcome = await runCode({ ...task, timeoutMs, memoryMb, signal: call.signal })
      return toAnswer(outcome, JAVASCRIPT, call)
    },
  }
}
