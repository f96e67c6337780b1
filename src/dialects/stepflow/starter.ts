// A first flow with a component of one's own and a case that passes.
import type { Starter } from '../dialect.ts'

const flow = `# Greets everybody on a list, and counts them. Write \`millrace explain flow.yaml\` to see what it does in words.
name: greetings

schemas:
  type: object
  properties:
    input:
      type: object
      required: [names]
      properties:
        names: { type: array, items: { type: string } }

steps:
  # A loop: one step, a call for each name.
  - id: greet
    component: /greet
    forEach: { $input: names }
    input:
      name: { $item: $ }

  - id: count
    component: /count
    input:
      greetings: { $step: greet }

output: { $step: count }
`

const components = `// Components of your own: plain functions, by the path that a flow names them.
export default {
  '/greet': ({ name }: { name: string }) => \`Hello, \${name}!\`,
  '/count': ({ greetings }: { greetings: string[] }) => ({ count: greetings.length, greetings }),
}
`

const cases = `# What the flow should do. Another case goes below, after a line of three dashes.
name: everybody is greeted
file: flow.yaml
input: { names: [Ada, Grace] }
expect:
  outcome: success
  result: { count: 2, greetings: ["Hello, Ada!", "Hello, Grace!"] }
`

export const starter: Starter = {
  files: { 'flow.yaml': flow, 'components.ts': components, 'flow.test.yaml': cases },
  run: `millrace run flow.yaml --components components.ts --input-json '{"names":["Ada"]}'`,
  test: 'millrace test flow.test.yaml --components components.ts',
}
