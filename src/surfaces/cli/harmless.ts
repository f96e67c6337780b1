// Text of others on a terminal.

/** Without the characters by which a text could steer a terminal or turn its direction; line feeds stay. */
export function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '·')
}

/** The same on one line. */
export function oneLine(text: string): string {
  return harmless(text).replaceAll('\n', ' ')
}
