// Which Python there is on this machine that code may run in.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'

/** Where it usually is. What the operator's `PATH` says goes before, unless it needs an environment, or is for its owner only. */
const USUAL = ['/usr/bin/python3', '/usr/local/bin/python3']
const PROBE = 'import sys, ctypes, resource; sys.exit(sys.version_info < (3, 10))'
const PROBE_MS_MAX = 10_000
const NOBODY = 65_534

export type FoundPython = { readonly python: string } | { readonly missing: string }

/** The first that starts, as whoever code runs as, and has what a room is built with. */
export async function findPython(path: string): Promise<FoundPython> {
  const named = path.split(delimiter).flatMap((folder) => (isAbsolute(folder) ? join(folder, 'python3') : []))
  const candidates = [...new Set([...named, ...USUAL])].filter((candidate) => existsSync(candidate))
  let isRefused = false
  for (const python of candidates) {
    const found = await starts(python)
    if (found === 'started') return { python }
    isRefused ||= found === 'refused'
  }
  if (isRefused) return { missing: 'the right to run a process as nobody, who is not root' }
  const missing =
    candidates.length === 0
      ? 'python3'
      : `a python3 of version 3.10 or newer, with ctypes, that others than its owner may start (${candidates.join(', ')})`
  return { missing }
}

async function starts(python: string): Promise<'started' | 'failed' | 'refused'> {
  const isRoot = process.getuid?.() === 0
  try {
    await promisify(execFile)(python, ['-I', '-c', PROBE], {
      cwd: '/',
      env: {},
      timeout: PROBE_MS_MAX,
      ...(isRoot && { uid: NOBODY, gid: NOBODY }),
    })
    return 'started'
  } catch (error) {
    // Of a program that cannot be started by others, root is told EACCES.
    const code = error instanceof Error && 'code' in error ? error.code : null
    return isRoot && (code === 'EPERM' || code === 'EINVAL') ? 'refused' : 'failed'
  }
}
