// An earlier run that a command names, read whoever owns its file.
import type { Intake } from './intake.ts'
import { openEngineWith } from './open-engine.ts'
import { findRun } from './open-run.ts'
import type { Host } from './operation.ts'
import { refuseRun } from './refusals.ts'
import { type Before, readBefore } from './rerun.ts'

/** The run `id`, or whose id has that part alone, of the store `name`; one that is not there is refused. */
export async function readEarlier(intake: Intake, id: string, name: string, host: Host): Promise<Before | null> {
  const store = await host.parts.readStore(name)
  const engine = await openEngineWith(host.parts, { store, resumes: false })
  const row = await findRun(store, id)
  const before = row === null ? null : await readBefore(engine.core, row.id, await engine.get(row.id))
  await engine.close()
  return before ?? refuseRun(intake, id)
}
