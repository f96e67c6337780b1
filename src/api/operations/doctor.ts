// Checks everything that must hold of a store, and mends what loses nothing.
import { checkLog } from '../../core/check-log.ts'
import type { Program } from '../../plan/link.ts'
import type { RunRow, Store, StoreFinding } from '../../stores/store.ts'
import { Intake, reasonOf, type Refusal } from '../intake.ts'
import { type InnerEngine, openEngineWith } from '../open-engine.ts'
import type { Flags, Host, Operation } from '../operation.ts'
import { readSettings } from '../settings.ts'
import { storeFlags, storeName } from '../stores.ts'

const flags = {
  ...storeFlags,
  'dry-run': { kind: 'switch', doc: 'mend nothing, only tell' },
} as const satisfies Flags

export type Findings = {
  readonly kind: 'findings'
  readonly files: readonly {
    readonly place: string
    readonly runs: number
    readonly findings: readonly StoreFinding[]
  }[]
  /** Files that another process is at work on. */
  readonly owned: readonly string[]
}

/** Runs of one file whose logs are looked at. */
const RUNS_MAX = 1_000_000

export const doctor: Operation<typeof flags, Findings | Refusal> = {
  name: 'doctor',
  summary: 'Check everything in a store, mend what is safe, and name the rest',
  operand: null,
  flags,
  example: 'millrace doctor',
  async handler(_, given, host) {
    const intake = new Intake(host)
    const settings = await readSettings(intake, given.settings, host)
    if (intake.hasErrors) return intake.refusal()
    await Promise.all(host.parts.dialects.map(async (dialect) => dialect.prepare?.()))
    const files: Findings['files'][number][] = []
    const owned: string[] = []
    for (const place of await host.parts.storePlaces(storeName(given.store, settings))) {
      const checked = await checkPlace(place, !given['dry-run'], host)
      if (checked === null) owned.push(place)
      else files.push(checked)
    }
    return { kind: 'findings', files, owned }
  },
}

async function checkPlace(place: string, mends: boolean, host: Host): Promise<Findings['files'][number] | null> {
  let store: Store | null
  try {
    store = await host.parts.openPlace(place)
  } catch (error) {
    return { place, runs: 0, findings: [{ what: reasonOf(error), is: 'named', run: null }] }
  }
  if (store === null) return null
  const findings: StoreFinding[] = []
  try {
    findings.push(...(await store.check(mends)))
  } catch (error) {
    await store.close()
    return {
      place,
      runs: 0,
      findings: [{ what: `it cannot be looked at: ${reasonOf(error)}`, is: 'named', run: null }],
    }
  }
  const damaged = new Set(findings.flatMap(({ run, is }) => (is === 'named' && run !== null ? run : [])))
  const engine = await openEngineWith(host.parts, { store, resumes: false })
  const rows = await store.listRuns({ limit: RUNS_MAX }, () => undefined) // a damaged one has been found by now
  for (const row of rows) if (!damaged.has(row.id)) findings.push(...(await checkRun(engine, row)))
  await engine.close()
  return { place, runs: rows.length, findings }
}

async function checkRun({ core }: InnerEngine, row: RunRow): Promise<readonly StoreFinding[]> {
  const named = (what: string): StoreFinding => ({ what, is: 'named', run: row.id })
  try {
    const events = await core.store.events(row.id, 0)
    const ids = new Set([row.plan, ...events.flatMap((event) => (event.kind === 'frames-asked' ? event.plan : []))])
    const programs = new Map<string, Program>()
    for (const id of ids) {
      const plan = await core.store.getPlan(id)
      if (plan !== null) programs.set(id, core.link(plan, id))
    }
    return checkLog({ row, records: [{ seq: 0, events }], programs }).map(({ code, message, seq }) =>
      named(`${message} (${code}, event ${seq})`),
    )
  } catch (error) {
    return [named(reasonOf(error))]
  }
}
