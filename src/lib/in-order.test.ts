import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

test('answers come in the order of the things, however long each takes, and only so many are at work', async () => {
  let [atWork, most] = [0, 0]
  const work = async (turns: number): Promise<number> => {
    most = Math.max(most, ++atWork)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    atWork--
    return turns
  }
  const answers: number[] = []
  for await (const answer of inOrder([9, 1, 5, 0, 7, 2], 3, work)) answers.push(answer)
  expect(answers).toEqual([9, 1, 5, 0, 7, 2])
  expect(most).toBe(3)
})

test('a failure is told in its turn', async () => {
  const answers = inOrder([1, 2], 2, (item) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item)))
  expect(await answers.next()).toEqual({ value: 1, done: false })
  await expect(answers.next()).rejects.toThrow('two')
})
