// Our own settings: from `millrace.yml`, and from the environment, which goes before the file. Flags go before both.
import { durationMs } from '../lib/duration.ts'
import { toHostPort } from '../lib/host-port.ts'
import { isRecord, type Json } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'
import type { Report, SettingsFault } from './fault.ts'
import { type Keep, readRetention } from './retention.ts'

export type Settings = {
  /** `HOST:PORT` that HTTP components may reach although they are not public. */
  readonly allowNet: readonly string[]
  /** Calls of components at once, of one run; `null`: the engine's own bound. */
  readonly callsPerRunMax: number | null
  /** Of a whole run. */
  readonly timeoutMs: number | null
  /** Where runs are kept; `null`: in the folder that is used if nothing is said. */
  readonly store: string | null
  /** How long ended runs are kept. */
  readonly retention: Keep
  /** `unconfined`: Python of flows runs although this machine offers no sandbox for it, and sees the machine. */
  readonly python: 'confined' | 'unconfined'
}

/** The file that is found by itself, in the current folder. */
export const SETTINGS_FILE = 'millrace.yml'

const CALLS_MAX = 1_024

type Setting<T> = {
  readonly name: string
  readonly env: string
  /** `null`, where nothing was reported: with `hint`, all is said. */
  readonly read: (value: Json, report: Report) => T | null
  readonly hint: string
}

const allowNet: Setting<readonly string[]> = {
  name: 'allowNet',
  env: 'MILLRACE_ALLOW_NET',
  read: toAddresses,
  hint: 'Write a list of HOST:PORT',
}
const callsPerRunMax: Setting<number> = {
  name: 'callsPerRunMax',
  env: 'MILLRACE_CALLS_PER_RUN_MAX',
  read: toCount,
  hint: `Write a whole number from 1 to ${CALLS_MAX}`,
}
const timeout: Setting<number> = {
  name: 'timeout',
  env: 'MILLRACE_TIMEOUT',
  read: (value) => (typeof value === 'string' || typeof value === 'number' ? durationMs(value) : null),
  hint: 'Write a time such as 30s or 5m',
}
const python: Setting<Settings['python']> = {
  name: 'python',
  env: 'MILLRACE_PYTHON',
  read: (value) => (value === 'confined' || value === 'unconfined' ? value : null),
  hint: 'Write confined or unconfined',
}
const store: Setting<string> = {
  name: 'store',
  env: 'MILLRACE_STORE',
  read: (value) => (value === 'memory' || (typeof value === 'string' && /^sqlite:./.test(value)) ? value : null),
  hint: 'Write memory or sqlite:PATH',
}
const retention: Setting<Keep> = {
  name: 'retention',
  env: 'MILLRACE_RETENTION',
  read: readRetention,
  hint: 'Write forever, or some of { runs: 30d, failedRuns: 90d, bytes: 10000000000, count: 100000, flows: { … } }',
}
const names = [allowNet, callsPerRunMax, timeout, python, store, retention].map(({ name }) => name)

/** @param data What the file holds; `null` where there is none. */
export function toSettings(
  data: Json,
  env: Readonly<Record<string, string | undefined>>,
): { readonly settings: Settings; readonly faults: readonly SettingsFault[] } {
  const faults: SettingsFault[] = []
  const file = isRecord(data) ? data : {}
  if (data !== null && !isRecord(data))
    faults.push({ message: 'Cannot use this as settings', hint: 'Write name: value' })
  for (const key of Object.keys(file).filter((name) => !names.includes(name)))
    faults.push({ message: `Cannot find the setting ${quote(key)}`, hint: `There are: ${names.join(', ')}` })

  function read<T>(setting: Setting<T>): T | null {
    const fromEnv = env[setting.env]
    const given = fromEnv ?? (Object.hasOwn(file, setting.name) ? file[setting.name] : null) ?? null
    if (given === null) return null
    const isOfFile = fromEnv === undefined
    const name = isOfFile ? setting.name : setting.env
    const fault = (one: SettingsFault): void => void faults.push(isOfFile ? one : { ...one, variable: name })
    const value = setting.read(given, { name, fault })
    if (value === null)
      fault({ message: `Cannot use ${quote(JSON.stringify(given))} as the setting ${name}`, hint: setting.hint })
    return value
  }
  return {
    settings: {
      allowNet: read(allowNet) ?? [],
      callsPerRunMax: read(callsPerRunMax),
      timeoutMs: read(timeout),
      python: read(python) ?? 'confined',
      store: read(store),
      retention: read(retention) ?? {},
    },
    faults,
  }
}

function toAddresses(value: Json): readonly string[] | null {
  const texts = toTexts(value)
  return texts?.every((text) => toHostPort(text) !== null) === true ? texts : null
}

/** A list, or one text with commas. */
function toTexts(value: Json): readonly string[] | null {
  const items: readonly Json[] | null =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : null
  const texts = (items ?? []).flatMap((item) => (typeof item === 'string' ? item.trim() : []))
  return items === null || texts.length < items.length ? null : texts
}

function toCount(value: Json): number | null {
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= CALLS_MAX ? count : null
}
