// Components that speak to services of others, with an account: models, chats, mail. Their code waits for the first call.
import type { Component } from '../component.ts'
import type { Vendor } from '../language-model.ts'
import type { ModelPorts } from './ask.ts'
import { later } from './later.ts'

/** By the names that follow `/builtin/`. */
export function servicesOf(ports: ModelPorts): Readonly<Record<string, Component>> {
  const llm = (vendor: Vendor, name: string): Component =>
    later(
      'at-least-once',
      `Ask a model of ${name} and answer { content, model, finish_reason, usage, object }`,
      async () => (await import('./llm.ts')).createLlm(vendor, name, ports),
    )
  return {
    'llm/anthropic': llm('anthropic', 'Anthropic'),
    'llm/gemini': llm('gemini', 'Google'),
    'llm/grok': llm('grok', 'xAI'),
    'llm/openai': llm('openai', 'OpenAI'),
    openai: later('at-least-once', 'Ask a model of OpenAI and answer { response }', async () =>
      (await import('./openai.ts')).createOpenai(ports),
    ),
    slack_post_message: later('at-most-once', 'Post a message to Slack and answer { channel, ts, message }', async () =>
      (await import('./slack-post-message.ts')).createSlackPostMessage(ports.http),
    ),
    gmail_send: later('at-most-once', 'Send a mail through Gmail and answer { id, thread_id }', async () =>
      (await import('./gmail-send.ts')).createGmailSend(ports.http),
    ),
    discord_post_message: later('at-most-once', 'Post a message to Discord and answer { id, channel_id }', async () =>
      (await import('./discord-post-message.ts')).createDiscordPostMessage(ports.http),
    ),
    webhook_send: later(
      'at-most-once',
      'Call a webhook once, signed if wanted, and answer { status, body }',
      async () => (await import('./webhook-send.ts')).createWebhookSend(ports.http),
    ),
  }
}
