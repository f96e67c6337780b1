// Runs that lie in the store and have not ended: taken up by this process, set aside, or changed where they lie.
import { advance } from '../core/advance.ts'
import { NO_VARIABLES, type State } from '../core/state.ts'
import { Turn } from '../core/turn.ts'
import type { Json } from '../lib/json.ts'
import { StoreError } from '../stores/store-error.ts'
import type { RunRow, Store } from '../stores/store.ts'
import type { Clock } from './clock.ts'
import { EngineError } from './errors.ts'
import { recover, type ProgramOf, type Recovered } from './recover.ts'

/** A run that was taken up: the row as it is stored now, and the run as its log left it. */
export type Taken = Recovered & { readonly row: RunRow }

export type StoredRuns = {
  /**
   * Takes a run up, and counts that before anything of it is read: what cannot be read may end this process.
   * One that has ended is only read.
   * @throws {EngineError} `RUN_PAUSED` or `SECRET_NOT_FOUND`.
   */
  takeUp(id: string, secrets: { readonly [name: string]: Json }, isForced: boolean): Promise<Taken>
  /**
   * A run as its log left it.
   * @throws {EngineError} `RUN_PAUSED`: it cannot be read, and is set aside.
   */
  load(row: RunRow): Promise<Recovered>
  /** Ends a run on which no process is at work. */
  stop(row: RunRow, reason: string | null): Promise<void>
  /** Stores a row by itself. */
  putRow(row: RunRow): Promise<void>
  /** How a run stands; `null` where its log cannot be read. */
  stateOf(row: RunRow): Promise<State | null>
}

/** Processes that may take up a run one after another before one of them gets any further with it. */
const RESUMES_MAX = 3

export function createStoredRuns(store: Store, clock: Clock, programOf: ProgramOf): StoredRuns {
  let rows: RunRow[] = []
  let writing: Promise<void> | null = null

  async function takeUp(id: string, secrets: { readonly [name: string]: Json }, isForced: boolean): Promise<Taken> {
    const row = await store.getRun(id)
    if (row === null) throw new EngineError('RUN_NOT_FOUND', `Cannot find the run "${id}" in this store`)
    if (row.endedAtMs !== null) return { row, ...(await recover(row, store, programOf, clock.nowMs())) }
    if (row.status === 'paused' && !isForced) throw new EngineError('RUN_PAUSED', pausedText(row))
    if (row.resumes >= RESUMES_MAX && !isForced)
      await setAside(row, `${row.resumes} processes in a row have taken it up, and ended before it got any further`)
    const taken: RunRow = { ...row, status: 'running', waitsFor: null, resumes: isForced ? 1 : row.resumes + 1 }
    await putRow(taken)
    const recovered = await load(taken)
    await awaitSecrets(taken, recovered.state, secrets)
    return { row: taken, ...recovered }
  }

  async function load(row: RunRow): Promise<Recovered> {
    try {
      return await recover(row, store, programOf, clock.nowMs())
    } catch (error) {
      if (error instanceof StoreError && error.code === 'STORE_FAILED') throw error // of the disk, and not of this run
      return setAside(row, `It cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** The run stands still until somebody says that it may go on; the others do not suffer from it. */
  async function setAside(row: RunRow, reason: string): Promise<never> {
    const paused: RunRow = { ...row, status: 'paused', waitsFor: { kind: 'quarantine', reason } }
    await putRow(paused)
    throw new EngineError('RUN_PAUSED', pausedText(paused))
  }

  /** Secrets are not stored: those that the run was given have to be given again. */
  async function awaitSecrets(
    row: RunRow,
    { root, frames }: State,
    given: { readonly [name: string]: Json },
  ): Promise<void> {
    const used = frames.get(0)?.variables ?? NO_VARIABLES
    const missing = root.plan.variables.find(
      ({ name, isSecret }) => isSecret && used.has(name) && given[name] === undefined,
    )
    if (missing === undefined) return
    const { name } = missing
    await putRow({ ...row, resumes: row.resumes - 1, waitsFor: { kind: 'secret', name } })
    throw new EngineError('SECRET_NOT_FOUND', `Run ${row.id} goes on when it is given the secret "${name}" again`)
  }

  /** Rows of one moment go together: thousands of runs may be taken up at once. */
  function putRow(row: RunRow): Promise<void> {
    rows.push(row)
    writing ??= Promise.resolve().then(() => {
      const batch = rows.map((one) => ({ run: one.id, firstSeq: 0, events: [], row: one }))
      rows = []
      writing = null
      return store.append(batch)
    })
    return writing
  }

  return {
    takeUp,
    load,
    putRow,
    async stop(row, reason) {
      const { state, eventCount, lastMs } = await load(row)
      const turn = new Turn(state)
      const nowMs = Math.max(clock.nowMs(), lastMs)
      const moment = { nowMs, chance: () => clock.chance(), slots: 0 }
      advance(turn, state, [{ kind: 'stop-asked', how: 'cancelled', reason }], moment)
      const ended: RunRow = { ...row, status: 'cancelled', endedAtMs: nowMs, waitsFor: null, resumes: 0 }
      await store.append([{ run: row.id, firstSeq: eventCount, events: turn.events.toArray(), row: ended }])
    },
    stateOf: async (row) => (await recover(row, store, programOf, clock.nowMs()).catch(() => null))?.state ?? null,
  }
}

function pausedText({ id, waitsFor }: RunRow): string {
  const reason = waitsFor !== null && 'reason' in waitsFor ? waitsFor.reason : null
  return `Run ${id} is paused${reason === null ? '' : `: ${reason}`}`
}
