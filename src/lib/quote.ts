// A value of a user inside a message of ours.

const charactersMax = 60

/** `text` in double quotes, on one line, control characters escaped, cut where it is long. */
export function quote(text: string): string {
  if (text.length <= charactersMax) return JSON.stringify(text)
  return `${JSON.stringify(text.slice(0, charactersMax).toWellFormed()).slice(0, -1)}…"`
}
