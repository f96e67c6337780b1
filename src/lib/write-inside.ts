// Writes files below one folder, for paths that come from users.
// W1  As for reading, a path is a relative one without `..`; folders are made one by one, and none through a link that leads out.
// W2  A file appears whole, by a rename, or not at all. A link in its place is replaced, never followed.
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { resolveInside } from './inside.ts'

/** `refused`: no such path may be asked for. `unwritable`: the system would not do it. */
export type Written =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused' | 'unwritable'; readonly reason: string }

const LEADS_OUT = { kind: 'refused', reason: 'it leads out of its folder' } as const

/** Writes `bytes` to the file at `path` below `root`, and makes the folders that it needs. */
export async function writeInside(root: string, path: string, bytes: Uint8Array): Promise<Written> {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const name = parts.pop()
  if (resolveInside(root, path) === null || name === undefined || path.endsWith('/'))
    return { kind: 'refused', reason: 'it is not a relative path without ".." and backslashes' }
  try {
    const top = await realpath(root)
    const folder = await openFolder(top, parts)
    return folder === null ? LEADS_OUT : await writeWhole(folder, name, bytes)
  } catch (error) {
    return { kind: 'unwritable', reason: reasonOf(error) }
  }
}

/** The real path of the folder of `parts`, or `null` where a link leads out of `top`. */
async function openFolder(top: string, parts: readonly string[]): Promise<string | null> {
  let folder = top
  for (const part of parts) {
    const next = join(folder, part)
    await mkdir(next).catch(unlessThere)
    folder = await realpath(next)
    if (folder !== top && !folder.startsWith(top.endsWith(sep) ? top : top + sep)) return null
  }
  return folder
}

async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<Written> {
  const temporary = join(folder, `.${randomUUID()}.tmp`)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  const handle = await open(temporary, flags)
  try {
    try {
      if (!(await isAt(handle, temporary, folder))) return LEADS_OUT
      await handle.writeFile(bytes)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(temporary, join(folder, name))
    return { kind: 'written' }
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Whether what was opened is where it should be: its folder may have been swapped for a link in the meantime. */
async function isAt(handle: FileHandle, path: string, folder: string): Promise<boolean> {
  const [opened, found, real] = await Promise.all([
    handle.stat({ bigint: true }),
    stat(path, { bigint: true }),
    realpath(folder),
  ])
  return real === folder && opened.ino === found.ino && opened.dev === found.dev
}

function unlessThere(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error
}

/** Without the full path, which is nobody's business. */
function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return REASONS.get(code) ?? (code === '' ? 'it cannot be written' : `it cannot be written (${code})`)
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EISDIR', 'it is a folder'],
  ['ENOTEMPTY', 'it is a folder'],
  ['ENOTDIR', 'a file is where it needs a folder'],
  ['EACCES', 'it may not be written'],
  ['EPERM', 'it may not be written'],
  ['ENOSPC', 'there is no room for it'],
])

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
