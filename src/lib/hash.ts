// Names for content: the same content has the same name everywhere.
import { hash } from 'node:crypto'

/** SHA-256 of a text's UTF-8 bytes, as 64 lowercase hexadecimal digits. */
export function sha256(text: string): string {
  return hash('sha256', text)
}
