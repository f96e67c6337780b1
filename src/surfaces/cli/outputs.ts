// Files that a run writes beside standard output. They are opened before anything runs: a flow is not run for nothing.
import { once } from 'node:events'
import { promises } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'

type Opened<Name extends string> =
  | { readonly kind: 'opened'; readonly files: { readonly [N in Name]: FileHandle | null } }
  | { readonly kind: 'wrong'; readonly message: string }

export async function openOutputs<Name extends string>(
  files: { readonly [N in Name]: string | null },
  cwd: string,
): Promise<Opened<Name>> {
  const opened: { [name: string]: FileHandle | null } = {}
  const paths = new Map<string, string>()
  for (const [name, file] of Object.entries<string | null>(files)) {
    const path = file === null ? null : resolve(cwd, file)
    const other = path === null ? undefined : paths.get(path)
    if (other !== undefined) return { kind: 'wrong', message: `Cannot write --${other} and --${name} to one file` }
    if (path !== null) paths.set(path, name)
    try {
      opened[name] = path === null ? null : await promises.open(path, 'w')
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: 'wrong', message: `Cannot write the file of --${name}: ${reason}` }
    }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the names of `files`
  return { kind: 'opened', files: opened as { [N in Name]: FileHandle | null } }
}

/** A file that gets a line at a time. The first failure is kept for `end`: what is told beside the file goes on. */
export function openLines(file: FileHandle): {
  readonly write: (line: string) => Promise<void>
  readonly end: () => Promise<void>
} {
  const stream = file.createWriteStream()
  let failure: Error | null = null
  stream.on('error', (error) => {
    failure ??= error
  })
  return {
    async write(line) {
      if (failure === null && !stream.write(`${line}\n`)) await once(stream, 'drain').catch(() => undefined)
    },
    async end() {
      if (failure === null) {
        stream.end()
        await once(stream, 'close').catch(() => undefined)
      }
      if (failure !== null) throw failure
    },
  }
}
