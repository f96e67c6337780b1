// Manifests through the library: large values that lie elsewhere, and secrets that nobody but a component sees.
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { openEngine } from '../src/index.ts'
import type { Json } from '../src/lib/json.ts'
import { openMemoryStore } from '../src/stores/memory/memory-store.ts'

const CANARY = 'c4n4ry-"&/-secret-value'

async function runOf(
  text: string,
  given: { readonly input?: Json; readonly secrets?: Record<string, string>; readonly allowNet?: string[] } = {},
) {
  const seen: Json[] = []
  const engine = await openEngine({
    store: openMemoryStore({ spillBytesMin: 20 }),
    allowNet: given.allowNet ?? [],
    components: {
      SEE: (input: Json) => {
        seen.push(input)
        return input
      },
      PYTHON_SANDBOX_RUN: (input: Json) => {
        seen.push(input)
        return null
      },
      SPLIT: ({ token }: { token: string }) => token.split('\n'),
      LEAK: ({ token }: { token: string }) => {
        throw Object.assign(new Error(`refused ${token}`), { data: { sent: encodeURIComponent(token) } })
      },
    },
  })
  const run = await engine.start(engine.compile(text), given)
  const events: Json[] = []
  for await (const event of run.events()) events.push(JSON.parse(JSON.stringify(event)))
  const [outcome, report] = [await run.result(), await run.report()]
  await engine.close()
  return { seen, outcome, shown: JSON.stringify([outcome, report, events, await run.allWarnings()]), report }
}

test('templates read values that lie elsewhere', async () => {
  const { outcome } = await runOf(
    `
- { id: all, tool: SEE, input: { list: [first item, second item, third item] } }
- id: read
  tool: SEE
  needs: [all]
  input:
    count: "{{ steps.all.result.list | length }}"
    text: "list: {{ steps.all.result.list }}"
    whole: "{{ steps.all.result }}"
    last: "{{ steps.all.result.list[-1] }}"
`,
  )
  expect(outcome).toMatchObject({
    result: {
      count: 3,
      text: 'list: ["first item", "second item", "third item"]',
      whole: { list: ['first item', 'second item', 'third item'] },
      last: 'third item',
    },
  })
})

test('a loop goes over a list in a text that lies elsewhere', async () => {
  const { outcome } = await runOf(
    `
- { id: said, tool: SEE, input: "{{ 'no' }}" }
- { id: list, tool: INPUT_TEXT, input: { value: '["one and one","two and two"]' } }
- { id: each, tool: SEE, needs: [list], forEach: "{{ steps.list.result }}", input: { is: "{{ item }} {{ loop.index }}/{{ loop.length }}" } }
`.replace('- { id: said, tool: SEE, input: "{{ \'no\' }}" }\n', ''),
  )
  expect(outcome).toMatchObject({ result: [{ is: 'one and one 1/2' }, { is: 'two and two 2/2' }] })
})

test('a condition looks into a value that lies elsewhere', async () => {
  const { outcome } = await runOf(`
- { id: all, tool: SEE, input: { kind: urgent, text: "something that is long" } }
- { id: yes, tool: SEE, needs: [all], when: "'{{ steps.all.result.kind }}' == 'urgent'", input: { ran: true } }
`)
  expect(outcome).toMatchObject({ outcome: 'success', result: { ran: true } })
})

test('a secret reaches the component, in the form that its place asks for, and nobody else', async () => {
  const { seen, shown, outcome } = await runOf(
    `
- id: a
  tool: SEE
  input:
    code: "token = '{{ secrets.TOKEN }}' + {{ secrets.TOKEN }}"
    list: "{{ [secrets.TOKEN, 1] }}"
  config: [{ name: auth, value: "Bearer {{ secrets.TOKEN }}" }]
- { id: b, tool: SEE, needs: [a], input: { back: "{{ steps.a.result.config.auth }}!" } }
`,
    { secrets: { TOKEN: CANARY } },
  )
  expect(outcome.outcome).toBe('success')
  expect(seen).toMatchObject([
    { list: [CANARY, 1], config: { auth: `Bearer ${CANARY}` } },
    { back: `Bearer ${CANARY}!` },
  ])
  expect(shown).not.toContain('c4n4ry')
  expect(shown).toContain('Bearer ***!')
})

test('in source code a secret is a literal, or part of the one around it', async () => {
  const { seen, shown } = await runOf(
    `
- id: a
  tool: PYTHON_SANDBOX_RUN
  config: { code: "a = {{ secrets.TOKEN }}; b = 'x {{ secrets.TOKEN }}'; c = {{ [secrets.TOKEN] }}" }
`,
    { secrets: { TOKEN: `it's a "secret"` } },
  )
  const escaped = `it\\'s a "secret"`
  expect(seen).toEqual([{ code: `a = '${escaped}'; b = 'x ${escaped}'; c = ['${escaped}']` }])
  expect(shown).not.toContain('a \\"secret')
})

test('a secret that a component repeats in an error is masked in all its forms', async () => {
  const { shown } = await runOf('- { id: a, tool: LEAK, input: { token: "{{ secrets.TOKEN }}" } }', {
    secrets: { TOKEN: CANARY },
  })
  expect(shown).toContain('refused ***')
  expect(shown).not.toContain('c4n4ry')
})

test('a secret of several lines is masked line by line', async () => {
  const key = '-----BEGIN KEY-----\nc4n4ry-first-line\nc4n4ry-second-line\n-----END KEY-----'
  const { shown, seen } = await runOf(
    `
- { id: a, tool: SPLIT, input: { token: "{{ secrets.TOKEN }}" } }
- { id: b, tool: SEE, needs: [a], input: { line: "{{ steps.a.result[1] }}" } }
`,
    { secrets: { TOKEN: key } },
  )
  expect(seen).toEqual([{ line: 'c4n4ry-first-line' }])
  expect(shown).not.toContain('c4n4ry')
})

test('looking into a secret is refused', async () => {
  const { outcome, shown } = await runOf('- { id: a, tool: SEE, input: { n: "{{ secrets.TOKEN | length }}" } }', {
    secrets: { TOKEN: CANARY },
  })
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'SECRET_OPERATION', step: 'a' } })
  expect(shown).not.toContain('c4n4ry')
})

test('a condition on a secret is broken, and says nothing of it', async () => {
  const { report, shown } = await runOf(
    `- { id: a, tool: SEE, when: "'{{ secrets.TOKEN }}' == 'x'", input: { n: 1 } }`,
    { secrets: { TOKEN: CANARY } },
  )
  expect(report.steps[0]).toMatchObject({ status: 'skipped', cause: { kind: 'condition-broken' } })
  expect(shown).not.toContain('c4n4ry')
})

test('from a step over a template to an HTTP step the real header is sent', async () => {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ you: request.headers.authorization }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { shown, outcome } = await runOf(
    `
- { id: header, tool: SEE, config: { auth: "Bearer {{ secrets.TOKEN }}" } }
- id: call
  tool: HTTP_REQUEST
  needs: [header]
  input: { url: "http://127.0.0.1:${port}/", headers: { authorization: "{{ steps.header.result.config.auth }}" } }
`,
    { secrets: { TOKEN: 'c4n4ry-plain-text' }, allowNet: [`127.0.0.1:${port}`] },
  )
  server.close()
  expect(outcome).toMatchObject({ outcome: 'success', result: { body: { you: 'Bearer ***' } } })
  expect(asked).toEqual(['Bearer c4n4ry-plain-text'])
  expect(shown).not.toContain('c4n4ry')
})
