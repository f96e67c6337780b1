// A mail as text (RFC 5322, 2045, 2047): ASCII only, lines of 78 characters at most, and no way to add a header through a field.
// M1  A header holds what was made here: encoded words, quoted strings, and addresses of a strict form.
// M2  Bodies are base64, so nothing in them can look like a part or a header.
import { domainToASCII } from 'node:url'
import { quote } from '../../lib/quote.ts'

export type Mail = {
  /** Each is an address, or a name and an address: `Ada <ada@example.com>`. */
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  /** Absent: whoever the account belongs to. */
  readonly from: string | null
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string | null
  readonly html: string | null
}

/** Of one encoded word, before it is encoded: 45 bytes become 60 characters, 72 with what is around them. */
const wordBytesMax = 45
const base64LineMax = 76
const addressCharactersMax = 254
/** Of a subject that is written as it is: the header then fits on one line. */
const plainCharactersMax = 60

/** Cannot stand in a body of base64. */
const BOUNDARY = '=_next_part_='

/** Thrown for a field that cannot be part of a mail; the message goes on after "Cannot send the mail: ". */
export class MailError extends Error {
  override readonly name = 'MailError'
}

/**
 * The text of `mail`.
 *
 * @throws MailError for an address that is none.
 * @example mailMessage({ to: ['Ada <ada@example.com>'], subject: 'Größe', text: 'Hi', … })
 */
export function mailMessage(mail: Mail): string {
  const { to, cc, bcc, from, replyTo, subject, text, html } = mail
  const headers = [
    ...addressHeader('From', from === null ? [] : [from]),
    ...addressHeader('To', to),
    ...addressHeader('Cc', cc),
    ...addressHeader('Bcc', bcc),
    ...addressHeader('Reply-To', replyTo === null ? [] : [replyTo]),
    `Subject: ${subjectOf(subject)}`,
    'MIME-Version: 1.0',
  ]
  if (text !== null && html !== null) return lines([...headers, ...alternatives(text, html)])
  return lines([...headers, ...(html === null ? part('plain', text ?? '') : part('html', html))])
}

/** The addresses of a list written as one text; commas inside quotes and angles part nothing. */
export function splitAddresses(list: string): readonly string[] {
  const parts = list.match(/(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,"<])+/g) ?? []
  return parts.map((one) => one.trim()).filter((one) => one !== '')
}

function lines(all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n`
}

/** Readers show the last part that they can. */
function alternatives(text: string, html: string): readonly string[] {
  return [
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    ...part('plain', text),
    `--${BOUNDARY}`,
    ...part('html', html),
    `--${BOUNDARY}--`,
  ]
}

function part(subtype: 'plain' | 'html', content: string): readonly string[] {
  const base64 = Buffer.from(content.replaceAll(/\r\n?|\n/g, '\r\n')).toString('base64')
  const wrapped = base64.match(new RegExp(`.{1,${base64LineMax}}`, 'g')) ?? []
  return [`Content-Type: text/${subtype}; charset=utf-8`, 'Content-Transfer-Encoding: base64', '', ...wrapped]
}

/** One address a line, folded. */
function addressHeader(name: string, addresses: readonly string[]): readonly string[] {
  return addresses.length === 0 ? [] : [`${name}: ${addresses.map(addressOf).join(',\r\n ')}`]
}

function addressOf(written: string): string {
  const [, name, inAngles] = /^(.*?)<([^<>]*)>$/s.exec(written.trim()) ?? []
  const address = strictAddress((inAngles ?? written).trim(), written)
  const shown = unquoted(oneLine(name ?? ''))
  if (shown === '') return address
  return `${isPlain(shown) ? `"${shown.replaceAll(/["\\]/g, '\\$&')}"` : encodedWords(shown)} <${address}>`
}

function strictAddress(address: string, written: string): string {
  const [, local = '', domain = ''] = /^([^@]*)@([^@]*)$/.exec(address) ?? []
  const ascii = domainToASCII(domain)
  const isAddress =
    /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local) && /^[a-z\d]([a-z\d.-]*[a-z\d])?$/.test(ascii)
  if (isAddress && address.length <= addressCharactersMax) return `${local}@${ascii}`
  throw new MailError(`${quote(written)} is no address`)
}

function unquoted(name: string): string {
  const [, inside] = /^"(.*)"$/.exec(name) ?? []
  return inside === undefined ? name : inside.replaceAll(/\\(.)/g, '$1')
}

function subjectOf(subject: string): string {
  const line = oneLine(subject)
  return isPlain(line) ? line : encodedWords(line)
}

/** A line break in a header would begin another one; here it is a space like any other. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
}

/** Short ASCII that no reader would take for an encoded word. */
function isPlain(text: string): boolean {
  return text.length <= plainCharactersMax && /^[\x20-\x7e]*$/.test(text) && !text.includes('=?')
}

/** RFC 2047: each word is whole characters. */
function encodedWords(text: string): string {
  const words = ['']
  for (const character of text.toWellFormed()) {
    const last = words.at(-1) ?? ''
    if (Buffer.byteLength(last + character) <= wordBytesMax) words[words.length - 1] = last + character
    else words.push(character)
  }
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ')
}
