// Which configuration a flow runs with, and what it says.
import { readdir } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { quote } from '../lib/quote.ts'
import { hasErrors } from '../plan/problem.ts'
import type { Intake, Tree } from './intake.ts'
import type { Host } from './operation.ts'
import type { Settings } from './parts.ts'

export type Configured = {
  readonly settings: Settings
  /** The folder of its file; without one, the folder of the flow. */
  readonly folder: string
  readonly isFound: boolean
}

/** Files that are found by themselves: kinds go in order, names of one kind are the same to us. */
export type ConfigNames = readonly (readonly string[])[]

/** A file, or a tree in the text of a flow. */
export type NamedConfig = string | Tree

/** The configuration that was named, else the one beside the flow, else the one in the current folder, else none. */
export async function readConfig(
  intake: Intake,
  named: NamedConfig | null,
  flowFolder: string,
  names: ConfigNames,
  { cwd, env, parts }: Host,
): Promise<Configured> {
  const without = { settings: parts.defaultSettings, folder: flowFolder, isFound: false }
  const config = named ?? (await findConfig(intake, [...new Set([flowFolder, cwd])], names, cwd))
  const read = typeof config === 'string' ? await intake.tree(config) : config
  if (read === null) return without
  const { settings, problems } = await parts.readConfig(read.root, read.source, env)
  intake.add(problems)
  return hasErrors(problems)
    ? without
    : { settings, folder: dirname(resolve(cwd, read.source.file ?? '.')), isFound: true }
}

async function findConfig(
  intake: Intake,
  folders: readonly string[],
  names: ConfigNames,
  cwd: string,
): Promise<string | null> {
  for (const folder of folders) {
    const files = new Set(await promisify(readdir)(folder).catch(() => []))
    for (const kind of names) {
      const [first, second] = kind.filter((name) => files.has(name))
      if (second !== undefined) return refuseTwo(intake, first ?? '', second)
      if (first !== undefined) return relative(cwd, join(folder, first))
    }
  }
  return null
}

function refuseTwo(intake: Intake, first: string, second: string): null {
  const message = `Cannot tell which configuration to use: ${quote(first)} and ${quote(second)} lie side by side`
  return intake.refuse('AMBIGUOUS_CONFIG', message, 'Keep one of them, or name it with --config')
}
