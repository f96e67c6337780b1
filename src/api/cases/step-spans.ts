// When steps started and ended, by the order of events: clocks are too coarse to tell.
import type { RunEvent } from '../events.ts'

export type Spans = ReadonlyMap<string, { readonly start: number | null; readonly end: number | null }>

export function spansOf(events: readonly RunEvent[]): Spans {
  const spans = new Map<string, { start: number | null; end: number | null }>()
  for (const { kind, at, seq } of events) {
    if (at === null || at.frame !== 0) continue
    const span = spans.get(at.step) ?? { start: null, end: null }
    spans.set(at.step, span)
    if (kind === 'step-started') span.start = seq
    else if (/^step-(?:succeeded|substituted|skipped|failed)$/.test(kind)) span.end = seq
  }
  return spans
}

/** Whether `a` ended before `b` started. */
export function isBefore(spans: Spans, a: string, b: string): boolean {
  const [end, start] = [spans.get(a)?.end ?? null, spans.get(b)?.start ?? null]
  return end !== null && start !== null && end < start
}

/** Whether each started before the other ended. */
export function isTogether(spans: Spans, a: string, b: string): boolean {
  return startedBeforeEnd(spans, a, b) && startedBeforeEnd(spans, b, a)
}

function startedBeforeEnd(spans: Spans, a: string, b: string): boolean {
  const [start, end] = [spans.get(a)?.start ?? null, spans.get(b)?.end ?? null]
  return start !== null && end !== null && start < end
}
