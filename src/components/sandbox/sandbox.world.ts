// What the tests of sandboxes share: one sandbox a file, asked through the components that run code in it.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Json, JsonRecord } from '../../lib/json.ts'
import { world as builtins } from '../builtin/builtins.world.ts'
import { type Asked, ask } from '../component.suite.ts'
import type { Call } from '../component.ts'
import { createSandbox, type SandboxOptions } from './sandbox.ts'

export type World = {
  readonly python: (code: string, input?: JsonRecord, call?: Partial<Call>) => Promise<Asked>
  readonly javascript: (code: string, input?: JsonRecord, call?: Partial<Call>) => Promise<Asked>
  /** A function in a blob, and what it is given. */
  readonly udf: (blob: Json, input: Json) => Promise<Asked>
}

export function world(options: Partial<SandboxOptions> = {}): World {
  const sandbox = createSandbox({ python: 'confined', path: process.env['PATH'] ?? '', ...options })
  const { find } = builtins({ runCode: sandbox.run, blobs: { put: () => {}, get: () => stored } })
  let stored = ''
  afterAll(() => sandbox.close())
  return {
    python: (code, input, call) => ask(find('python'), { code, ...input }, call),
    javascript: (code, input, call) => ask(find('javascript'), { code, ...input }, call),
    udf(blob, input) {
      stored = JSON.stringify(blob)
      return ask(find('python/udf'), { blob_id: '0'.repeat(64), input })
    },
  }
}

/** What this machine lacks of what a confined process needs; `null`: nothing. */
export async function whatIsMissing(): Promise<string | null> {
  const sandbox = createSandbox({ python: 'confined', path: process.env['PATH'] ?? '' })
  const { signal } = new AbortController()
  const task = { language: 'python', form: 'script', code: 'import os', input: null, context: null } as const
  const outcome = await sandbox.run({ ...task, timeoutMs: 30_000, memoryMb: 64, signal })
  sandbox.close()
  return outcome.kind === 'unavailable' ? outcome.missing : null
}

/** A folder whose Python starts where no room can be had: in a namespace that may have no others. Gone after the tests. */
export function roomlessPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-python-'))
  chmodSync(folder, 0o755)
  afterAll(() => rmSync(folder, { recursive: true }))
  const inside = `echo 0 > /proc/sys/user/max_user_namespaces; exec /usr/bin/python3 "$@"`
  const wrapper = `#!/bin/sh\nexec /usr/bin/unshare --user --map-root-user /bin/sh -c '${inside}' sh "$@"\n`
  writeFileSync(join(folder, 'python3'), wrapper, { mode: 0o755 })
  return folder
}

/** What the step failed with, in one line; a value is shown as such. */
export function errorOf(asked: Asked): string {
  return asked.kind === 'failed'
    ? `${asked.error.code}: ${asked.error.message}`
    : `no failure: ${JSON.stringify(asked)}`
}
