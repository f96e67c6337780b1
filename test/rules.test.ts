// The lists of rules and the cases that show them do not drift apart.
import { expect, test } from 'vitest'
import { checkRules } from '../scripts/rules.ts'

test('each rule that a generation of a language knows has a case, and each case names a rule that is listed', async () => {
  expect(await checkRules()).toMatchObject({ missing: [], unlisted: [] })
})
