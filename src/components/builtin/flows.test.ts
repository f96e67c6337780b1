// The components that run flows: eval, map, iterate.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { type Asked, ask } from '../component.suite.ts'
import type { FrameOutcome } from '../component.ts'
import { compile, errorOf, flow, outputOf, run, world } from './builtins.world.ts'

const success = (result: Json): FrameOutcome => ({ outcome: 'success', result })
const failure: FrameOutcome = {
  outcome: 'failed',
  error: { code: 'BAD', message: 'bad', data: { x: 1 }, isRetryable: false },
}
const skipped: FrameOutcome = { outcome: 'skipped' }
const turn = (output: Json, round: number, more = {}): Promise<Asked> =>
  run('iterate', { flow, initial_input: 0, ...more }, { round, results: [success(output)] })

describe('eval', () => {
  test.each(['flow', 'workflow'])('asks for the flow in `%s` to be run with its input', async (field) => {
    const asked = await run('eval', { [field]: flow, input: { a: 1 } })
    expect(asked).toMatchObject({ kind: 'answer', answer: { kind: 'frames', inputs: [{ a: 1 }], parallelMax: null } })
  })

  test('runs a stored flow by its id, and reads it once', async () => {
    const { find, compiled } = world()
    const stored = (outputOf(await ask(find('put_blob'), { data: flow, blob_type: 'flow' })) as { blob_id: string })
      .blob_id
    for (let count = 0; count < 3; count++)
      expect(await ask(find('eval'), { flow_id: stored })).toMatchObject({ kind: 'answer', answer: { inputs: [null] } })
    expect(compiled).toEqual([flow])
  })

  test.each([
    [success({ a: null }), { outcome: 'success', result: { a: null } }],
    [failure, { outcome: 'failed', error: { code: 'BAD', message: 'bad', data: { x: 1 } } }],
    [skipped, { outcome: 'skipped' }],
  ])('answers how the flow ended: %j', async (outcome, result) => {
    const asked = await run('eval', { flow }, { round: 2, results: [outcome], run: 'r1' })
    expect(outputOf(asked)).toEqual({ result, run_id: 'r1' })
  })

  test('ends as the flow ended where it is told to', async () => {
    const results = await Promise.all(
      [success(1), failure, skipped].map((outcome) =>
        run('eval', { flow, propagate: true }, { round: 2, results: [outcome] }),
      ),
    )
    expect(results).toMatchObject([
      { kind: 'success', output: { result: { outcome: 'success', result: 1 } } },
      { kind: 'failed', error: { code: 'BAD', isRetryable: false } },
      { kind: 'answer', answer: { kind: 'skip' } },
    ])
  })

  test.each([
    [{}, 'Cannot find a flow in the input: expected "flow" or "flow_id"'],
    [{ flow: null, input: 1 }, 'Cannot find a flow in the input: expected "flow" or "flow_id"'],
    [{ flow, flow_id: 'x' }, 'Cannot tell which flow to run: only one of flow and flow_id may be given'],
    [{ flow_id: 'sha256:12' }, 'Cannot use "sha256:12" as the id of a blob: expected 64 lowercase hexadecimal digits'],
    [{ flow: { stages: [] } }, 'Cannot run the flow in "flow": Cannot find step "b" in step "a" (and 1 more)'],
    [{ workflow: 'text' }, 'Cannot run the flow in "workflow": Cannot find step "b" in step "a" (and 1 more)'],
  ])('%j: %s', async (input, message) => {
    expect(errorOf(await run('eval', input))).toBe(`INVALID_INPUT: ${message}`)
  })

  test('lists the problems of a flow in the data of its error', async () => {
    const asked = await run('eval', { flow: {} })
    const problem = {
      code: 'UNDEFINED_STEP_REFERENCE',
      message: 'Cannot find step "b"',
      step: 'a',
      hint: 'Steps of this flow: a',
    }
    expect(asked).toMatchObject({
      kind: 'failed',
      error: { data: { problems: [problem, problem] }, isRetryable: false },
    })
  })

  test('a flow that is not stored may yet be', async () => {
    const asked = await run('eval', { flow_id: 'a'.repeat(64) })
    expect(errorOf(asked)).toBe(`RESOURCE_UNAVAILABLE: Cannot find the blob ${'a'.repeat(64)}`)
  })

  test('waits for stores and languages that take their time', async () => {
    const { find } = world({
      compile: (document) => Promise.resolve(compile(document)),
      blobs: { put: () => Promise.resolve(), get: () => Promise.resolve('{"steps":[]}') },
    })
    expect(await ask(find('eval'), { flow_id: 'a'.repeat(64) })).toMatchObject({
      kind: 'answer',
      answer: { kind: 'frames' },
    })
  })
})

describe('map', () => {
  test('asks for one run of the flow for each item', async () => {
    expect(await run('map', { workflow: flow, items: [1, { a: 2 }], max_concurrency: 3.0 })).toMatchObject({
      kind: 'answer',
      answer: { kind: 'frames', inputs: [1, { a: 2 }], parallelMax: 3 },
    })
  })

  test('answers the outcomes in the order of the items, and counts them', async () => {
    const asked = await run('map', { flow, items: [1, 2, 3] }, { round: 2, results: [failure, success(1), skipped] })
    expect(outputOf(asked)).toEqual({
      results: [
        { outcome: 'failed', error: { code: 'BAD', message: 'bad', data: { x: 1 } } },
        { outcome: 'success', result: 1 },
        { outcome: 'skipped' },
      ],
      successful: 1,
      failed: 1,
      skipped: 1,
    })
  })
})

describe('iterate', () => {
  test('begins with the initial input and goes on with each `next`', async () => {
    expect(await run('iterate', { flow, initial_input: 7 })).toMatchObject({ answer: { kind: 'frames', inputs: [7] } })
    expect(await turn({ next: { a: 1 } }, 2)).toMatchObject({ answer: { kind: 'frames', inputs: [{ a: 1 }] } })
    expect(await turn({ next: null }, 3)).toMatchObject({ answer: { kind: 'frames', inputs: [null] } })
  })

  test('ends with the first `result`, also where it is null or beside a `next`', async () => {
    expect(outputOf(await turn({ result: 5 }, 3))).toEqual({ result: 5, iterations: 2, terminated: false })
    expect(outputOf(await turn({ result: null }, 2))).toEqual({ result: null, iterations: 1, terminated: false })
    expect(outputOf(await turn({ next: 1, result: 2 }, 2))).toEqual({ result: 2, iterations: 1, terminated: false })
  })

  test('ends at its limit with the input of the turn that is not taken', async () => {
    expect(outputOf(await turn({ next: 9 }, 4, { max_iterations: 3.0 }))).toEqual({
      result: 9,
      iterations: 3,
      terminated: true,
    })
    expect(await turn({ next: 9 }, 3, { max_iterations: 3 })).toMatchObject({ answer: { kind: 'frames' } })
    expect(await turn({ next: 9 }, 1_000)).toMatchObject({ answer: { kind: 'frames' } })
    expect(outputOf(await turn({ next: 9 }, 1_001))).toEqual({ result: 9, iterations: 1_000, terminated: true })
  })

  test.each([
    [3, 'a number'],
    [null, 'null'],
    [[{ result: 1 }], 'a list'],
    [{}, []],
    [{ a: 1, b: 2 }, ['a', 'b']],
  ])('cannot go on after %j', async (output, found) => {
    const message = "Workflow result must contain either 'result' or 'next' field"
    expect(await turn(output, 2)).toEqual({
      kind: 'failed',
      error: { code: 'INVALID_INPUT', message, data: { found }, isRetryable: false },
    })
  })

  test('ends as the flow did when that has no output', async () => {
    expect(errorOf(await run('iterate', { flow }, { round: 2, results: [failure] }))).toBe('BAD: bad')
    expect(await run('iterate', { flow }, { round: 2, results: [skipped] })).toMatchObject({ answer: { kind: 'skip' } })
  })

  test('reads its flow once, not in each round', async () => {
    const { find, compiled } = world()
    const input = { flow, initial_input: 0 }
    for (let round = 1; round < 5; round++)
      await ask(find('iterate'), input, { round, results: [success({ next: round })] })
    expect(compiled.length).toBe(1)
  })
})
