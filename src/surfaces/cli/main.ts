// The command line: a command is an operation of `api` and a way to show its answer.
import type { Parts } from '../../api/parts.ts'
import { parseArguments } from './arguments.ts'
import { openTerminal } from './terminal.ts'

export async function main(argv: readonly string[], parts: Parts): Promise<void> {
  const [name = '', ...rest] = argv
  const terminal = openTerminal(process.env)
  if (name !== 'run') process.exit(2)
  const { run } = await import('../../api/operations/run.ts')
  const parsed = parseArguments(rest, run.flags, run.operand)
  if (parsed.kind === 'wrong') {
    terminal.say(`error: ${parsed.message}\n`)
    process.exit(2)
  }
  const { showRun } = await import('./run.ts')
  const host = { parts, cwd: process.cwd(), env: process.env, readStdin: async () => '' }
  const answer = await run.handler(parsed.operands, parsed.flags as never, host)
  process.exit(await showRun(answer, terminal))
}
