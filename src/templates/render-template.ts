// One template and its data, at once.
import { TEMPLATE_LIMITS } from './limits.ts'
import { compileTemplate, parseTemplate, type Rendered } from './template.ts'

const NO_SLOTS = (): undefined => undefined
const NO_NAMES: ReadonlySet<string> = new Set()

/**
 * Renders `text` with the names of `context`, which is plain data and stays as it is.
 *
 * @param options `text`: how lists, mappings, booleans and `none` are written, as JSON or as Python and Jinja2 write
 * them; with `json`, keys of mappings win over methods, too. `pure`: whether a text that is one hole gives its value.
 * @returns The value with warnings about what was undefined, or the problem with its line and column.
 * @example renderTemplate('Hello {{ name | upper }}', { name: 'Ada' }) // { kind: 'value', value: 'Hello ADA', warnings: [] }
 */
export function renderTemplate(
  text: string,
  context: Readonly<Record<string, unknown>>,
  options: { readonly text?: 'json' | 'python'; readonly pure?: 'native' | 'text' } = {},
): Rendered {
  const dashedNames = options.text === 'python' ? NO_NAMES : dashedIn(context)
  const parsed = parseTemplate(text, { dashedNames, limits: TEMPLATE_LIMITS })
  if (parsed.kind === 'problems') {
    const [problem] = parsed.problems
    if (problem === undefined) throw new Error('No problem and no template')
    return { kind: 'failed', problem }
  }
  const settings = {
    text: options.text ?? 'json',
    pure: options.pure ?? 'native',
    code: null,
    leaves: null,
    limits: TEMPLATE_LIMITS,
  } as const
  return compileTemplate(parsed.template, settings)(NO_SLOTS, context)
}

/** The names with hyphens in the mappings of `context`, which are meant where they stand behind a dot: `steps.my-id`. */
export function dashedIn(context: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const inner = Object.values(context).flatMap((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
  )
  return new Set(inner.filter((name) => name.includes('-')))
}
