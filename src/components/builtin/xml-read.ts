// XML as plain data. Well-formed documents without a document type, so that there are no entities beyond XML's own five.
// An element is its text, or a mapping: attributes as `@name`, elements by their names (a list where a name comes again),
// and text beside them as `#text`.
import type { SaxesParser } from 'saxes'
import type { Json } from '../../lib/json.ts'
import { ConvertError } from './convert-error.ts'

/** Elements inside elements. */
const depthMax = 100

type Element = {
  readonly name: string
  /** Attributes and elements, in order. */
  readonly entries: (readonly [name: string, value: Json])[]
  text: string
}

/** @throws ConvertError */
export async function readXml(text: string): Promise<Json> {
  // Bundled, what is no module of its own has its exports under `default` alone.
  const { default: saxes } = await import('saxes')
  const parser = new saxes.SaxesParser()
  const root: Element = { name: '', entries: [], text: '' }
  listen(parser, [root])
  parser.write(text).close()
  return toData(root)
}

/** `open` are the elements that have begun and not ended, the outermost first. */
function listen(parser: SaxesParser, open: Element[]): void {
  const addText = (text: string): void => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('error', (error) => {
    throw new ConvertError(`it is not XML: ${error.message}`)
  })
  parser.on('doctype', () => {
    throw new ConvertError('it has a document type, which is not read')
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > depthMax) throw new ConvertError(`its elements are deeper than ${depthMax}`)
    open.push({ name, entries: Object.entries(attributes).map(([key, value]) => [`@${key}`, value]), text: '' })
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const element = open.pop()
    if (element !== undefined) open.at(-1)?.entries.push([element.name, toData(element)])
  })
}

function toData({ entries, text }: Element): Json {
  if (entries.length === 0) return text
  const byName = new Map<string, Json[]>()
  for (const [name, value] of entries) {
    const before = byName.get(name)
    if (before === undefined) byName.set(name, [value])
    else before.push(value)
  }
  const mapping = [...byName].map(([name, values]): [string, Json] => [
    name,
    values.length === 1 ? (values[0] ?? null) : values,
  ])
  // Between elements, white space is only layout.
  const beside = text.trim()
  return Object.fromEntries(beside === '' ? mapping : [...mapping, ['#text', beside]])
}
