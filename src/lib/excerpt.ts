// The beginning of a long text, for messages.

/** Where a cut does no harm: a word that is cut in two could be half of a secret, which no mask would find. */
const BORDERS = ' \t\r\n",;<>()[]{}'

/** `text`, or its beginning up to the last whole word within `charactersMax`, and `…`. */
export function excerpt(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text
  let end = charactersMax
  while (end > 0 && !BORDERS.includes(text.charAt(end))) end--
  return `${text.slice(0, end)}…`
}
