// One run of a store, for those who only look at it.
import { StoreError } from '../stores/store-error.ts'
import type { RunRow, Store } from '../stores/store.ts'
import type { Intake } from './intake.ts'
import { type InnerEngine, openEngineWith } from './open-engine.ts'
import type { Given, Host } from './operation.ts'
import type { Run } from './run-handle.ts'
import { refuseRun } from './refusals.ts'
import { readSettings } from './settings.ts'
import { borrowed, type storeFlags, withReader } from './stores.ts'

/** Does `look` with the run; a run that is not there is refused. */
export async function withRun<T>(
  intake: Intake,
  id: string,
  given: Given<typeof storeFlags>,
  host: Host,
  look: (run: Run, engine: InnerEngine) => Promise<T>,
): Promise<T | null> {
  const settings = await readSettings(intake, given.settings, host)
  return withReader(given, settings, host, async (store) => {
    const engine = await openEngineWith(host.parts, { store: borrowed(store), resumes: false })
    const run = await engine.get(await wholeId(store, id))
    if (run === null) refuseRun(intake, id)
    const answer = run === null || intake.hasErrors ? null : await look(run, engine)
    await engine.close()
    return answer
  })
}

/** Which of these files has a run, and its row there. */
export async function placeOf(
  places: readonly string[],
  id: string,
  { parts }: Host,
): Promise<{ readonly place: string; readonly row: RunRow } | null> {
  const faults: StoreError[] = []
  for (const place of places) {
    const reader = await parts.readStore(`sqlite:${place}`)
    try {
      const row = await findRun(reader, id)
      if (row !== null) return { place, row }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      faults.push(error) // another file may have it
    } finally {
      await reader.close()
    }
  }
  const [fault] = faults
  if (fault !== undefined) throw fault
  return null
}

/** The row of a run by its id, or a part of that which only it has. */
export async function findRun(store: Store, id: string): Promise<RunRow | null> {
  return store.getRun(await wholeId(store, id))
}

/** The end of an id is enough where it is of one run only. */
async function wholeId(store: Store, id: string): Promise<string> {
  if ((await store.getRun(id)) !== null || id.length < SHORT_ID_MIN) return id
  const damaged: string[] = []
  const rows = await store.listRuns({ limit: 2, text: id }, (_, run) => damaged.push(...(run === null ? [] : [run])))
  const [found, other] = [...rows.map((row) => row.id), ...damaged].filter((one) => one.includes(id))
  return found === undefined || other !== undefined ? id : found
}

const SHORT_ID_MIN = 4
