// What an oracle says of a step, a run or a value; and that it cannot say.
import type { CauseKind } from '../../src/plan/cause.ts'
import type { Json } from '../../src/lib/json.ts'

/** Nobody can know: it depends on which of several failures comes first. */
export class Undetermined extends Error {
  override readonly name = 'Undetermined'
}

/** Why something did not succeed, or what a substitute covers up. `origin` is the step where it began. */
export type Why = {
  readonly kind: CauseKind
  readonly code: string | null
  readonly origin: number | null
}

/** A cause of several, of which it is not known which one is told. */
export const ONE_OF_SEVERAL = 'one of several'

export type Reason = Why | null | typeof ONE_OF_SEVERAL

export type Ended =
  | { readonly status: 'success'; readonly output: Json; readonly why: Reason; readonly items?: readonly Ended[] }
  | { readonly status: 'skipped' | 'failed'; readonly why: Reason; readonly items?: readonly Ended[] }

/** What an expression comes to. */
export type Said = { readonly kind: 'value'; readonly value: Json | undefined } | Stopped

export type Stopped = { readonly kind: 'skipped' | 'failed'; readonly why: Reason }

export type ExpectedOutcome =
  | { readonly outcome: 'success'; readonly result: Json }
  | { readonly outcome: 'failed'; readonly code: string; readonly step: number | null }
  | { readonly outcome: 'skipped' }

/** The cause itself. */
export function known(why: Reason): Why | null {
  if (why === ONE_OF_SEVERAL) throw new Undetermined('which of several failures came first')
  return why
}
