// Errors of the world, and what a component's error says.
import type { ErrorInfo } from '../components/component.ts'
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

/** What was thrown, as data: its `code`, `message`, `data` and `isRetryable` are kept, whatever else it is. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  if (typeof thrown !== 'object' || thrown === null) return { code: 'COMPONENT_FAILED', message: String(thrown) }
  const { code, message, data, isRetryable } = thrown as {
    code?: unknown
    message?: unknown
    data?: unknown
    isRetryable?: unknown
  }
  return {
    code: typeof code === 'string' && code !== '' ? code : 'COMPONENT_FAILED',
    message: typeof message === 'string' ? message : `A component threw ${Object.prototype.toString.call(thrown)}`,
    ...(data === undefined || data === null ? {} : { data: toPlain(data) }),
    ...(typeof isRetryable === 'boolean' ? { isRetryable } : {}),
  }
}

function toPlain(data: unknown): Json {
  try {
    const text = JSON.stringify(data)
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return null
  }
}
