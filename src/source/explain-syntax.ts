// A parser's complaint in the words of somebody who wrote a flow: what stands there, and what to do about it.
import { quote } from '../lib/quote.ts'
import type { SourceBounds } from './bounds.ts'

export type Explained = {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly start: number
  readonly end: number
}

/** What is wrong at `position` of `text`, where the parser stopped for `reason`. */
export function explainSyntax(text: string, reason: string, position: number, bounds: SourceBounds): Explained {
  const at = Math.min(position, text.length)
  if (reason.startsWith('nesting exceeded')) {
    const message = `Cannot read lists and mappings deeper than sourceDepthMax (${bounds.sourceDepthMax})`
    return { code: 'SOURCE_BOUND', message, hint: null, start: at, end: at + 1 }
  }
  const start = reason.startsWith('can not read a block mapping entry') ? lineBefore(text, at) : at
  return unquotedTemplate(text, at) ?? { code: 'SOURCE_SYNTAX', start, end: start + 1, ...explain(text, reason, at) }
}

/** Where the last line before `at` that is not empty begins: the parser noticed only after it. */
function lineBefore(text: string, at: number): number {
  const end = text.slice(0, at).trimEnd().length
  const start = text.lastIndexOf('\n', end - 1) + 1
  return start + text.slice(start, end).search(/\S/)
}

type Words = Pick<Explained, 'message' | 'hint'>

/** A `{{ … }}` or `{% … %}` that begins a value without quotes, on the line of the complaint and before it. */
function unquotedTemplate(text: string, at: number): Explained | null {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  const lineEnd = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at)
  const line = text.slice(lineStart, Math.min(lineEnd, lineStart + lineCharactersMax))
  const match = /(?:^|[:[,-])\s*(\{[{%].*)/.exec(line)
  if (match?.[1] === undefined) return null
  const value = match[1].trimEnd()
  const start = lineStart + match.index + match[0].indexOf('{')
  if (start > at) return null
  return {
    code: 'TEMPLATE_NOT_QUOTED',
    message: `Cannot read a template without quotes: ${quote(value)}`,
    hint: value.includes('"') || value.length > 60 ? 'Put it into single quotes' : `Quote it: "${value}"`,
    start,
    end: start + value.length,
  }
}

/** Complaints are about one place; a line longer than this is not looked through for a friendlier reading. */
const lineCharactersMax = 1_000

function explain(text: string, reason: string, at: number): Words {
  const character = text[at] ?? ''
  if (character !== '' && '@`%'.includes(character)) return beginsWith(character)
  if (reason === 'bad indentation of a mapping entry') {
    const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
    if (character !== '' && '[]{},|>&*!'.includes(character)) return beginsWith(character)
    if (character === '-')
      return { message: 'Cannot begin a list on the line of its key', hint: 'Put it on the next line' }
    if (character === ':' && before.includes(': '))
      return { message: 'Cannot have a second ": " in one line', hint: 'Quote the text that contains it' }
    if (/["']$/.test(before))
      return {
        message: 'Cannot go on after a closing quote',
        hint: "Quote the whole value; in single quotes write '' for '",
      }
  }
  const known = reasons.find(([start]) => reason.startsWith(start))
  return known?.[1] ?? { message: `Cannot read this as YAML: ${reason}`, hint: null }
}

function beginsWith(character: string): Words {
  return { message: `Cannot begin a value with ${quote(character)}`, hint: 'Quote the text' }
}

/** What the parser says, and how we say it. The first that fits is taken. */
const reasons: readonly (readonly [start: string, words: Words])[] = [
  [
    'bad indentation of a mapping entry',
    {
      message: 'Cannot tell which mapping this belongs to',
      hint: 'Indent the keys of one mapping by the same number of spaces, and quote texts that contain ": "',
    },
  ],
  [
    'bad indentation of a sequence entry',
    {
      message: 'Cannot tell which list item this belongs to',
      hint: 'Indent what belongs to an item as far as the text after its dash',
    },
  ],
  [
    'deficient indentation',
    {
      message: 'Cannot find the end of a quote or bracket above',
      hint: 'Close it, or indent its further lines',
    },
  ],
  ['tab characters', { message: 'Cannot indent with a tab', hint: 'Use spaces' }],
  [
    'can not read a block mapping entry',
    { message: 'Cannot find the ":" after a key', hint: 'Write "key: value", with a space after the colon' },
  ],
  [
    "expected ':' after",
    { message: 'Cannot find the ":" after a key', hint: 'Write "key: value", with a space after the colon' },
  ],
  ['a whitespace character is expected', { message: 'Cannot find the space after a ":"', hint: 'Write "key: value"' }],
  [
    'end of the stream',
    {
      message: 'Cannot go on reading here',
      hint: 'Write "key: value", with a space after the colon, and indent the keys of one mapping alike',
    },
  ],
  ['unexpected end of the', { message: 'Cannot find the end of a quote or bracket', hint: 'Close it' }],
  ['missed comma', { message: 'Cannot find a "," between two values in brackets', hint: 'Add it, or quote the text' }],
  ['expected the node content', { message: 'Cannot find a value before ","', hint: 'Remove the comma, or write null' }],
  [
    'unknown escape sequence',
    { message: 'Cannot read this escape sequence', hint: 'Write \\\\ for a backslash, or use single quotes' },
  ],
  [
    'expected hexadecimal',
    {
      message: 'Cannot read this escape sequence',
      hint: 'Write \\x with two hexadecimal digits, \\u with four, \\U with eight',
    },
  ],
  [
    'expected valid JSON character',
    {
      message: 'Cannot read a control character in quotes',
      hint: 'Write an escape sequence such as \\u0001 in double quotes',
    },
  ],
  [
    'the stream contains non-printable',
    { message: 'Cannot read a control character', hint: 'Remove it, or write an escape sequence in double quotes' },
  ],
  [
    'a line break is expected',
    {
      message: 'Cannot have text after the sign that begins a block of text',
      hint: 'Put the text on the next line, indented',
    },
  ],
]
