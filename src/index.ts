// The library: an engine inside a program of one's own.
import { openEngineWith, type OpenedEngine, type OpenOptions } from './api/open-engine.ts'
import { parts } from './parts.ts'

export { component, type ComponentDefinition, type ComponentFunction } from './api/component.ts'
export type { RunEvent } from './api/events.ts'
export { FlowProblems, type Flow, type Problems } from './api/flow.ts'
export type {
  OpenedEngine as Engine,
  OpenOptions,
  RerunOptions,
  ResumeRun,
  RunOptions,
} from './api/open-engine.ts'
export type { RunError, RunOutcome, ShownCause } from './api/outcome.ts'
export type { Report, StepReport } from './api/report.ts'
export type { Run, RunWait } from './api/run-handle.ts'
export type { Warning } from './api/warnings.ts'
export {
  Answer,
  type Call,
  type Component,
  ComponentError,
  type EffectClass,
  type ErrorInfo,
} from './components/component.ts'
export { EngineError } from './engine/errors.ts'
export type { Json } from './lib/json.ts'
export type { Problem, Span } from './plan/problem.ts'
export type { FlowRetention, Retention } from './stores/retention.ts'
export type { RunQuery, RunRow, Store } from './stores/store.ts'

/**
 * Opens an engine.
 * @throws {EngineError} `STORE_UNKNOWN` where there is no such store.
 * @example const engine = await openEngine({ components: { '/greet': ({ name }) => `Hello, ${name}` } })
 */
export function openEngine(options: OpenOptions = {}): Promise<OpenedEngine> {
  return openEngineWith(parts, options)
}
