// A command line as an operation's flags describe it.
import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { Flag, Flags, Operation } from '../../api/operation.ts'
import { didYouMean } from '../../lib/did-you-mean.ts'
import { durationMs } from '../../lib/duration.ts'
import { quote } from '../../lib/quote.ts'

type Value = string | boolean | number | readonly string[] | null
type Operand = Operation<Flags, unknown>['operand']
export type Parsed =
  | {
      readonly kind: 'parsed'
      readonly operands: readonly string[]
      readonly flags: { readonly [name: string]: Value }
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string; readonly hint: string | null }

/** Reads `argv`, or says the first thing that is wrong with it. */
export function parseArguments(argv: readonly string[], flags: Flags, operand: Operand): Parsed {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } }
  for (const [name, { kind }] of Object.entries(flags))
    options[name] = { type: kind === 'switch' ? 'boolean' : 'string' }
  // Not strict: what is wrong is said in our own words.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
  const operands: string[] = []
  const said = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    if (name === 'help') return { kind: 'help' }
    const fault = faultOf(rawName, rawName.startsWith('--') ? name : '', value, flags)
    if (fault !== null) return fault
    said.set(name, [...(said.get(name) ?? []), value ?? ''])
  }
  const values: { [name: string]: Value } = {}
  for (const [name, flag] of Object.entries(flags)) {
    const value = valueOf(name, flag, said.get(name) ?? [])
    if (typeof value === 'object' && value !== null && 'message' in value) return value
    values[name] = value
  }
  return checkOperands(operands, operand) ?? { kind: 'parsed', operands, flags: values }
}

function faultOf(rawName: string, name: string, value: string | undefined, flags: Flags): Wrong | null {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag === undefined) return unknownFlag(rawName, flags)
  if (flag.kind === 'switch') return value === undefined ? null : wrong(`${rawName} takes no value`)
  return value === undefined ? wrong(`${rawName} needs a value`, `Write ${rawName} ${flag.value}`) : null
}

type Wrong = Extract<Parsed, { kind: 'wrong' }>

function valueOf(name: string, flag: Flag, said: readonly string[]): Value | Wrong {
  if (flag.kind === 'switch') return said.length > 0
  if (flag.kind === 'texts') return said
  const [text, second] = said
  if (second !== undefined) return wrong(`Cannot take --${name} twice`)
  if (text === undefined) return null
  if (flag.kind === 'text') return text
  const number = flag.kind === 'count' ? countOf(text) : durationMs(text)
  if (number !== null) return number
  return flag.kind === 'count'
    ? wrong(`Cannot use ${quote(text)} for --${name}`, 'Write a whole number from 1 on')
    : wrong(`Cannot use ${quote(text)} for --${name}`, 'Write a time such as 250ms, 30s, 5m or 2h')
}

const COUNT_MAX = 1_000_000

function countOf(text: string): number | null {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  return count >= 1 && count <= COUNT_MAX ? count : null
}

function checkOperands(operands: readonly string[], operand: Operand): Wrong | null {
  const [first, second] = operands
  if (operand === null) return first === undefined ? null : wrong(`Cannot use the argument ${quote(first)}`)
  if (operand.count === 'any') return null
  if (first === undefined) return wrong(`Cannot find ${operand.name} in the command line`)
  if (operand.count === 'many' || second === undefined) return null
  return wrong(`Cannot use the argument ${quote(second)}: one ${operand.name} is all it takes`)
}

function unknownFlag(rawName: string, flags: Flags): Wrong {
  const meant = didYouMean(rawName.replace(/^-+/, ''), Object.keys(flags))
  return wrong(`Cannot find the flag ${rawName}`, meant === null ? null : `Did you mean --${meant}?`)
}

function wrong(message: string, hint: string | null = null): Wrong {
  return { kind: 'wrong', message, hint }
}
