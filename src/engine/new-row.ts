// What a run is begun with, and its first row.
import { V7Generator } from 'uuidv7'
import type { Event } from '../core/events.ts'
import type { Json } from '../lib/json.ts'
import { randomUint32 } from '../lib/random.ts'
import type { Program } from '../plan/link.ts'
import { NOTHING_GIVEN, type RunRow } from '../stores/store.ts'

export type StartOptions = {
  readonly input: Json
  /** Values of the plan's variables. */
  readonly variables?: { readonly [name: string]: Json }
  readonly key?: string | null
  /** Calls of components at once. */
  readonly callsMax?: number | null
  /** Of the whole run. */
  readonly timeoutMs?: number | null
  /** What a surface needs to go on with the run later. */
  readonly ground?: Json
  /** The flow's text, kept with the run. */
  readonly source?: string | null
  /** An earlier run, and how steps ended there that are not done again. */
  readonly reused?: { readonly run: string; readonly events: readonly Event[] } | null
  readonly flow?: string | null
  readonly language?: string
  readonly trigger?: string
}

const ids = new V7Generator({ nextUint32: randomUint32 })

/** In one piece: what is put together digit by digit is a tree of pieces, of twenty times the size, for as long as it lives. */
function newId(): string {
  return Buffer.from(ids.generate().toString(), 'latin1').toString('latin1')
}

export function newRow(program: Program, given: StartOptions, nowMs: number): RunRow {
  const {
    key = null,
    flow = null,
    language = 'plan',
    trigger = 'manual',
    timeoutMs = null,
    callsMax = null,
    ground = null,
    reused = null,
  } = given
  const from = reused?.run ?? null
  const deadlineMs = timeoutMs === null ? null : nowMs + timeoutMs
  return {
    id: newId(),
    plan: program.id,
    key,
    flow,
    language,
    trigger,
    status: 'running',
    startedAtMs: nowMs,
    endedAtMs: null,
    waitsFor: null,
    resumes: 0,
    given:
      deadlineMs === null && callsMax === null && ground === null && from === null
        ? NOTHING_GIVEN
        : { deadlineMs, callsMax, ground, from },
  }
}
