// A command: an operation of `api`, the flags that only a command line has, and a way to show the answer.
import type { Flags, Given, Host, Operation } from '../../api/operation.ts'
import { parseArguments } from './arguments.ts'
import type { Terminal } from './terminal.ts'
import { WRONG } from './exit-status.ts'
import { helpOf } from './help.ts'

/** Does what `ask` answers; returns the exit status. Nothing has happened before `ask` is called. */
export type Show<F extends Flags, Answer> = (
  ask: () => Promise<Answer>,
  flags: Given<F>,
  terminal: Terminal,
  host: Host,
) => Promise<number>

export type Command = {
  readonly help: string
  readonly execute: (argv: readonly string[], host: Host, terminal: Terminal) => Promise<number>
}

export function toCommand<F extends Flags, G extends Flags, Answer>(
  operation: Operation<F, Answer>,
  own: G,
  show: Show<G, Answer>,
): Command {
  const flags = { ...operation.flags, ...own }
  const help = helpOf(operation, flags)
  return {
    help,
    async execute(argv, host, terminal) {
      const parsed = parseArguments(argv, flags, operation.operand)
      if (parsed.kind === 'help') {
        await terminal.answer(help)
        return 0
      }
      if (parsed.kind === 'wrong') {
        terminal.complain(
          parsed.message,
          parsed.hint ?? `See millrace ${operation.name} --help`,
          'INVALID_COMMAND_LINE',
        )
        return WRONG
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is parsed by flags has their types
      const given = parsed.flags as Given<F> & Given<G>
      return show(() => operation.handler(parsed.operands, given, host), given, terminal, host)
    },
  }
}
