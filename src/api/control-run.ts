// Has something done to a run that has not ended, by the process that owns its file, or here where none does.
import { quote } from '../lib/quote.ts'
import type { RunRow, Store } from '../stores/store.ts'
import { askOwner, type Ask } from './control.ts'
import { Intake, type Refusal } from './intake.ts'
import { type InnerEngine, openEngineWith } from './open-engine.ts'
import { findRun } from './open-run.ts'
import type { Given, Host } from './operation.ts'
import { readSettings } from './settings.ts'
import { type storeFlags, storeName } from './stores.ts'

/** What was done. */
export type Controlled = { readonly kind: 'controlled'; readonly run: string; readonly text: string }

type Act = {
  readonly ask: Ask['ask']
  readonly reason: string | null
  /** Where nobody owns the file. */
  readonly here: (engine: InnerEngine, row: RunRow) => Promise<void>
  readonly text: string
}

export async function controlRun(
  id: string,
  act: Act,
  given: Given<typeof storeFlags>,
  host: Host,
): Promise<Controlled | Refusal> {
  const intake = new Intake(host)
  const settings = await readSettings(intake, given.settings, host)
  if (intake.hasErrors) return intake.refusal()
  const found = await find(await host.parts.storePlaces(storeName(given.store, settings)), id, host)
  if (found === null)
    intake.refuse('RUN_NOT_FOUND', `Cannot find the run ${quote(id)} in this store`, 'millrace runs lists them')
  else if (found.row.endedAtMs !== null)
    intake.refuse('RUN_ENDED', `Cannot ${act.ask} the run ${quote(found.row.id)}: it is ${found.row.status}`)
  else {
    const reason = await actOn(found.place, found.row, act, host)
    if (reason === null) return { kind: 'controlled', run: found.row.id, text: act.text }
    intake.refuse('STORE_IN_USE', `Cannot ${act.ask} the run ${quote(found.row.id)}: ${reason}`)
  }
  return intake.refusal()
}

async function find(places: readonly string[], id: string, host: Host): Promise<{ place: string; row: RunRow } | null> {
  for (const place of places) {
    const reader = await host.parts.readStore(`sqlite:${place}`)
    const row = await findRun(reader, id)
    await reader.close()
    if (row !== null) return { place, row }
  }
  return null
}

/** Answers why it could not be done. */
async function actOn(place: string, row: RunRow, { ask, reason, here }: Act, host: Host): Promise<string | null> {
  const store = await host.parts.openPlace(place)
  if (store !== null) return actHere(store, row, here, host)
  const answer = await askOwner(place, { ask, run: row.id, reason })
  if (answer === null) return 'another process owns the file and does not listen'
  return answer.isDone ? null : answer.reason
}

async function actHere(store: Store, row: RunRow, here: Act['here'], host: Host): Promise<null> {
  const engine = await openEngineWith(host.parts, { store, resumes: false })
  try {
    await here(engine, row)
    return null
  } finally {
    await engine.close()
  }
}
