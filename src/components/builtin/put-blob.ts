// Stores data by its content. The same data has the same id, however often it is stored.
import type { Json } from '../../lib/json.ts'
import { after } from '../../lib/maybe-async.ts'
import type { Call, Component } from '../component.ts'
import { type BlobPort, writeBlob } from './blobs.ts'
import { anything, choice, fields, withDefault } from './fields.ts'

const input = fields({
  data: anything('What to store.'),
  blob_type: withDefault(choice('What it is meant as. It changes nothing.', ['data', 'flow', 'binary']), 'data'),
})

export function createPutBlob(blobs: BlobPort): Component {
  return {
    effect: 'at-least-once',
    input: input.schema,
    checksInput: true,
    description: 'Store data and answer { blob_id }',
    run: (given: Json, { run }: Call) =>
      after(writeBlob(blobs, input.read(given).data, run), (id) => ({ blob_id: id })),
  }
}
