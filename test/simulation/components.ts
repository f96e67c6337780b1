// The components of one process: they answer by the script, at once or later, and note each call in the ledger.
// `work` may be called again, `pure` too and ahead of the log, `once` never, `park` only when somebody decides that; `frames` asks
// for flows inside the run.
import {
  Answer,
  type Call,
  type Component,
  ComponentError,
  type Components,
  type EffectClass,
} from '../../src/components/component.ts'
import { unreachable } from '../../src/lib/assert.ts'
import type { Json } from '../../src/lib/json.ts'
import type { Rng } from '../../src/lib/rng.ts'
import { NO_LANE } from '../../src/core/state.ts'
import type { TaskRef } from '../../src/core/facts.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Disk } from './disk.ts'
import type { Findings } from './findings.ts'
import { failuresOf, type Ledger, type Line } from './ledger.ts'
import { logOf } from './logs.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import type { Pauses } from './pauses.ts'
import { MESSAGE, scriptOf, SLOW_MS, type Script } from './script.ts'

export type ScriptPorts = {
  readonly seed: number
  readonly rng: Rng
  readonly scheduler: Scheduler
  readonly owner: Owner
  readonly disk: Disk
  readonly ledger: Ledger
  readonly pauses: Pauses
  readonly findings: Findings
  readonly framesEffect: EffectClass
  readonly innerPlan: (step: string) => Plan
}

/** What a path, or the name of a tool, stands for. */
export function kindOf(component: string): string {
  return component.replace('/', '').toLowerCase()
}

export function isAtMostOnce(component: string): boolean {
  return kindOf(component) === 'once' || waitsForDecision(component)
}

/** Whether a call of it that was cut off waits for somebody's decision. */
export function waitsForDecision(component: string): boolean {
  return kindOf(component) === 'park'
}

export function createScripted(ports: ScriptPorts): Components {
  const effects = {
    work: 'at-least-once',
    pure: 'pure',
    once: 'at-most-once',
    park: 'at-most-once',
    frames: ports.framesEffect,
  } as const
  const all = new Map(
    Object.entries(effects).map(([kind, effect]): [string, Component] => [
      kind,
      {
        effect,
        onLost: waitsForDecision(kind) ? 'park' : 'fail',
        run: (input: Json, call) => run(ports, kind, effect, input, call),
      },
    ]),
  )
  return { find: (path) => all.get(kindOf(path)) ?? null, list: () => all }
}

const ANSWER_MS_MAX = 30

function run(ports: ScriptPorts, kind: string, effect: EffectClass, input: Json, call: Call): unknown {
  const { scheduler, rng, seed, disk, ledger, pauses, findings, owner } = ports
  const task = taskOf(call)
  const line: Line = {
    run: call.run,
    key: call.key,
    task,
    atMs: scheduler.nowMs,
    process: owner,
    effect,
    hasSucceeded: false,
  }
  findings.check(() => {
    ledger.note(line)
    pauses.checkCall(line.run, task)
  })
  const said = logOf(seed, task)
  if (said !== null) call.log(said)
  const stored = disk.runs.get(call.run)
  const failures = stored === undefined ? 0 : failuresOf(stored, task)
  const { step, item, round, results } = call
  const script = scriptOf(seed, { component: kind, step, item, input, round, results, failures })
  if (script.kind !== 'slow' && rng.chance(0.3)) return answer(ports, script, call, line)
  const delayMs = script.kind === 'slow' ? SLOW_MS : rng.below(ANSWER_MS_MAX)
  return new Promise((resolve, reject) => {
    // Some give up when they are told to; others answer all the same, and too late.
    if (rng.chance(0.3)) call.signal.addEventListener('abort', () => reject(new Error('given up')))
    scheduler.after(delayMs, owner, () => {
      try {
        resolve(answer(ports, script, call, line))
      } catch (error) {
        reject(error)
      }
    })
  })
}

function answer({ rng, innerPlan }: ScriptPorts, script: Script, call: Call, line: Line): unknown {
  switch (script.kind) {
    case 'skip':
      return Answer.skip('as the script says')
    case 'fail': {
      const error = { code: script.code, message: MESSAGE }
      if (rng.chance(0.5)) throw new ComponentError(error)
      return Answer.fail(error)
    }
    case 'frames':
      return Answer.frames(innerPlan(call.step), script.inputs, script.parallelMax)
    case 'wait':
      line.hasSucceeded = true
      return Answer.wait(call.nowMs + script.waitMs, script.output)
    case 'succeed':
    case 'slow':
      line.hasSucceeded = true
      return script.output
    default:
      return unreachable(script)
  }
}

/** The key says which task of which run it is. */
function taskOf({ key, attempt, round }: Call): TaskRef {
  const [, frame, step, lane] = key.split('.')
  return { frame: Number(frame), step: Number(step), lane: lane === undefined ? NO_LANE : Number(lane), attempt, round }
}
