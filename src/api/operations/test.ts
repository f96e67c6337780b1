// Tries cases: what a flow should do, written down.
import { type BrokenCase, readCases } from '../cases/read-cases.ts'
import type { Case } from '../cases/case.ts'
import { inOrder } from '../../lib/in-order.ts'
import type { Json } from '../../lib/json.ts'
import { runCase } from '../cases/run-case.ts'
import { groundFlags } from '../flags.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Given, Host, Operation } from '../operation.ts'
import { findFiles } from '../walk.ts'

const flags = {
  components: groundFlags.components,
  config: groundFlags.config,
  stubs: { ...groundFlags.stubs, doc: 'answers for the cases that have none of their own' },
  case: { kind: 'text', value: 'NAME', doc: 'the cases of this name only' },
} as const satisfies Flags

/** Cases that run at once. */
const casesAtOnceMax = 10

export type CaseResult = {
  readonly name: string
  readonly file: string
  readonly line: number
  /** What was not as expected; empty: it passed. */
  readonly faults: readonly string[]
}
/** In the order of the files; to be read once. */
export type Tests = { readonly kind: 'tests'; readonly results: AsyncIterable<CaseResult> }

export const test: Operation<typeof flags, Tests | Refusal> = {
  name: 'test',
  summary: 'Try the cases of case files, and of flows with a test section',
  operand: { name: 'PATH', count: 'many' },
  flags,
  example: 'millrace test examples/orders/cases.yaml',
  async handler(paths, given, host) {
    const intake = new Intake(host)
    const found = await findFiles(intake, paths)
    const stubs = given.stubs === null ? null : ((await intake.data(given.stubs)) ?? null)
    if (intake.hasErrors) return intake.refusal()
    const cases = (await Promise.all(found.map((file) => readCases(file, host)))).flat()
    const chosen = cases.filter(({ name }) => given.case === null || name === given.case)
    if (chosen.length > 0)
      return { kind: 'tests', results: inOrder(chosen, casesAtOnceMax, (one) => resultOf(one, given, stubs, host)) }
    intake.refuse('NO_CASE', `Cannot find a case in ${paths.join(', ')}`, 'Write { name, flow, expect }')
    return intake.refusal()
  },
}

async function resultOf(
  one: Case | BrokenCase,
  given: Given<typeof flags>,
  stubs: Json,
  host: Host,
): Promise<CaseResult> {
  const { name, file, line } = one
  const faults = 'broken' in one ? [one.broken] : await runCase(one, given, stubs, host)
  return { name, file, line, faults }
}
