// Checks flows without running anything.
import { hasErrors, type Problem } from '../../plan/problem.ts'
import type { Source } from '../../source/node.ts'
import { readDocuments } from '../../source/read.ts'
import { groundFlags, runningFlags } from '../flags.ts'
import { Intake } from '../intake.ts'
import type { Flags, Host, Operation } from '../operation.ts'
import {
  folderOf,
  type Ground,
  missingComponents,
  openOn,
  prepareFlow,
  prepareGround,
  readStubsFile,
} from '../prepare.ts'
import { findFiles } from '../walk.ts'

const flags = { ...groundFlags, overrides: runningFlags.overrides } as const satisfies Flags

export type Validation = {
  readonly flows: number
  /** Files in folders that are no flows: cases, stubs, configurations, anything. */
  readonly passedOver: number
  readonly problems: readonly Problem[]
  readonly texts: ReadonlyMap<string, string>
}

export const validate: Operation<typeof flags, Validation> = {
  name: 'validate',
  summary: 'Check flows without running them',
  operand: { name: 'PATH', count: 'many' },
  flags,
  example: 'millrace validate examples/orders/flow.yaml --components examples/orders/components.ts',
  async handler(paths, given, host) {
    const intake = new Intake(host)
    const stubs = await readStubsFile(intake, given, host)
    const grounds = new Map<string, Ground>()
    let flows = 0
    let passedOver = 0
    for (const { file, isInFolder } of await findFiles(intake, paths)) {
      const source = await intake.source(file)
      if (source === null) continue
      if (isInFolder && isSomethingElse(source, host)) {
        passedOver += 1
        continue
      }
      const read = intake.readTree(source)
      if (read === null) continue
      flows += 1
      const folder = folderOf(file, host)
      const ground = grounds.get(folder) ?? (await prepareGround(intake, folder, given, host))
      grounds.set(folder, ground)
      const flow = await prepareFlow(intake, read, ground, given.overrides, host)
      if (flow === null) continue
      const on = { stubs, stubsOnly: given['stubs-only'], allowNet: [], callsMax: null }
      const engine = await openOn(ground, on, host)
      const isComplete = ground.isFound || given.components.length > 0 || stubs !== null
      if (ground.isWhole && stubs?.isWhole !== false)
        intake.add(missingComponents(flow, engine.components, isComplete ? 'error' : 'warning', host.parts))
      await engine.close()
    }
    intake.harden('broken')
    if (flows === 0 && !intake.hasErrors)
      intake.refuse('NO_FLOW', `Cannot find a flow in ${paths.join(', ')}`, 'Name a file, or a folder with YAML files')
    return { flows, passedOver, problems: intake.problems, texts: intake.texts }
  },
}

/** Whether a file that lies in a folder is readable, and is no flow: a case, a configuration, anything. */
function isSomethingElse(source: Source, { parts }: Host): boolean {
  const { roots, problems } = readDocuments(source)
  return !hasErrors(problems) && !roots.some((root) => parts.dialects.some((dialect) => dialect.recognises(root)))
}
