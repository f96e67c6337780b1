// Files below one folder, for paths that come from users. The one place that decides this.
// I1  A path is a relative one with `/` between its parts, whatever the system: nothing that could lead out is even resolved.
// I2  What counts is the file that was opened: a link, or a swap in the meantime, that leads out is refused, and nothing is read.
import { constants, promises } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join, sep } from 'node:path'

export type InsideFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  /** `refused`: no such path may be asked for. `missing`: there is no such file, or it is none. */
  | { readonly kind: 'refused' | 'missing' | 'too-large'; readonly reason: string }

/** The path of `path` below `root`, or `null` where it could lead out of it. Looks at the text only. */
export function resolveInside(root: string, path: string): string | null {
  if (path === '' || /[\0\\]/.test(path) || /^(\/|[A-Za-z]:)/.test(path)) return null
  return path.split('/').includes('..') ? null : join(root, path)
}

/** The bytes of the file at `path` below `root`, if there are at most `bytesMax`. */
export async function readInside(root: string, path: string, bytesMax: number): Promise<InsideFile> {
  const full = resolveInside(root, path)
  if (full === null) return { kind: 'refused', reason: 'it is not a relative path without ".." and backslashes' }
  let handle: FileHandle | null = null
  try {
    // Without waiting for the other end, should it be a pipe.
    handle = await promises.open(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    return await readOpened(handle, root, full, bytesMax)
  } catch (error) {
    return { kind: 'missing', reason: reasonOf(error) }
  } finally {
    await handle?.close()
  }
}

async function readOpened(handle: FileHandle, root: string, full: string, bytesMax: number): Promise<InsideFile> {
  const opened = await handle.stat({ bigint: true })
  const real = await promises.realpath(full)
  const found = await promises.stat(real, { bigint: true })
  const isInside = withSeparator(real).startsWith(withSeparator(await promises.realpath(root)))
  if (!isInside || found.ino !== opened.ino || found.dev !== opened.dev)
    return { kind: 'refused', reason: 'it leads out of its folder' }
  if (!opened.isFile()) return { kind: 'missing', reason: 'it is not a file' }
  const bytes = Buffer.concat(await handle.createReadStream({ end: bytesMax, autoClose: false }).toArray())
  return bytes.length > bytesMax
    ? { kind: 'too-large', reason: `it is longer than ${bytesMax} bytes` }
    : { kind: 'file', bytes }
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep
}

/** Without the full path, which is nobody's business. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read'
  return code === '' ? 'it cannot be read' : `it cannot be read (${code})`
}
