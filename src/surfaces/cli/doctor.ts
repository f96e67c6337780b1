// Shows what was found in a store, file by file. Something that nobody can mend fails the command.
import type { Refusal } from '../../api/intake.ts'
import type { Flags } from '../../api/operation.ts'
import type { Findings } from '../../api/operations/doctor.ts'
import type { Show } from './command.ts'
import { FAILED, OK, WRONG } from './exit-status.ts'
import { oneLine } from './harmless.ts'
import { sayProblems } from './problems.ts'

export const doctorFlags = { json: { kind: 'switch', doc: 'as JSON' } } as const satisfies Flags

const WORDS = { mended: 'mended', 'can-mend': 'would mend', named: 'cannot mend' } as const

export const showDoctor: Show<typeof doctorFlags, Findings | Refusal> = async (ask, { json }, terminal) => {
  const answer = await ask()
  if (answer.kind === 'problems') {
    sayProblems(answer.problems, answer.texts, terminal)
    return WRONG
  }
  const { files, owned } = answer
  const findings = files.flatMap((file) => file.findings)
  if (json) await terminal.answer(`${JSON.stringify({ files, owned }, null, 2)}\n`)
  else {
    const lines = files.flatMap(({ place, runs, findings: found }) => [
      `${place}: ${runs} run${runs === 1 ? '' : 's'}, ${found.length === 0 ? 'nothing is wrong' : `${found.length} found`}`,
      ...found.map(({ what, is, run }) => `  ${WORDS[is]}: ${run === null ? '' : `run ${run}: `}${oneLine(what)}`),
    ])
    const others = owned.map((place) => `${place}: another process is at work on it`)
    await terminal.answer([...lines, ...others, ''].join('\n'))
  }
  return findings.some(({ is }) => is === 'named') ? FAILED : OK
}
