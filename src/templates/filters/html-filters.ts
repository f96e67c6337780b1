// Filters that make HTML, or take it apart, and those for addresses.
import { builtin, type Builtin, flagOf, textArgument, wholeOf } from '../arguments.ts'
import { isTrue, plainText } from '../compare.ts'
import { escapeHtml, stripTags } from '../html.ts'
import { entriesOf, isIterable, itemsOf } from '../iterate.ts'
import { textOf } from '../print.ts'
import { fault } from '../problem.ts'
import type { Runtime } from '../runtime.ts'
import { linkUrls } from '../urlize.ts'
import { Markup, Undefined } from '../values.ts'

const escape = builtin('', (rt, value) => (value instanceof Markup ? value : new Markup(escaped(rt, value))))

function escaped(rt: Runtime, value: unknown): string {
  if (value instanceof Markup) return value.text
  const text = escapeHtml(textOf(rt, value))
  rt.sized(text.length)
  return text
}

/** An address as it may be sent; in a query, where spaces are `+`. */
function quoted(rt: Runtime, value: unknown, isQuery: boolean): string {
  const text = encodeURIComponent(textOf(rt, value).toWellFormed()).replaceAll(
    /[!*'()]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  rt.sized(text.length)
  return isQuery ? text.replaceAll('%20', '+') : text.replaceAll('%2F', '/')
}

function pair(rt: Runtime, of: unknown): string {
  const items = itemsOf(rt, of)
  if (items.length !== 2) throw fault('urlencode takes text, a mapping, or a list of pairs')
  return `${quoted(rt, items[0], true)}=${quoted(rt, items[1], true)}`
}

export const HTML_FILTERS: Readonly<Record<string, Builtin>> = {
  escape,
  e: escape,
  forceescape: builtin('', (rt, value) => new Markup(escaped(rt, plainText(value)))),
  striptags: builtin('', (rt, value) => {
    const text = textOf(rt, value)
    rt.scan(text.length * 32)
    return stripTags(text)
  }),
  urlencode: builtin('', (rt, of) => {
    const value = plainText(rt.open(of))
    const entries = entriesOf(rt, value)
    if (entries !== null)
      return entries.map(([key, inner]) => `${quoted(rt, key, true)}=${quoted(rt, inner, true)}`).join('&')
    if (typeof value === 'string' || !isIterable(rt, value)) return quoted(rt, value, false)
    return itemsOf(rt, value)
      .map((item) => pair(rt, item))
      .join('&')
  }),
  xmlattr: builtin('autospace?', (rt, value, [autospace]) => {
    const entries = entriesOf(rt, value)
    if (entries === null) throw fault('xmlattr takes a mapping')
    const written = entries
      .filter(([, inner]) => inner !== null && !(inner instanceof Undefined))
      .map(([key, inner]) => {
        if (/[\s/>=]/.test(textOf(rt, key))) throw fault(`"${textOf(rt, key)}" is no name of an attribute`)
        return `${escaped(rt, key)}="${escaped(rt, inner)}"`
      })
      .join(' ')
    return written !== '' && (autospace === undefined || isTrue(rt, autospace)) ? ` ${written}` : written
  }),
  urlize: builtin(
    'trim_url_limit? nofollow? target? rel? extra_schemes?',
    (rt, value, [limit, nofollow, target, rel, schemes]) => {
      const text = textOf(rt, value)
      rt.sized(text.length * 4)
      const relations = new Set(['noopener', ...textArgument(rt, rel ?? undefined, '').split(/\s+/)])
      if (flagOf(rt, nofollow)) relations.add('nofollow')
      return linkUrls(text, {
        shownMax: limit === undefined || limit === null ? null : wholeOf(rt, limit, 0),
        rel: [...relations]
          .filter((one) => one !== '')
          .toSorted()
          .join(' '),
        target: target === undefined || target === null ? null : textOf(rt, target),
        schemes: schemes === undefined || schemes === null ? [] : itemsOf(rt, schemes).map((one) => textOf(rt, one)),
      })
    },
  ),
}
