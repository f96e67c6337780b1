// `run --watch` as somebody who edits a flow sees it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { bin, folderWith } from './cli.world.ts'

const flow = (text: string): string => `- { id: a, tool: OUTPUT_TEXT, input: { value: ${text} } }`

test('a flow is run again when its file changes, until Ctrl-C', async () => {
  const folder = folderWith({ 'flow.yaml': flow('first') })
  const child = spawn(process.execPath, [bin, 'run', 'flow.yaml', '--watch'], { cwd: folder })
  const results: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const { result }: { result: string } = JSON.parse(line)
    results.push(result)
    if (result === 'first') child.stderr.on('data', onWait)
    if (result === 'second') child.kill('SIGINT')
  }
  if (child.exitCode === null) await once(child, 'exit')
  expect(results).toEqual(['first', 'second'])
  expect(child.exitCode).toBe(130)

  /** It says when it is ready for a change. */
  function onWait(text: Buffer): void {
    if (!String(text).includes('Waiting for a change of flow.yaml')) return
    child.stderr.off('data', onWait)
    writeFileSync(join(folder, 'flow.yaml'), flow('second'))
  }
})
