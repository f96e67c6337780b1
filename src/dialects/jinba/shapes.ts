// The keys of the language, and what others would try.
import type { Shape } from '../../source/fields.ts'

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}

export const manifestShape: Shape = {
  what: 'a manifest',
  keys: words('steps name description version test'),
  hints: new Map([
    ['inputs', 'An INPUT_TEXT or INPUT_JSON step is a parameter of the flow'],
    ['output', 'The result is what its OUTPUT_ steps, or else its last step, gave'],
  ]),
}

const noPath = 'Write tool: NAME; a component of your own is named the same way'

export const stepShape: Shape = {
  what: 'a step',
  isStrict: true,
  keys: words('id name description tool input config needs when forEach retry timeout onError join concurrency'),
  also: new Map([['on_error', 'onError']]),
  older: new Map([
    ['for_each', 'forEach'],
    ['foreach', 'forEach'],
    ['inputs', 'input'],
  ]),
  hints: new Map([
    ['depends_on', 'Write needs: [step]'],
    ['dependsOn', 'Write needs: [step]'],
    ['if', 'Write when'],
    ['condition', 'Write when'],
    ['skipIf', 'Write when: a step runs when its condition is true'],
    ['component', noPath],
    ['args', 'Write input: [{ name: …, value: … }]'],
    ['params', 'Write input: [{ name: …, value: … }]'],
  ]),
}

export const pairShape: Shape = { what: 'a parameter', keys: words('name value') }

export const onErrorShape: Shape = {
  what: 'onError',
  keys: words('action default'),
  also: new Map([['defaultValue', 'default']]),
}
