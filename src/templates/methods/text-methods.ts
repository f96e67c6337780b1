// Methods of text, as Python has them.
import { builtin, type Builtin, flagOf, variadic, type VariadicBuiltin, wholeOf } from '../arguments.ts'
import { charactersOf, lengthOf, sliceOf } from '../characters.ts'
import { plainText } from '../compare.ts'
import { formatBraces } from '../format-braces.ts'
import { itemsOf, list } from '../iterate.ts'
import { joinTexts } from '../operators.ts'
import { beyond, fault } from '../problem.ts'
import * as python from '../python-text.ts'
import type { Runtime } from '../runtime.ts'
import { kindOf, Tuple } from '../values.ts'

type Run = (rt: Runtime, text: string, args: readonly unknown[]) => unknown

function method(params: string, run: Run): Builtin {
  return builtin(params, (rt, value, args) => run(rt, String(value), args))
}

/** An argument that has to be text. */
function text(rt: Runtime, value: unknown): string {
  const plain = plainText(rt.open(value))
  if (typeof plain !== 'string') throw fault(`Expected text, not ${kindOf(plain)}`)
  return plain
}

function characters(rt: Runtime, value: unknown): string | null {
  return value === undefined || value === null ? null : text(rt, value)
}

/** The part of a text that `find` and its relatives look at. */
function within(rt: Runtime, whole: string, start: unknown, end: unknown): { part: string; from: number } {
  if (start === undefined && end === undefined) return { part: whole, from: 0 }
  const length = lengthOf(whole)
  const clamp = (at: number): number => Math.max(0, Math.min(length, at < 0 ? at + length : at))
  const from = clamp(wholeOf(rt, start ?? undefined, 0))
  return { part: sliceOf(whole, from, clamp(wholeOf(rt, end ?? undefined, length))), from }
}

function find(isLast: boolean, isStrict: boolean): Builtin {
  return method('sub start? end?', (rt, whole, [sub, start, end]) => {
    const { part, from } = within(rt, whole, start, end)
    const wanted = text(rt, sub)
    const isBeyond = start !== undefined && start !== null && wholeOf(rt, start, 0) > lengthOf(whole)
    const at = isBeyond ? -1 : isLast ? part.lastIndexOf(wanted) : part.indexOf(wanted)
    if (at === -1 && isStrict) throw fault('The text has no such part')
    return at === -1 ? -1 : from + lengthOf(part.slice(0, at))
  })
}

function edge(name: 'startsWith' | 'endsWith'): Builtin {
  return method('prefix start? end?', (rt, whole, [prefix, start, end]) => {
    const { part } = within(rt, whole, start, end)
    const wanted = prefix instanceof Tuple ? prefix.items : [prefix]
    return wanted.some((one) => part[name](text(rt, one)))
  })
}

function strip(side: 'both' | 'left' | 'right'): Builtin {
  return method('chars?', (rt, whole, [chars]) => python.strip(whole, characters(rt, chars), side))
}

function split(isFromRight: boolean): Builtin {
  return method('sep? maxsplit?', (rt, whole, [separator, maxsplit]) => {
    const max = wholeOf(rt, maxsplit, -1)
    const by = characters(rt, separator)
    if (by === '') throw fault('The separator is empty')
    const count = by === null ? python.splitWords(whole, max, isFromRight) : python.split(whole, by, max, isFromRight)
    return list(rt, count)
  })
}

function partition(isFromRight: boolean): Builtin {
  return method('sep', (rt, whole, [separator]) => {
    const by = text(rt, separator)
    if (by === '') throw fault('The separator is empty')
    const at = isFromRight ? whole.lastIndexOf(by) : whole.indexOf(by)
    if (at === -1) return new Tuple(isFromRight ? ['', '', whole] : [whole, '', ''])
    return new Tuple([whole.slice(0, at), by, whole.slice(at + by.length)])
  })
}

function pad(side: 'left' | 'right' | 'both'): Builtin {
  return method('width fillchar?', (rt, whole, [width, fill]) => {
    const by = fill === undefined ? ' ' : text(rt, fill)
    if (lengthOf(by) !== 1) throw fault('Text is padded with one character')
    return padTo(rt, whole, wholeOf(rt, width, 0), by, side)
  })
}

/** `whole` with `by` on the sides that make it `width` characters long. */
export function padTo(rt: Runtime, whole: string, width: number, by: string, side: 'left' | 'right' | 'both'): string {
  const missing = width - lengthOf(whole)
  if (missing <= 0) return whole
  rt.sized(whole.length + missing * by.length)
  // Where it cannot be even, Python's extra one is on the left if the width is odd.
  const half = side === 'both' ? Math.floor(missing / 2) + (missing & width & 1) : missing
  const [left, right] = side === 'both' ? [half, missing - half] : side === 'left' ? [missing, 0] : [0, missing]
  return by.repeat(left) + whole + by.repeat(right)
}

/** `whole` with `by` in place of `what`. */
export function replaced(rt: Runtime, whole: string, what: string, by: string, max: number): string {
  rt.scan(whole.length * 8)
  const { textLengthMax } = rt.settings.limits
  const result = python.replaceText(whole, what, by, max, textLengthMax)
  if (result === null) throw beyond('A text is too long', 'textLengthMax', textLengthMax)
  rt.sized(result.length)
  return result
}

function cased(change: (whole: string) => string): Builtin {
  return method('', (rt, whole) => {
    rt.sized(whole.length)
    rt.scan(whole.length * 16)
    return change(whole)
  })
}

function is(holds: (whole: string) => boolean): Builtin {
  return method('', (_, whole) => holds(whole))
}

export const TEXT_METHODS: ReadonlyMap<string, Builtin | VariadicBuiltin> = new Map<string, Builtin | VariadicBuiltin>(
  Object.entries({
    upper: cased((whole) => whole.toUpperCase()),
    lower: cased((whole) => whole.toLowerCase()),
    casefold: cased((whole) => whole.toLowerCase().replaceAll('ß', 'ss')),
    title: cased(python.titleCase),
    capitalize: cased(python.capitalize),
    swapcase: cased(python.swapCase),
    strip: strip('both'),
    lstrip: strip('left'),
    rstrip: strip('right'),
    split: split(false),
    rsplit: split(true),
    splitlines: method('keepends?', (rt, whole, [keeps]) => list(rt, python.linesOf(whole, flagOf(rt, keeps)))),
    partition: partition(false),
    rpartition: partition(true),
    join: builtin('iterable', (rt, value, [of]) => {
      const items = itemsOf(rt, of)
      for (const item of items)
        if (!rt.isLeaf(item) && typeof plainText(item) !== 'string') throw fault(`Cannot join ${kindOf(item)} as text`)
      return joinTexts(rt, items, value)
    }),
    replace: method('old new count?', (rt, whole, [old, by, max]) =>
      replaced(rt, whole, text(rt, old), text(rt, by), wholeOf(rt, max, -1)),
    ),
    startswith: edge('startsWith'),
    endswith: edge('endsWith'),
    find: find(false, false),
    rfind: find(true, false),
    index: find(false, true),
    rindex: find(true, true),
    count: method('sub start? end?', (rt, whole, [sub, start, end]) => {
      const { part } = within(rt, whole, start, end)
      const wanted = text(rt, sub)
      rt.scan(part.length * 16)
      return wanted === '' ? lengthOf(part) + 1 : python.countOf(part, wanted)
    }),
    center: pad('both'),
    ljust: pad('right'),
    rjust: pad('left'),
    zfill: method('width', (rt, whole, [width]) => {
      const sign = /^[+-]/.exec(whole)?.[0] ?? ''
      return sign + padTo(rt, whole.slice(sign.length), wholeOf(rt, width, 0) - sign.length, '0', 'left')
    }),
    removeprefix: method('prefix', (rt, whole, [prefix]) => {
      const wanted = text(rt, prefix)
      return whole.startsWith(wanted) ? whole.slice(wanted.length) : whole
    }),
    removesuffix: method('suffix', (rt, whole, [suffix]) => {
      const wanted = text(rt, suffix)
      return wanted !== '' && whole.endsWith(wanted) ? whole.slice(0, -wanted.length) : whole
    }),
    isdigit: is((whole) => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+$/u.test(whole)),
    isdecimal: is((whole) => /^\p{Nd}+$/u.test(whole)),
    isnumeric: is((whole) => /^\p{N}+$/u.test(whole)),
    isalpha: is((whole) => /^\p{L}+$/u.test(whole)),
    isalnum: is((whole) => /^[\p{L}\p{N}]+$/u.test(whole)),
    isspace: is((whole) => whole !== '' && python.strip(whole, null) === ''),
    isupper: is((whole) => python.isCase(whole, 'upper')),
    islower: is((whole) => python.isCase(whole, 'lower')),
    istitle: is((whole) => /\p{L}/u.test(whole) && python.titleCase(whole) === whole),
    isascii: is((whole) => !/[\u0080-\u{10ffff}]/u.test(whole)),
    format: variadic((rt, value, args, named) => formatBraces(rt, String(value), args, named)),
    expandtabs: method('tabsize?', (rt, whole, [size]) => {
      const width = wholeOf(rt, size, 8)
      rt.sized(whole.length * Math.max(1, width))
      let column = 0
      return charactersOf(whole)
        .map((char) => {
          if (char === '\n' || char === '\r') column = 0
          else if (char !== '\t') column += 1
          if (char !== '\t') return char
          const spaces = width <= 0 ? 0 : width - (column % width)
          column += spaces
          return ' '.repeat(spaces)
        })
        .join('')
    }),
  }),
)
