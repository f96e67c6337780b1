// The command line as a shell calls it, in a folder of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const bin = join(import.meta.dirname, '../../../bin/millrace.cjs')

export type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

/** A new folder with `files`. */
export function folderWith(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

export type Around = { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> }

// What a shell or a CI server around the tests says of colours is not what a test asks for.
const { FORCE_COLOR: _force, NO_COLOR: _no, CI: _ci, ...around } = process.env

export function millrace(cwd: string, args: readonly string[], { stdin = '', env = {} }: Around = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], { cwd, env: { ...around, ...env } }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    )
    child.stdin?.on('error', () => undefined) // it may not want all of it
    child.stdin?.end(stdin)
  })
}
