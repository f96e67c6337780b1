// The thread that code of users runs in: QuickJS in WebAssembly, a world of its own without anything of ours.
// Nothing crosses but text: the code and its input as JSON go in, its value as JSON and what it printed come out.
import { parentPort } from 'node:worker_threads'
import { assert } from '../../lib/assert.ts'
import { runJavaScript, type JavaScriptTask } from './quickjs.ts'

assert(parentPort !== null, 'it is a worker')
const port = parentPort
port.on('message', (task) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `javascript.ts` sends
  void runJavaScript(task as JavaScriptTask).then((outcome) => port.postMessage(outcome))
})
