// The texts behind paths: files themselves, and what lies in folders.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { quote } from '../lib/quote.ts'
import { type Intake, reasonOf } from './intake.ts'

export type Found = {
  readonly file: string /** Not named itself: it may be something else. */
  readonly isInFolder: boolean
}

/** Files of one folder, its folders included; more is hardly what was meant. */
const filesMax = 10_000

/** The YAML files of `paths`, folders in the order of names; hidden folders and `node_modules` are left out. */
export async function findFiles(intake: Intake, paths: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const path of paths) {
    const kind = path === '-' ? 'file' : await kindOf(intake, path)
    if (kind === 'file') found.push({ file: path, isInFolder: false })
    if (kind === 'folder') for (const file of await filesIn(intake, path)) found.push({ file, isInFolder: true })
  }
  return found
}

async function kindOf(intake: Intake, path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(intake.resolve(path))).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    return intake.refuse('UNREADABLE_FILE', `Cannot read ${quote(path)}: ${reasonOf(error)}`)
  }
}

async function filesIn(intake: Intake, folder: string): Promise<readonly string[]> {
  const files: string[] = []
  const open = [folder]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    try {
      for (const entry of await readdir(intake.resolve(next), { withFileTypes: true })) {
        const path = join(next, entry.name)
        if (entry.isDirectory()) {
          if (!entry.name.startsWith('.') && entry.name !== 'node_modules') open.push(path)
        } else if (/\.ya?ml$/.test(entry.name)) files.push(path)
      }
    } catch (error) {
      intake.refuse('UNREADABLE_FILE', `Cannot read the folder ${quote(next)}: ${reasonOf(error)}`)
    }
    if (files.length <= filesMax) continue
    intake.refuse('UNREADABLE_FILE', `Cannot look at more than filesMax (${filesMax}) files in ${quote(folder)}`)
    return []
  }
  return files.toSorted()
}
