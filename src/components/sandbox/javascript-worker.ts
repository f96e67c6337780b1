// The thread that code of users runs in: QuickJS in WebAssembly, a world of its own without anything of ours.
// Nothing crosses but text: the code and its input as JSON go in, its value as JSON and what it printed come out.
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../lib/assert.ts'
import { runJavaScript, type JavaScriptTask } from './quickjs.ts'

assert(parentPort !== null, 'it is a worker')
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `javascript.ts` gives it
parentPort.postMessage(await runJavaScript(workerData as JavaScriptTask))
