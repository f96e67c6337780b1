import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findCycles } from './find-cycles.ts'

test.each([
  ['nothing', [], []],
  ['a chain', [[1], [2], []], []],
  ['a diamond', [[1, 2], [3], [3], []], []],
  ['a circle behind a chain', [[1], [2], [3], [1]], [[1, 2, 3]]],
  [
    'two circles',
    [[1], [0], [3], [2]],
    [
      [0, 1],
      [2, 3],
    ],
  ],
  ['a node that leads to itself', [[0]], []],
])('%s', (_, edges, cycles) => {
  expect(findCycles(edges)).toEqual(cycles)
})

test('a circle of 100,000 nodes is found', () => {
  const count = 100_000
  const edges = Array.from({ length: count }, (_, node) => [(node + 1) % count])
  expect(findCycles(edges)[0]).toHaveLength(count)
})

test('edges that only lead to earlier nodes make no circle', () => {
  const graph = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 })
  fc.assert(
    fc.property(graph, (edges) => {
      expect(findCycles(edges.map((targets, node) => targets.filter((target) => target < node)))).toEqual([])
    }),
  )
})

test('every circle that is found is one', () => {
  const graph = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 10, maxLength: 10 })
  fc.assert(
    fc.property(graph, (edges) => {
      for (const cycle of findCycles(edges))
        for (const [index, node] of cycle.entries()) expect(edges[node]).toContain(cycle[(index + 1) % cycle.length])
    }),
  )
})
