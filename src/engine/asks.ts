// What people ask of a live run: that it pauses or goes on, and what becomes of steps of which nobody knows whether they were done.
// Each is answered once it is stored.
import type { Decision } from '../core/facts.ts'
import { nameOf, parkedIn } from '../core/rest.ts'
import type { Json } from '../lib/json.ts'
import type { RunRow } from '../stores/store.ts'
import { type LiveRun, taskKey } from './live-run.ts'
import type { Loop } from './loop.ts'
import type { Values } from './values.ts'

/** `task` is the id of a step, with the item of its loop where it is one: `mail`, `mail[3]`. */
export type NamedDecision = {
  readonly task: string
  readonly decision:
    | { readonly kind: 'retry' }
    | { readonly kind: 'fail' }
    | { readonly kind: 'done'; readonly output: Json }
}

type Decided = { readonly task: string; readonly decision: Decision }

export type AskPorts = {
  readonly loop: Loop
  readonly values: Values
  /** Has runs looked after from now on. */
  readonly watch: () => void
  /** Has it in memory again; whoever waits for it has to look again, since it may have left by then. */
  readonly wakeUp: (run: LiveRun) => Promise<void>
}

export type Asks = {
  /** Changes its row. A run that has ended stays as it is. */
  changeRow(run: LiveRun, changes: Partial<RunRow>): Promise<void>
  /** Answers those that were decided. */
  decide(run: LiveRun, decisions: readonly NamedDecision[]): Promise<readonly string[]>
}

export function createAsks(ports: AskPorts): Asks {
  const { loop, values } = ports

  async function changeRow(run: LiveRun, changes: Partial<RunRow>): Promise<void> {
    ports.watch()
    while (run.isAsleep) await ports.wakeUp(run)
    if (run.outcome !== null) return
    const isStored = run.stored()
    if (run.state.status !== 'ended') run.setRow(changes)
    loop.post(run, { kind: 'slots-freed' })
    await isStored
  }

  async function decide(run: LiveRun, decisions: readonly NamedDecision[]): Promise<readonly string[]> {
    const admitted = await Promise.all(decisions.map((one) => admitDecision(run, one)))
    while (run.isAsleep) await ports.wakeUp(run)
    if (run.outcome !== null) return []
    const parked = parkedIn(run.state)
    ports.watch()
    const asked = new Set<string>()
    const decided = admitted.flatMap(({ task, decision }) => {
      const meant = parked.filter((one) => nameOf(one) === task)
      for (const { frame, step, lane } of meant) {
        asked.add(taskKey({ frame, step, lane }))
        loop.post(run, { kind: 'task-decided', frame, step, lane, decision })
      }
      return meant.length === 0 ? [] : task
    })
    // What takes the place of a failed step may read large values first: then it is decided in a later turn.
    if (asked.size > 0)
      do await run.stored()
      while (isParked(run, asked))
    return decided
  }

  async function admitDecision(run: LiveRun, { task, decision }: NamedDecision): Promise<Decided> {
    if (decision.kind !== 'done') return { task, decision }
    return { task, decision: { kind: 'done', output: await values.admitForeign(run, decision.output) } }
  }

  return { changeRow, decide }
}

function isParked(run: LiveRun, tasks: ReadonlySet<string>): boolean {
  return !run.isAsleep && run.outcome === null && parkedIn(run.state).some((one) => tasks.has(taskKey(one)))
}
