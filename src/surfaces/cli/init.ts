// Says what was written, and what to do next.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Begun } from '../../api/operations/init.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'

export const showBegun: Show<Flags, Begun | Refusal> = async (ask, _, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { files, run, test } = answer
  const [flow = ''] = files
  await terminal.answer(
    [
      `Wrote ${files.join(', ')}.`,
      '',
      'Run it:       ' + run,
      'Test it:      ' + test,
      `Understand:   millrace explain ${flow}`,
      '',
      `Then change ${files.join(' and ')}, and run it again: --watch does that by itself.`,
      '',
    ].join('\n'),
  )
  return OK
}
