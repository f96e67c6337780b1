// Values on their way between components and the core: checked, sealed and spilled on the way in, opened on the way out.
import { ComponentError } from '../components/component.ts'
import { copyPlain } from '../lib/copy-plain.ts'
import { sha256 } from '../lib/hash.ts'
import type { Json } from '../lib/json.ts'
import { after, type MaybeAsync } from '../lib/maybe-async.ts'
import { notPlain } from '../lib/plain-data.ts'
import { mapLeaves, Spilled, toShown, type Value } from '../plan/leaf.ts'
import type { Store } from '../stores/store.ts'
import { EngineError } from './errors.ts'
import type { LiveRun } from './live-run.ts'
import { LargeValues } from './large-values.ts'
import { openValue, spilledIn } from './secrets.ts'

export type Values = {
  /** What a component has answered; when it is large it cannot be changed from then on. */
  admit(run: LiveRun, value: unknown): Value | Promise<Value>
  /** The same of what somebody else goes on to use. */
  admitForeign(run: LiveRun, value: unknown): Value | Promise<Value>
  /** Each of them by itself. */
  admitAll(run: LiveRun, values: readonly unknown[]): readonly Value[] | Promise<readonly Value[]>
  open(run: LiveRun, value: Value): Json | Promise<Json>
  /** The value as its run's caller gets it: large parts read, secrets masked. */
  reveal(run: LiveRun | null, value: Value): Promise<Json>
  load(
    run: LiveRun,
    hashes: readonly string[],
    then: (values: ReadonlyMap<string, Value>) => void,
    failed: (error: unknown) => void,
  ): void
}

/** @param isDeep Whether values are checked to their last leaf, and copied for who could change them: a cost in proportion to their size. */
export function createValues(store: Store, isDeep: boolean): Values {
  const { spillBytesMin } = store.traits
  const large = new LargeValues()

  function admit(run: LiveRun, value: unknown): Value | Promise<Value> {
    return admitAs(run, value, true)
  }

  function admitAs(run: LiveRun, value: unknown, isOurs: boolean): Value | Promise<Value> {
    const problem = notPlain(value, isDeep)
    if (problem !== null) throw new ComponentError({ code: 'INVALID_OUTPUT', message: problem, isRetryable: false })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked
    const plain = (value === undefined ? null : value) as Json
    const sealed = run.secrets.seal(plain)
    return spillBytesMin === null || sealed !== plain ? sealed : spill(run, plain, spillBytesMin, isOurs)
  }

  function admitAll(run: LiveRun, values: readonly unknown[]): readonly Value[] | Promise<readonly Value[]> {
    const waits: Promise<unknown>[] = []
    const inputs = Array.from(values, (value, index): Value => {
      const admitted = admit(run, value)
      if (!(admitted instanceof Promise)) return admitted
      waits.push(
        admitted.then((leaf) => {
          inputs[index] = leaf
        }),
      )
      return null
    })
    return waits.length === 0 ? inputs : Promise.all(waits).then(() => inputs)
  }

  function spill(run: LiveRun, value: Json, bytesMin: number, isOurs: boolean): Value | Promise<Value> {
    if (typeof value !== 'object' && typeof value !== 'string') return value
    const known = typeof value === 'object' && value !== null ? large.leafOf(value, run.id) : null
    if (known !== null) return known
    const text = JSON.stringify(value)
    if (text.length < bytesMin) return value
    const hash = sha256(text)
    const leaf = new Spilled(hash, text.length)
    // Now, while it is what was written: whoever gave it may change it.
    const kept = isDeep ? null : isOurs ? value : (large.valueOf(hash) ?? copyPlain(value) ?? null)
    return after(store.putBlob(hash, text, run.id), () => {
      large.keep(kept, leaf, run.id)
      return leaf
    })
  }

  /** A component that is not trusted gets a copy: whatever it does to its input, what is recorded stays. */
  function open(run: LiveRun, value: Value): Json | Promise<Json> {
    const opened = openShared(run, value)
    if (!isDeep || typeof opened !== 'object' || opened === null) return opened
    return opened instanceof Promise ? opened.then(copyOf) : copyOf(opened)
  }

  function openShared(run: LiveRun, value: Value): Json | Promise<Json> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without secrets and spilling there are no leaves
    if (run.secrets.size === 0 && spillBytesMin === null) return value as Json
    const hashes = spillBytesMin === null ? [] : spilledIn(value)
    if (hashes.length === 0) return openValue(value, run.secrets, NOTHING_LOADED)
    const read = readAll(hashes, run.id)
    return read instanceof Promise
      ? read.then((loaded) => openValue(value, run.secrets, loaded))
      : openValue(value, run.secrets, read)
  }

  /** @param run Whose log they are in; `null`: they are for somebody who may change them. */
  function readAll(
    hashes: readonly string[],
    run: string | null,
  ): ReadonlyMap<string, Json> | Promise<ReadonlyMap<string, Json>> {
    const values = hashes.map((hash) => readOne(hash, run))
    const paired = (read: readonly Json[]): ReadonlyMap<string, Json> =>
      new Map(read.map((value, index) => [hashes[index] ?? '', value]))
    return values.every((value): value is Json => !(value instanceof Promise))
      ? paired(values)
      : Promise.all(values.map((value) => Promise.resolve(value))).then(paired)
  }

  function readOne(hash: string, run: string | null): MaybeAsync<Json> {
    const known = run === null ? copyPlain(large.valueOf(hash)) : large.passOn(hash, run)
    return known ?? after(store.getBlob(hash, null), (text) => parse(hash, text, run))
  }

  function parse(hash: string, text: string | null, run: string | null): Json {
    if (text === null) throw new EngineError('BLOB_MISSING', `The blob ${hash} is not in the store`)
    const value: Json = JSON.parse(text)
    if (run !== null && !isDeep) large.keep(value, new Spilled(hash, text.length), run)
    return value
  }

  async function reveal(run: LiveRun | null, value: Value): Promise<Json> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without secrets and spilling there are no leaves
    if (run !== null && run.secrets.size === 0 && spillBytesMin === null) return value as Json
    const loaded = await readAll(spilledIn(value), null)
    return mapLeaves(value, (leaf) => (leaf instanceof Spilled ? (loaded.get(leaf.hash) ?? null) : toShown(leaf)))
  }

  return {
    admit,
    admitForeign: (run, value) => admitAs(run, value, false),
    admitAll,
    open,
    reveal,
    load(run, hashes, then, failed) {
      Promise.resolve(readAll(hashes, run.id)).then(then, failed)
    },
  }
}

/** What cannot be copied as plain data is a value of a program's own, such as `-0`. */
function copyOf(value: Json): Json {
  return copyPlain(value) ?? structuredClone(value)
}

const NOTHING_LOADED: ReadonlyMap<string, Json> = new Map()
