// Tables as CSV (RFC 4180). The libraries behind it are imported by the first call.
import { isRecord, type Json, type JsonRecord, kindOf } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { ConvertError } from './convert-error.ts'

export type CsvOptions = {
  /** Whether the first row names the columns. */
  readonly header: boolean
  readonly delimiter: string
}

/**
 * Rows as mappings by the names of their columns, or as lists where there are none. Every cell is text.
 *
 * @throws ConvertError
 */
export async function readCsv(text: string, { header, delimiter }: CsvOptions): Promise<Json> {
  const { parse, CsvError } = await import('csv-parse/sync')
  try {
    const [names, ...rows] = parse(text, {
      bom: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
    })
    if (names === undefined) return []
    return header ? rows.map((row) => byName(distinct(names), row)) : [names, ...rows]
  } catch (error) {
    if (error instanceof CsvError) throw new ConvertError(`it is not CSV: ${error.message}`)
    throw error
  }
}

/**
 * Mappings as rows below the names of their keys, in the order in which they first appear; lists as rows without names.
 * What is neither text nor a number nor a boolean is JSON in its cell, and nothing is an empty one.
 *
 * @throws ConvertError
 */
export async function writeCsv(data: Json, { header, delimiter }: CsvOptions): Promise<string> {
  const { stringify } = await import('csv-stringify/sync')
  const rows = rowsOf(data)
  const names = [...new Set(rows.flatMap((row) => (isRecord(row) ? Object.keys(row) : [])))]
  const cells = rows.map((row) =>
    isRecord(row) ? names.map((name) => (Object.hasOwn(row, name) ? row[name] : null)) : row,
  )
  const table = header && names.length > 0 ? [names, ...cells] : cells
  // A row of one empty cell would be an empty line, which is no row.
  const isNarrow = table.some((row) => row.length === 1)
  return stringify(
    table.map((row) => row.map((cell) => cellOf(cell ?? null))),
    { delimiter, record_delimiter: '\r\n', quoted_empty: isNarrow, quoted_match: /[\r\n]|^\s|\s$|^\uFEFF/ },
  )
}

function distinct(names: readonly string[]): readonly string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return names
  throw new ConvertError(`two columns have the name ${quote(twice)}; "header: false" reads rows as lists`)
}

function byName(names: readonly string[], row: readonly string[]): JsonRecord {
  return Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']))
}

function rowsOf(data: Json): readonly (JsonRecord | readonly Json[])[] {
  const rows: readonly Json[] = Array.isArray(data) ? data : [data]
  const isOfLists = rows.every((row) => Array.isArray(row))
  return rows.map((row) => {
    if (isRecord(row)) return row
    if (Array.isArray(row) && isOfLists) return row
    throw new ConvertError(`${kindOf(row)} is no row of CSV: expected a list of mappings, or of lists`)
  })
}

function cellOf(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
