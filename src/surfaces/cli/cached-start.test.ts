import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** A file that is started by way of `bin/cached.cjs`, as the built command line is. */
function openFolder(text: string): {
  readonly write: (text: string) => void
  readonly start: (command?: string, env?: object) => { readonly said: string; readonly status: number | null }
  readonly kept: () => readonly string[]
} {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-'))
  const [file, cache] = [join(folder, 'built.cjs'), join(folder, 'cache')]
  cpSync('bin/cached.cjs', join(folder, 'cached.cjs'))
  writeFileSync(join(folder, 'module.mjs'), 'export default "a module"')
  mkdirSync(join(folder, 'node_modules/dependency'), { recursive: true })
  writeFileSync(join(folder, 'node_modules/dependency/index.js'), 'module.exports = "a dependency"')
  writeFileSync(
    join(folder, 'start.cjs'),
    `require('module').enableCompileCache()
     if (!require('./cached.cjs')(${JSON.stringify(file)}, process.argv[2])) require(${JSON.stringify(file)})`,
  )
  const write = (changed: string): void => writeFileSync(file, changed)
  write(text)
  return {
    write,
    start(command = 'run', env = {}) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, 'start.cjs'), command], {
        encoding: 'utf8',
        env: { ...process.env, NODE_COMPILE_CACHE: cache, ...env },
      })
      return { said: stdout + stderr, status }
    },
    kept: () =>
      readdirSync(cache, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
        name.includes('millrace-') ? join(cache, name) : [],
      ),
  }
}

const saying = (word: string, id: string): string => `//${id}\nconsole.log(((x) => x + '!')('${word}'))`
const [A, B] = ['000000000000000a', '000000000000000b']

test('the first start of a command leaves what V8 made of it, for its owner, and the next ones use it', () => {
  const { start, kept } = openFolder(saying('hello', A))
  expect(start()).toEqual({ said: 'hello!\n', status: 0 })
  const [cache = '', ...others] = kept()
  const { ino, mode } = statSync(cache)
  expect([others, mode & 0o777]).toEqual([[], 0o600])
  expect(start()).toEqual({ said: 'hello!\n', status: 0 })
  expect(statSync(cache).ino).toBe(ino) // it was not rejected, and made anew
  expect(start('show').said).toBe('hello!\n')
  expect(kept()).toHaveLength(2)
})

test('a file that changed is not taken for what it was, though it is as long', () => {
  const { start, write } = openFolder(saying('hello', A))
  start()
  write(saying('world', B))
  expect([start().said, start().said]).toEqual(['world!\n', 'world!\n'])
})

test('what is no cache is put right', () => {
  const { start, kept } = openFolder(saying('hello', A))
  start()
  const [cache = ''] = kept()
  const { length } = readFileSync(cache)
  const flipped = readFileSync(cache).map((byte, index) => (index === length >> 2 ? byte ^ 1 : byte))
  for (const broken of [Buffer.alloc(length), Buffer.alloc(0), readFileSync(cache).subarray(0, length >> 2), flipped]) {
    writeFileSync(cache, broken)
    expect(start()).toEqual({ said: 'hello!\n', status: 0 })
    expect(readFileSync(cache).equals(broken)).toBe(false)
  }
})

test('modules and dependencies are found from it', () => {
  const text = `//${A}\nvoid (async () => console.log((await import(__dirname + '/module.mjs')).default, (await import('dependency')).default, require('dependency')))()`
  const { start } = openFolder(text)
  const expected = { said: 'a module a dependency a dependency\n', status: 0 }
  expect([start(), start()]).toEqual([expected, expected])
})

test('nothing is left by a command that fails, of a word that is no command, and where Node keeps nothing', () => {
  const { start, kept } = openFolder(`${saying('hello', A)}\nprocess.exitCode = Number(process.argv[2] === 'fail')`)
  expect(start('fail')).toEqual({ said: 'hello!\n', status: 1 })
  expect(start('../run')).toEqual({ said: 'hello!\n', status: 0 })
  expect(start('run', { NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual({ said: 'hello!\n', status: 0 })
  expect(kept()).toEqual([])
})

test('a file without an id is started as any other', () => {
  const { start, kept } = openFolder("console.log('hello!')")
  expect(start()).toEqual({ said: 'hello!\n', status: 0 })
  expect(kept()).toEqual([])
})
