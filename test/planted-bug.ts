// Small mistakes made in a copy of the sources: the test of a test is that it finds them.
// Half of the machine is left to the tests that run beside these.
// A mistake is a replacement of one text that stands in its file once; where it does not any more, that is told.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** `file` is below `src`; `right` is what stands there, and `wrong` what takes its place. */
export type Bug = { readonly what: string; readonly file: string; readonly right: string; readonly wrong: string }

export type Nursery = {
  /** Runs the script in a copy of the sources, with the mistake if there is one; returns what it printed on standard error. */
  run(script: string, bug: Bug | null): Promise<string>
  /** Removes what is left. */
  close(): void
}

/** @param folders What is copied, from the root of the project. */
export function openNursery(folders: readonly string[]): Nursery {
  const home = mkdtempSync(join(tmpdir(), 'millrace-bugs-'))
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'))

  function copy(): string {
    const copied = mkdtempSync(join(home, 'copy-'))
    for (const folder of folders) cpSync(folder, join(copied, folder), { recursive: true })
    return copied
  }

  async function runAlone(script: string, bug: Bug | null): Promise<string> {
    const copied = copy()
    try {
      if (bug !== null) plant(copied, bug)
      const path = join(copied, 'play.ts')
      writeFileSync(path, script)
      return await printedBy(path)
    } finally {
      rmSync(copied, { recursive: true, force: true })
    }
  }

  const lanes = Array.from({ length: Math.max(1, Math.floor(availableParallelism() / 2)) }, () => Promise.resolve(''))
  let begun = 0

  return {
    run(script, bug) {
      const lane = begun++ % lanes.length
      const printed = (lanes[lane] ?? Promise.resolve('')).then(() => runAlone(script, bug))
      lanes[lane] = printed.catch(() => '')
      return printed
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  }
}

function plant(copied: string, { file, right, wrong }: Bug): void {
  const path = join(copied, 'src', file)
  const text = readFileSync(path, 'utf8')
  const count = text.split(right).length - 1
  if (count !== 1) throw new Error(`src/${file} says "${right}" ${count} times, and a planted bug needs it once`)
  writeFileSync(
    path,
    text.replace(right, () => wrong),
  )
}

/** A mistake may spin, or fill the memory: then it is found by nobody, and must not outlast its test. */
const CHILD_MS_MAX = 120_000
const CHILD_MB_MAX = 1_024

async function printedBy(path: string): Promise<string> {
  const child = spawn(process.execPath, [`--max-old-space-size=${CHILD_MB_MAX}`, path], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: CHILD_MS_MAX,
    killSignal: 'SIGKILL',
  })
  let printed = ''
  for await (const chunk of child.stderr) printed += String(chunk)
  return printed
}
