// Draws a flow as a Mermaid diagram.
import { groundFlags, runningFlags } from '../flags.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import { folderOf, prepareFlow, prepareGround } from '../prepare.ts'

const flags = { config: groundFlags.config, overrides: runningFlags.overrides } as const satisfies Flags

export type Text = { readonly kind: 'text'; readonly text: string }

export const visualize: Operation<typeof flags, Text | Refusal> = {
  name: 'visualize',
  summary: 'Draw a flow as a Mermaid diagram',
  operand: { name: 'FLOW', count: 'one' },
  flags,
  example: 'millrace visualize examples/orders/flow.yaml',
  async handler([file = '-'], { config, overrides }, host) {
    const intake = new Intake(host)
    const read = await intake.tree(file)
    const ground = await prepareGround(intake, folderOf(file, host), { config, components: [] }, host)
    const flow = read === null ? null : await prepareFlow(intake, read, ground, overrides, host)
    if (flow?.kind !== 'flow' || intake.hasErrors) return intake.refusal()
    const { drawMermaid } = await import('../draw-mermaid.ts')
    return { kind: 'text', text: drawMermaid(flow.plan) }
  },
}
