// What holes write: values as text, as literals of source code, or escaped for the quotes they stand in.
import { type CodeLanguage, type Escape, escapeText } from './escape.ts'
import { writeLiteral, writeText } from './print.ts'
import { beyond, fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import type { CodeScanner } from './code-scanner.ts'
import { TextBuilder } from './text-builder.ts'
import { Markup, Undefined } from './values.ts'

/** The template's own text. */
export function emitData(rt: Runtime, text: string): void {
  rt.out.text += text
  if (rt.scanner !== null) rt.scanner.feed(text)
  checkLength(rt)
}

/** The value of a hole. */
export function emit(rt: Runtime, value: unknown): void {
  if (value instanceof Undefined) rt.warn(value.message)
  if (rt.scanner !== null) emitCode(rt, value, rt.scanner)
  else if (typeof value === 'string') rt.out.text += value
  else writeText(rt, rt.out, value)
  checkLength(rt)
}

function checkLength(rt: Runtime): void {
  const { outputBytesMax } = rt.settings.limits
  // A UTF-16 unit is at least one byte of UTF-8; the end of the rendering counts bytes.
  if (rt.out.length > outputBytesMax) throw beyond('The output is too long in bytes', 'outputBytesMax', outputBytesMax)
}

function emitCode(rt: Runtime, value: unknown, scanner: CodeScanner): void {
  const { escape } = scanner
  if (isLiteral(escape)) emitLiteral(rt, value, scanner, escape)
  else emitInside(rt, value, scanner, escape)
}

function emitLiteral(rt: Runtime, value: unknown, scanner: CodeScanner, language: CodeLanguage): void {
  if (value instanceof Markup && value.kind !== 'html') {
    rt.out.text += value.text
    scanner.feed(value.text)
    return
  }
  const written = value instanceof Undefined ? null : value instanceof Markup ? value.text : value
  // A text right behind a name would take the name's last letters for its prefix, and be read by other rules.
  if (scanner.isAfterName && typeof written !== 'number') rt.out.text += ' '
  writeLiteral(rt, rt.out, written, language)
  scanner.wrote()
}

function emitInside(rt: Runtime, value: unknown, scanner: CodeScanner, escape: Escape): void {
  const text = new TextBuilder()
  writeText(rt, text, value, rt.settings.code === 'python' ? 'python' : 'json')
  const parts = text.done()
  if (scanner.isAfterBackslash) {
    if (escape.startsWith('python-raw')) throw fault('A value cannot stand right behind a backslash of raw text')
    // The template's own backslash stays one, whatever the value begins with.
    rt.out.text += '\\'
  }
  scanner.wrote()
  for (const part of typeof parts === 'string' ? [parts] : parts) {
    if (typeof part !== 'string') rt.out.leaf(part.leaf, escape)
    else rt.out.text += escaped(part, escape)
  }
}

function escaped(text: string, escape: Escape): string {
  const written = escapeText(text, escape)
  if (written === null)
    throw fault('The value has quotes or backslashes that raw text cannot hold', 'Use text without r')
  return written
}

function isLiteral(escape: Escape): escape is CodeLanguage {
  return escape === 'python' || escape === 'javascript' || escape === 'json'
}

/** Runs `write` with an output of its own, and gives what it wrote. */
export function captured(rt: Runtime, write: () => void): TextBuilder {
  const { out, scanner } = rt
  const inner = new TextBuilder()
  rt.out = inner
  rt.scanner = null
  write()
  rt.out = out
  rt.scanner = scanner
  rt.sized(inner.length)
  return inner
}
