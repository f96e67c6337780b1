// A first manifest with a tool of one's own and a case that passes.
import type { Starter } from '../dialect.ts'

const flow = `# Greets everybody on a list. Write \`millrace explain flow.yaml\` to see what it does in words.
steps:
  # A parameter of the flow; its value stands in where nobody gives one.
  - id: names
    tool: INPUT_JSON
    input:
      - name: value
        value: '["Ada", "Grace"]'

  # A loop: one step, a call for each name. GREET is a tool of your own.
  - id: greet
    tool: GREET
    needs: [names]
    forEach: "{{ steps.names.result }}"
    input:
      - name: name
        value: "{{ item }}"

  # What the flow gives.
  - id: letter
    tool: OUTPUT_TEXT
    needs: [greet]
    input:
      - name: value
        value: "{{ steps.greet.result | join(' ') }}"
`

const components = `// Tools of your own: plain functions, by the name that a manifest calls them.
export default {
  GREET: ({ name }: { name: string }) => \`Hello, \${name}!\`,
}
`

const cases = `# What the flow should do. Another case goes below, after a line of three dashes.
name: everybody is greeted
file: flow.yaml
input: { names: [Ada, Grace] }
expect:
  outcome: success
  result: Hello, Ada! Hello, Grace!
`

export const starter: Starter = {
  files: { 'flow.yaml': flow, 'components.ts': components, 'flow.test.yaml': cases },
  run: `millrace run flow.yaml --components components.ts --arg names='["Ada"]'`,
  test: 'millrace test flow.test.yaml --components components.ts',
}
