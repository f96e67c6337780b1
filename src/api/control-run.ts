// Has something done to a run that has not ended, by the process that owns its file, or here where none does.
import { quote } from '../lib/quote.ts'
import type { RunRow, Store } from '../stores/store.ts'
import { askOwner } from './control.ts'
import { Intake, type Refusal } from './intake.ts'
import { type InnerEngine, openEngineWith } from './open-engine.ts'
import { placeOf } from './open-run.ts'
import type { Flags, Given, Host } from './operation.ts'
import { refuseRun } from './refusals.ts'
import { readSettings } from './settings.ts'
import { storeFlags, storeName } from './stores.ts'

export const controlFlags = {
  ...storeFlags,
  reason: { kind: 'text', value: 'TEXT', doc: 'why, to be kept with the run' },
} as const satisfies Flags

/** What was done. */
export type Controlled = { readonly kind: 'controlled'; readonly run: string; readonly text: string }

/** What is said of it afterwards, and how it is done where nobody owns the file. */
const ACTS = {
  cancel: { text: 'cancelled', here: ({ core }, row, reason) => core.stopStored(row, reason) },
  pause: { text: 'paused', here: ({ core }, row, reason) => core.pauseStored(row, reason) },
} as const satisfies { readonly [name: string]: Act }

type Act = {
  readonly text: string
  readonly here: (engine: InnerEngine, row: RunRow, reason: string | null) => Promise<void>
}

export async function controlRun(
  id: string,
  act: keyof typeof ACTS,
  given: Given<typeof controlFlags>,
  host: Host,
): Promise<Controlled | Refusal> {
  const intake = new Intake(host)
  const settings = await readSettings(intake, given.settings, host)
  if (intake.hasErrors) return intake.refusal()
  const found = await placeOf(await host.parts.storePlaces(storeName(given.store, settings)), id, host)
  if (found === null) refuseRun(intake, id)
  else if (found.row.endedAtMs !== null)
    intake.refuse('RUN_ENDED', `Cannot ${act} the run ${quote(found.row.id)}: it is ${found.row.status}`)
  else {
    const fault = await actOn(found.place, found.row, act, given.reason, host)
    if (fault === null) return { kind: 'controlled', run: found.row.id, text: ACTS[act].text }
    intake.refuse(fault.code, `Cannot ${act} the run ${quote(found.row.id)}: ${fault.reason}`)
  }
  return intake.refusal()
}

type Fault = { readonly code: 'STORE_IN_USE' | 'RUN_ENDED'; readonly reason: string }

/** Answers why it could not be done. */
async function actOn(
  place: string,
  row: RunRow,
  act: keyof typeof ACTS,
  reason: string | null,
  host: Host,
): Promise<Fault | null> {
  const store = await host.parts.openPlace(place)
  if (store !== null) return actHere(store, row.id, act, reason, host)
  const refused = await askOwner(place, { ask: act, run: row.id, reason })
  return refused === null ? null : { code: 'STORE_IN_USE', reason: refused }
}

/** The run may have ended since its row was read: another process owned the file then. */
async function actHere(
  store: Store,
  id: string,
  act: keyof typeof ACTS,
  reason: string | null,
  host: Host,
): Promise<Fault | null> {
  const engine = await openEngineWith(host.parts, { store, resumes: false })
  try {
    const row = await store.getRun(id)
    if (row === null || row.endedAtMs !== null)
      return { code: 'RUN_ENDED', reason: `it is ${row?.status ?? 'not there any more'}` }
    await ACTS[act].here(engine, row, reason)
    return null
  } finally {
    await engine.close()
  }
}
