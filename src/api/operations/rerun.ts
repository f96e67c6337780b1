// Runs a flow again on what an earlier run of it has done: a new run, in which only what may be another is done again.
import type { StepReuse } from '../../core/reuse.ts'
import { sha256 } from '../../lib/hash.ts'
import { groundFlags, inputFlags, runningFlags } from '../flags.ts'
import { type Flow, FlowProblems } from '../flow.ts'
import { readGround, type RunGround } from '../ground.ts'
import { readInputOn } from '../input.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { InnerEngine } from '../open-engine.ts'
import { readEarlier } from '../earlier-run.ts'
import type { Flags, Given, Host, Operation } from '../operation.ts'
import { prepareFlow, prepareGround } from '../prepare.ts'
import type { Started } from '../prepare-run.ts'
import { refuseStep } from '../refusals.ts'
import { type Before, plainVariables, planReuse, storedFlow } from '../rerun.ts'
import { readSettings } from '../settings.ts'
import { checkGiven } from '../start.ts'
import { storeFlags, storeName } from '../stores.ts'
import { onGround, openOnGround } from '../take-up.ts'
import { readVariables } from '../variables.ts'

const flags = {
  ...storeFlags,
  from: { kind: 'texts', value: 'STEP', doc: 'do this step again, and what comes after it (repeatable)' },
  flow: { kind: 'text', value: 'FILE', doc: 'the flow as it is now; what has changed is done again' },
  ...inputFlags,
  ...groundFlags,
  'allow-net': runningFlags['allow-net'],
  'max-concurrency': runningFlags['max-concurrency'],
} as const satisfies Flags

type Said = Given<typeof flags>

/** A run that was begun on an earlier one. */
export type Rerun = Started & { readonly from: string; readonly steps: readonly StepReuse[] }

export const rerun: Operation<typeof flags, Rerun | Refusal> = {
  name: 'rerun',
  summary: 'Run again from a step, with what an earlier run has done before it',
  operand: { name: 'RUN', count: 'one' },
  flags,
  example: 'millrace rerun 01a21f5c-1ea3-7a2c-991f-4e315b97de05 --from total --flow examples/orders/flow.yaml',
  async handler([id = ''], given, host) {
    const intake = new Intake(host)
    const settings = await readSettings(intake, given.settings, host)
    const name = storeName(given.store, settings)
    await Promise.all(host.parts.dialects.map(async (dialect) => dialect.prepare?.()))
    const before = await readEarlier(intake, id, name, host)
    if (before === null) return intake.refusal()
    const on = onGround(readGround(before.row.given.ground, host), given)
    const engine = await openOnGround(intake, name, on, given, host)
    if (engine === null) return intake.refusal()
    const begun = await begin(intake, { before, on, given, name }, engine, host)
    if (begun === null) await engine.close()
    return begun ?? intake.refusal()
  },
}

type Work = { readonly before: Before; readonly on: RunGround; readonly given: Said; readonly name: string }

async function begin(intake: Intake, work: Work, engine: InnerEngine, host: Host): Promise<Rerun | null> {
  const { before, on, given, name } = work
  const flow = given.flow === null ? storedFlow(before) : await editedFlow(intake, given.flow, on, host)
  const input = await readInputOn(intake, given, before.input)
  if (flow === null || input === undefined) return null
  const { steps: planned } = flow.plan
  for (const id of given.from) if (!planned.some((step) => step.id === id)) refuseStep(intake, id, planned)
  const variables = { ...plainVariables(before), ...(await readVariables(intake, flow.plan, given, host)) }
  if (intake.hasErrors) return null
  try {
    const checked = await checkGiven(flow, { input, variables })
    const { steps, events } = planReuse(before, { plan: flow.plan, ...checked, from: new Set(given.from) })
    const { id: from } = before.row
    const { text: source } = flow.source
    const kept = source === '' ? on : { ...on, source: sha256(source) }
    const run = await engine.start(flow, {
      input,
      variables,
      ground: kept,
      reused: { run: from, events },
      ...(source === '' ? {} : { source }),
    })
    const { texts } = intake
    const [warnings, close] = [engine.warnings(), () => engine.close()]
    return { kind: 'started', flow, run, store: name, warnings, unfinished: [], texts, close, from, steps }
  } catch (error) {
    if (!(error instanceof FlowProblems)) throw error
    intake.add(error.problems)
    return null
  }
}

async function editedFlow(intake: Intake, file: string, on: RunGround, host: Host): Promise<Flow | null> {
  const read = await intake.tree(file)
  const ground = await prepareGround(intake, on.folder, { ...on, components: [] }, host)
  const flow = read === null ? null : await prepareFlow(intake, read, ground, null, host)
  return flow?.kind === 'flow' && !intake.hasErrors ? flow : null
}
