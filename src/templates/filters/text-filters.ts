// Filters for text.
import { builtin, type Builtin, flagOf, textArgument, variadic, type VariadicBuiltin, wholeOf } from '../arguments.ts'
import { lengthOf, sliceOf } from '../characters.ts'
import { undefinedFault } from '../compare.ts'
import { formatPercent } from '../format-percent.ts'
import { padTo, replaced } from '../methods/text-methods.ts'
import { textOf } from '../print.ts'
import { fault } from '../problem.ts'
import { capitalize, linesOf, strip } from '../python-text.ts'
import type { Runtime } from '../runtime.ts'
import { Dict, Markup, Undefined } from '../values.ts'
import { wrapLine } from '../word-wrap.ts'

type Run = (rt: Runtime, text: string, args: readonly unknown[]) => unknown

/** A filter whose text comes out as plain text. */
function plain(params: string, run: Run): Builtin {
  return builtin(params, (rt, value, args) => {
    const text = textOf(rt, value)
    rt.sized(text.length)
    return run(rt, text, args)
  })
}

/** A filter that leaves text ready for its target. */
function filter(params: string, run: Run): Builtin {
  const { run: unmarked } = plain(params, run)
  return builtin(params, (rt, value, args) => {
    const result = unmarked(rt, value, args)
    return value instanceof Markup && typeof result === 'string' ? value.with(result) : result
  })
}

/** A filter that has an answer of its own to what is undefined. */
function unlessUndefined(of: Builtin, answer: (value: Undefined) => unknown): Builtin {
  return { ...of, run: (rt, value, args) => (value instanceof Undefined ? answer(value) : of.run(rt, value, args)) }
}

function refused(value: Undefined): never {
  throw undefinedFault(value)
}

function titled(text: string): string {
  return text
    .split(/([-\s({[<]+)/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
}

function truncated(rt: Runtime, text: string, args: readonly unknown[]): string {
  const [length, killwords, ending, leeway] = args
  const max = wholeOf(rt, length, 255)
  const end = textArgument(rt, ending, '...')
  const more = leeway === undefined || leeway === null ? 5 : wholeOf(rt, leeway, 5)
  if (max < lengthOf(end)) throw fault(`truncate: the length ${max} has no room for its end "${end}"`)
  if (more < 0) throw fault('truncate: the leeway cannot be negative')
  if (lengthOf(text) <= max + more) return text
  const kept = sliceOf(text, 0, max - lengthOf(end))
  if (flagOf(rt, killwords)) return kept + end
  const space = kept.lastIndexOf(' ')
  return (space === -1 ? kept : kept.slice(0, space)) + end
}

function indented(rt: Runtime, text: string, args: readonly unknown[]): string {
  const [width, first, blank] = args
  const by = typeof width === 'string' ? width : spaces(rt, wholeOf(rt, width, 4))
  const lines = linesOf(`${text}\n`)
  rt.sized(text.length + lines.length * by.length)
  const isBlankToo = flagOf(rt, blank)
  const rest = lines.slice(1).map((line) => (line === '' && !isBlankToo ? line : by + line))
  return [(flagOf(rt, first) ? by : '') + (lines[0] ?? ''), ...rest].join('\n')
}

function spaces(rt: Runtime, count: number): string {
  rt.sized(Math.max(0, count))
  return ' '.repeat(Math.max(0, count))
}

export const TEXT_FILTERS: Readonly<Record<string, Builtin | VariadicBuiltin>> = {
  upper: filter('', (_, text) => text.toUpperCase()),
  lower: filter('', (_, text) => text.toLowerCase()),
  capitalize: filter('', (_, text) => capitalize(text)),
  title: plain('', (rt, text) => {
    rt.scan(text.length * 32)
    return titled(text)
  }),
  trim: filter('chars?', (rt, text, [chars]) =>
    strip(text, chars === undefined || chars === null ? null : textOf(rt, chars)),
  ),
  center: filter('width?', (rt, text, [width]) => padTo(rt, text, wholeOf(rt, width, 80), ' ', 'both')),
  replace: builtin('old new count?', (rt, value, [old, by, count]) =>
    replaced(
      rt,
      textOf(rt, value),
      textOf(rt, old),
      textOf(rt, by),
      count === null || count === undefined ? -1 : wholeOf(rt, count, -1),
    ),
  ),
  truncate: unlessUndefined(filter('length? killwords? end? leeway?', truncated), (value) => value),
  indent: unlessUndefined(filter('width? first? blank?', indented), refused),
  wordcount: builtin('', (rt, value) => {
    const text = textOf(rt, value)
    rt.scan(text.length * 16)
    return (text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []).length
  }),
  wordwrap: unlessUndefined(
    plain(
      'width? break_long_words? wrapstring? break_on_hyphens?',
      (rt, text, [width, breakLong, wrapstring, breakOnHyphens]) => {
        const size = wholeOf(rt, width, 79)
        if (size < 1) throw fault('wordwrap: the width has to be at least 1')
        const by = wrapstring === undefined || wrapstring === null ? '\n' : textOf(rt, wrapstring)
        rt.sized(text.length * (1 + by.length))
        rt.scan(text.length * 32)
        const options = {
          width: size,
          breaksLong: flagOf(rt, breakLong, true),
          breaksHyphens: flagOf(rt, breakOnHyphens, true),
        }
        return linesOf(text)
          .map((line) => wrapLine(line, options).join(by))
          .join(by)
      },
    ),
    refused,
  ),
  format: variadic((rt, value, args, named) => {
    if (args.length > 0 && named.size > 0) throw fault('format takes arguments by position or by name, not both')
    const mapping = new Dict()
    for (const [name, of] of named) mapping.set(name, of)
    return formatPercent(rt, textOf(rt, value), args, named.size > 0 ? mapping : null)
  }),
}
