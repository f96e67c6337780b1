// Fields that go by two names.
import { quote } from '../../lib/quote.ts'
import { invalidInput } from './invalid-input.ts'

/** The one of `named` that is there, or `null`. */
export function either<T>(named: Readonly<Record<string, T | null>>): T | null {
  const given = Object.entries(named).filter(([, value]) => value !== null)
  if (given.length <= 1) return given[0]?.[1] ?? null
  throw invalidInput(`Cannot use both ${given.map(([name]) => quote(name)).join(' and ')}: give one of them`)
}
