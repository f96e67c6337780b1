// The events of a run as they are stored, whichever process is at work on it: whoever follows reads the file beside its owner.
import { setTimeout } from 'node:timers/promises'
import type { Event } from '../core/events.ts'
import type { RowWait, RunRow } from '../stores/store.ts'
import { EventView, type RunEvent } from './events.ts'
import type { Intake } from './intake.ts'
import { type InnerEngine, openEngineWith } from './open-engine.ts'
import { placeOf } from './open-run.ts'
import type { Given, Host } from './operation.ts'
import type { RunOutcome } from './outcome.ts'
import { refuseRun } from './refusals.ts'
import type { Run } from './run-handle.ts'
import { readSettings } from './settings.ts'
import { type storeFlags, storeName } from './stores.ts'

/** What keeps a run standing until somebody does something. `nobody`: no process is at work on it. */
export type Standing = Exclude<RowWait, { readonly kind: 'timer' }> | { readonly kind: 'nobody' }

/** A run that may be going on in another process. */
export type Followed = {
  readonly kind: 'followed'
  readonly run: string
  readonly steps: readonly { readonly id: string }[]
  /** From the first on, as they come; they end when the run has ended, or stands. */
  readonly events: AsyncIterable<RunEvent>
  /** To be asked when the events have ended. */
  readonly end: () => Promise<RunOutcome | Standing>
  readonly close: () => Promise<void>
}

/** The wait between two looks at the file: doubled as long as nothing comes. */
const LOOK_MS_MIN = 50
const LOOK_MS_MAX = 500

/** `null` where it is refused. */
export async function followRun(
  intake: Intake,
  id: string,
  given: Given<typeof storeFlags>,
  host: Host,
): Promise<Followed | null> {
  const settings = await readSettings(intake, given.settings, host)
  if (intake.hasErrors) return null
  const found = await placeOf(await host.parts.storePlaces(storeName(given.store, settings)), id, host)
  if (found === null) return refuseRun(intake, id)
  const { place, row } = found
  const engine = await openEngineWith(host.parts, {
    store: await host.parts.readStore(`sqlite:${place}`),
    resumes: false,
  })
  const run = await engine.get(row.id)
  if (run !== null) return toFollowed(engine, run, row, () => host.parts.isOwned(place))
  await engine.close()
  return refuseRun(intake, id)
}

function toFollowed(engine: InnerEngine, run: Run, { plan: root }: RunRow, isOwned: () => Promise<boolean>): Followed {
  const { core } = engine
  const { store } = core
  const plan = core.planOf(root)
  let standing: Standing | null = null

  async function* events(): AsyncGenerator<RunEvent> {
    const view = plan === null ? null : new EventView(plan, (id) => core.planOf(id))
    let seq = 0
    for (let waitMs = LOOK_MS_MIN; ; waitMs = Math.min(waitMs * 2, LOOK_MS_MAX)) {
      const row = await store.getRun(run.id) // before the events: they are at least as new as what it says
      const found = await store.events(run.id, seq)
      await linkPlans(engine, found)
      for (const event of found) if (view !== null) yield view.show(event)
      seq += found.length
      if (row === null || found.at(-1)?.kind === 'run-finished') return
      if (found.length > 0) waitMs = LOOK_MS_MIN
      else standing = standingOf(row) ?? (waitMs < LOOK_MS_MAX || (await isOwned()) ? null : { kind: 'nobody' })
      if (standing !== null) return
      await setTimeout(waitMs)
    }
  }

  return {
    kind: 'followed',
    run: run.id,
    steps: plan?.steps ?? [],
    events: events(),
    end: async () => standing ?? run.result(),
    close: () => engine.close(),
  }
}

function standingOf({ waitsFor }: RunRow): Standing | null {
  return waitsFor === null || waitsFor.kind === 'timer' ? null : waitsFor
}

/** Steps inside frames are shown by the plans that they are of. */
async function linkPlans({ core }: InnerEngine, events: readonly Event[]): Promise<void> {
  for (const event of events) {
    const plan = event.kind === 'frames-asked' ? await core.store.getPlan(event.plan) : null
    if (event.kind === 'frames-asked' && plan !== null) core.link(plan, event.plan)
  }
}
