// HTML: what has to be escaped in it, and what it says without its tags.

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replaceAll(/[&<>"']/g, (char) => ESCAPED[char] ?? char) : text
}

/** The entities that are written often; others stay as they are. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  euro: '€',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  laquo: '«',
  raquo: '»',
}

/** Text with its entities read. */
function unescapeHtml(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]{1,8}));/g, (all, decimal, hex, name) => {
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? all) : all
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : all
  })
}

/** Text without comments and tags, its white space in single spaces. */
export function stripTags(text: string): string {
  let rest = cutAll(text, '<!--', '-->')
  rest = cutAll(rest, '<', '>')
  return unescapeHtml(rest.split(/\s+/).filter(Boolean).join(' '))
}

/** Without what lies between `open` and `close`. Linear, whatever is left open. */
function cutAll(text: string, open: string, close: string): string {
  let kept = ''
  let from = 0
  for (let start = text.indexOf(open); start !== -1; start = text.indexOf(open, from)) {
    const end = text.indexOf(close, start + open.length)
    if (end === -1) break
    kept += text.slice(from, start)
    from = end + close.length
  }
  return kept + text.slice(from)
}
