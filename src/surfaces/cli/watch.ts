// Runs a command again whenever a file that it names changes: each time in a process of its own, so that modules are loaded anew.
import { type ChildProcess, spawn } from 'node:child_process'
import { statSync, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { setTimeout } from 'node:timers'
import { INTERRUPTED, OK } from './exit-status.ts'
import type { Terminal } from './terminal.ts'

/** Editors write a file in several steps: what comes within this time is one change. */
const SETTLE_MS = 50

/** Runs `argv` now, and again after each change, until Ctrl-C. */
export function watchAndRun(argv: readonly string[], cwd: string, terminal: Terminal): Promise<number> {
  const files = argv.map((word) => resolve(cwd, word.replace(/^--[a-z-]+=/, ''))).filter(isFile)
  const [, script = ''] = process.argv
  return new Promise((resolveStatus) => {
    let child: ChildProcess | null = null
    let timer: NodeJS.Timeout | null = null
    let isStale = false

    function start(): void {
      isStale = false
      child = spawn(process.execPath, [script, ...argv], { cwd, stdio: 'inherit' })
      child.on('exit', () => {
        child = null
        if (isStale) start()
        else
          terminal.say(`Waiting for a change of ${files.map((file) => basename(file)).join(', ')}; Ctrl-C ends this\n`)
      })
    }

    function changed(): void {
      timer = null
      isStale = true
      if (child === null) start()
      else child.kill('SIGTERM')
    }

    const watchers = [...new Set(files.map((file) => dirname(file)))].map((folder) =>
      watch(folder, (_, name) => {
        if (name === null || !files.includes(resolve(folder, name))) return
        if (timer !== null) clearTimeout(timer)
        timer = setTimeout(changed, SETTLE_MS)
      }),
    )
    const stop = (status: number): void => {
      for (const watcher of watchers) watcher.close()
      child?.removeAllListeners('exit')
      child?.kill('SIGTERM')
      resolveStatus(status)
    }
    process.once('SIGINT', () => stop(INTERRUPTED))
    process.once('SIGTERM', () => stop(OK))
    start()
  })
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
