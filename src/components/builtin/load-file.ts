// Reads a file below one folder, as text or as data.
import { posix } from 'node:path'
import { type InsideFile, readInside } from '../../lib/inside.ts'
import type { Json } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import type { Problem } from '../../plan/problem.ts'
import { type Component, ComponentError, type ErrorInfo } from '../component.ts'
import { choice, fields, optional, text } from './fields.ts'

/** Reads YAML. Kept outside, as only languages know it. */
export type ReadYaml = (text: string) => { readonly data: Json; readonly problems: readonly Problem[] }

/** As for inputs: it is read whole, and becomes the output of a step. */
const fileBytesMax = 10_000_000

const FORMATS = ['json', 'yaml', 'text'] as const
type Format = (typeof FORMATS)[number]
const EXTENSIONS: ReadonlyMap<string, Format> = new Map([
  ['.json', 'json'],
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
])

const input = fields({
  path: text('The path of the file below the working folder, with `/` between its parts.'),
  format: optional(choice('How to read it; by its extension if not given.', FORMATS)),
})

export function createLoadFile(ports: { readonly rootDir: string; readonly readYaml: ReadYaml }): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Read a file and answer { data, metadata }',
    async run(given: Json) {
      const { path, format: asked } = input.read(given)
      const file = await readInside(ports.rootDir, path, fileBytesMax)
      if (file.kind !== 'file') throw failure(path, ERROR_CODES[file.kind], file.reason)
      const format = asked ?? EXTENSIONS.get(posix.extname(path).toLowerCase()) ?? 'text'
      const data = parse(path, decode(path, file.bytes), format, ports.readYaml)
      return { data, metadata: { resolved_path: posix.normalize(path), size_bytes: file.bytes.length, format } }
    },
  }
}

const ERROR_CODES: Readonly<Record<Exclude<InsideFile['kind'], 'file'>, string>> = {
  refused: 'INVALID_INPUT',
  'too-large': 'INVALID_INPUT',
  missing: 'RESOURCE_UNAVAILABLE',
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw failure(path, 'COMPONENT_FAILED', 'it is not UTF-8 text')
  }
}

function parse(path: string, content: string, format: Format, readYaml: ReadYaml): Json {
  if (format === 'text') return content
  if (format === 'json') return parseJson(path, content)
  const { data, problems } = readYaml(content)
  const first = problems.find(({ severity }) => severity === 'error')
  if (first === undefined) return data
  throw failure(path, 'COMPONENT_FAILED', `${first.message}${first.span === null ? '' : ` on line ${first.span.line}`}`)
}

function parseJson(path: string, content: string): Json {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw failure(path, 'COMPONENT_FAILED', `it is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
}

function failure(path: string, code: ErrorInfo['code'], reason: string): ComponentError {
  const message = `Cannot load the file ${quote(path)}: ${reason}`
  return new ComponentError(code === 'RESOURCE_UNAVAILABLE' ? { code, message } : { code, message, isRetryable: false })
}
