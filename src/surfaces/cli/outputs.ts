// Files that a run writes beside standard output. They are opened before anything runs: a flow is not run for nothing.
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'

type Opened<Name extends string> =
  | { readonly kind: 'opened'; readonly files: { readonly [N in Name]: FileHandle | null } }
  | { readonly kind: 'wrong'; readonly message: string }

export async function openOutputs<Name extends string>(
  files: { readonly [N in Name]: string | null },
  cwd: string,
): Promise<Opened<Name>> {
  const opened: { [name: string]: FileHandle | null } = {}
  for (const [name, file] of Object.entries<string | null>(files)) {
    try {
      opened[name] = file === null ? null : await open(resolve(cwd, file), 'w')
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: 'wrong', message: `Cannot write the file of --${name}: ${reason}` }
    }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the names of `files`
  return { kind: 'opened', files: opened as { [N in Name]: FileHandle | null } }
}
