// The components that come with the engine. One line for each; its file says what it does.
import type { Component } from '../component.ts'
import type { BlobPort } from './blobs.ts'
import { createMessages } from './create-messages.ts'
import { createEval } from './eval.ts'
import { type CompileFlow, createFlows } from './flows.ts'
import { createGetBlob } from './get-blob.ts'
import { inputJson } from './input-json.ts'
import { inputText } from './input-text.ts'
import { createIterate } from './iterate.ts'
import { createLoadFile } from './load-file.ts'
import type { ToolPorts } from './loaded-tools.ts'
import { createMap } from './map.ts'
import { noop } from './noop.ts'
import { outputJson } from './output-json.ts'
import { outputText } from './output-text.ts'
import { createPutBlob } from './put-blob.ts'
import { createRunFlow } from './run-flow.ts'
import { sleep } from './sleep.ts'
import { toolsOf } from './tools.ts'

/** What built-in components need of the engine around them. */
export type BuiltinPorts = ToolPorts & {
  readonly compile: CompileFlow
  readonly blobs: BlobPort
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
    output_text: outputText,
    output_json: outputJson,
    run_flow: createRunFlow(ports),
  }
  const { tools, services } = toolsOf(ports)
  const kept = Object.entries({ ...components, ...tools })
  return new Map([
    ...kept.map(([name, component]) => [`/builtin/${name}`, { ...component, isBuiltin: true }] as const),
    // Stubs may stand for these: no test should send a mail.
    ...Object.entries(services).map(([name, component]) => [`/builtin/${name}`, component] as const),
  ])
}
