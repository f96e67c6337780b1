// Loads what was stored by its id.
import type { Json } from '../../lib/json.ts'
import { after } from '../../lib/maybe-async.ts'
import type { Call, Component } from '../component.ts'
import { type BlobPort, readBlob } from './blobs.ts'
import { fields, text } from './fields.ts'

const input = fields({ blob_id: text('The id of the blob: 64 hexadecimal digits.') })

export function createGetBlob(blobs: BlobPort): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Load a blob by its id and answer { data }',
    run: (given: Json, { run }: Call) => after(readBlob(blobs, input.read(given).blob_id, run), (data) => ({ data })),
  }
}
