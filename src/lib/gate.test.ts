import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

test('a gate lets so many in at once, and the others in the order in which they came', async () => {
  const gate = new Gate(2)
  const [inside, order]: [number[], number[]] = [[], []]
  const visit = async (visitor: number): Promise<void> => {
    await gate.enter()
    order.push(visitor)
    inside.push(order.length)
    await new Promise(setImmediate)
    gate.leave()
  }
  await Promise.all(Array.from({ length: 100 }, (_, visitor) => visit(visitor)))
  expect(order).toEqual(Array.from({ length: 100 }, (_, visitor) => visitor))
  expect(gate.enter()).toBeUndefined()
  expect(gate.enter()).toBeUndefined()
  expect(gate.enter()).toBeInstanceOf(Promise)
})
