// How a text is written where it will stand: as it is, as a literal of a language, or inside quotes that are open there.
import { unreachable } from '../lib/assert.ts'

/** The languages of source code that templates may write. */
export type CodeLanguage = 'python' | 'javascript' | 'json'

/**
 * Where a text will stand.
 * `plain`: as it is. `json`, `javascript` and `python`: as a whole literal, quotes included. The others: inside quotes
 * or a comment that is open there.
 */
export type Escape =
  | 'plain'
  | CodeLanguage
  | 'json-string'
  | 'python-single'
  | 'python-double'
  | 'python-format-single'
  | 'python-format-double'
  | 'python-raw-single'
  | 'python-raw-double'
  | 'python-raw-triple-single'
  | 'python-raw-triple-double'
  | 'python-raw-format'
  | 'javascript-single'
  | 'javascript-double'
  | 'javascript-template'
  | 'javascript-regex'
  | 'line-comment'
  | 'block-comment'

/**
 * `text` as it has to be written to be itself where `escape` says; `null` where it cannot be written there, as a quote
 * in a raw text of Python.
 *
 * @example escapeText('it\'s', 'python-single') // "it\\'s"
 */
export function escapeText(text: string, escape: Escape): string | null {
  switch (escape) {
    case 'plain':
      return text
    case 'json':
      return JSON.stringify(text)
    case 'javascript':
      return withoutLineSeparators(JSON.stringify(text)).replaceAll('</', '<\\/')
    case 'json-string':
      return JSON.stringify(text).slice(1, -1)
    case 'python':
      return `'${backslashed(text, "'")}'`
    case 'python-single':
    case 'python-double':
    case 'javascript-single':
    case 'javascript-double':
      return withoutLineSeparators(backslashed(text, escape.endsWith('single') ? "'" : '"'))
    case 'python-format-single':
    case 'python-format-double':
      return backslashed(text, escape.endsWith('single') ? "'" : '"').replaceAll(/[{}]/g, '$&$&')
    case 'javascript-template':
      // Each on its own: the other may be the template's own text beside the value.
      return backslashed(text, '`').replaceAll(/[${]/g, '\\$&')
    case 'javascript-regex':
      // Nothing between two slashes would begin a comment.
      if (text === '') return '(?:)'
      return withoutLineSeparators(backslashed(text, '/').replaceAll(/[[\]{}()*+?.^$|]/g, '\\$&'))
    case 'python-raw-single':
    case 'python-raw-double':
      return /['"\n\r\\]/.test(text) ? null : text
    case 'python-raw-triple-single':
    case 'python-raw-triple-double':
      return /['"\\]/.test(text) ? null : text
    case 'python-raw-format':
      return /['"\n\r\\]/.test(text) ? null : text.replaceAll(/[{}]/g, '$&$&')
    case 'line-comment':
      return text.replaceAll(/[\n\r\u2028\u2029\f]/g, ' ')
    case 'block-comment':
      // Each on its own, as above.
      return text.replaceAll('*', '\u00b7').replaceAll('/', '\u2215')
    default:
      return unreachable(escape)
  }
}

const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** With backslashes where Python and JavaScript both need them. */
function backslashed(text: string, quote: string): string {
  if (!/[\\'"`/\p{Cc}]/u.test(text)) return text
  return text.replaceAll(/[\\'"`/\p{Cc}]/gu, (char) => {
    if (char === quote) return `\\${char}`
    if (char === "'" || char === '"' || char === '`' || char === '/') return char
    return NAMED[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}

function withoutLineSeparators(text: string): string {
  return text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
