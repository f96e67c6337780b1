// The code of the components that `tools.ts` knows. Import it through there only.
// Libraries are imported by the calls that need them.
import type { RunCode } from '../code-runner.ts'
import type { Component } from '../component.ts'
import type { ModelPorts } from './ask.ts'
import type { BlobPort } from './blobs.ts'
import { createDataConvert } from './data-convert.ts'
import { createDiscordPostMessage } from './discord-post-message.ts'
import { createGmailSend } from './gmail-send.ts'
import { createHttpGet, createHttpPost, createHttpRequest } from './http.ts'
import { createInputFileAsText, createInputImageFile } from './input-file.ts'
import { createJavaScript } from './javascript.ts'
import { jsonValidate } from './json-validate.ts'
import { createLlm } from './llm.ts'
import type { ReadYaml } from './load-file.ts'
import { createOpenai } from './openai.ts'
import { createOutputFile } from './output-file.ts'
import { createPythonUdf } from './python-udf.ts'
import { createPython } from './python.ts'
import { createSlackPostMessage } from './slack-post-message.ts'
import { createWebhookSend } from './webhook-send.ts'

export type ToolPorts = ModelPorts & {
  /** The folder that files are read from and written to. */
  readonly rootDir: string
  readonly readYaml: ReadYaml
  readonly blobs: BlobPort
  readonly runCode: RunCode
}

/** By the names that follow `/builtin/`. */
export function createTools(ports: ToolPorts): Readonly<Record<string, Component>> {
  const { http, blobs, runCode } = ports
  return {
    'http/get': createHttpGet(http),
    'http/post': createHttpPost(http),
    'http/request': createHttpRequest(http),
    input_file_as_text: createInputFileAsText(ports),
    input_image_file: createInputImageFile(ports),
    output_file: createOutputFile(ports),
    json_validate: jsonValidate,
    data_convert: createDataConvert(ports),
    python: createPython(runCode),
    javascript: createJavaScript(runCode),
    'python/udf': createPythonUdf(blobs, runCode),
    'llm/anthropic': createLlm('anthropic', 'Anthropic', ports),
    'llm/gemini': createLlm('gemini', 'Google', ports),
    'llm/grok': createLlm('grok', 'xAI', ports),
    'llm/openai': createLlm('openai', 'OpenAI', ports),
    openai: createOpenai(ports),
    slack_post_message: createSlackPostMessage(http),
    gmail_send: createGmailSend(http),
    discord_post_message: createDiscordPostMessage(http),
    webhook_send: createWebhookSend(http),
  }
}
