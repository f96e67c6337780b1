// Which configuration a flow runs with, and what it says.
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { quote } from '../lib/quote.ts'
import { hasErrors } from '../plan/problem.ts'
import type { Intake } from './intake.ts'
import type { Host } from './operation.ts'
import type { Settings } from './parts.ts'

export type Configured = {
  readonly settings: Settings
  /** The folder of its file; without one, the folder of the flow. */
  readonly folder: string
  readonly isFound: boolean
}

/**
 * The configuration that was named, else the one beside the flow, else the one in the current folder, else none.
 *
 * @param names Of files that are found by themselves: those of one kind are the same to us, and kinds go in order.
 */
export async function readConfig(
  intake: Intake,
  flowFile: string,
  named: string | null,
  names: Host['parts']['configNames'],
  host: Host,
): Promise<Configured> {
  const flowFolder = flowFile === '-' ? host.cwd : dirname(resolve(host.cwd, flowFile))
  const file = named ?? (await findConfig(intake, [...new Set([flowFolder, host.cwd])], names))
  const without = { settings: host.parts.defaultSettings, folder: flowFolder, isFound: false }
  if (file === null) return without
  const read = await intake.tree(file)
  if (read === null) return without
  const { settings, problems } = await host.parts.readConfig(read.root, read.source, host.env)
  intake.add(problems)
  return hasErrors(problems) ? without : { settings, folder: dirname(resolve(host.cwd, file)), isFound: true }
}

async function findConfig(
  intake: Intake,
  folders: readonly string[],
  names: Host['parts']['configNames'],
): Promise<string | null> {
  for (const folder of folders) {
    const files = new Set(await readdir(folder).catch(() => []))
    for (const kind of names) {
      const found = kind.filter((name) => files.has(name))
      const [first, second] = found
      if (second !== undefined) {
        intake.refuse(
          'AMBIGUOUS_CONFIG',
          `Cannot tell which configuration to use: ${quote(basename(first ?? ''))} and ${quote(second)} lie side by side`,
          'Keep one of them, or name it with --config',
        )
        return null
      }
      if (first !== undefined) return join(folder, first)
    }
  }
  return null
}
