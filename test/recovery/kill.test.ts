// A process that is killed loses nothing that it has answered: another one goes on where it was.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

const worker = join(import.meta.dirname, 'worker.ts')

/** Kills the process for good as soon as it has said `word`. */
async function killedAt(child: ChildProcess, word: string): Promise<readonly string[]> {
  const lines: string[] = []
  if (child.stdout === null) throw new Error('Its output is read')
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line.startsWith(word)) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return lines
}

test('a run that is killed in the middle goes on in the next process, and repeats only what was not recorded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'))
  const [file, ledger] = [join(folder, 'runs.db'), join(folder, 'ledger')]
  const child = spawn(process.execPath, [worker, file, ledger, 'start'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await killedAt(child, 'hangs')
  expect(child.signalCode).toBe('SIGKILL')
  const answered = said.find((line) => line.startsWith('answered '))

  const second = spawnSync(process.execPath, [worker, file, ledger], { encoding: 'utf8' })
  expect(second.stderr).toBe('')
  const lines = second.stdout
    .trim()
    .split('\n')
    .filter((line) => line !== 'hangs')
  expect(lines[0]).toBe(answered)
  expect(lines.slice(1).map((line): unknown => JSON.parse(line))).toEqual([
    { outcome: 'success', result: { done: [{ i: 1 }, { i: 2 }, { i: 3 }] } },
    [
      ['before', 'success', 1, null],
      ['each', 'success', 1, null],
      ['mail', 'success', 1, 'OUTCOME_UNKNOWN'],
      ['middle', 'success', 2, null],
      ['after', 'success', 1, null],
    ],
  ])

  const calls = readFileSync(ledger, 'utf8')
    .trim()
    .split('\n')
    .map((line): { step: string; attempt: number; key: string } => JSON.parse(line))
  const byStep = Map.groupBy(calls, ({ step }) => step)
  expect([...byStep].map(([step, made]) => [step, made.map(({ attempt }) => attempt)])).toEqual([
    ['before', [1]],
    ['each', [1, 1, 1]],
    ['mail', [1]],
    ['middle', [1, 2]],
    ['after', [1]],
  ])
  expect(new Set(byStep.get('middle')?.map(({ key }) => key)).size).toBe(1)
})
