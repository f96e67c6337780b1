// Our own settings, as an operation finds them.
import { existsSync } from 'node:fs'
import { toHostPort } from '../lib/host-port.ts'
import { quote } from '../lib/quote.ts'
import { SETTINGS_FILE, type Settings, toSettings } from '../config/settings.ts'
import type { Intake } from './intake.ts'
import type { Host } from './operation.ts'

/** Those of the file that was named, else of the one in the current folder, and of the environment. */
export async function readSettings(intake: Intake, named: string | null, { env }: Host): Promise<Settings> {
  const file = named ?? (existsSync(intake.resolve(SETTINGS_FILE)) ? SETTINGS_FILE : null)
  const data = file === null ? null : await intake.data(file)
  const { settings, faults } = toSettings(data ?? null, env)
  for (const { message, hint, variable } of faults)
    intake.refuse('INVALID_SETTING', message, hint, variable === undefined ? file : null)
  return settings
}

/** Those of `addresses` that are HOST:PORT; the others are errors of the command line. */
export function toAllowNet(intake: Intake, addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => {
    const isAddress = toHostPort(address) !== null
    if (!isAddress)
      intake.refuse(
        'INVALID_COMMAND_LINE',
        `Cannot use ${quote(address)} for --allow-net`,
        'Write HOST:PORT, such as localhost:8080',
      )
    return isAddress
  })
}
