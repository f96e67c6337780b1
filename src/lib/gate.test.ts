import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

test('a gate lets so many in at once, and the others in the order in which they came', async () => {
  const gate = new Gate(2)
  const order: number[] = []
  const visitors = Array.from({ length: 100 }, (_, visitor) => visitor)
  let [inside, most] = [0, 0]
  const visit = async (visitor: number): Promise<void> => {
    order.push(visitor)
    inside += 1
    most = Math.max(most, inside)
    await new Promise(setImmediate)
    inside -= 1
  }
  await Promise.all(visitors.map((visitor) => gate.through(() => visit(visitor))))
  expect(order).toEqual(visitors)
  expect(most).toBe(2)
})

test('whoever fails leaves the place to the next', async () => {
  const gate = new Gate(1)
  const failing = gate.through(() => Promise.reject(new Error('no')))
  const next = gate.through(() => Promise.resolve('in'))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('in')
})
