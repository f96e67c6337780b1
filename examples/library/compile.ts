// Compiles a text. What is wrong with it is a list, with places and with what would do.
import assert from 'node:assert/strict'
import { FlowProblems, openEngine } from '../../src/index.ts'

const engine = await openEngine()

const text = `
steps:
  - id: load
    component: /builtin/noop
output: { $step: lod }
`
const flow = engine.compile(text, { file: 'page.yaml' })

assert.equal(flow.kind, 'problems')
const [problem] = flow.kind === 'problems' ? flow.problems : []
assert.equal(problem?.code, 'UNDEFINED_STEP_REFERENCE')
assert.deepEqual([problem.file, problem.span?.line], ['page.yaml', 5])
assert.match(problem.hint ?? '', /load/)

// Starting it anyway throws the same list.
await assert.rejects(engine.start(flow), FlowProblems)

await engine.close()
