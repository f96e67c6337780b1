// Writes a file below the working folder.
import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Json } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { writeInside } from '../../lib/write-inside.ts'
import { type Component, ComponentError } from '../component.ts'
import { either } from './either.ts'
import { anything, choice, fields, optional, text, withDefault } from './fields.ts'
import { invalidInput } from './invalid-input.ts'

const fileBytesMax = 10_000_000

const input = fields({
  path: optional(text('Where to, below the working folder, with `/` between its parts.')),
  filename: optional(text('The same as `path`.')),
  content: anything('Text; anything else is written as JSON.'),
  encoding: withDefault(choice('What text is: itself, or bytes as base64.', ['utf8', 'base64']), 'utf8'),
})

export function createOutputFile({ rootDir }: { readonly rootDir: string }): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Write a file and answer { path, bytes, sha256 }',
    async run(given: Json) {
      const { path: byPath, filename, content, encoding } = input.read(given)
      const path = either({ path: byPath, filename })
      if (path === null) throw invalidInput('Cannot find "path" in the input: expected text')
      const bytes = encoding === 'base64' ? fromBase64(content) : Buffer.from(toText(content))
      if (bytes.length > fileBytesMax) throw failure(path, `it is longer than ${fileBytesMax} bytes`)
      const written = await writeInside(rootDir, path, bytes)
      if (written.kind === 'refused') throw failure(path, written.reason)
      if (written.kind === 'unwritable') throw unavailable(path, written.reason)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { path: posix.normalize(path), bytes: bytes.length, sha256 }
    },
  }
}

function toText(content: Json): string {
  return typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`
}

function fromBase64(content: Json): Buffer {
  const bare = typeof content === 'string' ? content.replaceAll(/\s/g, '') : ''
  if (typeof content === 'string' && /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(bare))
    return Buffer.from(bare, 'base64')
  throw invalidInput('Cannot write "content" of the input: it is not base64')
}

function failure(path: string, reason: string): ComponentError {
  return invalidInput(messageOf(path, reason))
}

function unavailable(path: string, reason: string): ComponentError {
  return new ComponentError({ code: 'RESOURCE_UNAVAILABLE', message: messageOf(path, reason) })
}

function messageOf(path: string, reason: string): string {
  return `Cannot write the file ${quote(path)}: ${reason}`
}
