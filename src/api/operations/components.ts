// Lists what flows can call.
import type { Component } from '../../components/component.ts'
import { groundFlags } from '../flags.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import { openOn, prepareGround, readStubsFile } from '../prepare.ts'

const flags = groundFlags satisfies Flags

export type Catalogue = {
  readonly kind: 'components'
  readonly components: readonly (Pick<Component, 'effect' | 'input' | 'output' | 'description'> & {
    readonly path: string
  })[]
}

export const components: Operation<typeof flags, Catalogue | Refusal> = {
  name: 'components',
  summary: 'List what flows can call',
  operand: null,
  flags,
  example: 'millrace components --components examples/orders/components.ts',
  async handler(_, given, host) {
    const intake = new Intake(host)
    const ground = await prepareGround(intake, host.cwd, given, host)
    const stubs = await readStubsFile(intake, given, host)
    if (intake.hasErrors) return intake.refusal()
    const engine = await openOn(ground, { stubs, stubsOnly: given['stubs-only'], allowNet: [], callsMax: null }, host)
    const listed = [...engine.components.list()].map(async ([path, component]) => {
      const { effect, input, output, description } = (await component.load?.()) ?? component
      return {
        path,
        effect,
        ...(description !== undefined && { description }),
        ...(input !== undefined && { input }),
        ...(output !== undefined && { output }),
      }
    })
    const all = await Promise.all(listed)
    await engine.close()
    return { kind: 'components', components: all.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
  },
}
