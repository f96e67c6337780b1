import { expect, test } from 'vitest'
import { libraries } from './libraries.ts'

test('a library that is not there is asked for in one line', async () => {
  const missing = 'not-installed-anywhere'
  await expect(libraries('ai@7 x@1', () => import(missing))).rejects.toMatchObject({
    code: 'LIBRARY_MISSING',
    message: 'Cannot ask a model without its libraries: npm install ai@7 x@1',
    isRetryable: false,
  })
})
