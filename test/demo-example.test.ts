// The demonstration of the shop: killed in the middle, resumed, explained, edited, compared.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith, millrace } from '../src/surfaces/cli/cli.world.ts'
import { recordedCase } from './recorded-case.ts'

test('what the first command of the README does is recorded, and happens again offline', {
  timeout: 60_000,
}, async () => {
  const folder = folderWith({})
  const orders = join(import.meta.dirname, '../examples/orders')
  const args = ['--components', join(orders, 'components.ts'), '--input', join(orders, 'orders.json')]
  expect(await millrace(folder, ['run', join(orders, 'flow.yaml'), ...args])).toMatchObject({ status: 0 })
  expect(await recordedCase(folder)).toMatch(/1 passed, 0 failed\n$/)
})

test('a run that is killed in the middle ends as it should, explains itself, and is run again with an edit', {
  timeout: 60_000,
}, () => {
  const demo = join(import.meta.dirname, '../examples/orders/demo.ts')
  const { stdout, stderr, status } = spawnSync(process.execPath, [demo], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  for (const said of [
    /killed after (?!200)\d+ calls of the warehouse/,
    /"outcome":"success","result":\{"orders":200,"euro":20317\.48/,
    /200 orders were reserved; 0 calls were made twice as the same attempt/,
    /review skipped: condition-false, total\.isOrdinary is true/,
    /Does again: summary \(changed\)/,
    /summary output\.review: "nobody had to look" → "all was ordinary"/,
  ])
    expect(stdout).toMatch(said)
})
