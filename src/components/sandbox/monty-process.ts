// A process that runs scripts in Monty, a subset of Python that reaches nothing. A process, and no thread of the engine,
// because its parser overflows the stack on a chain of a million operators, and that ends the process that it is in.
import { assert } from '../../lib/assert.ts'
import { type MontyTask, runInMonty } from './monty-run.ts'

assert(process.send !== undefined, 'it was forked')
process.on('message', (task) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `monty.ts` sends
  process.send?.(runInMonty(task as MontyTask))
})
// Whoever asked is gone.
process.on('disconnect', () => process.exit(0))
