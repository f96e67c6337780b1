// Tries a template, or a condition, on values of one's own.
import { isRecord, type JsonRecord } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { didYouMean } from '../../lib/did-you-mean.ts'
import { compileCondition, parseCondition } from '../../templates/condition.ts'
import { TEMPLATE_LIMITS } from '../../templates/limits.ts'
import type { TemplateProblem, TemplateWarning } from '../../templates/problem.ts'
import { dashedIn, renderTemplate } from '../../templates/render-template.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'

const ways = ['value', 'text', 'python', 'condition'] as const
type Way = (typeof ways)[number]

const flags = {
  context: { kind: 'text', value: 'FILE', doc: 'what the text can name, in JSON or YAML; - is standard input' },
  as: { kind: 'text', value: 'WAY', doc: 'value (if not given), text, python, or condition' },
} as const satisfies Flags

/** `text`: what is to be printed. */
export type Rendering =
  | { readonly kind: 'rendered'; readonly text: string; readonly warnings: readonly TemplateWarning[] }
  | { readonly kind: 'failed'; readonly problem: TemplateProblem }

export const render: Operation<typeof flags, Rendering | Refusal> = {
  name: 'render',
  summary: 'Try a template or a condition on values',
  operand: { name: 'TEXT', count: 'one' },
  flags,
  example: 'millrace render \'{{ range(3) | join(" and ") }}\' --as text',
  async handler([text = ''], given, host) {
    const intake = new Intake(host)
    const way = ways.find((name) => name === (given.as ?? 'value'))
    if (way === undefined) refuseWay(intake, given.as ?? '')
    const context = given.context === null ? {} : await intake.data(given.context)
    if (context !== undefined && !isRecord(context))
      intake.refuse('INVALID_DATA', 'Cannot use this as a context: expected a mapping', null, given.context)
    const source = text === '-' ? ((await intake.source('-'))?.text ?? '') : text
    if (way === undefined || !isRecord(context) || intake.hasErrors) return intake.refusal()
    return rendered(source, context, way)
  },
}

function refuseWay(intake: Intake, way: string): void {
  const meant = didYouMean(way, ways)
  const hint = meant === null ? `Write one of: ${ways.join(', ')}` : `Did you mean ${quote(meant)}?`
  intake.refuse('INVALID_COMMAND_LINE', `Cannot render as ${quote(way)}`, hint)
}

function rendered(text: string, context: JsonRecord, way: Way): Rendering {
  if (way === 'condition') return asked(text, context)
  const answer = renderTemplate(text, context, {
    text: way === 'python' ? 'python' : 'json',
    pure: way === 'value' ? 'native' : 'text',
  })
  if (answer.kind === 'failed') return answer
  const { value, warnings } = answer
  return { kind: 'rendered', text: way === 'value' ? toLine(value) : String(value), warnings }
}

function asked(text: string, context: JsonRecord): Rendering {
  const parsed = parseCondition(text, { dashedNames: dashedIn(context), limits: TEMPLATE_LIMITS })
  const [problem] = parsed.kind === 'problems' ? parsed.problems : []
  if (parsed.kind === 'problems')
    return {
      kind: 'failed',
      problem: problem ?? { code: 'TEMPLATE_SYNTAX', message: '', line: 1, column: 1, hint: null },
    }
  const settings = { text: 'json', pure: 'native', code: null, leaves: null, limits: TEMPLATE_LIMITS } as const
  const answer = compileCondition(parsed.condition, settings)(() => null, context)
  if (answer.kind === 'failed') return answer
  return { kind: 'rendered', text: toLine(answer.isTrue), warnings: answer.warnings }
}

function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
