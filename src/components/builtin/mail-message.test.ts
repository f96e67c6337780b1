import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Mail, MailError, mailMessage, splitAddresses } from './mail-message.ts'

const mail = (fields: Partial<Mail>): string =>
  mailMessage({
    to: ['a@b.example'],
    cc: [],
    bcc: [],
    from: null,
    replyTo: null,
    subject: '',
    text: null,
    html: null,
    ...fields,
  })

/** The headers of a mail, unfolded, with encoded words read. */
function headersOf(text: string): readonly string[] {
  const [head = ''] = text.split('\r\n\r\n')
  return head
    .replaceAll(/\?=\r\n =\?/g, '?==?')
    .replaceAll('\r\n ', ' ')
    .split('\r\n')
    .map((line) =>
      line.replaceAll(/=\?utf-8\?B\?([^?]*)\?=/g, (_word, base64) => Buffer.from(base64, 'base64').toString()),
    )
}

test.each([
  ['Hello', 'Subject: Hello'],
  ['Größe ✓', 'Subject: =?utf-8?B?R3LDtsOfZSDinJM=?='],
  ['a\r\nBcc: evil@x.example', 'Subject: a Bcc: evil@x.example'],
  ['=?utf-8?q?x?=', 'Subject: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?='],
])('the subject %j is written as %j', (subject, line) => {
  expect(mail({ subject }).split('\r\n')).toContain(line)
})

test.each([
  ['ada@x.example', 'ada@x.example'],
  ['Ada <ada@x.example>', '"Ada" <ada@x.example>'],
  ['"Lovelace, Ada" <ada@x.example>', '"Lovelace, Ada" <ada@x.example>'],
  ['A "B" <a+b@x.example>', '"A \\"B\\"" <a+b@x.example>'],
  ['Zoë <zoe@bücher.example>', '=?utf-8?B?Wm/Dqw==?= <zoe@xn--bcher-kva.example>'],
])('the address %j is written as %j', (address, written) => {
  expect(mail({ to: [address] })).toContain(`To: ${written}\r\n`)
})

test.each([
  'x',
  '@x.example',
  'a b@x.example',
  'a@x.example\r\nBcc: evil@x.example',
  'a@x.example>\nBcc: <evil@x.example',
  'a@x@y.example',
  'a@',
  'a..b@x.example',
  'ä@x.example',
  'a,b@x.example',
  `${'a'.repeat(260)}@x.example`,
])('%j is no address', (address) => {
  expect(() => mail({ to: [address] })).toThrow(MailError)
})

test('whatever a field holds, the headers are those that were meant, of ASCII, and no line is too long', () => {
  const nasty = fc.array(fc.constantFrom('a', 'é', '𝄞', '\r', '\n', '\r\n', ': ', '=?', '"', '\\', '\0', ' ', 'Bcc: x'))
  const any = nasty.map((parts) => parts.join(''))
  fc.assert(
    fc.property(any, any, any, (subject, name, text) => {
      const written = mail({ subject, text, from: `"${name.replaceAll(/[<>]/g, '')}" <a@b.example>` })
      expect(written).toMatch(/^[\x20-\x7e\r\n]*$/)
      expect(Math.max(...written.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(100)
      expect(headersOf(written).map((line) => line.split(':')[0])).toEqual([
        'From',
        'To',
        'Subject',
        'MIME-Version',
        'Content-Type',
        'Content-Transfer-Encoding',
      ])
      const shown = subject.replaceAll(/[\s\0]+/g, ' ').trim()
      expect(headersOf(written)).toContain(`Subject: ${shown}`)
    }),
  )
})

test('text and HTML are alternatives, the better one last', () => {
  const parts = mail({ text: 'plain\nline', html: '<b>ü</b>' }).split('--=_next_part_=')
  expect(parts).toHaveLength(4)
  expect(parts[0]).toContain('Content-Type: multipart/alternative; boundary="=_next_part_="')
  expect(parts[1]).toContain(`text/plain; charset=utf-8\r\n`)
  expect(parts[1]).toContain(Buffer.from('plain\r\nline').toString('base64'))
  expect(parts[2]).toContain(`text/html; charset=utf-8\r\n`)
  expect(parts[3]).toBe('--\r\n')
})

test('a text of addresses is parted at commas that are not inside of one', () => {
  expect(splitAddresses(' a@x, "B, C" <b@x> ,,<c@x>')).toEqual(['a@x', '"B, C" <b@x>', '<c@x>'])
})
