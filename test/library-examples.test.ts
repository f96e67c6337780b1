// Every file of `examples/library` runs and finds what it says it finds.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../examples/library')

describe('an example of the library runs', () => {
  test.each(readdirSync(folder))('%s', async (file) => {
    await expect(import(pathToFileURL(join(folder, file)).href)).resolves.toBeDefined()
  })
})
