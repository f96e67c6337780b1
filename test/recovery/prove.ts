// Kills, fails and cuts off as often as it is told, and prints what was lost, done twice or repeated.
//   node test/recovery/prove.ts --kills 500 --errors 90 --cuts 20 --flips 1000
import { parseArgs } from 'node:util'
import { firstLoss, tryCut } from './cuts.ts'
import { nameOfError, planErrors, tryError } from './errors.ts'
import { flipBits } from './flips.ts'
import { KILL_CALLS, LANGUAGES, nameOfKill, planKills, tryKill } from './kills.ts'
import { prepareReading } from './stored.ts'
import { createTally, type Tally } from './tally.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '0' },
    errors: { type: 'string', default: '0' },
    cuts: { type: 'string', default: '0' },
    flips: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
})

async function proveKills(count: number): Promise<Tally> {
  const tally = createTally()
  const byCall = createTally()
  let kills = 0
  for (const point of await planKills(count)) {
    const { verdict, killsCount } = await tryKill(point)
    kills += killsCount
    tally.add(`${point.workload} (${point.language})`, nameOfKill(point), verdict)
    byCall.add(point.call, nameOfKill(point), verdict)
  }
  print(`kills: ${kills} at ${count} points`, tally)
  print(`kills by call, of ${KILL_CALLS.join(', ')}`, byCall)
  return tally
}

async function proveErrors(count: number): Promise<Tally> {
  const tally = createTally()
  for (const point of await planErrors(count)) tally.add(point.kind, nameOfError(point), await tryError(point))
  print('errors', tally)
  return tally
}

async function proveCuts(count: number): Promise<Tally> {
  const tally = createTally()
  let toldCount = 0
  for (let number = 0; number < count; number += 1) {
    const language = LANGUAGES[number % LANGUAGES.length] ?? 'stepflow'
    const afterMs = 50 + Math.round(Math.random() * 1_450)
    const cut = await tryCut(language, afterMs)
    toldCount += cut.toldCount
    tally.add(`power cuts (${language})`, `${language} after ${afterMs} ms`, cut.verdict)
  }
  if (count === 0) return tally
  print(`power cuts: ${toldCount} answers had been given`, tally)
  const { cut, lost } = await firstLoss()
  console.log(`control: under synchronous = NORMAL cut ${cut} lost ${lost} commits that had been told\n`)
  return tally
}

async function proveFlips(count: number, seed: number): Promise<readonly string[]> {
  if (count === 0) return []
  const { identical, refused, found, last, wrong } = await flipBits(count, seed)
  console.log(`bit flips, seed ${seed}`)
  console.table({
    'read the same': identical,
    refused,
    'found by a check': found,
    'last commit': last,
    wrong: wrong.length,
  })
  return wrong
}

function print(title: string, tally: Tally): void {
  const lines = tally.table()
  if (lines.length === 0) return
  console.log(title)
  console.table(Object.fromEntries(lines.map(({ row, ...counts }) => [row, counts])))
}

await prepareReading()
const faults = [
  ...(await proveKills(Number(values.kills))).faults,
  ...(await proveErrors(Number(values.errors))).faults,
  ...(await proveCuts(Number(values.cuts))).faults,
  ...(await proveFlips(Number(values.flips), Number(values.seed))),
]
for (const fault of faults) console.log(fault)
console.log(faults.length === 0 ? 'Nothing was lost, and nothing is there twice.' : `${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
