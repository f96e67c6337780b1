// Plans ready to run, each linked once for all runs of it.
import type { Components } from '../components/component.ts'
import { after, type MaybeAsync } from '../lib/maybe-async.ts'
import { planId } from '../plan/hash.ts'
import { LANES_DEFAULT, link as linkPlan, type Program } from '../plan/link.ts'
import type { Texts } from '../plan/names.ts'
import type { Plan } from '../plan/plan.ts'
import type { Store } from '../stores/store.ts'

export type Programs = {
  /** The plan ready to run, under its id, which is worked out where it is not given. */
  readonly link: (plan: Plan, id?: string) => Program
  /** A plan that was linked here, by its id. */
  readonly planOf: (id: string) => Plan | null
  /** The same ready to run, also where only the store has it. */
  readonly find: (id: string) => MaybeAsync<Program | null>
}

/** Plans that stay linked; a run keeps its own. */
const PROGRAMS_MAX = 1_000

export function createPrograms(store: Store, components: Components, texts?: () => Texts): Programs {
  const programs = new Map<string, Program>()
  const planIds = new WeakMap<Plan, string>()

  function link(plan: Plan, given?: string): Program {
    const id = given ?? planIds.get(plan) ?? planId(plan)
    planIds.set(plan, id)
    const known = programs.get(id)
    if (known !== undefined) {
      programs.delete(id) // those that are in use stay longest
      programs.set(id, known)
      return known
    }
    const program = linkPlan(id, plan, texts === undefined ? { lanesOf } : { lanesOf, texts })
    if (programs.size >= PROGRAMS_MAX) programs.delete(programs.keys().next().value ?? '')
    programs.set(id, program)
    return program
  }

  function lanesOf(component: string): number {
    return components.find(component, null)?.effect === 'at-most-once' ? 1 : LANES_DEFAULT
  }

  return {
    link,
    planOf: (id) => programs.get(id)?.plan ?? null,
    find: (id) => programs.get(id) ?? after(store.getPlan(id), (plan) => (plan === null ? null : link(plan, id))),
  }
}
