import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeInside } from './write-inside.ts'

let base = ''
let root = ''
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'write-inside-'))
  root = join(base, 'root')
  await mkdir(join(root, 'folder'), { recursive: true })
  await writeFile(join(base, 'secret.txt'), 'secret')
  await writeFile(join(root, 'a.txt'), 'before')
})
afterEach(() => rm(base, { recursive: true }))

const write = async (path: string, text = 'after'): Promise<string> => {
  const written = await writeInside(root, path, Buffer.from(text))
  return written.kind === 'written' ? 'written' : `${written.kind}: ${written.reason}`
}
const everything = async (): Promise<readonly string[]> =>
  (await Promise.all([base, root, join(root, 'folder')].map((folder) => readdir(folder)))).flat()

test('a file is written whole, with the folders that it needs, and nothing is left beside it', async () => {
  expect(await write('a.txt')).toBe('written')
  expect(await write('./new/deep//b.txt')).toBe('written')
  expect(await readFile(join(root, 'a.txt'), 'utf8')).toBe('after')
  expect(await readFile(join(root, 'new/deep/b.txt'), 'utf8')).toBe('after')
  expect(await readdir(root)).toEqual(['a.txt', 'folder', 'new'])
  expect(await readdir(join(root, 'new/deep'))).toEqual(['b.txt'])
})

test.each(['', '.', 'a/', '..', '../secret.txt', 'folder/../../x', '/etc/x', 'C:x', 'a\\b', 'a\0b'])(
  'the path %j is refused, and nothing is made',
  async (path) => {
    const before = await everything()
    expect(await write(path)).toMatch(/^refused: it is not a relative path/)
    expect(await everything()).toEqual(before)
  },
)

test('no folder is made, and no file written, through a link that leads out', async () => {
  await symlink(base, join(root, 'out'))
  await symlink('..', join(root, 'up'))
  const before = await everything()
  for (const path of ['out/x.txt', 'up/x.txt', 'out/new/x.txt', 'folder/../out/x.txt'])
    expect(await write(path)).toMatch(/^refused: /)
  expect(await everything()).toEqual(before)
})

test('a link in place of the file is replaced, whatever it leads to', async () => {
  await symlink('../secret.txt', join(root, 'link'))
  expect(await write('link')).toBe('written')
  expect(await readFile(join(base, 'secret.txt'), 'utf8')).toBe('secret')
  expect(await readFile(join(root, 'link'), 'utf8')).toBe('after')
})

test('a link to a folder inside is followed', async () => {
  await symlink('folder', join(root, 'inside'))
  expect(await write('inside/b.txt')).toBe('written')
  expect(await readFile(join(root, 'folder/b.txt'), 'utf8')).toBe('after')
})

test('what cannot be written says why without the full path', async () => {
  await writeFile(join(root, 'folder/x'), '')
  expect(await write('folder')).toBe('unwritable: it is a folder')
  expect(await write('a.txt/b')).toBe('unwritable: a file is where it needs a folder')
  expect(await readdir(root)).toEqual(['a.txt', 'folder'])
})
