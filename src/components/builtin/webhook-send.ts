// Tells another program that something happened, signed so that it can tell who did.
import { createHmac } from 'node:crypto'
import type { Json } from '../../lib/json.ts'
import type { HttpClient } from '../../net/client.ts'
import type { Answer, Call, Component } from '../component.ts'
import { either } from './either.ts'
import { anything, fields, mapping, optional, orJson, text, withDefault } from './fields.ts'
import { readBody } from './http-body.ts'
import { headersOf } from './http-parts.ts'
import { invalidInput } from './invalid-input.ts'
import { sendingFields, sendOnce } from './send-once.ts'

const input = fields({
  url: text('Where to, with http: or https:.'),
  json: optional(anything('What to say, sent as JSON.')),
  body: optional(text('What to say as text, in place of `json`.')),
  headers: withDefault(orJson(mapping('Headers, by name.')), {}),
  secret: optional(text('With it, X-Webhook-Signature is sha256= and the HMAC of the body in hex.')),
  ...sendingFields,
})

export function createWebhookSend(http: HttpClient): Component {
  return {
    effect: 'at-most-once',
    input: input.schema,
    checksInput: true,
    description: 'Call a webhook once, signed if wanted, and answer { status, body }',
    async run(given: Json, call: Call): Promise<Json | Answer> {
      const { url, json, body: plain, headers, secret, timeout_ms: timeoutMs } = input.read(given)
      const body = either({ json: json === null ? null : JSON.stringify(json), body: plain })
      if (body === null) throw invalidInput('Cannot find "json" in the input: expected data, or text as "body"')
      const response = await sendOnce(
        http,
        {
          url,
          headers: {
            ...headersOf(headers, { key: call.key, isJson: plain === null }),
            ...(secret !== null && { 'x-webhook-signature': signatureOf(body, secret) }),
          },
          body,
          timeoutMs,
          what: 'the call',
          secrets: [secret ?? ''],
        },
        call,
      )
      if (!('status' in response)) return response
      const said = readBody(response, 'auto')
      // The call was taken, whatever is wrong with what came back.
      return { status: response.status, body: 'value' in said ? said.value : null }
    },
  }
}

function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
