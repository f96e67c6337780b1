// Runs a flow again on what an earlier run of it has done: a new run, in which only what may be another is done again.
import { reuse, type StepReuse } from '../../core/reuse.ts'
import { isRecord, type Json } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import type { Flow } from '../flow.ts'
import { groundFlags, inputFlags, runningFlags } from '../flags.ts'
import { readGround, type RunGround } from '../ground.ts'
import { readInputOn } from '../input.ts'
import { Intake, type Refusal } from '../intake.ts'
import { FlowProblems } from '../flow.ts'
import type { InnerEngine } from '../open-engine.ts'
import { findRun } from '../open-run.ts'
import type { Flags, Given, Host, Operation } from '../operation.ts'
import { prepareFlow, prepareGround } from '../prepare.ts'
import type { Started } from '../prepare-run.ts'
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
    const reader = await host.parts.readStore(name)
    const row = await findRun(reader, id)
    if (row === null) {
      intake.refuse('RUN_NOT_FOUND', `Cannot find the run ${quote(id)} in this store`, 'millrace runs lists them')
      return intake.refusal()
    }
    await Promise.all(host.parts.dialects.map(async (dialect) => dialect.prepare?.()))
    const on = onGround(readGround(row.given.ground, host), given)
    const engine = await openOnGround(intake, await host.parts.openStore(name), on, given, host)
    const before = await recordOf(reader, row.id, host)
    await reader.close()
    if (engine === null || before === null) return intake.refusal()
    const begun = await begin(intake, { id: row.id, before, on, given, name }, engine, host)
    if (begun === null) await engine.close()
    return begun ?? intake.refusal()
  },
}

type Before = NonNullable<Awaited<ReturnType<typeof recordOf>>>

async function recordOf(reader: Awaited<ReturnType<Host['parts']['readStore']>>, id: string, host: Host) {
  const { openEngineWith } = await import('../open-engine.ts')
  const engine = await openEngineWith(host.parts, { store: { ...reader, close: () => undefined }, resumes: false })
  const run = await engine.get(id)
  if (run === null) return null
  const { program, record } = await run.record()
  const input = await engine.core.reveal(null, record.input)
  return {
    plan: program.plan,
    planId: program.id,
    record,
    input,
    events: await reader.events(id, 0),
    row: await reader.getRun(id),
  }
}

async function begin(
  intake: Intake,
  { id, before, on, given, name }: { id: string; before: Before; on: RunGround; given: Said; name: string },
  engine: InnerEngine,
  host: Host,
): Promise<Rerun | null> {
  const flow = given.flow === null ? storedFlow(before) : await editedFlow(intake, given.flow, on, host)
  const input = await readInputOn(intake, given, before.input)
  if (flow === null || input === undefined) return null
  for (const step of given.from)
    if (!flow.plan.steps.some((one) => one.id === step))
      intake.refuse(
        'UNDEFINED_STEP_REFERENCE',
        `Cannot find step ${quote(step)}`,
        `Steps of this flow: ${flow.plan.steps
          .map((one) => one.id)
          .slice(0, 20)
          .join(', ')}`,
      )
  const said = await readVariables(intake, flow.plan, given, host)
  const variables = { ...plainVariables(before), ...said }
  if (intake.hasErrors) return null
  try {
    const checked = await checkGiven(flow, { input, variables })
    const old = { ...before.record, input: before.input }
    const after = { plan: flow.plan, input: checked.input, variables: withSealed(before, said, checked.variables) }
    const { steps, events } = reuse(
      { plan: before.plan, record: old, events: before.events },
      after,
      new Set(given.from),
      Date.now(),
    )
    const run = await engine.start(flow, {
      input,
      variables,
      ground: on,
      source: flow.source.text,
      reused: { run: id, events },
    })
    return {
      kind: 'started',
      flow,
      run,
      store: name,
      unfinished: [],
      texts: intake.texts,
      close: () => engine.close(),
      from: id,
      steps,
    }
  } catch (error) {
    if (!(error instanceof FlowProblems)) throw error
    intake.add(error.problems)
    return null
  }
}

/** Variables of the old run that are no secrets. */
function plainVariables({ plan, record }: Before): { readonly [name: string]: Json } {
  const secret = new Set(plan.variables.flatMap(({ name, isSecret }) => (isSecret ? name : [])))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without secrets a variable is plain
  return Object.fromEntries([...record.variables].filter(([name]) => !secret.has(name))) as { [name: string]: Json }
}

/** A secret that is given again is taken for the same. */
function withSealed(
  before: Before,
  said: { readonly [name: string]: Json },
  variables: { readonly [name: string]: Json },
) {
  const sealed = [...before.record.variables].filter(([name]) => Object.hasOwn(said, name) && !isRecord(said[name]))
  const secret = new Set(before.plan.variables.flatMap(({ name, isSecret }) => (isSecret ? name : [])))
  return { ...variables, ...Object.fromEntries(sealed.filter(([name]) => secret.has(name))) }
}

/** The flow of a run as its plan says it: nothing of its text is needed. */
function storedFlow({ plan, planId, row }: Before): Flow {
  return {
    kind: 'flow',
    id: planId,
    name: row?.flow ?? null,
    language: row?.language ?? 'plan',
    plan,
    warnings: [],
    source: { text: '', file: null },
    calls: [],
    requiredVariables: [],
  }
}

async function editedFlow(intake: Intake, file: string, on: RunGround, host: Host): Promise<Flow | null> {
  const read = await intake.tree(file)
  const ground = await prepareGround(intake, on.folder, { ...on, components: [] }, host)
  const flow = read === null ? null : await prepareFlow(intake, read, ground, null, host)
  return flow?.kind === 'flow' && !intake.hasErrors ? flow : null
}
