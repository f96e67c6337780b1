// What a component answers: a pure function of the seed and of what it is asked, so that an oracle can know it.
// It depends on how often the task has failed, not on how often it was tried: an attempt that a crash lost decides nothing.
import { unreachable } from '../../src/lib/assert.ts'
import { canonicalJson } from '../../src/lib/canonical.ts'
import { createRng } from '../../src/lib/rng.ts'
import { isRecord, type Json } from '../../src/lib/json.ts'
import type { FrameOutcome } from '../../src/components/component.ts'

export type Asked = {
  /** `work`, `pure`, `once`, `park`, `frames`. */
  readonly component: string
  readonly step: string
  readonly item: number | null
  readonly input: Json
  readonly round: number
  readonly results: readonly FrameOutcome[]
  /** Failures of this task before this attempt. */
  readonly failures: number
}

export type Script =
  | { readonly kind: 'succeed'; readonly output: Json }
  | { readonly kind: 'fail'; readonly code: string }
  | { readonly kind: 'skip' }
  /** Success after a wait that holds nothing. */
  | { readonly kind: 'wait'; readonly waitMs: number; readonly output: Json }
  /** Success, long after any time limit. */
  | { readonly kind: 'slow'; readonly output: Json }
  | { readonly kind: 'frames'; readonly inputs: readonly Json[]; readonly parallelMax: number }

/** Any time limit is between the time of a quick answer and that of a slow one. */
export const LIMIT_MS = 60_000
export const SLOW_MS = 300_000
export const MESSAGE = 'as the script says'

const ROUNDS_MAX = 3
const FAILS_ALWAYS = 99

export function scriptOf(seed: number, asked: Asked): Script {
  const { step, item, input, component, failures, round } = asked
  const rng = createRng(hashOf(canonicalJson([seed, step, item, withoutMessages(input)])))
  const output = outputOf(rng.below(1_000), rng.pick(OUTPUTS))
  const failsFirst = rng.pick([0, 0, 0, 0, 0, 0, 1, 1, 2, FAILS_ALWAYS])
  const code = rng.pick(['BUSY', 'BROKEN'])
  const kind = rng.pick(['succeed', 'succeed', 'succeed', 'succeed', 'succeed', 'wait', 'skip'] as const)
  const isSlow = rng.chance(0.5)
  const failsIn = component === 'frames' ? rng.pick([1, 2]) : 1
  if (round === failsIn && failures < failsFirst) return isSlow ? { kind: 'slow', output } : { kind: 'fail', code }
  if (component === 'frames') return framesOf(asked, rng.pick([1, 2, ROUNDS_MAX]), rng.below(4), 1 + rng.below(2))
  if (kind === 'wait') return { kind, waitMs: rng.below(50), output }
  return kind === 'skip' ? { kind } : { kind, output }
}

/** It asks for flows until its last round, and answers what became of them. */
function framesOf({ round, results, input }: Asked, rounds: number, count: number, parallelMax: number): Script {
  if (round < rounds)
    return {
      kind: 'frames',
      inputs: Array.from({ length: count }, (_, n) => ({ n, list: [n, round], input })),
      parallelMax,
    }
  return { kind: 'succeed', output: { n: round, list: results.map(shownResult) } }
}

function shownResult(outcome: FrameOutcome): Json {
  if (outcome.outcome === 'success') return { ended: withoutMessages(outcome.result) }
  return outcome.outcome === 'failed' ? outcome.error.code : null
}

const OUTPUTS = ['null', 'false', 'number', 'empty', 'record', 'record', 'record', 'list', 'long'] as const

function outputOf(number: number, shape: (typeof OUTPUTS)[number]): Json {
  switch (shape) {
    case 'null':
      return null
    case 'false':
      return false
    case 'number':
      return number
    case 'empty':
      return ''
    case 'list':
      return [number, 1]
    case 'long':
      return { n: number, list: [1, 2], text: 'a value that is kept apart' }
    case 'record':
      return { n: number, list: [0, number] }
    default:
      return unreachable(shape)
  }
}

/** The same value without what errors say of themselves: words are nobody's contract. */
export function withoutMessages(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutMessages)
  if (!isRecord(value)) return value
  if ('traceback' in value && 'code' in value) return { code: value['code'] ?? null }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutMessages(part)]))
}

/** @see Fowler, Noll, Vo: FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
