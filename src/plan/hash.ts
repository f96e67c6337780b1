// A plan's id: what it says, whatever its text looked like.
import { canonicalJson } from '../lib/canonical.ts'
import { sha256 } from '../lib/hash.ts'
import type { Plan } from './plan.ts'

/** SHA-256 of the plan as canonical JSON (RFC 8785), as 64 hexadecimal digits. */
export function planId(plan: Plan): string {
  return sha256(canonicalJson(plan))
}
