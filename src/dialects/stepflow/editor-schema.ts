// The language as editors see it.
import type { Json } from '../../lib/json.ts'
import { type Callables, commonStepProperties, fieldsOf, namesOf } from '../editor-schema.ts'
import { flowShape, stepShape } from './shapes.ts'

/** JSON Schema 2020-12 of a flow. */
export function editorSchema(callables: Callables): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'StepFlow flow',
    type: 'object',
    properties: {
      ...anything(flowShape.keys),
      name: { type: 'string' },
      steps: { type: 'array', items: step(callables) },
    },
    patternProperties: { '^x-': {} },
  }
}

function step(callables: Callables): Json {
  return {
    type: 'object',
    required: ['id', 'component'],
    properties: {
      ...anything(stepShape.keys),
      ...commonStepProperties,
      component: namesOf(callables),
      skipIf: { description: 'The step is skipped when this is true' },
      onError: { description: 'What the step counts as when it failed: fail, continue, skip, retry' },
      forEach: { description: 'A list, or a reference to one: the step runs once for each item' },
      mustExecute: { type: 'boolean', description: 'Runs also where nothing reads it' },
    },
    allOf: [...callables].map(([component, { input }]) => ({
      if: { properties: { component: { const: component } }, required: ['component'] },
      then: { properties: { input: { properties: fieldsOf(input) } } },
    })),
  }
}

function anything(keys: Iterable<string>): Record<string, Json> {
  return Object.fromEntries([...keys].map((key) => [key, {}]))
}
