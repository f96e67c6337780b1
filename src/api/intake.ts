// Reads what an operation was given, and collects what is wrong with all of it: problems are told at once, not one by one.
import { isUtf8 } from 'node:buffer'
import { resolve } from 'node:path'
import type { Json } from '../lib/json.ts'
import { quote } from '../lib/quote.ts'
import { readFileAtMost } from '../lib/read-at-most.ts'
import { notPlain } from '../lib/plain-data.ts'
import { hasErrors, type Problem } from '../plan/problem.ts'
import { SOURCE_BOUNDS } from '../source/bounds.ts'
import type { Node, Source } from '../source/node.ts'
import { type ReadSource, readSource } from '../source/read.ts'
import { toJson } from '../source/to-json.ts'
import type { Host } from './operation.ts'

/** Nothing could be done: what is wrong, and the texts that the problems point into, by file. */
export type Refusal = {
  readonly kind: 'problems'
  readonly problems: readonly Problem[]
  readonly texts: ReadonlyMap<string, string>
}

/** How standard input is called in problems. */
const STDIN_NAME = '<stdin>'

/** What a text says, the text, and what is not as it was probably meant in it. */
export type Tree = { readonly root: Node; readonly source: Source; readonly warnings?: readonly Problem[] }

export class Intake {
  readonly #host: Host
  #problems: Problem[] = []
  readonly #texts = new Map<string, string>()
  #isStdinRead = false

  constructor(host: Host) {
    this.#host = host
  }

  get hasErrors(): boolean {
    return hasErrors(this.#problems)
  }
  get errorCount(): number {
    return this.#problems.filter(({ severity }) => severity === 'error').length
  }
  get problems(): readonly Problem[] {
    return this.#problems
  }
  get texts(): ReadonlyMap<string, string> {
    return this.#texts
  }
  refusal(): Refusal {
    return { kind: 'problems', problems: this.#problems, texts: this.#texts }
  }

  add(problems: readonly Problem[]): void {
    this.#problems.push(...problems)
  }
  /** Adds an error without a place. */
  refuse(code: string, message: string, hint: string | null = null, file: string | null = null): null {
    this.add([{ code, severity: 'error', message, file, span: null, step: null, hint }])
    return null
  }

  /** What was a warning is an error from here on back, or only what is bound to break. */
  harden(which: 'all' | 'broken'): void {
    this.#problems = this.#problems.map((problem) =>
      which === 'all' || problem.isBroken === true ? { ...problem, severity: 'error' } : problem,
    )
  }

  resolve(path: string): string {
    return resolve(this.#host.cwd, path)
  }

  /** The text of a file, or of standard input for `-`. */
  async source(path: string): Promise<Source | null> {
    const text = path === '-' ? await this.#stdin() : await this.#file(path)
    if (text === null) return null
    return this.named({ text, file: path === '-' ? STDIN_NAME : path })
  }

  /** Remembers a text for the problems that point into it. */
  named(source: Source): Source {
    if (source.file !== null) this.#texts.set(source.file, source.text)
    return source
  }

  async tree(path: string): Promise<Tree | null> {
    const source = await this.source(path)
    return source === null ? null : this.readTree(source)
  }

  readTree(source: Source): Tree | null {
    const { root, problems } = this.#read(source)
    return root === null ? null : { root, source, warnings: problems }
  }

  /** The data of a file in JSON or YAML. */
  async data(path: string): Promise<Json | undefined> {
    const source = await this.source(path)
    return source === null ? undefined : this.parse(source)
  }

  /** JSON, or else YAML, whose problems have places. */
  parse(source: Source): Json | undefined {
    const json = parseJson(source.text)
    const root = json === undefined ? this.#read(source).root : null
    const data = root === null ? json : toJson(root)
    const fault = data === undefined ? null : notPlain(data, true)
    if (fault === null) return data
    this.refuse('INVALID_DATA', fault, null, source.file)
    return undefined
  }

  #read(source: Source): ReadSource {
    const { root, problems } = readSource(source)
    this.add(problems)
    return { root: hasErrors(problems) ? null : root, problems }
  }

  async #stdin(): Promise<string | null> {
    if (this.#isStdinRead)
      return this.refuse('INVALID_COMMAND_LINE', 'Cannot read standard input twice', 'Give one of the two as a file')
    this.#isStdinRead = true
    return (await this.#host.readStdin(SOURCE_BOUNDS.sourceBytesMax)) ?? this.#tooLong('standard input')
  }

  #tooLong(what: string): null {
    return this.refuse('SOURCE_BOUND', `Cannot read ${what}: it is longer than sourceBytesMax`)
  }

  async #file(path: string): Promise<string | null> {
    try {
      const full = this.resolve(path)
      const bytes = await readFileAtMost(full, SOURCE_BOUNDS.sourceBytesMax)
      if (bytes === null) return this.#tooLong(quote(path))
      return isUtf8(bytes)
        ? bytes.toString()
        : this.refuse('SOURCE_CHARACTER', `Cannot read ${quote(path)}: it is not UTF-8 text`, 'Save it as UTF-8')
    } catch (error) {
      return this.refuse('UNREADABLE_FILE', `Cannot read the file ${quote(path)}: ${reasonOf(error)}`)
    }
  }
}

function parseJson(text: string): Json | undefined {
  try {
    const data: Json = JSON.parse(text)
    return data
  } catch {
    return undefined
  }
}

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read'
  if (code === 'EISDIR') return 'it is a folder'
  return error instanceof Error ? error.message : String(error)
}
