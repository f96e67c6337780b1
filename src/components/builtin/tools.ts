// Components that fewer flows call: their code is loaded, all of it at once, by the first call of one of them.
// What has to be known before that is here: what running them again would do, and a line for people.
import { assert } from '../../lib/assert.ts'
import type { Component, EffectClass } from '../component.ts'
import { later } from './later.ts'
import type { ToolPorts } from './loaded-tools.ts'

type Known = Readonly<Record<string, readonly [effect: EffectClass, description: string]>>

/** For the network, files, formats and code. */
const TOOLS: Known = {
  'http/get': ['at-least-once', 'Get a URL and answer { status, headers, body }'],
  'http/post': ['at-least-once', 'Post to a URL and answer { status, headers, body }'],
  'http/request': ['at-least-once', 'Send an HTTP request and answer { status, headers, body }'],
  input_file_as_text: ['at-least-once', 'A file from a URL or the working folder, as text'],
  input_image_file: ['at-least-once', 'An image from a URL or the working folder, as base64'],
  output_file: ['at-least-once', 'Write a file and answer { path, bytes, sha256 }'],
  json_validate: ['pure', 'Check data against a JSON Schema and answer { valid, value, problems }'],
  data_convert: ['pure', 'Convert between JSON, YAML, CSV, XML and data'],
  python: ['at-least-once', 'Run Python code in a sandbox and answer its value'],
  javascript: ['at-least-once', 'Run JavaScript code in a sandbox and answer its value'],
  'python/udf': ['at-least-once', 'Call a Python function that lies in a blob, in a sandbox, and answer what it gives'],
}

const MODEL = 'and answer { content, model, finish_reason, usage, object }'

/** What speaks to services of others, with an account. */
const SERVICES: Known = {
  'llm/anthropic': ['at-least-once', `Ask a model of Anthropic ${MODEL}`],
  'llm/gemini': ['at-least-once', `Ask a model of Google ${MODEL}`],
  'llm/grok': ['at-least-once', `Ask a model of xAI ${MODEL}`],
  'llm/openai': ['at-least-once', `Ask a model of OpenAI ${MODEL}`],
  openai: ['at-least-once', 'Ask a model of OpenAI and answer { response }'],
  slack_post_message: ['at-most-once', 'Post a message to Slack and answer { channel, ts, message }'],
  gmail_send: ['at-most-once', 'Send a mail through Gmail and answer { id, thread_id }'],
  discord_post_message: ['at-most-once', 'Post a message to Discord and answer { id, channel_id }'],
  webhook_send: ['at-most-once', 'Call a webhook once, signed if wanted, and answer { status, body }'],
}

type Named = Readonly<Record<string, Component>>

/** Both kinds, by the names that follow `/builtin/`. */
export function toolsOf(ports: ToolPorts): { readonly tools: Named; readonly services: Named } {
  let loading: Promise<Named> | null = null
  // One file for all: a file for each would also cut what they share into files, and each file costs every start a millisecond.
  const load = (): Promise<Named> =>
    (loading ??= import('./loaded-tools.ts').then(({ createTools }) => createTools(ports)))
  const waiting = (known: Known): Named => {
    const entries = Object.entries(known).map(([name, [effect, description]]) => {
      const component = later(effect, description, async () => {
        const found = (await load())[name]
        assert(found !== undefined, `"${name}" is among the loaded tools`)
        return found
      })
      return [name, component] as const
    })
    return Object.fromEntries(entries)
  }
  return { tools: waiting(TOOLS), services: waiting(SERVICES) }
}
