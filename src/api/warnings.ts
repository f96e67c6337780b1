// What is not as it was probably meant, beside an outcome.
import type { Problem } from '../plan/problem.ts'

export type Warning = {
  readonly code: string
  readonly message: string
  readonly step?: string
  readonly line?: number
}

export function toWarning({ code, message, step, span }: Problem): Warning {
  return {
    code,
    message,
    ...(step === null ? {} : { step }),
    ...(span === null || span.line < 1 ? {} : { line: span.line }),
  }
}
