// A run as one text, to be kept or to be taken into another store: its row, its events, and the plans and blobs that they name.
import { decodeEvents, encodeEvents } from '../core/event-codec.ts'
import type { Event } from '../core/events.ts'
import { spilledIn } from '../engine/secrets.ts'
import { sha256 } from '../lib/hash.ts'
import { isRecord, type Json } from '../lib/json.ts'
import { planId } from '../plan/hash.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunRow, Store } from '../stores/store.ts'

/** Of this form; another form is another number. */
const FORM = 1

type Exported = {
  readonly millrace: typeof FORM
  readonly row: RunRow
  readonly events: string
  readonly plans: { readonly [id: string]: Plan }
  readonly blobs: { readonly [hash: string]: string }
}

/** @param source The hash of the flow's text, where that was kept. */
export async function exportText(store: Store, row: RunRow, source: string | null): Promise<string> {
  const events = await store.events(row.id, 0)
  const plans: { [id: string]: Plan } = {}
  for (const id of [row.plan, ...events.flatMap((event) => (event.kind === 'frames-asked' ? event.plan : []))]) {
    const plan = await store.getPlan(id)
    if (plan !== null) plans[id] = plan
  }
  const blobs: { [hash: string]: string } = {}
  for (const hash of [...events.flatMap(spilledIn), ...(source === null ? [] : [source])]) {
    const text = await store.getBlob(hash, null)
    if (text !== null) blobs[hash] = text
  }
  const exported: Exported = { millrace: FORM, row, events: encodeEvents(events), plans, blobs }
  return `${JSON.stringify(exported)}\n`
}

export type Imported = {
  readonly row: RunRow
  readonly events: readonly Event[]
  readonly plans: ReadonlyMap<string, Plan>
  readonly blobs: ReadonlyMap<string, string>
}

/** The run in `text`, or why there is none. Whatever has a hash is checked by it. */
export function readExported(data: Json): Imported | string {
  if (!isRecord(data) || data['millrace'] !== FORM) return 'this is no exported run'
  const { row, events, plans, blobs } = data
  if (!isRecord(row) || typeof events !== 'string' || !isRecord(plans) || !isRecord(blobs))
    return 'it lacks its row, events, plans or blobs'
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each is checked by its hash
  const byId = new Map(Object.entries(plans) as unknown as [string, Plan][])
  for (const [id, plan] of byId) if (planId(plan) !== id) return `the plan ${id} is not what was exported`
  const byHash = new Map<string, string>()
  for (const [hash, text] of Object.entries(blobs)) {
    if (typeof text !== 'string' || sha256(text) !== hash) return `the blob ${hash} is not what was exported`
    byHash.set(hash, text)
  }
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row that is none is found by what follows
    return { row: row as unknown as RunRow, events: decodeEvents(events), plans: byId, blobs: byHash }
  } catch {
    return 'its events cannot be read'
  }
}
