// Checks flows without running anything.
import type { Problem } from '../../plan/problem.ts'
import { groundFlags, runningFlags } from '../flags.ts'
import { Intake } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
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
  readonly problems: readonly Problem[]
  readonly texts: ReadonlyMap<string, string>
}

export const validate: Operation<typeof flags, Validation> = {
  name: 'validate',
  summary: 'Check flows without running them',
  operand: { name: 'PATH', count: 'many' },
  flags,
  example: 'millrace validate examples/orders/flow.yaml',
  async handler(paths, given, host) {
    const intake = new Intake(host)
    const stubs = await readStubsFile(intake, given, host)
    const grounds = new Map<string, Ground>()
    let flows = 0
    for (const { file, isInFolder } of await findFiles(intake, paths)) {
      const read = await intake.tree(file)
      if (read === null || (isInFolder && !host.parts.dialects.some((dialect) => dialect.recognises(read.root))))
        continue
      flows += 1
      const folder = folderOf(file, host)
      const ground = grounds.get(folder) ?? (await prepareGround(intake, folder, given, host))
      grounds.set(folder, ground)
      const flow = await prepareFlow(intake, read, ground, given.overrides, host)
      if (flow?.kind !== 'flow') continue
      const on = { stubs, stubsOnly: given['stubs-only'], allowNet: [], callsMax: null }
      const engine = await openOn(ground, on, host)
      const isComplete = ground.isFound || given.components.length > 0 || stubs !== null
      if (ground.isWhole && stubs?.isWhole !== false)
        intake.add(missingComponents(flow, engine.components, isComplete ? 'error' : 'warning'))
      await engine.close()
    }
    if (flows === 0 && !intake.hasErrors)
      intake.refuse('NO_FLOW', `Cannot find a flow in ${paths.join(', ')}`, 'Name a file, or a folder with YAML files')
    return { flows, problems: intake.problems, texts: intake.texts }
  },
}
