// What a JSON Schema library found, in our words. Values are named by their kind only: one of them may be a secret.
import type { ErrorObject } from 'ajv'
import { kindOf } from './json.ts'
import { quote } from './quote.ts'
import type { SchemaProblem } from './schema.ts'

const problemsMax = 20
const optionsMax = 10

/** The problems, one for each place and fault. */
export function toProblems(errors: readonly ErrorObject[]): readonly SchemaProblem[] {
  const choices = errors.filter(isChoice)
  const isInside = (error: ErrorObject): boolean =>
    choices.some((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`))
  const told = errors.filter((error) => !isInside(error) && (error.keyword !== 'if' || errors.length === 1))
  const problems = told.slice(0, problemsMax).map((error) => toProblem(error, errors))
  if (told.length <= problemsMax) return problems
  return [...problems, { path: '', message: `has ${told.length - problemsMax} more faults` }]
}

/** None of its alternatives fits, and each of them has said why. */
function isChoice({ keyword, params }: ErrorObject): boolean {
  return keyword === 'anyOf' || (keyword === 'oneOf' && params['passingSchemas'] === null)
}

function toProblem(error: ErrorObject, errors: readonly ErrorObject[]): SchemaProblem {
  if (!isChoice(error)) return { path: toPath(error.instancePath), message: messageOf(error) }
  const inside = errors.filter(({ schemaPath }) => schemaPath.startsWith(`${error.schemaPath}/`))
  const reasons = inside
    .filter((one) => !isChoice(one))
    .map((one) => {
      const path = toPath(one.instancePath.slice(error.instancePath.length))
      return path === '' ? messageOf(one) : `${path} ${messageOf(one)}`
    })
  const list = [...new Set(reasons)].slice(0, optionsMax).join(', or ')
  return { path: toPath(error.instancePath), message: list === '' ? 'fits none of its alternatives' : list }
}

/** `/items/0/a b` as `items[0]["a b"]`. */
function toPath(pointer: string): string {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const steps = keys.map((key) =>
    /^\d+$/.test(key) ? `[${key}]` : /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `.${key}` : `[${quote(key)}]`,
  )
  return steps.join('').replace(/^\./, '')
}

function messageOf({ keyword, params, data, message }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return `must be ${[params['type']].flat().map(nameOfType).join(' or ')}, not ${kindOf(data)}`
    case 'required':
      return `must have ${quote(String(params['missingProperty']))}`
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `must not have ${quote(String(params['additionalProperty'] ?? params['unevaluatedProperty']))}`
    case 'enum':
      return `must be one of ${listed([params['allowedValues']].flat())}`
    case 'const':
      return `must be ${quoted(params['allowedValue'])}`
    case 'pattern':
      return `must match the pattern ${quote(String(params['pattern']))}`
    case 'format':
      return `must have the format ${quote(String(params['format']))}`
    case 'oneOf':
      return 'must fit only one of its alternatives'
    case 'false schema':
      return 'must not be there'
    default:
      return (message ?? 'does not fit').replace(/^must NOT/, 'must not')
  }
}

function nameOfType(type: unknown): string {
  const names = new Map([
    ['string', 'text'],
    ['number', 'a number'],
    ['integer', 'a whole number'],
    ['boolean', 'true or false'],
    ['array', 'a list'],
    ['object', 'a mapping'],
  ])
  return names.get(String(type)) ?? String(type)
}

function listed(values: readonly unknown[]): string {
  const shown = values.slice(0, optionsMax).map(quoted).join(', ')
  return values.length > optionsMax ? `${shown} and ${values.length - optionsMax} more` : shown
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? quote(value) : JSON.stringify(value)
}
