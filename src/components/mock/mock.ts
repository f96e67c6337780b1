// Components of a configuration that answer known inputs with known outcomes.
import { unreachable } from '../../lib/assert.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { Json } from '../../lib/json.ts'
import { isEqual } from '../../lib/json-match.ts'
import { Answer, type Component, type ErrorInfo } from '../component.ts'

/** A component that answers known inputs. */
export type MockComponent = { readonly path: string; readonly behaviors: readonly MockBehavior[] }
/** An input counts as known when all of it is equal. */
type MockBehavior = { readonly input: Json; readonly answer: MockAnswer }
type MockAnswer =
  | { readonly outcome: 'success'; readonly result: Json }
  | { readonly outcome: 'failed'; readonly error: ErrorInfo }
  | { readonly outcome: 'skipped'; readonly reason: string | null }

/** Of an input, in a message. */
const inputShownMax = 500

export function createMock(components: readonly MockComponent[]): ReadonlyMap<string, Component> {
  return new Map(components.map((mock) => [mock.path, toComponent(mock)]))
}

function toComponent({ path, behaviors }: MockComponent): Component {
  return {
    effect: 'pure',
    description: 'Answers known inputs',
    run(input: Json) {
      const known = behaviors.find((behavior) => isEqual(behavior.input, input))
      return known === undefined ? Answer.fail(noBehavior(path, input)) : toAnswer(known.answer)
    },
  }
}

function toAnswer(answer: MockAnswer): Json | Answer {
  switch (answer.outcome) {
    case 'success':
      return answer.result
    case 'failed':
      return Answer.fail(answer.error)
    case 'skipped':
      return Answer.skip(answer.reason ?? undefined)
    default:
      return unreachable(answer)
  }
}

function noBehavior(path: string, input: Json): ErrorInfo {
  const message = `No behavior defined for ${path} on ${excerpt(JSON.stringify(input), inputShownMax)}`
  return { code: 'NO_BEHAVIOR', message, isRetryable: false }
}
