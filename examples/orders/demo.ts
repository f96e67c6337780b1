// The morning in the shop goes wrong: the process is killed in the middle, and nothing is lost or done twice.
//
//   npx node examples/orders/demo.ts                       the StepFlow flow, demo/flow.yaml
//   npx node examples/orders/demo.ts --language jinba      the same job as a Jinba manifest, demo/manifest.yaml
//
// It works in a folder of its own, with a server on this machine as the warehouse, says each command before it runs it, and
// leaves the folder for a look.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { openWarehouse } from './demo/warehouse.ts'

const FILES: Readonly<Record<string, string>> = { stepflow: 'flow.yaml', jinba: 'manifest.yaml' }
const { values } = parseArgs({ options: { language: { type: 'string', default: 'stepflow' } } })
const file = FILES[values.language]
if (file === undefined) throw new Error(`Cannot show "${values.language}": stepflow or jinba`)

const here = import.meta.dirname
const millrace = join(here, '../../bin/millrace.cjs')
const folder = mkdtempSync(join(tmpdir(), 'millrace-demo-'))
for (const name of [`demo/${file}`, 'components.ts', 'orders.json'])
  cpSync(join(here, name), join(folder, name.replace('demo/', '')))

/** So many orders are booked when the engine is killed; the last of them is never answered. */
const BOOKED_BEFORE_KILL = 60

let engine: ChildProcess | null = null
const warehouse = await openWarehouse((count) => {
  if (count === BOOKED_BEFORE_KILL) engine?.kill('SIGKILL')
})
// A flow reaches public addresses only, and what its settings open.
writeFileSync(join(folder, 'millrace.yml'), `allowNet: ["${warehouse.host}"]\n`)

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Prints what the command prints, shown as it is but for what is long, and returns its standard output. */
async function command(...args: readonly string[]): Promise<string> {
  print(`\n$ millrace ${args.join(' ')}`)
  engine = spawn(process.execPath, [millrace, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const { stdout, stderr } = engine
  assert(stdout !== null && stderr !== null)
  const [said, told] = await Promise.all([text(stdout), text(stderr), once(engine, 'close')])
  for (const line of `${told}${said}`.trimEnd().split('\n')) print(line.length > 140 ? `${line.slice(0, 139)}…` : line)
  return said
}

function idIn(outcome: string): string {
  const { run }: { run: string } = JSON.parse(outcome)
  return run
}

const ledger = (): string => {
  const orders = new Set([...warehouse.book.values()].map(({ order }) => order))
  return `${orders.size} orders, ${warehouse.book.size - orders.size} of them twice`
}

print(`# ${warehouse.host} is the warehouse. It is busy now and then, and the engine is killed (-9) in the middle.`)
const input = ['--input', 'orders.json', '--set', `warehouse=http://${warehouse.host}/reserve`]
await command('run', file, '--components', 'components.ts', ...input)
print(`killed: the warehouse has booked ${ledger()}`)

await command('runs')
const resumed = idIn(await command('resume'))
print(`the warehouse has booked ${ledger()}`)
print(`  ${warehouse.refused.size} found it busy, and were tried again`)
print(`  ${warehouse.repeated.size} whose answer was lost were asked for again: it knew their keys`)
assert.equal(ledger(), '200 orders, 0 of them twice')

print('\n# One of those whose answer was lost: it took a second attempt.')
const again = [...warehouse.repeated.difference(warehouse.refused), ...warehouse.repeated][0] ?? ''
await command('show', resumed, '--step', 'reserve', '--item', again.split('.').at(-1) ?? '')
await command('explain', resumed, 'review')

print('\n# What if an order of 300 euro were looked at? Only what follows from that is done again.')
const rerun = idIn(await command('rerun', resumed, '--from', 'total', '--set', 'limit=300'))
await command('diff', resumed, rerun)
assert.equal(ledger(), '200 orders, 0 of them twice')
warehouse.close()
const other = values.language === 'jinba' ? 'stepflow' : 'jinba'
print(
  `\n# All of it is in ${folder}. The same in the other language: npx node examples/orders/demo.ts --language ${other}`,
)
