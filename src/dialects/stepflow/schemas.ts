// What a flow declares: the schema of its input and its variables, in the spelling of either generation.
import { isRecord, type Json, setOwn } from '../../lib/json.ts'
import type { Variable } from '../../plan/plan.ts'
import { type Fields, fieldsOf, toFlag, toItems, toMapping, toText } from '../../source/fields.ts'
import { child, describe, type Entry, isNull, type MapNode, type Node } from '../../source/node.ts'
import type { Report } from '../../source/report.ts'
import { toJson } from '../../source/to-json.ts'
import { schemasShape } from './shapes.ts'

export type Declared = {
  /** JSON Schema of the input; `null`: anything goes. */
  readonly input: Json
  /** `null`: the flow declares none. */
  readonly variables: ReadonlyMap<string, Variable> | null
  /** Variables that have to be given: required, and without a default in their schema. */
  readonly required: readonly string[]
}

/** What `fields` of a flow declare. */
export function readDeclared(fields: Fields, report: Report): Declared {
  const schemas = readSchemas(fields.get('schemas'), report)
  const properties = schemas?.get('properties')?.value ?? null
  const shared = schemas?.get('$defs')?.value ?? null
  const input = oneOf(child(properties, 'input'), fields.get('inputSchema'), report)
  const variables = oneOf(child(properties, 'variables'), fields.get('variables'), report)
  const declared = variables === null ? null : readVariables(variables, shared, report)
  return {
    input: input === null ? null : schemaOf(input, shared, report),
    variables: declared,
    required: requiredOf(variables, report).filter((name) => declared?.get(name)?.default === undefined),
  }
}

function readSchemas(entry: Entry | undefined, report: Report): Fields | null {
  if (entry === undefined) return null
  const node = toMapping(entry.value, 'schemas', report)
  if (node === null) return null
  const flat = node.entries.filter(({ key }) => ['input', 'output', 'variables', 'steps'].includes(key))
  const [first] = flat
  if (first === undefined || child(node, 'properties') !== null) return fieldsOf(node, schemasShape, report)
  const message = `Cannot read ${flat.map(({ key }) => `"${key}"`).join(', ')} directly under schemas`
  report.error('INVALID_SCHEMA', first.keySpan, message, 'Put them under schemas: { type: object, properties: { … } }')
  return null
}

/** The newer spelling, or the older one where that is all. */
function oneOf(newer: Node | null, older: Entry | undefined, report: Report): Node | null {
  if (newer === null || isNull(newer)) return older?.value ?? null
  if (older !== undefined)
    report.warning(
      'LOST_KEY',
      older.keySpan,
      `Cannot use ${older.key}: schemas declares the same`,
      'Remove one of them',
    )
  return newer
}

function schemaOf(node: Node, shared: Node | null, report: Report): Json {
  const isSchema = node.kind === 'map' || (node.kind === 'scalar' && typeof node.value === 'boolean')
  if (isSchema) return selfContained(toJson(node), shared)
  report.error(
    'INVALID_SCHEMA',
    node.span,
    `Cannot use ${describe(node)} as a schema`,
    'A JSON Schema is a mapping, true or false',
  )
  return null
}

const sharedPrefix = '#/schemas/$defs/'

/** `schema` with the shared definitions that it refers to, so that it can be used away from its file. */
function selfContained(schema: Json, shared: Node | null): Json {
  if (shared === null || !isRecord(schema) || !JSON.stringify(schema).includes(sharedPrefix)) return schema
  const own = isRecord(schema['$defs']) ? schema['$defs'] : {}
  const defs = toJson(shared)
  const all = isRecord(defs) ? { ...defs, ...own } : own
  return withLocalRefs({ ...schema, $defs: all })
}

function withLocalRefs(value: Json): Json {
  if (Array.isArray(value)) return value.map(withLocalRefs)
  if (!isRecord(value)) return value
  const copy: { [key: string]: Json } = {}
  for (const [key, part] of Object.entries(value)) {
    const isRef = key === '$ref' && typeof part === 'string' && part.startsWith(sharedPrefix)
    setOwn(copy, key, isRef ? `#/$defs/${part.slice(sharedPrefix.length)}` : withLocalRefs(part))
  }
  return copy
}

function readVariables(node: Node, shared: Node | null, report: Report): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>()
  const schema = toMapping(node, 'the schema of the variables', report)
  const properties = child(schema, 'properties')
  if (properties === null || isNull(properties)) {
    if (schema !== null && schema.entries.length > 0 && child(schema, 'type') === null)
      report.error(
        'INVALID_SCHEMA',
        schema.span,
        'Cannot find the properties of the variables',
        'Write { type: object, properties: { name: … } }',
      )
    return variables
  }
  for (const { key, value } of toMapping(properties, 'properties', report)?.entries ?? [])
    variables.set(key, readVariable(key, value, shared, report))
  return variables
}

function requiredOf(schema: Node | null, report: Report): readonly string[] {
  const required = child(schema, 'required')
  if (required === null || isNull(required)) return []
  return (toItems(required, 'required', report) ?? []).flatMap(
    (item) => toText(item, 'the name of a variable', report) ?? [],
  )
}

/** What we read of a variable's schema and no validator knows. */
const extras: ReadonlySet<string> = new Set(['is_secret', 'isSecret', 'env_var', 'envVar'])

function readVariable(name: string, node: Node, shared: Node | null, report: Report): Variable {
  const secret = child(node, 'is_secret') ?? child(node, 'isSecret')
  const envVar = child(node, 'env_var') ?? child(node, 'envVar')
  const given = child(node, 'default')
  const variable = {
    name,
    isSecret: secret !== null && !isNull(secret) && toFlag(secret, 'is_secret', report) === true,
    envVar: envVar === null || isNull(envVar) ? null : toText(envVar, 'env_var', report),
    schema: schemaOf(node.kind === 'map' ? withoutExtras(node) : node, shared, report),
  }
  return given === null ? variable : { ...variable, default: toJson(given) }
}

function withoutExtras(node: MapNode): MapNode {
  return { ...node, entries: node.entries.filter(({ key }) => !extras.has(key)) }
}
