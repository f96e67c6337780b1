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

/** A secret that cannot be found where a component repeats it. */
export function shortSecret(name: string): Warning {
  return {
    code: 'SHORT_SECRET',
    message: `The secret "${name}" has fewer than 8 characters: it is not masked where a component repeats it`,
  }
}
