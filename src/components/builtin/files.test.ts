// Files that a flow takes and gives.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeText } from './decode-text.ts'
import { type Reply, service } from './service.world.ts'

const rootDir = mkdtempSync(join(tmpdir(), 'files-'))
afterAll(() => rmSync(rootDir, { recursive: true }))
writeFileSync(join(rootDir, 'a.txt'), 'grüße')
writeFileSync(join(rootDir, 'a.png'), Uint8Array.of(0x89, 0x50))
symlinkSync('/etc/passwd', join(rootDir, 'out'))
symlinkSync(tmpdir(), join(rootDir, 'linked'))

const there = service({ rootDir })
const bytes =
  (type: string, content: Uint8Array): Reply =>
  (_request, response) =>
    response.writeHead(200, { 'content-type': type }).end(content)

test.each([
  ['text/csv; charset=ISO-8859-1', [0xfc], 'ü'],
  ['text/plain; charset=Shift_JIS', [0x93, 0xfa], '日'],
  ['text/plain; charset=nonsense', [0xc3, 0xbc], 'ü'],
  ['text/plain', [0xc3, 0xbc], 'ü'],
  ['text/plain', [0xfc, 0x80], 'ü€'],
  ['text/plain; charset=latin1', [0xef, 0xbb, 0xbf, 0xc3, 0xbc], 'ü'],
  ['', [0xff, 0xfe, 0x61, 0x00], 'a'],
  ['', [0xfe, 0xff, 0x00, 0x61], 'a'],
  ['', [], ''],
])('bytes of the type %j, %j, are the text %j', (type, content, text) => {
  expect(decodeText(Uint8Array.from(content), type)).toBe(text)
})

const success = (output: string): unknown => ({ kind: 'success', output })

test('a file is read as text or as base64, from a URL or from the working folder', async () => {
  there.answers(bytes('text/plain; charset=latin1', Uint8Array.of(0xfc)))
  const url = `${there.origin}/a.csv?x=1`
  expect(await there.ask('input_file_as_text', { value: url })).toEqual(success('ü'))
  expect(await there.ask('input_file_as_text', { url })).toEqual(success('ü'))
  expect(await there.ask('input_image_file', { value: url })).toEqual(success('/A=='))
  expect(await there.ask('input_file_as_text', { value: 'a.txt' })).toEqual(success('grüße'))
  expect(await there.ask('input_image_file', { value: './a.png' })).toEqual(success('iVA='))
})

test.each([
  [{ value: '../x' }, 'INVALID_INPUT', 'Cannot load the file "../x": it is not a relative path'],
  [{ value: 'out' }, 'INVALID_INPUT', 'Cannot load the file "out": it leads out of its folder'],
  [{ value: 'none.txt' }, 'RESOURCE_UNAVAILABLE', 'Cannot load the file "none.txt": there is no such file'],
  [{ value: 'file:///etc/passwd' }, 'INVALID_INPUT', 'only http: and https: are spoken'],
  [{ value: 'http://10.0.0.1/a' }, 'ADDRESS_REFUSED', 'a private address'],
  [{ value: 'http://127.0.0.1:1/' }, 'UNREACHABLE', 'ECONNREFUSED'],
  [{}, 'INVALID_INPUT', 'Cannot find "value" in the input'],
  [{ value: 'a', url: 'b' }, 'INVALID_INPUT', 'Cannot use both "value" and "url"'],
])('%j cannot be read: %s', async (input, code, message) => {
  for (const path of ['input_file_as_text', 'input_image_file'])
    expect(await there.ask(path, input)).toMatchObject({ error: { code, message: expect.stringContaining(message) } })
})

test('a download that fails is a failure, and one that is too long is not read', async () => {
  const value = there.origin
  there.answers((_request, response) => response.writeHead(404).end())
  expect(await there.ask('input_file_as_text', { value })).toMatchObject({ error: { code: 'COMPONENT_FAILED' } })
  there.answers((_request, response) => response.writeHead(503, { 'retry-after': '3' }).end())
  expect(await there.ask('input_file_as_text', { value })).toMatchObject({
    error: { code: 'RESOURCE_UNAVAILABLE', retryAfterMs: 3_000 },
  })
  there.answers(bytes('text/plain', Buffer.alloc(10_000_001)))
  expect(await there.ask('input_file_as_text', { value })).toMatchObject({ error: { code: 'RESPONSE_TOO_LARGE' } })
})

test.each([
  [{ path: 'new/a.txt', content: 'grüße' }, 'new/a.txt', 'grüße'],
  [{ filename: './b.json', content: { a: [1] } }, 'b.json', '{\n  "a": [\n    1\n  ]\n}\n'],
  [{ path: 'c//d.txt', content: 'aGk=\n', encoding: 'base64' }, 'c/d.txt', 'hi'],
  [{ path: 'b.json', content: '' }, 'b.json', ''],
])('%j is written to %s', async (input, path, text) => {
  const sha256 = createHash('sha256').update(text).digest('hex')
  expect(await there.ask('output_file', input)).toEqual({
    kind: 'success',
    output: { path, bytes: Buffer.byteLength(text), sha256 },
  })
  expect(readFileSync(join(rootDir, path), 'utf8')).toBe(text)
})

test.each([
  [{ path: '../x', content: '' }, 'INVALID_INPUT', 'Cannot write the file "../x": it is not a relative path'],
  [{ path: 'linked/x', content: '' }, 'INVALID_INPUT', 'Cannot write the file "linked/x": it leads out of its folder'],
  [{ path: 'a.txt/x', content: '' }, 'RESOURCE_UNAVAILABLE', 'a file is where it needs a folder'],
  [{ path: 'x', content: 'a=b', encoding: 'base64' }, 'INVALID_INPUT', 'it is not base64'],
  [{ path: 'x', content: {}, encoding: 'base64' }, 'INVALID_INPUT', 'it is not base64'],
  [{ path: 'x', content: 'x'.repeat(10_000_001) }, 'INVALID_INPUT', 'it is longer than 10000000 bytes'],
  [{ content: '' }, 'INVALID_INPUT', 'Cannot find "path" in the input'],
  [{ path: 'x' }, 'INVALID_INPUT', 'Cannot find "content" in the input'],
])('%.60j is not written: %s', async (input, code, message) => {
  expect(await there.ask('output_file', input)).toMatchObject({
    error: { code, message: expect.stringContaining(message) },
  })
})
