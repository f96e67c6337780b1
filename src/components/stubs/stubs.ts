// Components that answer by rules in place of the real ones, so that a flow runs where those are not.
// S1  Rules by step come before rules by component; where there are any and none fits, the step fails with NO_STUB.
// S2  A stub has the effect class of what it stands for: a flow is decided the same way with and without it.
// S3  Attempts that another process made count as if they had been made here, as far as the attempt number tells.
import { setTimeout } from 'node:timers/promises'
import { unreachable } from '../../lib/assert.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { Json } from '../../lib/json.ts'
import { contains } from '../../lib/json-match.ts'
import { quote } from '../../lib/quote.ts'
import { Answer, type Call, type Component, type Components, type ErrorInfo } from '../component.ts'
import { createCounts, type RunCounts } from './counts.ts'
import type { Rule, Stubs } from './read-stubs.ts'

/** Of an input, in a message. */
const inputShownMax = 500

/**
 * `stubs` in front of `base`.
 *
 * @param options.only Whether there is nothing else but what comes with the engine.
 */
export function stubComponents(base: Components, stubs: Stubs, options: { readonly only: boolean }): Components {
  const countsOf = createCounts()
  const byPath = new Map([...stubs.components].map(([path, rules]) => [canonical(path), rules]))
  const isKept = (component: Component | null): boolean => !options.only || component?.isBuiltin === true

  function find(path: string, step: string | null, alias: string | null = null): Component | null {
    const real = base.find(path, step, alias)
    const ofStep = step === null ? undefined : stubs.steps.get(step)
    const ofPath = (alias === null ? undefined : byPath.get(alias)) ?? byPath.get(canonical(path))
    if (ofStep === undefined && ofPath === undefined) return isKept(real) ? real : null
    const name = ofPath === undefined ? (step ?? path) : (alias ?? path)
    return createStub(real, name, [...(ofStep ?? []), ...(ofPath ?? [])], countsOf)
  }

  function list(): ReadonlyMap<string, Component> {
    const kept = [...base.list()].filter(([, component]) => isKept(component))
    const stubbed = [...byPath.keys()].flatMap((path) => {
      const component = find(path, null)
      return component === null ? [] : [[path, component] as const]
    })
    return new Map([...kept, ...stubbed])
  }

  return { find, list }
}

/** The two spellings of the paths of built-in components are one. */
function canonical(path: string): string {
  return path.replace(/^\/builtins\//, '/builtin/')
}

function createStub(
  real: Component | null,
  name: string,
  rules: readonly Rule[],
  countsOf: (call: Call) => RunCounts,
): Component {
  const { effect = 'at-least-once', onLost } = real ?? {}
  return {
    effect,
    description: 'Answers by stubs',
    ...(onLost !== undefined && { onLost }),
    run(input: Json, call: Call) {
      const rule = choose(rules, input, call, countsOf)
      if (rule === null) return Answer.fail(noStub(name, input))
      return rule.delayMs === 0 ? toAnswer(rule, input) : delayed(rule, input, call.signal)
    },
  }
}

function choose(rules: readonly Rule[], input: Json, call: Call, countsOf: (call: Call) => RunCounts): Rule | null {
  if (rules.every(({ times }) => times === null)) return rules.find((rule) => fits(rule, input)) ?? null
  const counts = countsOf(call)
  const before = counts.attempts.get(call.key) ?? 0
  let chosen: Rule | null = null
  for (let attempt = Math.min(before + 1, call.attempt); attempt <= call.attempt; attempt++)
    chosen = take(rules, input, counts)
  // Only what fails, or is too slow, comes again.
  if (chosen?.answer.kind === 'error' || (chosen?.delayMs ?? 0) > 0) counts.attempts.set(call.key, call.attempt)
  else counts.attempts.delete(call.key)
  return chosen
}

function take(rules: readonly Rule[], input: Json, { uses }: RunCounts): Rule | null {
  const rule = rules.find((one) => fits(one, input) && (one.times === null || (uses.get(one) ?? 0) < one.times))
  if (rule === undefined) return null
  if (rule.times !== null) uses.set(rule, (uses.get(rule) ?? 0) + 1)
  return rule
}

function fits({ when }: Rule, input: Json): boolean {
  return when === undefined || contains(input, when)
}

async function delayed(rule: Rule, input: Json, signal: AbortSignal): Promise<Json | Answer> {
  await setTimeout(rule.delayMs, undefined, { signal })
  return toAnswer(rule, input)
}

function toAnswer({ answer }: Rule, input: Json): Json | Answer {
  switch (answer.kind) {
    case 'output':
      return answer.output
    case 'echo':
      return input
    case 'error':
      return Answer.fail(answer.error)
    case 'skip':
      return Answer.skip('Skipped by a stub')
    default:
      return unreachable(answer)
  }
}

function noStub(name: string, input: Json): ErrorInfo {
  const message = `No stub of ${quote(name)} fits the input ${excerpt(JSON.stringify(input), inputShownMax)}`
  return { code: 'NO_STUB', message, isRetryable: false }
}
