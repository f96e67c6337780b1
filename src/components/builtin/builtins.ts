// The components that come with the engine. One line for each; its file says what it does.
import type { Component } from '../component.ts'
import type { BlobPort } from './blobs.ts'
import type { ModelPorts } from './ask.ts'
import { createMessages } from './create-messages.ts'
import { createDataConvert } from './data-convert.ts'
import { createDiscordPostMessage } from './discord-post-message.ts'
import { createEval } from './eval.ts'
import { type CompileFlow, createFlows } from './flows.ts'
import { createGetBlob } from './get-blob.ts'
import { createGmailSend } from './gmail-send.ts'
import { createHttpGet, createHttpPost, createHttpRequest } from './http.ts'
import { createInputFileAsText, createInputImageFile } from './input-file.ts'
import { inputJson } from './input-json.ts'
import { inputText } from './input-text.ts'
import { createIterate } from './iterate.ts'
import { jsonValidate } from './json-validate.ts'
import { createLoadFile, type ReadYaml } from './load-file.ts'
import { createLlm } from './llm.ts'
import { createMap } from './map.ts'
import { noop } from './noop.ts'
import { createOutputFile } from './output-file.ts'
import { createOpenai } from './openai.ts'
import { outputJson } from './output-json.ts'
import { outputText } from './output-text.ts'
import { createPutBlob } from './put-blob.ts'
import { createSlackPostMessage } from './slack-post-message.ts'
import { sleep } from './sleep.ts'
import { createWebhookSend } from './webhook-send.ts'

/** What built-in components need of the engine around them. */
export type BuiltinPorts = ModelPorts & {
  readonly compile: CompileFlow
  readonly blobs: BlobPort
  /** The folder that files are read from and written to. */
  readonly rootDir: string
  readonly readYaml: ReadYaml
}

/** The built-in components by path. */
export function createBuiltins(ports: BuiltinPorts): ReadonlyMap<string, Component> {
  const flows = createFlows(ports)
  const components: Readonly<Record<string, Component>> = {
    eval: createEval(flows),
    map: createMap(flows),
    iterate: createIterate(flows),
    put_blob: createPutBlob(ports.blobs),
    get_blob: createGetBlob(ports.blobs),
    load_file: createLoadFile(ports),
    create_messages: createMessages,
    noop,
    sleep,
    input_text: inputText,
    input_json: inputJson,
    input_file_as_text: createInputFileAsText(ports),
    input_image_file: createInputImageFile(ports),
    output_text: outputText,
    output_json: outputJson,
    output_file: createOutputFile(ports),
    json_validate: jsonValidate,
    data_convert: createDataConvert(ports),
    'http/get': createHttpGet(ports.http),
    'http/post': createHttpPost(ports.http),
    'http/request': createHttpRequest(ports.http),
    'llm/anthropic': createLlm('anthropic', ports),
    'llm/gemini': createLlm('gemini', ports),
    'llm/grok': createLlm('grok', ports),
    'llm/openai': createLlm('openai', ports),
    openai: createOpenai(ports),
    slack_post_message: createSlackPostMessage(ports.http),
    gmail_send: createGmailSend(ports.http),
    discord_post_message: createDiscordPostMessage(ports.http),
    webhook_send: createWebhookSend(ports.http),
  }
  return new Map(
    Object.entries(components).map(([name, component]) => [`/builtin/${name}`, { ...component, isBuiltin: true }]),
  )
}
