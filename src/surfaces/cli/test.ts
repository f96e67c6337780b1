// Shows how cases did. Its last line is for programs too.
import type { Refusal } from '../../api/intake.ts'
import type { Tests } from '../../api/operations/test.ts'
import type { Terminal } from './terminal.ts'
import { FAILED, OK, WRONG } from './exit-status.ts'
import { oneLine } from './harmless.ts'
import { sayProblems } from './problems.ts'

export async function showTests(ask: () => Promise<Tests | Refusal>, _: object, terminal: Terminal): Promise<number> {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  let [passed, failed] = [0, 0]
  for await (const { name, file, line, faults } of answer.results) {
    if (faults.length === 0) passed += 1
    else failed += 1
    await terminal.answer(
      faults.length === 0
        ? `ok      ${oneLine(name)}\n`
        : `FAILED  ${oneLine(name)}  (${file}:${line})\n${faults.map((fault) => `        ${oneLine(fault)}\n`).join('')}`,
    )
  }
  await terminal.answer(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? OK : FAILED
}
