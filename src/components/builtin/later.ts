// Components whose code is loaded by their first call, so that a flow without them starts as if they were not there.
import type { Json } from '../../lib/json.ts'
import type { Call, Component } from '../component.ts'

/**
 * The component that `load` gives, with what has to be known of it before.
 *
 * @example later('pure', 'Answer { up }', async () => (await import('./upper.ts')).upper)
 */
export function later(effect: Component['effect'], description: string, load: () => Promise<Component>): Component {
  let loading: Promise<Component> | null = null
  const loaded = (): Promise<Component> => (loading ??= load())
  return {
    effect,
    description,
    checksInput: true,
    load: loaded,
    async run(input: Json, call: Call) {
      const { run } = await loaded()
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a component's input type is its own claim
      return run(input as never, call)
    },
  }
}
