// The keys of the language, in all its generations, and what they have been called.
import type { Shape } from '../../source/fields.ts'

/** Keys, a space between them. */
function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}

const olderSchemaKeys = [
  ['input_schema', 'inputSchema'],
  ['output_schema', 'outputSchema'],
] as const

const noInputHere = 'A flow is given its input when it runs; its schema is schemas: { properties: { input: … } }'
const noOrderHere = 'Write needs: [step]; a step that reads another waits for it anyway'
const noConditionHere = 'Write skipIf: a step is skipped when its skipIf is true'

export const flowShape: Shape = {
  what: 'a flow',
  keys: words(
    'name description version schemas steps output test examples metadata schema variables inputSchema outputSchema',
  ),
  older: new Map(olderSchemaKeys),
  hints: new Map([
    ['input', noInputHere],
    ['inputs', noInputHere],
  ]),
}

/** `description`, `metadata` and the schemas of a step are read by people and tools, not by the engine. */
export const stepShape: Shape = {
  what: 'a step',
  keys: words(
    'id component input skipIf onError retry timeout needs join forEach concurrency mustExecute ' +
      'metadata description inputSchema outputSchema',
  ),
  also: new Map([['on_error', 'onError']]),
  older: new Map([
    ...olderSchemaKeys,
    ['args', 'input'],
    ['skip', 'skipIf'],
    ['skip_if', 'skipIf'],
    ['must_execute', 'mustExecute'],
    ['for_each', 'forEach'],
  ]),
  hints: new Map([
    ['depends_on', noOrderHere],
    ['dependsOn', noOrderHere],
    ['after', noOrderHere],
    ['when', noConditionHere],
    ['if', noConditionHere],
    ['condition', noConditionHere],
    ['tool', 'Write component: /path'],
    ['name', 'Write id: name'],
  ]),
}

export const onErrorShape: Shape = {
  what: 'onError',
  keys: words('action defaultValue maxRetries maxAttempts'),
  also: new Map([
    ['default_output', 'defaultValue'],
    ['defaultOutput', 'defaultValue'],
    ['default', 'defaultValue'],
  ]),
  older: new Map([
    ['default_value', 'defaultValue'],
    ['max_retries', 'maxRetries'],
    ['max_attempts', 'maxAttempts'],
  ]),
}

export const schemasShape: Shape = {
  what: 'schemas',
  keys: words('type properties $defs $schema description title'),
}

export const testShape: Shape = {
  what: 'test',
  keys: words('cases config configFile servers description'),
  also: new Map([['stepflow_config', 'config']]),
}
