// Addresses in text as links.
import { escapeHtml } from './html.ts'

type LinkOptions = {
  /** A longer address is shown shortened. */
  readonly shownMax: number | null
  readonly rel: string
  readonly target: string | null
  /** What begins an address beside `http:` and `https:`. */
  readonly schemes: readonly string[]
}

const WEB =
  /^(?:https?:\/\/(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:(?:\d{1,3})(?:\.\d{1,3}){3}|\[(?:(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6})\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i
const EMAIL = /^\S+@\w[\w.-]*\.\w+$/
const OPENING = /^(?:[(<]|&lt;)+/
const CLOSING = /(?:[)>.,\n]|&gt;)+$/

/** `text`, escaped, with links where it has addresses. */
export function linkUrls(text: string, options: LinkOptions): string {
  return escapeHtml(text)
    .split(/(\s+)/)
    .map((word) => linked(word, options))
    .join('')
}

function linked(word: string, options: LinkOptions): string {
  const head = OPENING.exec(word)?.[0] ?? ''
  const open = word.slice(head.length)
  const tail = open.length > 2_000 ? '' : (CLOSING.exec(open)?.[0] ?? '')
  const [middle, end] = balanced(open.slice(0, open.length - tail.length), tail)
  const link = linkTo(middle, options)
  return link === null ? word : head + link + end
}

/** Gives brackets back that were opened inside the address. */
function balanced(address: string, tail: string): readonly [string, string] {
  let [middle, end] = [address, tail]
  for (const [opens, closes] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    const missing = count(middle, opens) - count(middle, closes)
    for (let index = 0; index < Math.min(missing, count(end, closes)); index += 1) {
      const at = end.indexOf(closes) + closes.length
      middle += end.slice(0, at)
      end = end.slice(at)
    }
  }
  return [middle, end]
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}

function linkTo(word: string, options: LinkOptions): string | null {
  if (word.length > 2_000) return null
  const attributes = (options.rel === '' ? '' : ` rel="${escapeHtml(options.rel)}"`) + targetOf(options)
  const { shownMax } = options
  const shown = shownMax !== null && word.length > shownMax ? `${word.slice(0, Math.max(0, shownMax))}...` : word
  if (WEB.test(word)) {
    const href = /^https?:\/\//i.test(word) ? word : `https://${word}`
    return `<a href="${href}"${attributes}>${shown}</a>`
  }
  if (word.startsWith('mailto:') && EMAIL.test(word.slice(7))) return `<a href="${word}">${word.slice(7)}</a>`
  const isAddress = word.includes('@') && !word.startsWith('www.') && !word.includes(':') && !word.startsWith('@')
  if (isAddress && EMAIL.test(word)) return `<a href="mailto:${word}">${word}</a>`
  const scheme = options.schemes.find((one) => word !== one && word.startsWith(one))
  return scheme === undefined ? null : `<a href="${word}"${attributes}>${word}</a>`
}

function targetOf({ target }: LinkOptions): string {
  return target === null ? '' : ` target="${escapeHtml(target)}"`
}
