// Components as people write them: functions, or mappings with a `run`. Read once, into what an engine calls,
// behind the checks that their schemas ask for.
import type { Json } from '../lib/json.ts'
import { notPlain } from '../lib/plain-data.ts'
import { quote } from '../lib/quote.ts'
import type { Problem } from '../plan/problem.ts'
import { checked } from './checked.ts'
import type { Component, EffectClass } from './component.ts'

export type ReadComponents = {
  readonly components: ReadonlyMap<string, Component>
  readonly problems: readonly Problem[]
}

/**
 * Reads the components in `entries`, by path or tool name.
 *
 * @param file Where they come from, for messages.
 */
export function readComponents(entries: object, file: string | null): ReadComponents {
  const components = new Map<string, Component>()
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(entries)) {
    const found = readComponent(name, value)
    if ('run' in found) components.set(name, checked(found))
    else problems.push(invalidComponents(file, `Cannot use ${quote(name)}: ${found.message}`, found.hint))
  }
  return { components, problems }
}

/** A problem with somebody's components. */
export function invalidComponents(file: string | null, message: string, hint: string): Problem {
  return { code: 'INVALID_COMPONENT', severity: 'error', message, file, span: null, step: null, hint }
}

type Fault = { readonly message: string; readonly hint: string }

const EFFECTS: readonly EffectClass[] = ['pure', 'at-least-once', 'at-most-once']
const ON_LOST = ['park', 'fail'] as const
const KEYS: ReadonlySet<string> = new Set('effect input output checksInput onLost description run'.split(' '))

/** Paths that always lead to what comes with the engine. */
const RESERVED = /^\/builtins?(\/|$)/
const PATH = /^\/[^\s?#]*[^\s?#/]$/
const TOOL_NAME = /^[A-Z][A-Z0-9_]*$/

function readComponent(name: string, value: unknown): Component | Fault {
  if (RESERVED.test(name))
    return { message: 'paths below /builtin belong to the engine', hint: 'Choose another path, such as "/my/name"' }
  if (!PATH.test(name) && !TOOL_NAME.test(name))
    return {
      message: 'it is neither a path nor a tool name',
      hint: 'Write a path such as "/user/load", or a name such as SEND_MAIL',
    }
  if (isRun(value)) return { effect: 'at-least-once', run: value }
  if (typeof value !== 'object' || value === null)
    return { message: 'it is not a component', hint: 'Write a function (input, call) => output, or { effect, run }' }
  return readDefinition(value)
}

function readDefinition(value: object): Component | Fault {
  const definition = new Map<string, unknown>(Object.entries(value))
  const unknown = [...definition.keys()].find((key) => !KEYS.has(key))
  if (unknown !== undefined)
    return { message: `${quote(unknown)} means nothing here`, hint: `A component has ${[...KEYS].join(', ')}` }
  const get = (key: string): unknown => definition.get(key)
  const run = get('run')
  if (!isRun(run)) return { message: 'its "run" is not a function', hint: 'Write run: (input, call) => output' }
  const effect = EFFECTS.find((one) => one === (get('effect') ?? 'at-least-once'))
  if (effect === undefined) return { message: 'its "effect" is not known', hint: `Write one of ${EFFECTS.join(', ')}` }
  const onLost = ON_LOST.find((one) => one === get('onLost'))
  if (onLost !== get('onLost'))
    return { message: 'its "onLost" is not known', hint: `Write one of ${ON_LOST.join(', ')}` }
  const [input, output] = [get('input'), get('output')]
  if (!isSchema(input) || !isSchema(output))
    return { message: 'a schema of it is not plain data', hint: 'Write "input" and "output" as JSON Schemas' }
  const description = get('description')
  return {
    effect,
    run: run.bind(value),
    checksInput: get('checksInput') === true,
    ...(onLost !== undefined && { onLost }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(typeof description === 'string' && { description }),
  }
}

function isRun(value: unknown): value is Component['run'] {
  return typeof value === 'function'
}

function isSchema(value: unknown): value is Json | undefined {
  return (
    value === undefined || typeof value === 'boolean' || (typeof value === 'object' && notPlain(value, true) === null)
  )
}
