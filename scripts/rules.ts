// Lists the rules of the languages with the number of cases that show each, and tells which of them no case shows:
// `cases/*/rules.yaml` has the rules, each with the generations that know it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCases } from '../src/api/cases/read-cases.ts'
import { Intake } from '../src/api/intake.ts'
import type { Host } from '../src/api/operation.ts'
import { findFiles } from '../src/api/walk.ts'
import { isRecord } from '../src/lib/json.ts'
import { parts } from '../src/parts.ts'
import { readSource } from '../src/source/read.ts'
import { toJson } from '../src/source/to-json.ts'

const root = join(import.meta.dirname, '..', 'cases')

export type Rules = {
  /** Each listed rule, with the number of its cases. */
  readonly counts: ReadonlyMap<string, number>
  /** Listed rules that no case names, and rules that a case names but nobody lists. */
  readonly missing: readonly string[]
  readonly unlisted: readonly string[]
}

/** A rule is written as a case names it: its generation, then its heading. A language without a list has no say. */
export async function checkRules(): Promise<Rules> {
  const languages = readdirSync(root).filter((language) => existsSync(join(root, language, 'rules.yaml')))
  const listed = new Set(languages.flatMap((language) => rulesIn(join(root, language, 'rules.yaml'))))
  const cases = Map.groupBy(await rulesShown(languages), (rule) => rule)
  const shown = new Set(cases.keys())
  const counts = new Map([...listed].map((rule) => [rule, cases.get(rule)?.length ?? 0]))
  return { counts, missing: [...listed.difference(shown)], unlisted: [...shown.difference(listed)] }
}

function rulesIn(file: string): readonly string[] {
  const { root: tree, problems } = readSource({ text: readFileSync(file, 'utf8'), file })
  const rules = tree === null ? null : toJson(tree)
  if (!isRecord(rules)) throw new TypeError(`Cannot read ${file}: ${problems[0]?.message ?? 'it is not a mapping'}`)
  return Object.entries(rules).flatMap(([rule, generations]) => {
    if (!Array.isArray(generations)) throw new TypeError(`Cannot read the generations of "${rule}" in ${file}`)
    return generations.map((generation) => `${String(generation)} ${rule}`)
  })
}

async function rulesShown(languages: readonly string[]): Promise<readonly string[]> {
  const host: Host = { parts, cwd: root, env: {}, readStdin: () => Promise.resolve('') }
  const files = await findFiles(new Intake(host), languages)
  const cases = await Promise.all(files.map((file) => readCases(file, host)))
  return cases.flat().flatMap((one) => ('broken' in one ? [] : one.rules))
}

if (import.meta.main) {
  const { counts, missing, unlisted } = await checkRules()
  for (const [rule, count] of counts) console.log(`${String(count).padStart(4)}  ${rule}`)
  for (const rule of missing) console.log(`Cannot find a case of "${rule}"`)
  for (const rule of unlisted) console.log(`Cannot find "${rule}" in a list of rules`)
  if (missing.length + unlisted.length > 0) process.exitCode = 1
}
