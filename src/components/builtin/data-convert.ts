// Data from one format to another. The libraries of a format are imported by the first call that needs them.
import type { Json } from '../../lib/json.ts'
import type { Component } from '../component.ts'
import { ConvertError } from './convert-error.ts'
import { type CsvOptions, readCsv, writeCsv } from './csv.ts'
import { anything, choice, fields, flag, text, withDefault } from './fields.ts'
import { invalidInput } from './invalid-input.ts'
import type { ReadYaml } from './load-file.ts'
import { readXml } from './xml-read.ts'
import { writeXml } from './xml-write.ts'

const charactersMax = 10_000_000

const input = fields({
  value: anything('Text in the format `from`, or data.'),
  from: withDefault(choice('How to read text; `auto`: as it looks.', ['auto', 'json', 'yaml', 'csv', 'xml']), 'auto'),
  to: choice('What to give: text, or data for `object`.', ['object', 'json', 'yaml', 'csv', 'xml']),
  header: withDefault(flag('Whether the first row of CSV names its columns.'), true),
  delimiter: withDefault(text('What is between cells of CSV.'), ','),
})

export function createDataConvert(ports: { readonly readYaml: ReadYaml }): Component {
  return {
    effect: 'pure',
    input: input.schema,
    checksInput: true,
    description: 'Convert between JSON, YAML, CSV, XML and data',
    async run(given: Json) {
      const { value, from, to, ...options } = input.read(given)
      if (typeof value === 'string' && value.length > charactersMax)
        throw invalidInput(`Cannot convert "value" of the input: it is longer than ${charactersMax} characters`)
      if (!/^[^"\r\n]$/u.test(options.delimiter))
        throw invalidInput('Cannot use "delimiter" of the input: expected one character that is no quote')
      return told(async () =>
        write(typeof value === 'string' ? await read(value, from, options, ports) : value, to, options),
      )
    },
  }
}

async function told<T>(convert: () => Promise<T>): Promise<T> {
  try {
    return await convert()
  } catch (error) {
    if (error instanceof ConvertError) throw invalidInput(`Cannot convert "value" of the input: ${error.message}`)
    throw error
  }
}

type From = ReturnType<typeof input.read>['from']

async function read(
  content: string,
  from: string,
  options: CsvOptions,
  ports: { readonly readYaml: ReadYaml },
): Promise<Json> {
  switch (from) {
    case 'json':
      return readJson(content)
    case 'yaml':
      return readYaml(content, ports.readYaml)
    case 'csv':
      return readCsv(content, options)
    case 'xml':
      return readXml(content)
    default:
      return read(content, guess(content, ports.readYaml), options, ports)
  }
}

async function write(data: Json, to: string, options: CsvOptions): Promise<Json> {
  switch (to) {
    case 'json':
      return JSON.stringify(data)
    case 'yaml':
      return writeYaml(data)
    case 'csv':
      return writeCsv(data, options)
    case 'xml':
      return writeXml(data)
    default:
      return data
  }
}

/** As it looks: XML begins with `<`, JSON is JSON, YAML gives a mapping or a list, and the rest is CSV. */
function guess(content: string, yaml: ReadYaml): Exclude<From, 'auto'> {
  if (/^\uFEFF?\s*</.test(content)) return 'xml'
  if (isReadBy(() => readJson(content))) return 'json'
  return isReadBy(() => {
    const data = readYaml(content, yaml)
    if (typeof data !== 'object' || data === null) throw new ConvertError('it is one text')
  })
    ? 'yaml'
    : 'csv'
}

function isReadBy(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch (error) {
    if (error instanceof ConvertError) return false
    throw error
  }
}

function readJson(content: string): Json {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new ConvertError(`it is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
}

function readYaml(content: string, yaml: ReadYaml): Json {
  const { data, problems } = yaml(content)
  const first = problems.find(({ severity }) => severity === 'error')
  if (first === undefined) return data
  const place = first.span === null ? '' : ` on line ${first.span.line}`
  throw new ConvertError(`it is not YAML: ${first.message}${place}`)
}

async function writeYaml(data: Json): Promise<string> {
  const { dump } = await import('js-yaml')
  return dump(data, { noRefs: true, lineWidth: -1 })
}
