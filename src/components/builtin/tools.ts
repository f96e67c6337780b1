// Components for the network, files, formats, code, models and messages. Fewer flows call them, so their code waits for that.
import type { RunCode } from '../code-runner.ts'
import type { Component } from '../component.ts'
import type { Vendor } from '../language-model.ts'
import type { ModelPorts } from './ask.ts'
import type { BlobPort } from './blobs.ts'
import { later } from './later.ts'
import type { ReadYaml } from './load-file.ts'

export type ToolPorts = ModelPorts & {
  /** The folder that files are read from and written to. */
  readonly rootDir: string
  readonly readYaml: ReadYaml
  readonly blobs: BlobPort
  readonly runCode: RunCode
}

/** By the names that follow `/builtin/`. */
export function toolsOf(ports: ToolPorts): Readonly<Record<string, Component>> {
  const llm = (vendor: Vendor, name: string): Component =>
    later(
      'at-least-once',
      `Ask a model of ${name} and answer { content, model, finish_reason, usage, object }`,
      async () => (await import('./llm.ts')).createLlm(vendor, name, ports),
    )
  return {
    'http/get': later('at-least-once', 'Get a URL and answer { status, headers, body }', async () =>
      (await import('./http.ts')).createHttpGet(ports.http),
    ),
    'http/post': later('at-least-once', 'Post to a URL and answer { status, headers, body }', async () =>
      (await import('./http.ts')).createHttpPost(ports.http),
    ),
    'http/request': later('at-least-once', 'Send an HTTP request and answer { status, headers, body }', async () =>
      (await import('./http.ts')).createHttpRequest(ports.http),
    ),
    input_file_as_text: later('at-least-once', 'A file from a URL or the working folder, as text', async () =>
      (await import('./input-file.ts')).createInputFileAsText(ports),
    ),
    input_image_file: later('at-least-once', 'An image from a URL or the working folder, as base64', async () =>
      (await import('./input-file.ts')).createInputImageFile(ports),
    ),
    output_file: later('at-least-once', 'Write a file and answer { path, bytes, sha256 }', async () =>
      (await import('./output-file.ts')).createOutputFile(ports),
    ),
    json_validate: later(
      'pure',
      'Check data against a JSON Schema and answer { valid, value, problems }',
      async () => (await import('./json-validate.ts')).jsonValidate,
    ),
    data_convert: later('pure', 'Convert between JSON, YAML, CSV, XML and data', async () =>
      (await import('./data-convert.ts')).createDataConvert(ports),
    ),
    'llm/anthropic': llm('anthropic', 'Anthropic'),
    'llm/gemini': llm('gemini', 'Google'),
    'llm/grok': llm('grok', 'xAI'),
    'llm/openai': llm('openai', 'OpenAI'),
    openai: later('at-least-once', 'Ask a model of OpenAI and answer { response }', async () =>
      (await import('./openai.ts')).createOpenai(ports),
    ),
    python: later('at-least-once', 'Run Python code in a sandbox and answer its value', async () =>
      (await import('./python.ts')).createPython(ports.runCode),
    ),
    javascript: later('at-least-once', 'Run JavaScript code in a sandbox and answer its value', async () =>
      (await import('./javascript.ts')).createJavaScript(ports.runCode),
    ),
    'python/udf': later(
      'at-least-once',
      'Call a Python function that lies in a blob, in a sandbox, and answer what it gives',
      async () => (await import('./python-udf.ts')).createPythonUdf(ports.blobs, ports.runCode),
    ),
    slack_post_message: later('at-most-once', 'Post a message to Slack and answer { channel, ts, message }', async () =>
      (await import('./slack-post-message.ts')).createSlackPostMessage(ports.http),
    ),
    gmail_send: later('at-most-once', 'Send a mail through Gmail and answer { id, thread_id }', async () =>
      (await import('./gmail-send.ts')).createGmailSend(ports.http),
    ),
    discord_post_message: later('at-most-once', 'Post a message to Discord and answer { id, channel_id }', async () =>
      (await import('./discord-post-message.ts')).createDiscordPostMessage(ports.http),
    ),
    webhook_send: later(
      'at-most-once',
      'Call a webhook once, signed if wanted, and answer { status, body }',
      async () => (await import('./webhook-send.ts')).createWebhookSend(ports.http),
    ),
  }
}
