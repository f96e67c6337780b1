// Parameters of a flow that are files: their text, or their bytes as base64.
import type { Json } from '../../lib/json.ts'
import type { Answer, Call, Component } from '../component.ts'
import { decodeText } from './decode-text.ts'
import { fields } from './fields.ts'
import { type FilePorts, fileFields, type ReadFile, readFile } from './read-file.ts'

const input = fields(fileFields)

export function createInputFileAsText(ports: FilePorts): Component {
  return createInputFile(ports, 'A file from a URL or the working folder, as text', asText)
}

export function createInputImageFile(ports: FilePorts): Component {
  return createInputFile(ports, 'An image from a URL or the working folder, as base64', asBase64)
}

function createInputFile(ports: FilePorts, description: string, toText: (file: ReadFile) => string): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description,
    async run(given: Json, call: Call): Promise<string | Answer> {
      const file = await readFile(input.read(given), ports, call)
      return 'bytes' in file ? toText(file) : file
    },
  }
}

function asText({ bytes, contentType }: ReadFile): string {
  return decodeText(bytes, contentType)
}

function asBase64({ bytes }: ReadFile): string {
  return Buffer.from(bytes).toString('base64')
}
