// The input of a run, put together from what was said.
import { isRecord, type Json, parseOrText, setOwn } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'
import { SOURCE_BOUNDS } from '../source/bounds.ts'
import type { inputFlags } from './flags.ts'
import type { Intake } from './intake.ts'
import type { Given } from './operation.ts'

type Said = Pick<Given<typeof inputFlags>, 'input' | 'input-json' | 'input-yaml' | 'set' | 'arg'>

/** The input: one of its sources, `{}` without any, and single values on top. */
export function readInput(intake: Intake, flags: Said): Promise<Json | undefined> {
  return readInputOn(intake, flags, {})
}

/** The same, with `otherwise` where no source of it was said. */
export async function readInputOn(intake: Intake, flags: Said, otherwise: Json): Promise<Json | undefined> {
  const base = await readBase(intake, flags, otherwise)
  return [...flags.set, ...flags.arg].reduce(
    (input, said) => (input === undefined ? undefined : withValue(intake, input, said)),
    base,
  )
}

async function readBase(intake: Intake, flags: Said, otherwise: Json): Promise<Json | undefined> {
  const { input: file, 'input-json': json, 'input-yaml': yaml } = flags
  const names = (['input', 'input-json', 'input-yaml'] as const).filter((name) => flags[name] !== null)
  if (names.length > 1) {
    intake.refuse(
      'INVALID_COMMAND_LINE',
      `Cannot take the input from ${names.map((name) => `--${name}`).join(' and ')}`,
      'Give one of them',
    )
    return undefined
  }
  if (file !== null) return intake.data(file)
  if (json !== null) return readJson(intake, json)
  if (yaml !== null) return intake.parse(intake.named({ text: yaml, file: '--input-yaml' }))
  return otherwise
}

function readJson(intake: Intake, text: string): Json | undefined {
  try {
    JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    intake.refuse(
      'INVALID_DATA',
      `Cannot read --input-json as JSON: ${reason}`,
      'Quote it for the shell: --input-json \'{"name": "Ada"}\'',
    )
    return undefined
  }
  return intake.parse({ text, file: '--input-json' })
}

/** `a.b=1` in `input`. Digits name a place in a list where there is one. */
function withValue(intake: Intake, input: Json, said: string): Json | undefined {
  const at = said.indexOf('=')
  if (at < 1) {
    intake.refuse('INVALID_COMMAND_LINE', `Cannot read ${quote(said)} as a value to set`, 'Write --set key.path=value')
    return undefined
  }
  const path = said.slice(0, at).split('.')
  if (path.length > SOURCE_BOUNDS.sourceDepthMax) {
    intake.refuse(
      'INVALID_COMMAND_LINE',
      `Cannot set ${quote(said.slice(0, at))}: it is deeper than sourceDepthMax (${SOURCE_BOUNDS.sourceDepthMax})`,
    )
    return undefined
  }
  const changed = setAt(input, path, parseOrText(said.slice(at + 1)))
  if (changed !== undefined) return changed
  intake.refuse(
    'INVALID_COMMAND_LINE',
    `Cannot set ${quote(said.slice(0, at))}: there is no mapping or list at that place`,
  )
  return undefined
}

/** Recursion ends at the length of the path. */
function setAt(target: Json | undefined, path: readonly string[], value: Json): Json | undefined {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(target)) {
    const items: Json[] = [...target]
    const index = /^\d+$/.test(key) ? Number(key) : -1
    const item = index < 0 || index > items.length ? undefined : setAt(items[index], rest, value)
    if (item === undefined) return undefined
    items[index] = item
    return items
  }
  if (target !== undefined && target !== null && !isRecord(target)) return undefined
  const inside = setAt(
    target === undefined || target === null || !Object.hasOwn(target, key) ? undefined : target[key],
    rest,
    value,
  )
  if (inside === undefined) return undefined
  const copy: { [name: string]: Json } = {}
  for (const [name, old] of Object.entries(target ?? {})) setOwn(copy, name, old)
  setOwn(copy, key, inside)
  return copy
}
