// What one call of a component logs: text for people. It is masked before it is cut, as no mask would find half of a secret.
import type { Secrets } from './secrets.ts'

/** Of one call, in characters: some thousand lines. */
export const LOG_CHARACTERS_MAX = 65_536
const REST_LEFT_OUT = `[the rest is left out: logCharactersMax is ${LOG_CHARACTERS_MAX}]`

export class TaskLog {
  readonly #texts: string[] = []
  #characters = 0
  #isFull = false

  /** @param said Anything, where no types are checked. */
  add(said: unknown): void {
    const text = toText(said)
    if (this.#characters > LOG_CHARACTERS_MAX) this.#isFull = true
    else {
      this.#texts.push(text)
      this.#characters += text.length + 1
    }
  }

  /** All of it, each text on a line of its own. */
  text(secrets: Secrets): string {
    const text = secrets.mask(this.#texts.join('\n'))
    if (!this.#isFull && text.length <= LOG_CHARACTERS_MAX) return text
    const kept = Buffer.from(text.slice(0, LOG_CHARACTERS_MAX)).toString() // a copy: a part of a text keeps all of it in memory
    return `${kept}\n${REST_LEFT_OUT}`
  }
}

function toText(said: unknown): string {
  if (typeof said === 'string') return said
  try {
    return JSON.stringify(said) ?? String(said)
  } catch {
    return '[it cannot be written as text]'
  }
}
