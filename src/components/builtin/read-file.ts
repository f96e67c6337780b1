// A file as a flow names it: by a URL, or by a path below the working folder.
import { readInside } from '../../lib/inside.ts'
import { quote } from '../../lib/quote.ts'
import type { HttpClient } from '../../net/client.ts'
import { Answer, type Call, ComponentError } from '../component.ts'
import { optional, text, wholeNumber, withDefault } from './fields.ts'
import { either } from './either.ts'
import { isSuccess, netFailure, statusFailure } from './http-failure.ts'
import { invalidInput } from './invalid-input.ts'

/** It is read whole, and becomes the output of a step. */
const fileBytesMax = 10_000_000
const timeoutMsDefault = 60_000
const timeoutMsMax = 3_600_000

export const fileFields = {
  value: optional(text('The URL of the file, or its path below the working folder with `/` between its parts.')),
  url: optional(text('The same as `value`.')),
  timeout_ms: withDefault(wholeNumber('For a URL, in milliseconds.', 1, timeoutMsMax), timeoutMsDefault),
}
type Asked = { readonly value: string | null; readonly url: string | null; readonly timeout_ms: number }

export type FilePorts = { readonly http: HttpClient; readonly rootDir: string }
export type ReadFile = { readonly bytes: Uint8Array; readonly contentType: string }

/**
 * The file, or the failure of its download.
 *
 * @throws ComponentError for a path that cannot be read.
 */
export function readFile(asked: Asked, ports: FilePorts, call: Call): Promise<ReadFile | Answer> {
  const source = either({ value: asked.value, url: asked.url })
  if (source === null) throw invalidInput('Cannot find "value" in the input: expected a URL or a path')
  return /^[a-z][a-z\d+.-]*:\/\//i.test(source) ? download(source, asked.timeout_ms, ports, call) : load(source, ports)
}

async function load(path: string, { rootDir }: FilePorts): Promise<ReadFile> {
  const file = await readInside(rootDir, path, fileBytesMax)
  if (file.kind === 'file') return { bytes: file.bytes, contentType: '' }
  const message = `Cannot load the file ${quote(path)}: ${file.reason}`
  throw file.kind === 'missing' ? new ComponentError({ code: 'RESOURCE_UNAVAILABLE', message }) : invalidInput(message)
}

async function download(url: string, timeoutMs: number, { http }: FilePorts, call: Call): Promise<ReadFile | Answer> {
  const { signal, nowMs } = call
  const outcome = await http.request({ method: 'GET', url, timeoutMs, signal, responseBytesMax: fileBytesMax })
  if (outcome.kind === 'failed') return Answer.fail(netFailure(outcome))
  const { response } = outcome
  if (!isSuccess(response)) return Answer.fail(statusFailure(response, nowMs))
  return { bytes: response.body, contentType: [response.headers['content-type'] ?? ''].flat()[0] ?? '' }
}
