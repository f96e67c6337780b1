// Reading a mapping whose keys are known: finds misspelled keys, other spellings, and values of the wrong kind.
import { didYouMean } from '../lib/did-you-mean.ts'
import { quote } from '../lib/quote.ts'
import { describe, type Entry, isNull, type MapNode, type Node } from './node.ts'
import type { Report } from './report.ts'

/** The keys of one kind of mapping. Keys that begin with `x-` are everybody's own. */
export type Shape = {
  /** For messages: `a step`. */
  readonly what: string
  readonly keys: ReadonlySet<string>
  /** Other spellings, and what they stand for. Each is worth a lint, those in `also` are not. */
  readonly older?: ReadonlyMap<string, string>
  readonly also?: ReadonlyMap<string, string>
  /** Whether an unknown key is an error; else it is a lint. */
  readonly isStrict?: true
  /** What to write instead of a key that others would try. */
  readonly hints?: ReadonlyMap<string, string>
}

/** What was written, by key. A key whose value is null is not there: null stands for "not given". */
export type Fields = ReadonlyMap<string, Entry>

/** The fields of `node`. */
export function fieldsOf(node: MapNode, shape: Shape, report: Report): Fields {
  const fields = new Map<string, Entry>()
  for (const entry of node.entries) {
    const key = canonicalKey(entry.key, shape)
    if (key === null) tellUnknown(entry, shape, report)
    else if (fields.has(key)) refuseBoth(entry, key, report)
    else {
      if (key !== entry.key && shape.older?.has(entry.key) === true) warnOfOlder(entry, key, report)
      if (!isNull(entry.value)) fields.set(key, entry)
    }
  }
  return fields
}

/** What `key` is called in `shape`, or `null` where it is not known there. */
export function canonicalKey(key: string, shape: Shape): string | null {
  if (shape.keys.has(key)) return key
  return shape.also?.get(key) ?? shape.older?.get(key) ?? null
}

function warnOfOlder({ key, keySpan }: Entry, now: string, report: Report): void {
  report.warning('OLDER_SPELLING', keySpan, `${quote(key)} is another spelling of ${quote(now)}`, `Write ${now}`)
}

function tellUnknown({ key, keySpan }: Entry, shape: Shape, report: Report): void {
  if (key.startsWith('x-')) return
  const hint = (): string => {
    const meant = didYouMean(key, shape.keys)
    return meant === null ? `Keys of ${shape.what}: ${[...shape.keys].join(', ')}` : `Did you mean ${quote(meant)}?`
  }
  const message = `Cannot use the key ${quote(key)}: ${shape.what} has none of that name`
  const told = shape.hints?.get(key) ?? hint
  if (shape.isStrict === true) report.error('UNKNOWN_KEY', keySpan, message, told)
  else report.warning('UNKNOWN_KEY', keySpan, message, told)
}

function refuseBoth({ key, keySpan }: Entry, now: string, report: Report): void {
  report.error(
    'DUPLICATE_KEY',
    keySpan,
    `Cannot use ${quote(key)}: ${quote(now)} is given already`,
    'Remove one of them',
  )
}

/** `node` as a mapping; anything else is an error. `what` is what it should be: `a step`. */
export function toMapping(node: Node, what: string, report: Report): MapNode | null {
  return node.kind === 'map' ? node : refuse(node, `${what} is a mapping`, report)
}

/** The items of a list. */
export function toItems(node: Node, what: string, report: Report): readonly Node[] | null {
  return node.kind === 'list' ? node.items : refuse(node, `${what} is a list`, report)
}

/** A text. */
export function toText(node: Node, what: string, report: Report): string | null {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value
  return refuse(node, `${what} is text`, report, node.kind === 'scalar' ? `Quote it: "${node.value}"` : null)
}

/** `true` or `false`. */
export function toFlag(node: Node, what: string, report: Report): boolean | null {
  return node.kind === 'scalar' && typeof node.value === 'boolean'
    ? node.value
    : refuse(node, `${what} is true or false`, report)
}

/** A whole number from `min` to `max`. */
export function toCount(node: Node, what: string, min: number, max: number, report: Report): number | null {
  const value = node.kind === 'scalar' ? node.value : null
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  return refuse(node, `${what} is a whole number from ${min} to ${max}`, report)
}

/** A number from `min` to `max`. */
export function toNumber(node: Node, what: string, min: number, max: number, report: Report): number | null {
  const value = node.kind === 'scalar' ? node.value : null
  if (typeof value === 'number' && value >= min && value <= max) return value
  return refuse(node, `${what} is a number from ${min} to ${max}`, report)
}

/** One of `choices`, each with what it stands for. Spelling of case, `_` and `-` does not count. */
export function toChoice<T>(node: Node, what: string, choices: ReadonlyMap<string, T>, report: Report): T | null {
  const text = toText(node, what, report)
  if (text === null) return null
  for (const [name, choice] of choices) if (simplified(name) === simplified(text)) return choice
  const meant = didYouMean(text, choices.keys())
  const all = [...choices.keys()].join(', ')
  return refuse(node, `${what} is one of: ${all}`, report, meant === null ? null : `Did you mean ${quote(meant)}?`)
}

function simplified(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}

function refuse(node: Node, rule: string, report: Report, hint: string | null = null): null {
  report.error('WRONG_TYPE', node.span, `Cannot use ${describe(node)} here: ${rule}`, hint)
  return null
}
