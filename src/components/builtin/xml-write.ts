// Plain data as XML, the other way round than `xml-read.ts`.
import { isRecord, type Json, type JsonRecord, kindOf } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { ConvertError } from './convert-error.ts'

/** Without the rarer letters that XML also knows. */
const NAME = /^[\p{L}_][\p{L}\p{N}_.:-]*$/u
/** Characters that no XML 1.0 document can hold, however they are escaped. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

/**
 * `data` as a document. A mapping with one element is the document; anything else becomes `root`, with `item` for what is in a list.
 *
 * @throws ConvertError for names and characters that XML has not.
 */
export function writeXml(data: Json): string {
  const [only, ...others] = isRecord(data) ? Object.entries(data) : []
  const isDocument = only !== undefined && others.length === 0 && !Array.isArray(only[1]) && /^[^@#]/.test(only[0])
  const [name, content] = isDocument ? only : ['root', Array.isArray(data) ? { item: data } : data]
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elements(name, content)}\n`
}

function elements(name: string, value: Json): string {
  if (Array.isArray(value)) return value.map((one: Json) => element(name, one)).join('')
  return element(name, value)
}

function element(name: string, value: Json): string {
  if (!NAME.test(name)) throw new ConvertError(`${quote(name)} is no name of an element`)
  const content = isRecord(value)
    ? contentOf(value)
    : Array.isArray(value)
      ? elements('item', value)
      : escaped(textOf(value))
  const attributes = isRecord(value) ? attributesOf(value) : ''
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

function attributesOf(value: JsonRecord): string {
  return Object.entries(value)
    .filter(([key]) => key.startsWith('@'))
    .map(([key, one]) => {
      const name = key.slice(1)
      if (!NAME.test(name)) throw new ConvertError(`${quote(name)} is no name of an attribute`)
      if (typeof one === 'object' && one !== null) throw new ConvertError(`${kindOf(one)} is no value of an attribute`)
      return ` ${name}="${escaped(textOf(one)).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;')}"`
    })
    .join('')
}

function contentOf(value: JsonRecord): string {
  return Object.entries(value)
    .filter(([key]) => !key.startsWith('@'))
    .map(([key, one]) => (key === '#text' ? escaped(textOf(one)) : elements(key, one)))
    .join('')
}

function textOf(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A carriage return would be read as a line feed. */
function escaped(text: string): string {
  if (FORBIDDEN.test(text)) throw new ConvertError('a text has a character that XML cannot hold')
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')
}
