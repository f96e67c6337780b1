// Components as programs give them: functions, or functions that say more of themselves.
import type { Call, Component } from '../components/component.ts'
import { readComponents } from '../components/read-components.ts'
import { FlowProblems } from './flow.ts'

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

/**
 * Components by path, behind the checks that their schemas ask for.
 * @throws {FlowProblems} `INVALID_COMPONENT` for each that cannot be called.
 */
export function toComponents(given: {
  readonly [path: string]: ComponentFunction | Component
}): ReadonlyMap<string, Component> {
  const { components, problems } = readComponents(given, null)
  if (problems.length > 0) throw new FlowProblems(problems)
  return components
}
