// How other processes ask the one that owns a file: a socket beside the file that only its user can open.
// One line of JSON is asked, one is answered, and that ends the connection.
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { NamedDecision } from '../engine/asks.ts'
import type { Engine } from '../engine/engine.ts'
import { EngineError } from '../engine/errors.ts'
import type { LiveRun } from '../engine/live-run.ts'
import { sha256 } from '../lib/hash.ts'
import { isRecord, type Json } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'

/** What can be asked of a run. */
export type Ask =
  | { readonly ask: 'cancel' | 'pause' | 'resume'; readonly run: string; readonly reason: string | null }
  | ({ readonly ask: 'decide'; readonly run: string } & NamedDecision)
type Answered = { readonly isDone: true } | { readonly isDone: false; readonly reason: string }

/** More than a command line takes: a decision may give the output of a step. */
const ASK_LENGTH_MAX = 1_048_576
const ANSWER_MS_MAX = 30_000
/** The system allows 107 bytes. */
const SOCKET_PATH_LENGTH_MAX = 100

function socketOf(place: string): string {
  const beside = `${resolve(place)}.sock`
  if (beside.length <= SOCKET_PATH_LENGTH_MAX) return beside
  const name = sha256(beside).slice(0, 24)
  return join(tmpdir(), `millrace-${name}.sock`)
}

/** Listens for all engines that work on the file, of which each has runs of its own; the answer ends that. What does not work here costs nobody a run. */
export function openControl(engines: readonly Engine[], place: string): () => void {
  const path = socketOf(place)
  let isPrivate = false
  const server = createServer((socket) => void (isPrivate ? serve(engines, socket) : socket.destroy()))
  server.on('error', () => undefined)
  server.unref()
  const isFree = remove(path) // whoever owns the file owns the name: one that is there was left by a process that died
  if (isFree)
    server.listen(path, () => {
      isPrivate = closeToOthers(path)
    })
  return () => {
    server.close()
    if (isFree) remove(path)
  }
}

/** Whether the name is free then: somebody else may have something there that is not ours. */
function remove(path: string): boolean {
  try {
    rmSync(path, { force: true })
    return true
  } catch {
    return false
  }
}

function closeToOthers(path: string): boolean {
  try {
    chmodSync(path, 0o600)
    return true
  } catch {
    return false
  }
}

async function serve(engines: readonly Engine[], socket: Socket): Promise<void> {
  socket.on('error', () => undefined)
  socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy())
  const answer = await answerTo(engines, await readLine(socket))
  socket.end(`${JSON.stringify(answer)}\n`)
}

async function answerTo(engines: readonly Engine[], line: string): Promise<Answered> {
  const ask = toAsk(line)
  if (ask === null) return { isDone: false, reason: 'This is nothing that can be asked' }
  const engine = engines.find((one) => one.live(ask.run) !== null)
  const run = engine?.live(ask.run) ?? null
  if (engine === undefined || run === null)
    return { isDone: false, reason: 'The process that owns the file is not at work on this run' }
  try {
    return await act(engine, run, ask)
  } catch (error) {
    return { isDone: false, reason: error instanceof EngineError ? error.message : 'The engine failed' }
  }
}

async function act(engine: Engine, run: LiveRun, ask: Ask): Promise<Answered> {
  if (ask.ask === 'decide') {
    const decided = await engine.decide(run, [ask])
    return decided.length > 0 ? { isDone: true } : { isDone: false, reason: undecided(ask.task) }
  }
  if (ask.ask === 'cancel') await engine.stop(run, 'cancelled', ask.reason)
  else if (ask.ask === 'pause') await engine.pause(run, ask.reason)
  else await engine.unpause(run)
  return { isDone: true }
}

export function undecided(task: string): string {
  return `Step ${quote(task)} waits for no decision`
}

function toAsk(line: string): Ask | null {
  const read = parsed(line)
  if (!isRecord(read)) return null
  const { ask, run, reason, task, decision } = read
  if (typeof run !== 'string') return null
  if (ask === 'cancel' || ask === 'pause' || ask === 'resume')
    return { ask, run, reason: typeof reason === 'string' ? reason : null }
  const decided = toDecision(decision)
  return ask === 'decide' && typeof task === 'string' && decided !== null ? { ask, run, task, decision: decided } : null
}

function toDecision(read: Json | undefined): NamedDecision['decision'] | null {
  if (!isRecord(read)) return null
  const { kind, output = null } = read
  if (kind === 'done') return { kind, output }
  return kind === 'retry' || kind === 'fail' ? { kind } : null
}

function parsed(line: string): Json {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** Up to the first line feed; empty where that does not come, or too much comes before. */
function readLine(socket: Socket): Promise<string> {
  return new Promise((done) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) done(text.slice(0, end))
      else if (text.length > ASK_LENGTH_MAX) done('')
    })
    socket.on('close', () => done(''))
  })
}

/** Asks the process that owns the file; answers why that could not be done, `null` where it was. */
export async function askOwner(place: string, ask: Ask): Promise<string | null> {
  const path = socketOf(place)
  const line = JSON.stringify(ask)
  if (line.length > ASK_LENGTH_MAX) return `more than ${ASK_LENGTH_MAX} characters cannot be asked of another process`
  const unheard = 'another process owns the file and does not listen'
  if (!existsSync(path)) return unheard
  const socket = createConnection(path)
  socket.on('error', () => undefined)
  socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy())
  socket.write(`${line}\n`)
  const answer = parsed(await readLine(socket))
  socket.destroy()
  if (!isRecord(answer)) return unheard
  const { isDone, reason } = answer
  if (isDone === true) return null
  return typeof reason === 'string' ? reason : 'it was refused'
}
