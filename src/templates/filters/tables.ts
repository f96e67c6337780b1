// All filters and tests by name, and how they are called.
import { didYouMean } from '../../lib/did-you-mean.ts'
import { type Builtin, callBuiltin, type VariadicBuiltin } from '../arguments.ts'
import { plainText } from '../compare.ts'
import { TemplateFault } from '../problem.ts'
import type { Runtime } from '../runtime.ts'
import type { Named } from '../values.ts'
import { HTML_FILTERS } from './html-filters.ts'
import { LIST_FILTERS } from './list-filters.ts'
import { NUMBER_FILTERS } from './number-filters.ts'
import { ORDER_FILTERS } from './order-filters.ts'
import { pickFilters } from './pick-filters.ts'
import { TESTS } from './tests.ts'
import { TEXT_FILTERS } from './text-filters.ts'
import { VALUE_FILTERS } from './value-filters.ts'

type Function = Builtin | VariadicBuiltin

const FILTERS: ReadonlyMap<string, Function> = new Map<string, Function>(
  Object.entries({
    ...HTML_FILTERS,
    ...LIST_FILTERS,
    ...NUMBER_FILTERS,
    ...ORDER_FILTERS,
    ...TEXT_FILTERS,
    ...VALUE_FILTERS,
    ...pickFilters({ filter: applyFilter, test: isTest }),
  }),
)
const NAMED_TESTS: ReadonlyMap<string, Function> = new Map<string, Function>(
  Object.entries({
    ...TESTS,
    filter: { params: [], required: 0, run: (_, name) => hasFilter(String(plainText(name))) },
    test: { params: [], required: 0, run: (_, name) => hasTest(String(plainText(name))) },
  }),
)

export function hasFilter(name: string): boolean {
  return FILTERS.has(name)
}

export function hasTest(name: string): boolean {
  return NAMED_TESTS.has(name)
}

/** `value | name(…)`. */
export function applyFilter(
  rt: Runtime,
  name: string,
  value: unknown,
  args: readonly unknown[],
  named: Named,
): unknown {
  const filter = FILTERS.get(name)
  if (filter === undefined) throw missingFilter(name, null)
  if (typeof value === 'string') rt.scan(value.length)
  return callBuiltin(rt, name, filter, value, args, named)
}

/** `value is name(…)`. */
export function applyTest(rt: Runtime, name: string, value: unknown, args: readonly unknown[], named: Named): boolean {
  const test = NAMED_TESTS.get(name)
  if (test === undefined) throw missingTest(name, null)
  if (typeof value === 'string') rt.scan(value.length * 8)
  return callBuiltin(rt, name, test, value, args, named) === true
}

function isTest(rt: Runtime, name: string, value: unknown, args: readonly unknown[], named: Named): boolean {
  rt.tick()
  return applyTest(rt, name, value, args, named)
}

export function missingFilter(name: string, at: number | null): TemplateFault {
  return missing('filter', name, FILTERS.keys(), at)
}

export function missingTest(name: string, at: number | null): TemplateFault {
  return missing('test', name, NAMED_TESTS.keys(), at)
}

function missing(what: string, name: string, known: Iterable<string>, at: number | null): TemplateFault {
  const near = didYouMean(name, known)
  const hint = near === null ? null : `Did you mean ${near}?`
  return new TemplateFault(at === null ? 'TEMPLATE_ERROR' : 'TEMPLATE_SYNTAX', `No ${what} "${name}"`, hint, at)
}
