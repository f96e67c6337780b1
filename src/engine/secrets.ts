// The secrets of one run: sealed on the way in, opened at dispatch, masked everywhere else.
import { ComponentError } from '../components/component.ts'
import { mapLeaves, Sealed, Spilled, writtenSecret, type SecretForm, type SecretRef, type Value } from '../plan/leaf.ts'
import { isRecord, parseOrText, setOwn, type Json } from '../lib/json.ts'
import type { ErrorInfo } from '../plan/cause.ts'

/** Shorter ones are sealed by reference only: as text they would be found everywhere. */
export const SEALED_LENGTH_MIN = 8

export type Secrets = {
  readonly size: number
  /** The text behind a name, in one of its forms. */
  textOf(ref: SecretRef): string
  /** The same value with every occurrence of a secret sealed. */
  seal(value: Json): Value
  /** The same text with every occurrence of a secret masked. */
  mask(text: string): string
  maskError(error: ErrorInfo): ErrorInfo
}

const NO_SECRETS: Secrets = {
  size: 0,
  textOf: () => '',
  seal: (value) => value,
  mask: (text) => text,
  maskError: (error) => error,
}

type Needle = { readonly text: string; readonly ref: SecretRef }

export function createSecrets(values: ReadonlyMap<string, string>): Secrets {
  if (values.size === 0) return NO_SECRETS
  const needles = needlesOf(values)
  const mask = (text: string): string => needles.reduce((masked, needle) => masked.replaceAll(needle.text, '***'), text)
  const seal = (value: Json): Value => sealValue(value, needles, mask)
  return {
    size: values.size,
    textOf: (ref) => written(toForm(partOf(values.get(ref.secret) ?? '', ref.line), ref.form), ref),
    seal,
    mask,
    maskError: (error) => maskError(error, mask),
  }
}

function written(text: string, ref: SecretRef): string {
  const found = writtenSecret(text, ref)
  if (found !== null) return found
  const message = 'Cannot write the secret between these quotes: it has some itself'
  throw new ComponentError({ code: 'SECRET_OPERATION', message, isRetryable: false })
}

/** Longest first, so that a secret inside another one's form does not break it. */
function needlesOf(values: ReadonlyMap<string, string>): readonly Needle[] {
  const forms: readonly SecretForm[] = ['plain', 'base64', 'url', 'json']
  const needles = new Map<string, Needle>()
  for (const [secret, value] of values)
    for (const { part, line } of partsOf(value))
      for (const form of part.length < SEALED_LENGTH_MIN ? [] : forms) {
        const text = toForm(part, form)
        if (!needles.has(text))
          needles.set(text, { text, ref: line === null ? { secret, form } : { secret, form, line } })
      }
  return [...needles.values()].toSorted((a, b) => b.text.length - a.text.length)
}

/** The secret as a whole, and where it has several lines, each of them. */
function partsOf(value: string): readonly { readonly part: string; readonly line: number | null }[] {
  const lines = linesOf(value)
  const whole = { part: value, line: null }
  return lines.length === 1 ? [whole] : [whole, ...lines.map((part, line) => ({ part, line }))]
}

function partOf(value: string, line: number | undefined): string {
  return line === undefined ? value : (linesOf(value)[line] ?? '')
}

function linesOf(value: string): readonly string[] {
  return value.split(/\r?\n/)
}

function toForm(value: string, form: SecretForm): string {
  if (form === 'plain') return value
  if (form === 'url') return encodeURIComponent(value.toWellFormed())
  if (form === 'json') return JSON.stringify(value).slice(1, -1)
  return Buffer.from(value).toString('base64').replace(/=+$/, '')
}

function sealValue(value: Json, needles: readonly Needle[], mask: (text: string) => string): Value {
  if (typeof value === 'string') return sealText(value, needles)
  if (Array.isArray(value)) return value.map((item: Json) => sealValue(item, needles, mask))
  if (!isRecord(value)) return value
  const sealed: { [key: string]: Value } = {}
  for (const [key, item] of Object.entries(value))
    setOwn(sealed, freeKey(sealed, mask(key)), sealValue(item, needles, mask))
  return sealed
}

/** A key cannot be opened again, so a secret in one is masked; keys that look the same then are numbered. */
function freeKey(record: { readonly [key: string]: Value }, key: string): string {
  let free = key
  for (let count = 2; Object.hasOwn(record, free); count += 1) free = `${key} (${count})`
  return free
}

function sealText(text: string, needles: readonly Needle[]): Value {
  let parts: (string | SecretRef)[] = [text]
  for (const { text: needle, ref } of needles) {
    if (text.includes(needle))
      parts = parts.flatMap((part) => (typeof part === 'string' ? splitAt(part, needle, ref) : [part]))
  }
  return parts.length === 1 && parts[0] === text ? text : new Sealed(parts)
}

function splitAt(text: string, needle: string, ref: SecretRef): readonly (string | SecretRef)[] {
  return text.split(needle).flatMap((piece, index) => [...(index === 0 ? [] : [ref]), ...(piece === '' ? [] : [piece])])
}

function maskError(error: ErrorInfo, mask: (text: string) => string): ErrorInfo {
  const { data } = error
  const text = data === undefined ? null : JSON.stringify(data)
  const masked = text === null ? null : mask(text)
  const isClean = masked === text || masked === null
  return {
    ...error,
    code: mask(error.code),
    message: mask(error.message),
    ...(isClean ? {} : { data: parseOrText(masked) }),
  }
}

/** The plain data that a component gets: secrets opened, large values loaded. `null` in `loaded` cannot be: they were asked for. */
export function openValue(value: Value, secrets: Secrets, loaded: ReadonlyMap<string, Json>): Json {
  return mapLeaves(value, (leaf) => {
    if (leaf instanceof Sealed)
      return leaf.parts.map((part) => (typeof part === 'string' ? part : secrets.textOf(part))).join('')
    return loaded.get(leaf.hash) ?? null
  })
}

/** The large values inside a value. */
export function spilledIn(value: Value): readonly string[] {
  let hashes: Set<string> | null = null
  mapLeaves(value, (leaf) => {
    if (leaf instanceof Spilled) hashes = (hashes ?? new Set()).add(leaf.hash)
    return null
  })
  return hashes === null ? [] : [...hashes]
}
