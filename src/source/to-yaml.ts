// Data as YAML, for people.
import { dump } from 'js-yaml'
import type { Json } from '../lib/json.ts'

/** `data` as YAML 1.2; reading it gives the same data. */
export function toYaml(data: Json): string {
  return dump(data, { lineWidth: 120, noRefs: true })
}
