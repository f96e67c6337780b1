// What is not as it was probably meant, beside an outcome.
import { didYouMean } from '../lib/did-you-mean.ts'
import { isRecord, type Json } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'
import type { Plan } from '../plan/plan.ts'
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

/** A mistake of ours, or of the clock of this machine. */
export function lostWakeUps(count: number): Warning {
  return {
    code: 'LOST_WAKE_UP',
    message: `Runs that nothing would have woken were found, and go on: ${count} since the engine was opened`,
  }
}

/** Arguments that the flow does not read: probably misspelled. */
export function unknownArguments({ params: { named } }: Plan, input: Json): readonly Warning[] {
  if (named === undefined || !isRecord(input)) return []
  return Object.keys(input).flatMap((name) => {
    if (named.includes(name)) return []
    const meant = didYouMean(
      name,
      named.filter((one) => !Object.hasOwn(input, one)),
    )
    const hint = meant === null ? '' : `; did you mean ${quote(meant)}?`
    return { code: 'UNKNOWN_ARGUMENT', message: `The flow does not read the argument ${quote(name)}${hint}` }
  })
}

/** `warnings`, and the notes of a run that say what no warning of the flow says of their step already. */
export function withNotes(warnings: readonly Warning[], notes: readonly Warning[]): readonly Warning[] {
  const said = new Set(warnings.map(({ code, step }) => `${step} ${code}`))
  return [...warnings, ...notes.filter(({ code, step }) => !said.has(`${step} ${code}`))]
}
