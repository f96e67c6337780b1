// The morning in the shop goes wrong: the process is killed in the middle, and nothing is lost or done twice.
//
//   npx node examples/orders/demo.ts
//
// It works in a folder of its own, says each command before it runs it, and leaves the folder for a look.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const millrace = join(here, '../../bin/millrace.cjs')
const folder = mkdtempSync(join(tmpdir(), 'millrace-demo-'))
cpSync(here, folder, { recursive: true })
const run = ['run', 'flow.yaml', '--components', 'components.ts', '--input', 'orders.json']
const env = { ...process.env, ORDERS_LEDGER: join(folder, 'ledger') }

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function say(...args: readonly string[]): void {
  print(`\n$ millrace ${args.join(' ')}`)
}

/** What the command prints, shown as it is but for what is long. */
function command(...args: readonly string[]): string {
  say(...args)
  const { stdout, stderr } = spawnSync(process.execPath, [millrace, ...args], { cwd: folder, env, encoding: 'utf8' })
  for (const line of `${stderr}${stdout}`.trimEnd().split('\n'))
    print(line.length > 140 ? `${line.slice(0, 139)}…` : line)
  return stdout
}

/** Kills the process as soon as a part of the reservations is recorded in its ledger. */
async function killInTheMiddle(): Promise<void> {
  say(...run, '   # and kill -9 in the middle')
  const child = spawn(process.execPath, [millrace, ...run], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const watch = setInterval(() => {
    if (reservations().length >= 60) child.kill('SIGKILL')
  }, 5)
  await once(child, 'close')
  clearInterval(watch)
  print(`killed after ${reservations().length} calls of the warehouse`)
}

type Call = { readonly key: string; readonly attempt: number }

function reservations(): readonly Call[] {
  try {
    return readFileSync(env.ORDERS_LEDGER, 'utf8')
      .split('\n')
      .flatMap((line): Call[] => (line.endsWith('}') ? [JSON.parse(line)] : []))
  } catch {
    return []
  }
}

await killInTheMiddle()
command('runs')
const resumed: { run: string } = JSON.parse(command('resume'))
const attempts = Map.groupBy(reservations(), ({ key }) => key)
const again = [...attempts.values()].filter((calls) => new Set(calls.map(({ attempt }) => attempt)).size < calls.length)
print(`${attempts.size} orders were reserved; ${again.length} calls were made twice as the same attempt`)
command('explain', resumed.run, 'review')

const text = readFileSync(join(folder, 'flow.yaml'), 'utf8')
writeFileSync(join(folder, 'flow.yaml'), text.replace('nobody had to look', 'all was ordinary'))
const rerun: { run: string } = JSON.parse(command('rerun', resumed.run, '--flow', 'flow.yaml'))
command('diff', resumed.run, rerun.run)
print(`\n${folder}`)
