// What components that run code of users have in common: what can be asked for, and how a run of it ends as a step.
import { unreachable } from '../../lib/assert.ts'
import type { Json } from '../../lib/json.ts'
import type { CodeOutcome, Logs } from '../code-runner.ts'
import { Answer, type Call, type ErrorInfo } from '../component.ts'
import { anything, optional, text, wholeNumber, withDefault } from './fields.ts'

const timeoutMsDefault = 30_000
const timeoutMsMax = 600_000
const memoryMbDefault = 256
const memoryMbMin = 16
const memoryMbMax = 1_024
/** Of each of what was printed, in the error of a step. */
const LOG_CHARACTERS_TOLD = 8_192

/** Bounds that every run of code can be given. */
export const boundFields = {
  timeout_ms: withDefault(
    wholeNumber('How long the code may run, in milliseconds.', 1, timeoutMsMax),
    timeoutMsDefault,
  ),
  memory_mb: withDefault(
    wholeNumber('How much memory the code may take, in megabytes.', memoryMbMin, memoryMbMax),
    memoryMbDefault,
  ),
}

export const codeFields = {
  code: text('The code. Its value is what run(input) gives, else its last expression, else "result".'),
  input: optional(anything('What the code finds as "input", and what run(input) is given.')),
  ...boundFields,
}

/** What the code is called in messages, and the code of an error of its own. */
export type Language = { readonly name: string; readonly error: string }

/** The value of the code, or a failure of the step. What it printed is logged. */
export function toAnswer(outcome: CodeOutcome, language: Language, { log }: Call): Json | Answer {
  const printed = toLog(outcome.logs)
  if (printed !== null) log(printed)
  return outcome.kind === 'value' ? outcome.value : Answer.fail(toError(outcome, language))
}

/** Standard error behind standard output, under a line that says so: in which order they were written is not known. */
function toLog({ stdout, stderr }: Logs): string | null {
  if (stdout === '' && stderr === '') return null
  const texts = [stdout, ...(stderr === '' ? [] : ['stderr:', stderr])]
  return texts.flatMap((printed) => (printed === '' ? [] : printed.replace(/\n$/, ''))).join('\n')
}

type Failure = Exclude<CodeOutcome, { kind: 'value' }>

function toError(failure: Failure, { name, error }: Language): ErrorInfo {
  const printed = toPrinted(failure.logs)
  switch (failure.kind) {
    case 'raised': {
      const { name: raised, value, traceback } = failure
      const message = value === '' ? `The code failed with ${raised}` : `The code failed with ${raised}: ${value}`
      return { code: error, message, data: { name: raised, value, traceback, ...printed } }
    }
    case 'no-data': {
      const message = `Cannot use the value of the code: it holds ${failure.what}`
      return { code: 'INVALID_OUTPUT', message, isRetryable: false, data: printed }
    }
    case 'over': {
      const message = `The code was stopped: it was over ${failure.bound}, which is ${failure.most}`
      return { code: 'SANDBOX_LIMIT', message, data: { bound: failure.bound, most: failure.most, ...printed } }
    }
    case 'died':
      return { code: 'COMPONENT_FAILED', message: `The code ended without a value: ${failure.how}`, data: printed }
    case 'unavailable': {
      const message = `Cannot run ${name}: this machine does not offer ${failure.missing}`
      return { code: 'SANDBOX_UNAVAILABLE', message, isRetryable: false, data: { missing: failure.missing } }
    }
    default:
      return unreachable(failure)
  }
}

function toPrinted({ stdout, stderr }: Logs): { readonly [name: string]: string } {
  return { ...(stdout !== '' && { stdout: lastOf(stdout) }), ...(stderr !== '' && { stderr: lastOf(stderr) }) }
}

/** It is cut before a line: half of a secret would not be found and masked. */
function lastOf(log: string): string {
  if (log.length <= LOG_CHARACTERS_TOLD) return log
  const last = log.slice(-LOG_CHARACTERS_TOLD)
  const lineEnd = last.indexOf('\n')
  return lineEnd < 0 ? '[a line that is too long to be told]' : last.slice(lineEnd + 1)
}
