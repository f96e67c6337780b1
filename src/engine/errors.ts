// Errors of the world, and what a component's error says.
import type { ErrorInfo } from '../components/component.ts'
import { excerpt } from '../lib/excerpt.ts'
import type { Json } from '../lib/json.ts'

/** The world failed: a disk, a network, another process. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: string
  readonly isRetryable: boolean
  constructor(
    code: string,
    message: string,
    { isRetryable = false, cause }: { isRetryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.code = code
    this.isRetryable = isRetryable
  }
}

/** What was thrown, as data: its `code`, `message`, `data` and `isRetryable` are kept, whatever else it is. Never throws itself. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  try {
    return readError(thrown)
  } catch {
    return { code: 'COMPONENT_FAILED', message: 'A component threw something that cannot be read' }
  }
}

function readError(thrown: unknown): ErrorInfo {
  if (typeof thrown !== 'object' || thrown === null) return { code: 'COMPONENT_FAILED', message: String(thrown) }
  const { code, message, data, isRetryable, retryAfterMs, isFault } = thrown as { [name in keyof ErrorInfo]?: unknown }
  return {
    code: typeof code === 'string' && code !== '' ? code : 'COMPONENT_FAILED',
    message: typeof message === 'string' ? message : `A component threw ${Object.prototype.toString.call(thrown)}`,
    ...(data === undefined || data === null ? {} : { data: toPlain(data) }),
    ...(typeof isRetryable === 'boolean' ? { isRetryable } : {}),
    ...(typeof retryAfterMs === 'number' && retryAfterMs > 0 ? { retryAfterMs } : {}),
    ...(isFault === true ? { isFault } : {}),
  }
}

/** Of an error: it is stored with its step, and shown in lines. */
const MESSAGE_LENGTH_MAX = 10_000
const CODE_LENGTH_MAX = 128
const DATA_LENGTH_MAX = 100_000
const DATA_NODES_MAX = 100_000

/** Parts that are shared count each time: written out they may be more than any memory holds. */
function toPlain(data: unknown): Json {
  let nodes = 0
  const count = (_: string, part: unknown): unknown => {
    nodes += 1
    if (nodes > DATA_NODES_MAX) throw new RangeError('Of too many parts')
    return part
  }
  try {
    const text = JSON.stringify(data, count)
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** The error at a length at which it can be kept. Secrets are masked before: half of one would not be found. */
export function shortened(error: ErrorInfo): ErrorInfo {
  const { code, message, data } = error
  const isLong = code.length > CODE_LENGTH_MAX || message.length > MESSAGE_LENGTH_MAX
  const length = data === undefined ? 0 : JSON.stringify(data).length
  if (!isLong && length <= DATA_LENGTH_MAX) return error
  return {
    ...error,
    code: code.slice(0, CODE_LENGTH_MAX),
    message: excerpt(message, MESSAGE_LENGTH_MAX),
    ...(length > DATA_LENGTH_MAX ? { data: `<${length} characters, left out>` } : {}),
  }
}
