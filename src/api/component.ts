// Components as programs give them: functions, or functions that say more of themselves.
import { checked } from '../components/checked.ts'
import type { Call, Component } from '../components/component.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- what a component takes is its own claim, for its author to make
export type ComponentFunction = (input: any, call: Call) => unknown

/** A component that says more of itself than a function can. */
export type ComponentDefinition = Omit<Component, 'run' | 'effect' | 'isBuiltin'> & {
  /** `at-least-once` if not given. */
  readonly effect?: Component['effect']
  readonly run: ComponentFunction
}

/**
 * A component with what it says of itself.
 * @example component({ effect: 'pure', run: ({ a, b }) => a + b })
 */
export function component({ effect = 'at-least-once', ...rest }: ComponentDefinition): Component {
  return { effect, ...rest }
}

/** Components by path, behind the checks that their schemas ask for. */
export function toComponents(given: {
  readonly [path: string]: ComponentFunction | Component
}): ReadonlyMap<string, Component> {
  return new Map(
    Object.entries(given).map(([path, value]) => [
      path,
      checked(typeof value === 'function' ? component({ run: value }) : value),
    ]),
  )
}
