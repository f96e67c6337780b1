// Circles in a directed graph of numbered nodes. Without recursion: a chain may be 100,000 nodes long.

/** Circles that are looked for; whoever breaks these asks again. */
const cyclesMax = 10

/**
 * Some circles of the graph, each as its nodes in order, the least one first; none that shares its entrance with another.
 * A graph that has a circle gives at least one. An edge from a node to itself is not a circle here.
 *
 * @param edges For each node, the nodes that it leads to.
 * @example findCycles([[1], [2], [0], [0]]) // [[0, 1, 2]]
 */
export function findCycles(edges: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const cycles: number[][] = []
  const state = new Uint8Array(edges.length)
  const inCycle = new Set<number>()
  const path: number[] = []
  const nextEdge: number[] = []
  for (let root = 0; root < edges.length && cycles.length < cyclesMax; root++) {
    if (state[root] !== unseen) continue
    enter(root)
    while (path.length > 0 && cycles.length < cyclesMax) {
      const top = path.length - 1
      const node = path[top] ?? 0
      const target = edges[node]?.[nextEdge[top] ?? 0]
      nextEdge[top] = (nextEdge[top] ?? 0) + 1
      if (target === undefined) leave(node)
      else if (state[target] === unseen) enter(target)
      else if (state[target] === open && target !== node && !inCycle.has(target)) close(target)
    }
  }
  return cycles

  function enter(node: number): void {
    state[node] = open
    path.push(node)
    nextEdge.push(0)
  }

  function leave(node: number): void {
    state[node] = done
    path.pop()
    nextEdge.pop()
  }

  function close(target: number): void {
    const cycle = path.slice(path.lastIndexOf(target))
    for (const node of cycle) inCycle.add(node)
    const least = cycle.indexOf(cycle.reduce((a, b) => Math.min(a, b)))
    cycles.push([...cycle.slice(least), ...cycle.slice(0, least)])
  }
}

const unseen = 0
const open = 1
const done = 2
