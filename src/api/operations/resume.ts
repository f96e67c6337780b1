// Goes on with runs that were left unfinished, on what they were begun with unless that is given again.
import { type Json, parseOrText } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import type { NamedDecision } from '../../engine/asks.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Plan } from '../../plan/plan.ts'
import { StoreError } from '../../stores/store-error.ts'
import type { RunRow, Store } from '../../stores/store.ts'
import { groundFlags, inputFlags, runningFlags } from '../flags.ts'
import { readGround } from '../ground.ts'
import { Intake, reasonOf, type Refusal } from '../intake.ts'
import { askOwner, undecided } from '../control.ts'
import { listenLater } from '../listen.ts'
import { findRun } from '../open-run.ts'
import type { InnerEngine } from '../open-engine.ts'
import { refuseRun } from '../refusals.ts'
import type { Flags, Given, Host, Operation } from '../operation.ts'
import type { Run } from '../run-handle.ts'
import { readSettings } from '../settings.ts'
import { borrowed, storeFlags, storeName, withReader } from '../stores.ts'
import { onGround, openOnGround } from '../take-up.ts'
import { readVariables } from '../variables.ts'

const flags = {
  ...storeFlags,
  ...groundFlags,
  secrets: inputFlags.secrets,
  secret: inputFlags.secret,
  decide: {
    kind: 'texts',
    value: 'STEP=retry|fail|done:JSON',
    doc: 'what becomes of a step of which nobody knows whether it was done (repeatable)',
  },
  'allow-net': runningFlags['allow-net'],
  'max-concurrency': runningFlags['max-concurrency'],
} as const satisfies Flags

type Said = Given<typeof flags>

/** Runs that go on, and those that cannot, with the reason. */
export type Resumed = {
  readonly kind: 'resumed'
  readonly runs: readonly Run[]
  readonly left: readonly { readonly run: string; readonly reason: string }[]
  /** Runs that go on in the process that owns their file. */
  readonly elsewhere: readonly string[]
  readonly close: () => Promise<void>
}

export const resume: Operation<typeof flags, Resumed | Refusal> = {
  name: 'resume',
  summary: 'Go on with runs that were left unfinished: one, or all of a store',
  operand: { name: 'RUN', count: 'any' },
  flags,
  example: 'millrace resume',
  async handler(ids, given, host) {
    const intake = new Intake(host)
    const settings = await readSettings(intake, given.settings, host)
    const decisions = given.decide.flatMap((text) => readDecision(intake, text) ?? [])
    if (decisions.length > 0 && ids.length !== 1)
      intake.refuse('INVALID_COMMAND_LINE', 'Cannot decide without knowing the run', 'Name one run beside --decide')
    const whole = await withReader(given, settings, host, (store) => wholeIds(intake, ids, store))
    if (intake.hasErrors) return intake.refusal()
    await Promise.all(host.parts.dialects.map(async (dialect) => dialect.prepare?.()))
    const work = new Work(given, decisions, host)
    for (const place of await host.parts.storePlaces(storeName(given.store, settings))) await work.at(place, whole)
    return work.answer()
  },
}

async function wholeIds(intake: Intake, ids: readonly string[], store: Store): Promise<readonly string[]> {
  const rows = await Promise.all(ids.map(async (id) => (await findRun(store, id)) ?? refuseRun(intake, id)))
  return rows.flatMap((row) => row?.id ?? [])
}

/** @example `mail=retry` · `mail[3]=done:{"id":7}` */
function readDecision(intake: Intake, text: string): NamedDecision | null {
  const match = /^(?<task>.+?)=(?:(?<kind>retry|fail)|done(?::(?<output>[^]*))?)$/.exec(text)
  const { task, kind, output } = match?.groups ?? {}
  if (task === undefined)
    return intake.refuse(
      'INVALID_COMMAND_LINE',
      `Cannot use ${quote(text)} for --decide`,
      'Write STEP=retry, STEP=fail or STEP=done:JSON',
    )
  if (kind === 'retry' || kind === 'fail') return { task, decision: { kind } }
  return { task, decision: { kind: 'done', output: output === undefined ? null : parseOrText(output) } }
}

const AT_WORK = 'Another process is at work on it'

/** A file, and the engines that work on it. */
type Owned = { readonly store: Store; readonly engines: Engine[] }

/** Takes up runs, file by file, and in a file those together that run on the same. */
class Work {
  readonly #runs: Run[] = []
  readonly #left: { run: string; reason: string }[] = []
  readonly #elsewhere: string[] = []
  readonly #closing: (() => void | Promise<void>)[] = []
  readonly #given: Said
  readonly #decisions: readonly NamedDecision[]
  readonly #host: Host

  constructor(given: Said, decisions: readonly NamedDecision[], host: Host) {
    this.#given = given
    this.#decisions = decisions
    this.#host = host
  }

  answer(): Resumed {
    const closeAll = async (): Promise<void> => {
      for (const close of this.#closing) await close()
    }
    return { kind: 'resumed', runs: this.#runs, left: this.#left, elsewhere: this.#elsewhere, close: closeAll }
  }

  async at(place: string, ids: readonly string[]): Promise<void> {
    const store = await this.#open(place)
    if (store === 'damaged') return
    if (store === null) return this.#leaveOwned(place, ids)
    const engines: Engine[] = []
    this.#closing.push(listenLater(engines, place), () => store.close())
    const rows = ids.length === 0 ? await this.#openRuns(store) : await rowsOf(store, ids)
    for (const [, group] of Map.groupBy(rows, ({ given }) => JSON.stringify(given.ground)))
      await this.#goOn({ store, engines }, group, ids.length > 0)
  }

  /** A damaged file keeps nobody from the runs of the others. */
  async #open(place: string): Promise<Store | 'damaged' | null> {
    try {
      return await this.#host.parts.openPlace(place)
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'STORE_DAMAGED') throw error
      this.#left.push({ run: place, reason: error.message })
      return 'damaged'
    }
  }

  async #openRuns(store: Store): Promise<readonly RunRow[]> {
    return store.openRuns(({ message }, run) => void this.#left.push({ run: run ?? '', reason: message }))
  }

  /** Its runs are at work, paused, or wait for a decision: one that was asked for by name hears of that, and goes on there. */
  async #leaveOwned(place: string, ids: readonly string[]): Promise<void> {
    const reader = await this.#host.parts.readStore(`sqlite:${place}`)
    const rows = await rowsOf(reader, ids)
    await reader.close()
    for (const { id, endedAtMs, status } of rows) {
      if (endedAtMs !== null) continue
      const asks = this.#decisions.map((decision) => ({ ask: 'decide', run: id, ...decision }) as const)
      const faults: (string | null)[] = []
      if (status === 'paused') faults.push(await askOwner(place, { ask: 'resume', run: id, reason: null }))
      else if (asks.length === 0) faults.push(AT_WORK)
      for (const ask of asks) faults.push(await askOwner(place, ask))
      if (faults.includes(null)) this.#elsewhere.push(id)
      for (const reason of faults) if (reason !== null) this.#left.push({ run: id, reason })
    }
  }

  async #goOn({ store, engines }: Owned, rows: readonly RunRow[], isNamed: boolean): Promise<void> {
    const intake = new Intake(this.#host)
    const on = onGround(readGround(rows[0]?.given.ground ?? null, this.#host), this.#given)
    const engine = await openOnGround(intake, borrowed(store), on, this.#given, this.#host)
    if (engine === null) {
      const reason = intake.problems.map(({ message }) => message).join('; ')
      for (const { id } of rows) this.#left.push({ run: id, reason })
      return
    }
    engines.push(engine.core)
    this.#closing.unshift(() => engine.close())
    for (const row of rows) await this.#resumeOne(engine, row, isNamed)
  }

  async #resumeOne(engine: InnerEngine, row: RunRow, isNamed: boolean): Promise<void> {
    try {
      if (row.endedAtMs === null) await this.#takeUp(engine, row, isNamed)
      const run = await engine.get(row.id)
      if (run !== null) this.#runs.push(run)
    } catch (error) {
      this.#left.push({ run: row.id, reason: reasonOf(error) })
    }
  }

  async #takeUp(engine: InnerEngine, row: RunRow, isNamed: boolean): Promise<void> {
    const plan = await engine.core.store.getPlan(row.plan)
    const variables = plan === null ? {} : await this.#secretsOf(plan)
    const live = await engine.core.resume(row, { variables, isForced: isNamed })
    const decided = await engine.core.decide(live, this.#decisions)
    const unknown = this.#decisions.filter(({ task }) => !decided.includes(task))
    for (const { task } of unknown) this.#left.push({ run: row.id, reason: undecided(task) })
  }

  #secretsOf(plan: Plan): Promise<{ readonly [name: string]: Json }> {
    const intake = new Intake(this.#host)
    const secret = this.#given.secret.filter((text) => plan.variables.some(({ name }) => name === text.split('=')[0]))
    return readVariables(intake, plan, { ...this.#given, secret, variables: null, 'env-variables': false }, this.#host)
  }
}

async function rowsOf(store: Store, ids: readonly string[]): Promise<readonly RunRow[]> {
  const rows = await Promise.all(ids.map(async (id) => store.getRun(id)))
  return rows.filter((row) => row !== null)
}
