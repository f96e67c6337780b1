// Whoever meets a code looks it up, so the table has each one, and none that nobody can meet.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** What is written like a code and is none: words of Node, of HTTP, of YAML, of the environment, of help texts, and names of tools and types. */
const OTHERS =
  /^(?:(?:UND_)?ERR_.*|E[A-Z]+|SIG[A-Z]+|MILLRACE_.*|[A-Z_]+_API_KEY|STEPFLOW_VAR_|(?:NO|FORCE)_COLOR|TERM|POST|HEAD|CONNECT|TRACE|TRUE|FALSE|NULL|FILE|FLOW|LANG|STORE|NAME|PATH|TEXT|TIME|INDEX|STATUS|STEP|TRIGGER|STRING|NUMBER|BOOLEAN|JSON|(?:IN|OUT)PUT_[A-Z]*|COMMIT|ROLLBACK)$/

test('docs/errors.md lists the codes that the sources name, each once and in order', () => {
  const sources = globSync('src/**/*.ts').filter((path) => !/\.(?:test|suite|world)\.ts$|^src\/testing\//.test(path))
  const words = sources.flatMap((path) => firstGroups(readFileSync(path, 'utf8'), /'([A-Z][A-Z_]{3,})'/g))
  const named = new Set(words.filter((word) => !OTHERS.test(word)))
  const listed = firstGroups(readFileSync('docs/errors.md', 'utf8'), /^\| `([A-Z_]+)` \|/gm)
  expect(listed).toEqual([...named].toSorted())
})

function firstGroups(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, group]) => group ?? '')
}
