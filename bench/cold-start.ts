// W8: a fresh process from its start to the result of a chain of ten steps on its standard output.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { median } from './measure.ts'
import { chain } from './workloads.ts'

const STARTS = 7

type Cell = { readonly workload: string; readonly size: number; readonly [figure: string]: number | string }

/** Starts the built command line, and the one that runs from the sources, beside bare Node. A file is there from the first start on. */
export function coldStart(store: string): readonly Cell[] {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const [flow, components] = [join(folder, 'flow.json'), join(folder, 'components.mjs')]
  writeFileSync(flow, chain(10).flow)
  writeFileSync(components, "export default { '/inc': async ({ v }) => ({ v: v + 1 }) }\n")
  const args = ['run', flow, '--components', components, '--input-json', '{"v":0}', '--quiet']
  const kept = store === 'memory' ? store : `${store}:${join(folder, 'runs.db')}`
  const name = store === 'memory' ? 'W8 cold start' : 'W8 cold start, SQLite'
  const bareMs = timeStart(['-e', '0'], '')
  const entries = { [`${name}, sources`]: 'bin/millrace.cjs', [`${name}, built`]: asInstalled(folder) }
  const cells = Object.entries(entries).flatMap(([workload, entry]) => {
    if (entry === null) return []
    return [
      {
        workload,
        size: 10,
        steps: 10,
        medianMs: timeStart([entry, ...args, '--store', kept], '"result":10'),
        limitMs: bareMs,
      },
    ]
  })
  rmSync(folder, { recursive: true })
  return cells
}

/** The entry of the package as it is published, which has no sources beside it; `null` before it is built. */
function asInstalled(folder: string): string | null {
  if (!existsSync('dist/cli/cli.cjs')) return null
  cpSync('bin', join(folder, 'bin'), { recursive: true })
  cpSync('package.json', join(folder, 'package.json'))
  symlinkSync(resolve('dist'), join(folder, 'dist'))
  return join(folder, 'bin/millrace.cjs')
}

function timeStart(args: readonly string[], expected: string): number {
  const times = Array.from({ length: STARTS + 1 }, () => {
    const beganMs = performance.now()
    const child = spawnSync(process.execPath, args, { encoding: 'utf8' })
    const tookMs = performance.now() - beganMs
    if (child.status !== 0 || !child.stdout.includes(expected))
      throw new Error(`${args.join(' ')} printed ${child.stdout}${child.stderr}`)
    return tookMs
  })
  return median(times.slice(1))
}
