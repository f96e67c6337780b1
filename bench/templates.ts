// Templates: a text with three holes and one filter, compiled and rendered, beside two libraries; and one that runs away.
import { createRequire } from 'node:module'
import { Template as HuggingFaceTemplate } from '@huggingface/jinja'
import { TEMPLATE_LIMITS } from '../src/templates/limits.ts'
import { renderTemplate } from '../src/templates/render-template.ts'
import type { Settings } from '../src/templates/settings.ts'
import { compileTemplate, parseTemplate, type Render } from '../src/templates/template.ts'
import { time, type Timing } from './measure.ts'

type Nunjucks = { compile(text: string): { render(context: object): string } }
const require = createRequire(import.meta.url)
const nunjucks: Nunjucks = require('nunjucks')

type Cell = Timing & {
  readonly workload: string
  readonly size: number
  readonly steps: number
  readonly [figure: string]: number | string
}

const TEXT =
  'Dear {{ inputs.name | upper }}, order {{ steps.order.result.id }} of {{ steps.order.result.rows[0].name }} is ready.'
const CONTEXT = { inputs: { name: 'Ada' }, steps: { order: { result: { id: 7, rows: [{ name: 'tea' }] } } } }
const RIGHT = 'Dear ADA, order 7 of tea is ready.'
const RUNAWAY = '{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}'
const SETTINGS: Settings = { text: 'json', pure: 'native', code: null, leaves: null, limits: TEMPLATE_LIMITS }
const REPEATS = 1_000

/** Compiled with slots, as plans do it: each path is one slot. */
function compiled(): Render {
  const parsed = parseTemplate(TEXT, { dashedNames: new Set(), limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'problems') throw new Error('The template cannot be read')
  return compileTemplate(parsed.template, SETTINGS, (path) =>
    path[0] === 'steps' ? { slot: 1, taken: 3 } : { slot: 0, taken: 1 },
  )
}

/** One cell for each measurement; a step is one rendering, or one compilation. */
export async function templateCells(): Promise<readonly Cell[]> {
  const [ours, theirs, others] = [compiled(), nunjucks.compile(TEXT), new HuggingFaceTemplate(TEXT)]
  const slots = [CONTEXT.inputs, CONTEXT.steps.order.result]
  const byHand = ({ inputs, steps: { order } }: typeof CONTEXT): string =>
    `Dear ${inputs.name.toUpperCase()}, order ${order.result.id} of ${order.result.rows[0]?.name} is ready.`
  const render = (): unknown => {
    const rendered = ours((slot) => slots[slot], {})
    return rendered.kind === 'value' ? rendered.value : rendered.problem
  }
  const limitMs = (await repeated(() => byHand(CONTEXT))).medianMs
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  check(renderTemplate(RUNAWAY, {}).kind === 'failed')
  const grownMiB = (process.memoryUsage().heapUsed - heapBefore) / 1_048_576
  const runaway = await time(async () => check(renderTemplate(RUNAWAY, {}).kind === 'failed'))
  return [
    { ...cell('template renders'), ...(await repeated(render)), limitMs },
    { ...cell('template renders, nunjucks'), ...(await repeated(() => theirs.render(CONTEXT))), limitMs },
    { ...cell('template renders, @huggingface/jinja'), ...(await repeated(() => others.render(CONTEXT))), limitMs },
    { ...cell('template compiles'), ...(await repeated(() => typeof compiled() === 'function' && RIGHT)) },
    { ...cell('template, a runaway ends'), ...runaway, steps: 1, grownMiB },
  ]
}

function cell(workload: string): { workload: string; size: number; steps: number } {
  return { workload, size: REPEATS, steps: REPEATS }
}

function repeated(work: () => unknown): Promise<Timing> {
  return time(async () => {
    for (let index = 0; index < REPEATS; index += 1) check(work() === RIGHT)
  })
}

function check(isRight: boolean): void {
  if (!isRight) throw new Error('A template rendered something else')
}
