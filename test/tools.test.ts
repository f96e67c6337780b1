// Tools as flows call them, from the text of a flow to a server on loopback and back.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { toolPaths } from '../src/dialects/jinba/tools.ts'
import { openEngine } from '../src/index.ts'
import type { Json } from '../src/lib/json.ts'

type Reply = { readonly status: number; readonly body?: Json; readonly headers?: Record<string, string> } | 'broken off'
type Seen = { readonly url: string | undefined; readonly key: string; readonly body: Json }

/** Answers each request with the next of `replies`, and runs a flow that may reach it. */
async function world(replies: readonly Reply[]) {
  const seen: Seen[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await request.toArray()).join('')
    seen.push({ url: request.url, key: String(request.headers['idempotency-key']), body: JSON.parse(body) })
    const reply = replies[seen.length - 1] ?? 'broken off'
    if (reply === 'broken off') request.socket.destroy()
    else response.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body))
  }
  const server = createServer((request, response) => void answer(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const run = async (text: string, secrets: Record<string, string> = {}) => {
    const engine = await openEngine({ allowNet: [host] })
    onTestFinished(() => engine.close())
    const started = await engine.start(engine.compile(text.replaceAll('HERE', `http://${host}`)), { secrets })
    const outcome = await started.result()
    return { outcome, report: await started.report() }
  }
  return { seen, run }
}

const completion = (content: string): Json => ({
  id: 'c',
  object: 'chat.completion',
  created: 0,
  model: 'gpt-x',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
})

test('a manifest asks a model, and tells somebody what it said', async () => {
  const { seen, run } = await world([{ status: 200, body: completion('{"urgent":true}') }, { status: 204 }])
  const { outcome } = await run(
    `
- id: sort
  tool: OPENAI_INVOKE
  input:
    - { name: prompt, value: "Is it urgent?" }
    - { name: schema, value: { type: object, properties: { urgent: { type: boolean } }, required: [urgent] } }
  config:
    - { name: token, value: "{{ secrets.OPENAI_KEY }}" }
    - { name: version, value: gpt-x }
    - { name: base_url, value: HERE/v1 }
- id: tell
  tool: WEBHOOK_SEND
  needs: [sort]
  when: "{{ steps.sort.result.object.urgent }}"
  input: { url: HERE/hook, json: { tokens: "{{ steps.sort.result.usage.total_tokens }}" } }
`,
    { OPENAI_KEY: 'sk-a-secret-key' },
  )
  expect(outcome).toMatchObject({ outcome: 'success', result: { status: 204 } })
  expect(seen).toMatchObject([
    { url: '/v1/chat/completions', body: { model: 'gpt-x' } },
    { url: '/hook', body: { tokens: 3 } },
  ])
})

test('a message that a busy service did not take is sent again with the same key, one of unknown outcome is not', async () => {
  const busy: Reply = { status: 429, headers: { 'retry-after': '0' } }
  const flow = `
steps:
  - { id: a, tool: WEBHOOK_SEND, retry: { max: 3, delay: 1ms }, input: { url: HERE/a, json: 1 } }
`
  const patient = await world([busy, busy, { status: 200, body: 'taken' }])
  expect((await patient.run(flow)).outcome).toMatchObject({ outcome: 'success' })
  expect(new Set(patient.seen.map(({ key }) => key)).size).toBe(1)
  expect(patient.seen).toHaveLength(3)
  const lost = await world(['broken off', { status: 200, body: 'twice' }])
  expect((await lost.run(flow)).outcome).toMatchObject({ outcome: 'failed', error: { code: 'OUTCOME_UNKNOWN' } })
  expect(lost.seen).toHaveLength(1)
})

test('a key is in no error and no report, though the vendor quotes it', async () => {
  const { run } = await world([{ status: 401, body: { error: { message: 'Incorrect API key: sk-a-secret-key' } } }])
  const { outcome, report } = await run(`
steps:
  - id: chat
    component: /builtin/openai
    input: { base_url: HERE, api_key: sk-a-secret-key, messages: [{ role: user, content: hi }] }
output: { $step: chat }
`)
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'COMPONENT_FAILED' } })
  expect(JSON.stringify(outcome)).toContain('Incorrect API key: ***')
  expect(JSON.stringify([outcome, report.steps])).not.toContain('Incorrect API key: sk-')
})

test('a flow without tools loads none of them, nor any of their libraries', async () => {
  const loaded = await loadedAtStart()
  expect(loaded.filter((name) => /^(?:ai|@ai-sdk\/.*|saxes|csv-.*|undici|ajv.*)$/.test(name))).toEqual([])
  expect(
    loaded.filter((name) => /\/(?:llm|gmail|slack|webhook|discord|csv|xml|output-file|http)[\w-]*\.ts$/.test(name)),
  ).toEqual([])
  expect(loaded).toContain('src/components/builtin/tools.ts')
})

/** Files and packages that the command line imports before it does anything. */
async function loadedAtStart(): Promise<readonly string[]> {
  const shape = { bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external' } as const
  const { metafile } = await build({
    ...shape,
    entryPoints: ['src/main.ts'],
    outdir: 'out',
    write: false,
    metafile: true,
  })
  const open = Object.keys(metafile.outputs).filter((path) => metafile.outputs[path]?.entryPoint === 'src/main.ts')
  const loaded = new Set<string>(open)
  // A set gives what is added to it while it is walked, too.
  for (const path of loaded)
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === 'import-statement') loaded.add(next)
  return [...loaded].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? { [path]: null }))
}

test('docs/tools.md has each tool, with its path', () => {
  const text = readFileSync('docs/tools.md', 'utf8')
  expect([...toolPaths].flat().filter((name) => !text.includes(name))).toEqual([])
})
