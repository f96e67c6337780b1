// Random flows as people write them, in either language: a line for each step, and what the language offers beside it.
import type { Json } from '../../src/lib/json.ts'
import type { Rng } from '../../src/lib/rng.ts'

const STEPS_MAX = 5

/** A flow in one of the two ways of writing references. */
export function randomStepflow(rng: Rng): string {
  const isLater = rng.chance(0.5)
  const ids: string[] = []
  const lines = Array.from({ length: 1 + rng.below(STEPS_MAX) }, (_, index) => {
    const step = stepflowStep(rng, `r${index}`, ids, isLater)
    ids.push(`r${index}`)
    return `  - ${JSON.stringify(step)}`
  })
  const output = isLater || rng.chance(0.5) ? [`output: ${JSON.stringify(reference(rng, ids, isLater))}`] : []
  return ['steps:', ...lines, ...output, ''].join('\n')
}

function stepflowStep(rng: Rng, id: string, earlier: readonly string[], isLater: boolean): Json {
  const isLoop = rng.chance(0.25)
  const component = rng.pick(['/work', '/work', '/pure', '/once', '/park', '/frames'])
  return {
    id,
    component,
    input:
      isLoop && rng.chance(0.7) ? { i: { $item: '$' }, n: { $index: true } } : someReference(rng, earlier, isLater),
    ...(isLoop ? { forEach: items(rng, earlier, isLater), concurrency: 1 + rng.below(3) } : {}),
    ...(!isLater && rng.chance(0.2) && earlier.length > 0 ? { skipIf: reference(rng, earlier, false) } : {}),
    ...(isLater && rng.chance(0.3) ? { mustExecute: true } : {}),
    ...common(rng, earlier),
    ...onError(rng, isLater),
  }
}

/** What both languages spell alike. */
function common(rng: Rng, earlier: readonly string[]): { readonly [key: string]: Json } {
  const retry = { max: 1 + rng.below(2), delay: '20ms', ...(rng.chance(0.5) ? { on: ['BUSY', 'TIMEOUT'] } : {}) }
  return {
    ...(earlier.length > 0 && rng.chance(0.2)
      ? { needs: [rng.pick(earlier)], join: rng.pick(['all', 'any', 'done']) }
      : {}),
    ...(rng.chance(0.4) ? { retry } : {}),
    ...(rng.chance(0.7) ? {} : { timeout: '60s' }),
  }
}

function onError(rng: Rng, isLater: boolean): { readonly [key: string]: Json } {
  const kind = rng.pick(['fail', 'fail', 'default', 'skip'])
  if (kind === 'fail' || (kind === 'skip' && isLater)) return {}
  return { onError: kind === 'skip' ? { action: 'skip' } : { action: 'useDefault', defaultValue: { n: 7, list: [1] } } }
}

function items(rng: Rng, earlier: readonly string[], isLater: boolean): Json {
  if (earlier.length === 0 || rng.chance(0.5)) return Array.from({ length: rng.below(5) }, (_, index) => index)
  const of = rng.pick(earlier)
  return isLater ? { $step: of, path: 'list' } : { $from: { step: of }, path: 'list' }
}

function someReference(rng: Rng, earlier: readonly string[], isLater: boolean): Json {
  const inner = (): Json => reference(rng, earlier, isLater)
  return rng.pick<() => Json>([inner, () => ({ p: inner(), q: inner() }), () => [inner(), 1], () => 'text'])()
}

function reference(rng: Rng, earlier: readonly string[], isLater: boolean, depth = 2): Json {
  const path = rng.chance(0.5) ? { path: 'n' } : {}
  if (earlier.length === 0 || rng.chance(0.15))
    return isLater ? { $input: rng.chance(0.8) ? 'n' : '$' } : { $from: { workflow: 'input' }, ...path }
  const of = rng.pick(earlier)
  const orElse = rng.pick([{}, {}, { $on_skip: 'use_default', $default: 0 }])
  if (!isLater) return { $from: { step: of }, ...path, ...orElse }
  const inner = (): Json => reference(rng, earlier, true, depth - 1)
  if (depth > 0 && rng.chance(0.3)) return { $if: inner(), then: inner(), else: inner() }
  return depth > 0 && rng.chance(0.3) ? { $coalesce: [inner(), inner()] } : { $step: of, ...path }
}

/** A manifest: tools by their names, templates, and conditions in words. */
export function randomManifest(rng: Rng): string {
  const ids: string[] = []
  const lines = Array.from({ length: 1 + rng.below(STEPS_MAX) }, (_, index) => {
    const step = manifestStep(rng, `r${index}`, ids)
    ids.push(`r${index}`)
    return `- ${JSON.stringify(step)}\n`
  })
  return lines.join('')
}

function manifestStep(rng: Rng, id: string, earlier: readonly string[]): Json {
  const isLoop = rng.chance(0.25)
  const tool = rng.pick(['WORK', 'WORK', 'PURE', 'ONCE', 'PARK', 'FRAMES'])
  return {
    id,
    tool,
    input: {
      a: hole(rng, earlier),
      ...(isLoop ? { item: '{{ item }}', index: '{{ index }}' } : { text: `a ${hole(rng, earlier)} b` }),
    },
    ...(isLoop ? { forEach: loopOver(rng, earlier), concurrency: 1 + rng.below(3) } : {}),
    ...(rng.chance(0.3) && earlier.length > 0 ? { when: condition(rng, rng.pick(earlier), isLoop) } : {}),
    ...common(rng, earlier),
    ...rng.pick<Record<string, Json>>([
      {},
      {},
      { onError: 'continue' },
      { onError: 'skip' },
      { onError: { action: 'continue', default: { n: 7 } } },
    ]),
  }
}

function hole(rng: Rng, earlier: readonly string[]): string {
  if (earlier.length === 0) return '{{ inputs.n }}'
  const step = `steps.${rng.pick(earlier)}`
  return rng.pick([
    `{{ ${step}.result }}`,
    `{{ ${step}.result.n | default('none') }}`,
    `{{ ${step}.status }}`,
    `{{ ${step}.error.code if ${step}.error else 'fine' }}`,
    '{{ inputs.n }}',
  ])
}

function loopOver(rng: Rng, earlier: readonly string[]): Json {
  if (earlier.length === 0 || rng.chance(0.5)) return Array.from({ length: rng.below(5) }, (_, index) => index)
  return `{{ steps.${rng.pick(earlier)}.result.list | default([1, 2]) }}`
}

function condition(rng: Rng, step: string, isLoop: boolean): string {
  const result = `{{ steps.${step}.result.n | default(0) }}`
  return rng.pick([
    `${result} > 400`,
    `'{{ steps.${step}.status }}' == 'success'`,
    isLoop ? `{{ index }} != 1 and ${result} >= 0` : `${result} >= 0`,
  ])
}
