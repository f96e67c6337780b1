// The seam for code of users: what a component asks to be run, and how that can end. What is behind it lets nothing of it out.
import type { Json } from '../lib/json.ts'

export type CodeTask = {
  readonly language: 'python' | 'javascript'
  /** A script, whose value is what `run(input)` gives, else its last expression, else `result`; or a function that was stored. */
  readonly form: 'script' | 'function'
  readonly code: string
  readonly input: Json
  /** What a stored function is told beside its input. */
  readonly context: Json
  readonly timeoutMs: number
  readonly memoryMb: number
  readonly signal: AbortSignal
}

/** What the code printed, as far as it is kept. */
export type Logs = { readonly stdout: string; readonly stderr: string }

export type CodeOutcome = { readonly logs: Logs } & CodeEnd

export type CodeEnd =
  | { readonly kind: 'value'; readonly value: Json }
  /** The code failed by itself. */
  | { readonly kind: 'raised'; readonly name: string; readonly value: string; readonly traceback: string }
  /** Its value has no form in JSON. */
  | { readonly kind: 'no-data'; readonly what: string }
  /** It was stopped at the bound of this name. */
  | { readonly kind: 'over'; readonly bound: string; readonly most: number }
  /** It ended without an answer, in the words of the machine. */
  | { readonly kind: 'died'; readonly how: string }
  /** There is no place to run it in that would hold it. */
  | { readonly kind: 'unavailable'; readonly missing: string }

/** @throws what the signal was aborted with; then nothing of the code runs any more. */
export type RunCode = (task: CodeTask) => Promise<CodeOutcome>
