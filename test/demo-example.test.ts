// The demonstration of the shop: killed in the middle, resumed, explained, edited, compared; in either language.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith, millrace } from '../src/surfaces/cli/cli.world.ts'
import { recordedCase } from './recorded-case.ts'

const orders = join(import.meta.dirname, '../examples/orders')

test('what the first command of the README does is recorded, and happens again offline', {
  timeout: 60_000,
}, async () => {
  const folder = folderWith({})
  const args = ['--components', join(orders, 'components.ts'), '--input', join(orders, 'orders.json')]
  expect(await millrace(folder, ['run', join(orders, 'flow.yaml'), ...args])).toMatchObject({ status: 0 })
  expect(await recordedCase(folder)).toMatch(/1 passed, 0 failed\n$/)
})

test('the flows of the example do what its case files say', { timeout: 60_000 }, async () => {
  expect((await millrace(folderWith({}), ['test', orders])).stdout).toMatch(/4 passed, 0 failed\n$/)
})

test.each([
  ['stepflow', 'total.isOrdinary is true', 'run input.limit: 1000 → 300'],
  ['jinba', 'steps.total.result.isOrdinary is true', 'run input.limit: nothing → 300'],
])(
  'a run in %s that is killed in the middle ends as it should, explains itself, and is run again with an edit',
  {
    timeout: 60_000,
  },
  (language, reason, difference) => {
    const args = [join(orders, 'demo.ts'), '--language', language]
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    const [killed, ...later] = stdout.split('$ millrace resume')
    expect(killed).toMatch(/killed: the warehouse has booked (?!200)\d+ orders, 0 of them twice/)
    expect(killed).toMatch(/^1 running$/m)
    const rest = later.join('')
    for (const said of [
      /"outcome":"success","result":\{"orders":200,"euro":20317\.48/,
      /the warehouse has booked 200 orders, 0 of them twice\n {2}22 found it busy, and were tried again\n {2}[1-9]\d* whose answer was lost/,
      /"status": "success",\n {2}"cause": null,\n {2}"attempts": 2,/,
      /Takes over from .*reserve\nDoes again: .*total \(asked for\), review \(comes after total\)/,
    ])
      expect(rest).toMatch(said)
    expect(rest).toContain(`review skipped: condition-false, ${reason}`)
    expect(rest).toMatch(new RegExp(`\\$ millrace diff .*\\n${difference}\\n`))
  },
)
