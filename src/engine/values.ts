// Values on their way between components and the core: checked, sealed and spilled on the way in, opened on the way out.
import { ComponentError } from '../components/component.ts'
import { sha256 } from '../lib/hash.ts'
import type { Json } from '../lib/json.ts'
import { notPlain } from '../lib/plain-data.ts'
import { mapLeaves, Spilled, toShown, type Value } from '../plan/leaf.ts'
import type { Store } from '../stores/store.ts'
import { EngineError } from './errors.ts'
import type { LiveRun } from './live-run.ts'
import { openValue, spilledIn } from './secrets.ts'

export type Values = {
  admit(run: LiveRun, value: unknown): Value | Promise<Value>
  /** Each of them by itself. */
  admitAll(run: LiveRun, values: readonly unknown[]): readonly Value[] | Promise<readonly Value[]>
  open(run: LiveRun, value: Value): Json | Promise<Json>
  /** The value as its run's caller gets it: large parts read, secrets masked. */
  reveal(run: LiveRun | null, value: Value): Promise<Json>
  load(
    hashes: readonly string[],
    then: (values: ReadonlyMap<string, Value>) => void,
    failed: (error: unknown) => void,
  ): void
}

/** @param isDeep Whether values are checked to their last leaf, and copied for who could change them: a cost in proportion to their size. */
export function createValues(store: Store, isDeep: boolean): Values {
  const { spillBytesMin } = store.traits

  function admit(run: LiveRun, value: unknown): Value | Promise<Value> {
    const problem = notPlain(value, isDeep)
    if (problem !== null) throw new ComponentError({ code: 'INVALID_OUTPUT', message: problem, isRetryable: false })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked
    const plain = (value === undefined ? null : value) as Json
    const sealed = run.secrets.seal(plain)
    return spillBytesMin === null || sealed !== plain ? sealed : spill(run, plain, spillBytesMin)
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

  function spill(run: LiveRun, value: Json, bytesMin: number): Value | Promise<Value> {
    if (typeof value !== 'object' && typeof value !== 'string') return value
    const text = JSON.stringify(value)
    if (text.length < bytesMin) return value
    const hash = sha256(text)
    const leaf = new Spilled(hash, text.length)
    const stored = store.putBlob(hash, text, run.id)
    return stored instanceof Promise ? stored.then(() => leaf) : leaf
  }

  /** A component that is not trusted gets a copy: whatever it does to its input, what is recorded stays. */
  function open(run: LiveRun, value: Value): Json | Promise<Json> {
    const opened = openShared(run, value)
    if (!isDeep || typeof opened !== 'object' || opened === null) return opened
    return opened instanceof Promise ? opened.then((known) => structuredClone(known)) : structuredClone(opened)
  }

  function openShared(run: LiveRun, value: Value): Json | Promise<Json> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without secrets and spilling there are no leaves
    if (run.secrets.size === 0 && spillBytesMin === null) return value as Json
    const hashes = spillBytesMin === null ? [] : spilledIn(value)
    if (hashes.length === 0) return openValue(value, run.secrets, NOTHING_LOADED)
    const read = readAll(hashes)
    return read instanceof Promise
      ? read.then((loaded) => openValue(value, run.secrets, loaded))
      : openValue(value, run.secrets, read)
  }

  function readAll(hashes: readonly string[]): ReadonlyMap<string, Json> | Promise<ReadonlyMap<string, Json>> {
    const texts = hashes.map((hash) => store.getBlob(hash, null))
    if (texts.every((text) => !(text instanceof Promise))) return parseAll(hashes, texts)
    return Promise.all(texts.map((text) => Promise.resolve(text))).then((read) => parseAll(hashes, read))
  }

  async function reveal(run: LiveRun | null, value: Value): Promise<Json> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without secrets and spilling there are no leaves
    if (run !== null && run.secrets.size === 0 && spillBytesMin === null) return value as Json
    const loaded = await readAll(spilledIn(value))
    return mapLeaves(value, (leaf) => (leaf instanceof Spilled ? (loaded.get(leaf.hash) ?? null) : toShown(leaf)))
  }

  return {
    admit,
    admitAll,
    open,
    reveal,
    load(hashes, then, failed) {
      Promise.resolve(readAll(hashes)).then(then, failed)
    },
  }
}

const NOTHING_LOADED: ReadonlyMap<string, Json> = new Map()

function parseAll(
  hashes: readonly string[],
  texts: readonly (string | null | Promise<string | null>)[],
): ReadonlyMap<string, Json> {
  return new Map(
    hashes.map((hash, index) => {
      const text = texts[index]
      if (typeof text !== 'string') throw new EngineError('BLOB_MISSING', `The blob ${hash} is not in the store`)
      return [hash, JSON.parse(text)]
    }),
  )
}
