// Events as text for a store, and back. Kinds are numbers and fields have places, so that a record is small.
// K1  What is read back is what was written, leaves included: a mapping of a user that looks like a leaf stays a mapping.
// K2  A kind keeps its number and its fields their order for good; a new field goes to the end, and its absence means the old behaviour.
import { assert } from '../lib/assert.ts'
import { setOwn } from '../lib/json.ts'
import { LEAF_TAG, Sealed, Spilled, type SecretRef } from '../plan/leaf.ts'
import type { Event } from './events.ts'

/** Fields by kind, after the kind itself. The place in this list is the number of the kind. */
const KINDS: readonly (readonly [kind: Event['kind'], ...fields: readonly string[]])[] = [
  ['run-started', 'atMs', 'plan', 'input', 'variables'],
  ['step-started', 'atMs', 'frame', 'step', 'items'],
  ['lanes-started', 'atMs', 'frame', 'step', 'from', 'to'],
  ['lane-ended', 'atMs', 'frame', 'step', 'lane', 'status', 'output', 'cause', 'tookMs'],
  ['attempt-failed', 'atMs', 'frame', 'step', 'lane', 'how', 'error', 'budget', 'retryAtMs'],
  ['attempt-lost', 'atMs', 'frame', 'step', 'lane'],
  ['attempt-started', 'atMs', 'frame', 'step', 'lane'],
  ['step-waits', 'atMs', 'frame', 'step', 'lane', 'untilMs', 'output', 'timesOut'],
  ['step-succeeded', 'atMs', 'frame', 'step', 'output', 'tookMs'],
  ['step-substituted', 'atMs', 'frame', 'step', 'output', 'cause', 'tookMs'],
  ['step-skipped', 'atMs', 'frame', 'step', 'cause', 'tookMs'],
  ['step-failed', 'atMs', 'frame', 'step', 'cause', 'tookMs'],
  ['frames-asked', 'atMs', 'frame', 'step', 'lane', 'plan', 'inputs', 'parallelMax', 'limitMs'],
  ['frame-opened', 'atMs', 'frame', 'step', 'lane', 'index', 'child'],
  ['frame-ended', 'atMs', 'child', 'outcome'],
  ['run-resumed', 'atMs'],
  ['run-stopped', 'atMs', 'how', 'reason'],
  ['run-finished', 'atMs', 'outcome'],
  ['task-parked', 'atMs', 'frame', 'step', 'lane'],
  ['task-unparked', 'atMs', 'frame', 'step', 'lane'],
  ['steps-reused', 'atMs', 'run', 'steps'],
  ['task-logged', 'atMs', 'frame', 'step', 'lane', 'attempt', 'text'],
]

/** Last fields, which most events of their kind do not have. */
const LEFT_OUT: ReadonlySet<string> = new Set(['tookMs', 'timesOut', 'limitMs'])

type Form = { readonly number: number; readonly fields: readonly string[] }

const FORMS: ReadonlyMap<string, Form> = new Map(KINDS.map(([kind, ...fields], number) => [kind, { number, fields }]))

/** One text for all of `events`. */
export function encodeEvents(events: readonly Event[]): string {
  const records = events.map(toRecord)
  const text = JSON.stringify(records)
  return text.includes(LEAF_TAG) ? JSON.stringify(tagged(records)) : text
}

function toRecord(event: Event): readonly unknown[] {
  const form = FORMS.get(event.kind)
  assert(form !== undefined, 'each kind of event has a form')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fields are read by the names that its kind has
  const values = event as unknown as { readonly [field: string]: unknown }
  const record: unknown[] = [form.number]
  for (const field of form.fields) {
    const value = values[field]
    if (value !== undefined || !LEFT_OUT.has(field)) record.push(value)
  }
  return record
}

/** Leaves as tagged mappings; a key of a user that looks like the tag gets it once more. */
function tagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Sealed) return { [LEAF_TAG]: ['sealed', ...value.parts] }
  if (value instanceof Spilled) return { [LEAF_TAG]: ['spilled', value.hash, value.bytes] }
  if (Array.isArray(value)) return value.map(tagged)
  const copy: { [key: string]: unknown } = {}
  for (const [key, part] of Object.entries(value))
    setOwn(copy, key.startsWith(LEAF_TAG) ? LEAF_TAG + key : key, tagged(part))
  return copy
}

/** The events that `encodeEvents` wrote. */
export function decodeEvents(text: string): readonly Event[] {
  const read: unknown = JSON.parse(text)
  const records = text.includes(LEAF_TAG) ? untagged(read) : read
  assert(Array.isArray(records), 'events are a list')
  return records.map(fromRecord)
}

function fromRecord(record: unknown): Event {
  assert(Array.isArray(record), 'an event is a list')
  const [number, ...values]: readonly unknown[] = record
  const known = KINDS[typeof number === 'number' ? number : -1]
  assert(known !== undefined, 'an event has a kind that is known')
  const [kind, ...fields] = known
  const event: { [field: string]: unknown } = { kind }
  fields.forEach((field, index) => {
    if (index < values.length || field !== 'tookMs') event[field] = values[index] ?? null
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fields of its kind, as they were written
  return event as unknown as Event
}

function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(untagged)
  const copy: { [key: string]: unknown } = {}
  for (const [key, part] of Object.entries(value)) {
    if (key === LEAF_TAG) return toLeaf(part)
    setOwn(copy, key.startsWith(LEAF_TAG) ? key.slice(LEAF_TAG.length) : key, untagged(part))
  }
  return copy
}

function toLeaf(said: unknown): Sealed | Spilled {
  assert(Array.isArray(said), 'a leaf says what it is')
  const [kind, ...rest]: readonly unknown[] = said
  if (kind === 'spilled') return new Spilled(String(rest[0]), Number(rest[1]))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by a sealed leaf
  return new Sealed(rest as (string | SecretRef)[])
}
