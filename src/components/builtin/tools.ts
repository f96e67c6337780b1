// Components for the network, files, formats and code. Fewer flows call them, so their code waits for that.
import type { RunCode } from '../code-runner.ts'
import type { Component } from '../component.ts'
import type { HttpClient } from '../../net/client.ts'
import type { BlobPort } from './blobs.ts'
import { later } from './later.ts'
import type { ReadYaml } from './load-file.ts'

export type ToolPorts = {
  readonly http: HttpClient
  /** The folder that files are read from and written to. */
  readonly rootDir: string
  readonly readYaml: ReadYaml
  readonly blobs: BlobPort
  readonly runCode: RunCode
}

/** By the names that follow `/builtin/`. */
export function toolsOf(ports: ToolPorts): Readonly<Record<string, Component>> {
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
  }
}
