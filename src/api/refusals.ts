// What several operations refuse in the same words.
import { didYouMean } from '../lib/did-you-mean.ts'
import { quote } from '../lib/quote.ts'
import type { Intake } from './intake.ts'

const IDS_SHOWN_MAX = 20

/** There is no such step among `steps`. */
export function refuseStep(intake: Intake, id: string, steps: readonly { readonly id: string }[]): null {
  const ids = steps.map((step) => step.id)
  const meant = didYouMean(id, ids)
  const hint = meant === null ? `There are: ${ids.slice(0, IDS_SHOWN_MAX).join(', ')}` : `Did you mean ${quote(meant)}?`
  return intake.refuse('UNDEFINED_STEP_REFERENCE', `Cannot find step ${quote(id)}`, hint)
}

/** There is no such run in the store. */
export function refuseRun(intake: Intake, id: string): null {
  return intake.refuse('RUN_NOT_FOUND', `Cannot find the run ${quote(id)} in this store`, 'millrace runs lists them')
}
