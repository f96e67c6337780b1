// Goes on with runs that a process left unfinished in a store.
import { quote } from '../../lib/quote.ts'
import type { Plan } from '../../plan/plan.ts'
import type { RunRow } from '../../stores/store.ts'
import { groundFlags, inputFlags, runningFlags } from '../flags.ts'
import { Intake, reasonOf, type Refusal } from '../intake.ts'
import type { InnerEngine } from '../open-engine.ts'
import type { Flags, Operation } from '../operation.ts'
import { openOn, prepareGround, readStubsFile } from '../prepare.ts'
import type { Run } from '../run-handle.ts'
import { readSettings, toAllowNet } from '../settings.ts'
import { readVariables } from '../variables.ts'

const flags = {
  store: { kind: 'text', value: 'sqlite:PATH', doc: 'where the runs are' },
  ...groundFlags,
  secrets: inputFlags.secrets,
  secret: inputFlags.secret,
  'allow-net': runningFlags['allow-net'],
  'max-concurrency': runningFlags['max-concurrency'],
  settings: runningFlags.settings,
} as const satisfies Flags

/** Runs that go on, and those that cannot, with the reason. */
export type Resumed = {
  readonly kind: 'resumed'
  readonly runs: readonly Run[]
  readonly left: readonly { readonly run: string; readonly reason: string }[]
  readonly close: () => Promise<void>
}

export const resume: Operation<typeof flags, Resumed | Refusal> = {
  name: 'resume',
  summary: 'Go on with runs that were left unfinished: one, or all of a store',
  operand: { name: 'RUN', count: 'any' },
  flags,
  example: 'millrace resume --store sqlite:runs.db',
  async handler(ids, given, host) {
    const intake = new Intake(host)
    const ground = await prepareGround(intake, host.cwd, given, host)
    const stubs = await readStubsFile(intake, given, host)
    const settings = await readSettings(intake, given.settings, host)
    if (given.store === null)
      intake.refuse('INVALID_COMMAND_LINE', 'Cannot tell where the runs are', 'Write --store sqlite:PATH')
    if (given.store === null || intake.hasErrors) return intake.refusal()
    const engine = await openOn(
      ground,
      {
        store: given.store,
        stubs,
        stubsOnly: given['stubs-only'],
        allowNet: [...toAllowNet(intake, given['allow-net']), ...settings.allowNet],
        callsMax: given['max-concurrency'] ?? settings.callsPerRunMax,
        python: settings.python,
      },
      host,
    )
    const rows = await rowsOf(intake, ids, engine)
    if (intake.hasErrors) {
      await engine.close()
      return intake.refusal()
    }
    await Promise.all(host.parts.dialects.map(async (dialect) => dialect.prepare?.()))
    const said = { ...given, variables: null, 'env-variables': false }
    return resumeAll(rows, engine, (plan) => readVariables(intake, plan, said, host))
  },
}

async function rowsOf(intake: Intake, ids: readonly string[], engine: InnerEngine): Promise<readonly RunRow[]> {
  if (ids.length === 0) return engine.core.store.openRuns()
  const rows: RunRow[] = []
  for (const id of ids) {
    const row = await engine.core.store.getRun(id)
    if (row === null) intake.refuse('RUN_NOT_FOUND', `Cannot find the run ${quote(id)} in this store`)
    else rows.push(row)
  }
  return rows
}

async function resumeAll(
  rows: readonly RunRow[],
  engine: InnerEngine,
  secretsOf: (plan: Plan) => ReturnType<typeof readVariables>,
): Promise<Resumed> {
  const runs: Run[] = []
  const left: { run: string; reason: string }[] = []
  for (const row of rows) {
    try {
      const plan = await engine.core.store.getPlan(row.plan)
      if (row.endedAtMs === null) await engine.core.resume(row, plan === null ? {} : await secretsOf(plan))
      const run = await engine.get(row.id)
      if (run !== null) runs.push(run)
    } catch (error) {
      left.push({ run: row.id, reason: reasonOf(error) })
    }
  }
  return { kind: 'resumed', runs, left, close: () => engine.close() }
}
