// The arrows of ARCHITECTURE.md, held: what may import what, what is pure, and which words stay out of the core.
import { readFileSync } from 'node:fs'
import { globSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** The seam of the stores: what each driver has in common. */
const STORE_SEAM = ['stores/store.ts', 'stores/store-error.ts', 'stores/retention.ts']
/** What each folder may import, beside itself. A name with a slash is one file. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  templates: ['lib'],
  plan: ['templates', 'lib'],
  source: ['plan', 'lib'],
  dialects: ['source', 'plan', 'templates', 'lib'],
  core: ['plan', 'lib'],
  stores: ['core', 'plan', 'lib'],
  net: ['lib'],
  components: ['net', 'source', 'plan', 'lib'],
  engine: ['core', 'plan', 'lib', ...STORE_SEAM, 'components/component.ts'],
  config: ['source', 'plan', 'lib'],
  api: [
    'engine',
    'core',
    'source',
    'config',
    'templates',
    'plan',
    'lib',
    'dialects/dialect.ts',
    'dialects/written.ts',
    ...STORE_SEAM,
    'components',
  ],
  surfaces: ['api', 'config', 'source', 'plan', 'lib'],
  testing: ['core', 'engine', 'plan', 'lib', 'stores/store.ts', 'components/component.ts'],
}
/** Folders whose own folders are siblings, one implementation each, that do not know one another. */
const SIBLINGS = ['dialects', 'stores', 'components', 'surfaces']
const PURE = ['templates', 'plan', 'core']
const IMPURE =
  /\bfrom 'node:|\bDate\b|Math\.random|setTimeout|setImmediate|\bprocess\.|\bconsole\.|\basync\b|\bPromise\b/
const LANGUAGE_FREE = ['core', 'engine', 'stores', 'components', 'api']
const LANGUAGE_WORDS = /stepflow|jinba/i

const files = globSync('src/**/*.ts').filter((path) => !/\.(?:test|suite|world)\.ts$/.test(path))

function importsOf(path: string): readonly string[] {
  const found = readFileSync(path, 'utf8').matchAll(/(?:from|import) ?\(?'(\.[^']+)'/g)
  return [...found].map(([, target]) => relative('src', resolve(dirname(path), target ?? '')))
}

function isAllowed(from: readonly string[], target: string): boolean {
  const [folder = '', sub = ''] = from
  if (!(folder in MAY_IMPORT)) return true // entry points
  const to = target.split('/')
  if (to[0] === folder) return !SIBLINGS.includes(folder) || to.length === 2 || from.length === 2 || to[1] === sub
  return (MAY_IMPORT[folder] ?? []).some((allowed) => allowed === target || allowed === to[0])
}

test('each folder imports only what lies below it, and no implementation its sibling', () => {
  const wrong = files.flatMap((path) => {
    const from = relative('src', path).split('/')
    return importsOf(path).flatMap((target) => (isAllowed(from, target) ? [] : [`${path} imports ${target}`]))
  })
  expect(wrong).toEqual([])
})

test('templates, plans and the core have no clock, no chance, no input or output, and never wait', () => {
  const impure = files.filter((path) => PURE.includes(path.split('/')[1] ?? '') && IMPURE.test(withoutComments(path)))
  expect(impure).toEqual([])
})

test('below the dialects nothing names a language', () => {
  const naming = files.filter(
    (path) => LANGUAGE_FREE.includes(path.split('/')[1] ?? '') && LANGUAGE_WORDS.test(withoutComments(path)),
  )
  expect(naming).toEqual([])
})

test('no text of a user becomes host code', () => {
  const hosts = files.filter((path) => /\beval\(|new Function\b|node:vm/.test(withoutComments(path)))
  expect(hosts).toEqual([])
})

/** What counts as code: an example for people may name anything. */
function withoutComments(path: string): string {
  return readFileSync(join(path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|example: '.*'/g, '')
}
