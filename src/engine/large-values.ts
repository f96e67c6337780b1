// Large values that are in memory anyway: one that is passed on is neither read nor written again.
// L1  A value that is known here is frozen to its last part, so that it stays what is stored for it.
// L2  Nothing stays in memory for being known here.
import { freeze } from '../lib/freeze.ts'
import type { Json } from '../lib/json.ts'
import type { Spilled } from '../plan/leaf.ts'

/** Values whose content is remembered; some are gone from memory by then. */
const KNOWN_MAX = 1_000

export class LargeValues {
  /** By the value, what stands for it in the log of the run that had it last. */
  readonly #leaves = new WeakMap<object, { readonly leaf: Spilled; run: string }>()
  readonly #values = new Map<string, WeakRef<object>>()

  /** `value` is stored, for this run. */
  keep(value: Json, leaf: Spilled, run: string): void {
    if (typeof value !== 'object' || value === null) return
    if (!freeze(value)) return
    this.#leaves.set(value, { leaf, run })
    this.#values.delete(leaf.hash) // the latest go last
    if (this.#values.size >= KNOWN_MAX) this.#values.delete(this.#values.keys().next().value ?? '')
    this.#values.set(leaf.hash, new WeakRef(value))
  }

  /** What stands for this very value in the log of `run`; of another run it may be forgotten already. */
  leafOf(value: object, run: string): Spilled | null {
    const known = this.#leaves.get(value)
    return known?.run === run ? known.leaf : null
  }

  /** The value, which stands in the log of `run` also. */
  passOn(hash: string, run: string): Json | null {
    const value = this.valueOf(hash)
    const known = typeof value === 'object' && value !== null ? this.#leaves.get(value) : undefined
    if (known !== undefined) known.run = run
    return value
  }

  valueOf(hash: string): Json | null {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is kept
    return (this.#values.get(hash)?.deref() ?? null) as Json
  }
}
