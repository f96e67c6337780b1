// Sends a mail through Gmail (users.messages.send).
import { isRecord, type Json } from '../../lib/json.ts'
import type { HttpClient, HttpResponse } from '../../net/client.ts'
import type { Answer, Call, Component, ErrorInfo } from '../component.ts'
import { mappingIn } from './answer-json.ts'
import { type Field, fields, optional, text } from './fields.ts'
import { busyFailure } from './http-failure.ts'
import { invalidInput } from './invalid-input.ts'
import { MailError, mailMessage, splitAddresses } from './mail-message.ts'
import { baseUrl, sendingFields, sendOnce, urlAt } from './send-once.ts'

/** As Gmail limits the recipients of one mail. */
const recipientsMax = 500
/** Of the mail as text: what Gmail takes as JSON. */
const mailBytesMax = 5_000_000

const input = fields({
  to: addresses('Who gets it: addresses in a list, or as text with commas between them.'),
  cc: optional(addresses('Who gets a copy.')),
  bcc: optional(addresses('Who gets a copy that nobody sees.')),
  subject: text('Line breaks become spaces.'),
  body: optional(text('The mail as plain text.')),
  html: optional(text('The mail as HTML; beside `body`, readers choose.')),
  from: optional(text('An address of the account other than its first.')),
  reply_to: optional(text('Where answers go.')),
  thread_id: optional(text('The conversation that it belongs to.')),
  token: text('An OAuth access token with the scope gmail.send.'),
  base_url: baseUrl('https://gmail.googleapis.com'),
  ...sendingFields,
})
type Asked = ReturnType<typeof input.read>

export function createGmailSend(http: HttpClient): Component {
  return {
    effect: 'at-most-once',
    input: input.schema,
    checksInput: true,
    description: 'Send a mail through Gmail and answer { id, thread_id }',
    async run(given: Json, call: Call): Promise<Json | Answer> {
      const asked = input.read(given)
      const response = await sendOnce(
        http,
        {
          url: urlAt(asked.base_url, '/gmail/v1/users/me/messages/send'),
          headers: { authorization: `Bearer ${asked.token}`, 'content-type': 'application/json' },
          body: bodyOf(asked),
          timeoutMs: asked.timeout_ms,
          what: 'the mail',
          secrets: [asked.token],
          failure: quotaFailure,
        },
        call,
      )
      if (!('status' in response)) return response
      const { id = null, threadId = null } = mappingIn(response)
      return { id, thread_id: threadId }
    },
  }
}

function addresses(description: string): Field<string | readonly string[]> {
  return {
    schema: { type: ['string', 'array'], items: { type: 'string' }, description },
    expected: 'an address, or a list of them',
    fits: (value) =>
      typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string')),
  }
}

function bodyOf(asked: Asked): string {
  const { subject, body, html, from, reply_to: replyTo, thread_id: threadId } = asked
  const [to, cc, bcc] = [listOf(asked.to), listOf(asked.cc), listOf(asked.bcc)]
  if (to.length + cc.length + bcc.length === 0) throw invalidInput('Cannot send the mail: nobody gets it')
  if (to.length + cc.length + bcc.length > recipientsMax)
    throw invalidInput(`Cannot send the mail: it is for more than ${recipientsMax} addresses`)
  const mail = written(() => mailMessage({ to, cc, bcc, from, replyTo, subject, text: body, html }))
  if (mail.length > mailBytesMax) throw invalidInput(`Cannot send the mail: it is longer than ${mailBytesMax} bytes`)
  return JSON.stringify({ raw: Buffer.from(mail).toString('base64url'), ...(threadId !== null && { threadId }) })
}

/** In a list, each is one address, so that a comma in a value adds nobody. */
function listOf(given: string | readonly string[] | null): readonly string[] {
  return given === null ? [] : typeof given === 'string' ? splitAddresses(given) : given
}

function written(write: () => string): string {
  try {
    return write()
  } catch (error) {
    if (error instanceof MailError) throw invalidInput(`Cannot send the mail: ${error.message}`)
    throw error
  }
}

const QUOTA: ReadonlySet<Json> = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'dailyLimitExceeded',
  'quotaExceeded',
])

/** Gmail says "not now" with the status 403, and why in the body. */
function quotaFailure(response: HttpResponse, { nowMs }: Call): ErrorInfo | null {
  const { error } = mappingIn(response)
  const reasons = isRecord(error) && Array.isArray(error['errors']) ? error['errors'] : []
  const isQuota = reasons.some((one: Json) => isRecord(one) && QUOTA.has(one['reason'] ?? null))
  return response.status === 403 && isQuota ? busyFailure(response, nowMs) : null
}
