// The language as editors see it.
import type { Json } from '../../lib/json.ts'
import { type Callable, type Callables, commonStepProperties, fieldsOf, namesOf } from '../editor-schema.ts'
import { manifestShape } from './shapes.ts'
import { toolPaths } from './tools.ts'

/** JSON Schema 2020-12 of a manifest: a list of steps, or a mapping that has one. */
export function editorSchema(callables: Callables): Json {
  const tools: Callables = new Map([...callables, ...aliased(callables)])
  const steps = { type: 'array', items: step(tools) }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Jinba Flow manifest',
    anyOf: [
      steps,
      {
        type: 'object',
        required: ['steps'],
        properties: { ...Object.fromEntries([...manifestShape.keys].map((key) => [key, {}])), steps },
        patternProperties: { '^x-': {} },
      },
    ],
  }
}

function aliased(callables: Callables): readonly (readonly [name: string, callable: Callable])[] {
  return [...toolPaths].map(([name, path]) => [name, callables.get(path) ?? { description: null, input: null }])
}

function step(tools: Callables): Json {
  return {
    type: 'object',
    required: ['id', 'tool'],
    additionalProperties: false,
    patternProperties: { '^x-': {} },
    properties: {
      ...commonStepProperties,
      name: { type: 'string' },
      description: { type: 'string' },
      tool: namesOf(tools),
      input: pairs,
      config: pairs,
      when: { type: ['string', 'boolean'], description: "Such as \"'{{ steps.a.result }}' == 'yes'\"" },
      forEach: { type: ['string', 'array'], description: 'A list, or a template that gives one' },
      onError: {
        anyOf: [
          { enum: ['fail', 'continue', 'skip'] },
          {
            type: 'object',
            required: ['action'],
            properties: { action: { enum: ['fail', 'continue', 'skip'] }, default: {} },
          },
        ],
      },
    },
    allOf: [...tools].map(([tool, { input }]) => ({
      if: { properties: { tool: { const: tool } }, required: ['tool'] },
      then: { properties: { input: { properties: fieldsOf(input) } } },
    })),
  }
}

const pairs: Json = {
  anyOf: [
    {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        additionalProperties: false,
        properties: { name: { type: 'string' }, value: {} },
      },
    },
    { type: 'object' },
  ],
}
