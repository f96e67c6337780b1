import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type InsideFile, readInside, resolveInside } from './inside.ts'

let base = ''
let root = ''

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'inside-'))
  root = join(base, 'root')
  await mkdir(join(root, 'folder'), { recursive: true })
  await mkdir(join(base, 'root-beside'))
  await Promise.all(
    ['root/a.txt', 'root/folder/b.txt', 'root/..c.txt', 'secret.txt', 'root-beside/d.txt'].map((path) =>
      writeFile(join(base, path), path),
    ),
  )
  await symlink('folder/b.txt', join(root, 'link-in'))
  await symlink('../secret.txt', join(root, 'link-out'))
  await symlink(base, join(root, 'folder-out'))
  await symlink('../root-beside', join(root, 'folder-beside'))
  await symlink('nowhere', join(root, 'link-broken'))
})
afterAll(() => rm(base, { recursive: true }))

const textOf = (file: InsideFile): string => (file.kind === 'file' ? Buffer.from(file.bytes).toString() : file.kind)
const read = async (path: string, bytesMax = 1_000): Promise<string> => textOf(await readInside(root, path, bytesMax))

test('files below the folder are read, also through links and with dots in their names', async () => {
  expect(
    await Promise.all(['a.txt', './a.txt', 'folder//b.txt', '..c.txt', 'link-in'].map((path) => read(path))),
  ).toEqual(['root/a.txt', 'root/a.txt', 'root/folder/b.txt', 'root/..c.txt', 'root/folder/b.txt'])
})

test.each([
  '../secret.txt',
  '..',
  'folder/../../secret.txt',
  'folder/../a.txt',
  '/etc/passwd',
  '//host/share',
  '..\\secret.txt',
  'folder\\b.txt',
  '\\\\host\\share',
  'C:/a.txt',
  'c:a.txt',
  'C:\\a.txt',
  'a.txt\0',
  '\0',
  'a.txt\0.json',
  '',
  'link-out',
  'folder-out/secret.txt',
  'folder-beside/d.txt',
])('%j is refused', async (path) => {
  expect(await read(path)).toBe('refused')
})

test.each([
  'nothing.txt',
  'folder',
  '.',
  'link-broken',
  'a.txt/b',
  '%2e%2e/secret.txt',
  '....//secret.txt',
  'x'.repeat(300),
])('%j is missing', async (path) => expect(await read(path)).toBe('missing'))

test('a file may have as many bytes as the bound says, and no more', async () => {
  expect(await read('a.txt', 10)).toBe('root/a.txt')
  expect(await read('a.txt', 9)).toBe('too-large')
})

test('what was refused or missing does not tell where the folder lies', async () => {
  const files = await Promise.all(['../x', 'nothing', 'folder', 'link-out'].map((path) => readInside(root, path, 10)))
  expect(JSON.stringify(files)).not.toContain(base)
})

test('no text whatsoever resolves to a path outside', () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '/',
    '\\',
    '\0',
    'a',
    'C:',
    '%2e',
    '．．',
    '..\u2215',
    ' ',
    '~',
    '$HOME',
    '\n',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (path) => {
        const resolved = resolveInside('/the/root', path)
        expect(resolved === null || `${resolved}/`.startsWith('/the/root/')).toBe(true)
      },
    ),
  )
})
