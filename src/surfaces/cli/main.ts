// The command line. It knows commands by name and holds no logic of its own.
import type { Host } from '../../api/operation.ts'
import type { Parts } from '../../api/parts.ts'
import { operations } from '../../api/table.ts'
import { didYouMean } from '../../lib/did-you-mean.ts'
import { quote } from '../../lib/quote.ts'
import { commands } from './commands.ts'
import { BROKEN, OK, WRONG } from './exit-status.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** Does what `argv` says and ends the process: a component of a user may have left something open. */
export async function main(argv: readonly string[], parts: Parts, version: string): Promise<never> {
  const terminal = openTerminal(process.env)
  const host = { parts, cwd: process.cwd(), env: process.env, readStdin: terminal.readStdin }
  // Node would end under a component that waits for something it cannot see, with a status of its own.
  setInterval(() => undefined, 2 ** 30)
  process.on('uncaughtException', (error: unknown) => {
    terminal.complain(...strayText(error))
    process.exit(BROKEN)
  })
  let isOver = false
  process.on('exit', (status) => {
    // A component that ends the process has not made its run a success.
    if (!isOver && status === OK) process.exitCode = BROKEN
  })
  const status = await execute(argv, host, terminal, version)
  isOver = true
  await terminal.flush()
  process.exit(status)
}

async function execute(argv: readonly string[], host: Host, terminal: Terminal, version: string): Promise<number> {
  const [name, ...rest] = argv
  try {
    if (name === undefined) {
      terminal.say(await overviewText())
      return WRONG
    }
    if (name === '--help' || name === '-h' || name === 'help') {
      await terminal.answer(await overviewText())
      return OK
    }
    if (name === '--version') {
      await terminal.answer(`${version}\n`)
      return OK
    }
    if (!isCommand(name)) return refuseUnknown(name, terminal)
    if (name === 'run' && rest.includes('--watch')) {
      const { watchAndRun } = await import('./watch.ts')
      return await watchAndRun([name, ...rest.filter((word) => word !== '--watch')], host.cwd, terminal)
    }
    return await (await commands[name]()).execute(rest, host, terminal)
  } catch (error) {
    if (isClosedPipe(error)) return BROKEN
    terminal.complain(error instanceof Error ? messageOf(error) : String(error), null)
    return BROKEN
  }
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name)
}

function refuseUnknown(name: string, terminal: Terminal): number {
  const names = Object.keys(commands)
  const meant = didYouMean(name, names)
  const hint = meant === null ? `There are: ${names.join(', ')}` : `Did you mean millrace ${meant}?`
  terminal.complain(`Cannot find the command ${quote(name)}`, hint, 'INVALID_COMMAND_LINE')
  return WRONG
}

async function overviewText(): Promise<string> {
  const { overview } = await import('./help.ts')
  return overview(await Promise.all(Object.values(operations).map((load) => load())))
}

/**
 * What a component threw after its answer, or in a promise that nobody waits for: no step is to blame, and nothing can be relied on.
 * Its message is not shown: it may hold a secret, and the run that could mask it is not known here.
 */
function strayText(error: unknown): [message: string, hint: string] {
  if (!(error instanceof Error)) return ['Something was thrown outside of every call', AWAIT]
  const [, place] = /\(?((?:file|\/)[^()\n]*:\d+:\d+)\)?/.exec(error.stack ?? '') ?? []
  return [`An ${error.name} was thrown outside of every call`, place === undefined ? AWAIT : `At ${place}. ${AWAIT}`]
}

const AWAIT = 'Await every promise, and catch what timers throw'

/** A mistake of ours shows where it happened; a failure of the world says what failed. */
function messageOf(error: Error): string {
  if ('syscall' in error) return `Cannot go on: ${error.message}`
  return 'isRetryable' in error && 'code' in error
    ? `${error.message} (${String(error.code)})`
    : (error.stack ?? error.message)
}

/** Whoever read our output has gone. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
