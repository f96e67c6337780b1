// Posts a message to Discord: by the URL of a webhook, or as a bot to a channel.
import type { Json, JsonRecord } from '../../lib/json.ts'
import { sha256 } from '../../lib/hash.ts'
import type { HttpClient } from '../../net/client.ts'
import type { Answer, Call, Component } from '../component.ts'
import { mappingIn, pick } from './answer-json.ts'
import { either } from './either.ts'
import { fields, list, mapping, optional, orJson, text } from './fields.ts'
import { invalidInput } from './invalid-input.ts'
import { baseUrl, sendingFields, sendOnce, urlAt } from './send-once.ts'

/** As Discord limits it. */
const nonceCharactersMax = 25

const input = fields({
  content: optional(text('The message, of 2,000 characters at most.')),
  message: optional(text('The same as `content`.')),
  embeds: optional(orJson(list('Rich contents.'))),
  username: optional(text('Another name for the sender; with a webhook only.')),
  allowed_mentions: optional(orJson(mapping('Who may be notified, such as { parse: [] } for nobody.'))),
  webhook_url: optional(text('The URL of a webhook, which is as good as a password.')),
  channel_id: optional(text('The channel, where there is no webhook.')),
  token: optional(text('The token of a bot, where there is no webhook.')),
  base_url: baseUrl('https://discord.com/api/v10'),
  ...sendingFields,
})
type Asked = ReturnType<typeof input.read>

export function createDiscordPostMessage(http: HttpClient): Component {
  return {
    effect: 'at-most-once',
    input: input.schema,
    checksInput: true,
    description: 'Post a message to Discord and answer { id, channel_id }',
    async run(given: Json, call: Call): Promise<Json | Answer> {
      const asked = input.read(given)
      const message = messageOf(asked)
      const { url, headers, more } =
        asked.webhook_url === null ? asBot(asked, call) : byWebhook(asked.webhook_url, asked)
      const response = await sendOnce(
        http,
        {
          url,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ ...message, ...more }),
          timeoutMs: asked.timeout_ms,
          what: 'the message',
          secrets: [asked.token ?? '', ...secretsOf(asked.webhook_url)],
        },
        call,
      )
      return 'status' in response ? pick(mappingIn(response), ['id', 'channel_id']) : response
    },
  }
}

function messageOf({ content, message, embeds, allowed_mentions: mentions }: Asked): JsonRecord {
  const words = either({ content, message })
  if (words === null && embeds === null)
    throw invalidInput('Cannot find "content" in the input: expected text or embeds')
  return {
    ...(words !== null && { content: words }),
    ...(embeds !== null && { embeds }),
    ...(mentions !== null && { allowed_mentions: mentions }),
  }
}

type Way = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly more: JsonRecord
}

/** The nonce is the same for every attempt, and Discord lets a second message with it go. */
function asBot({ channel_id: channel, token, base_url: base, username }: Asked, { key }: Call): Way {
  if (channel === null || token === null)
    throw invalidInput('Cannot tell where to post: give "webhook_url", or "channel_id" and "token"')
  if (username !== null) throw invalidInput('Cannot use "username" without "webhook_url": a bot has its own name')
  return {
    url: urlAt(base, `/channels/${encodeURIComponent(channel)}/messages`),
    headers: { authorization: `Bot ${token}` },
    more: { nonce: sha256(key).slice(0, nonceCharactersMax), enforce_nonce: true },
  }
}

/** `wait` has Discord answer with the message, and with what was wrong with it. */
function byWebhook(webhookUrl: string, { channel_id: channel, token, username }: Asked): Way {
  if (channel !== null || token !== null)
    throw invalidInput('Cannot use "channel_id" or "token" beside "webhook_url": it says where to post')
  const url = URL.parse(webhookUrl)
  url?.searchParams.set('wait', 'true')
  return { url: url?.href ?? '', headers: {}, more: username === null ? {} : { username } }
}

/** The last part of the path is the secret. */
function secretsOf(webhookUrl: string | null): readonly string[] {
  if (webhookUrl === null) return []
  return [webhookUrl, URL.parse(webhookUrl)?.pathname.split('/').at(-1) ?? '']
}
