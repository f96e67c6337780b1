// A flow in another language, as far as that can say it.
import { quote } from '../../lib/quote.ts'
import type { Problem } from '../../plan/problem.ts'
import type { Loss } from '../../dialects/written.ts'
import { groundFlags, runningFlags } from '../flags.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import { folderOf, prepareFlow, prepareGround } from '../prepare.ts'

const flags = {
  to: { kind: 'text', value: 'LANG', doc: 'the language to write' },
  config: groundFlags.config,
  overrides: runningFlags.overrides,
} as const satisfies Flags

export type Conversion = {
  readonly kind: 'converted'
  readonly text: string
  readonly losses: readonly Loss[]
  readonly problems: readonly Problem[]
  readonly texts: ReadonlyMap<string, string>
}

export const convert: Operation<typeof flags, Conversion | Refusal> = {
  name: 'convert',
  summary: 'Write a flow in another language, and tell what that cannot say',
  operand: { name: 'FLOW', count: 'one' },
  flags,
  example: 'millrace convert examples/orders/flow.yaml --to jinba',
  async handler([file = '-'], given, host) {
    const intake = new Intake(host)
    const { dialects } = host.parts
    const target = dialects.find(({ name }) => name === given.to)
    if (target === undefined) {
      const names = dialects.map(({ name }) => name).join(', ')
      intake.refuse(
        'INVALID_COMMAND_LINE',
        `Cannot write the language ${quote(given.to ?? '')}`,
        `Write --to, and one of: ${names}`,
      )
      return intake.refusal()
    }
    const read = await intake.tree(file)
    const ground = await prepareGround(intake, folderOf(file, host), { config: given.config, components: [] }, host)
    const flow = read === null ? null : await prepareFlow(intake, read, ground, given.overrides, host)
    if (flow?.kind !== 'flow' || intake.hasErrors) return intake.refusal()
    const { document, losses } = await target.write(flow.plan)
    const { toYaml } = await import('../../source/to-yaml.ts')
    return { kind: 'converted', text: toYaml(document), losses, problems: intake.problems, texts: intake.texts }
  },
}
