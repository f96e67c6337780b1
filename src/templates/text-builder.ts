// Text as it grows: pieces of text, and leaves between them whose text nobody here may know.
import type { Escape } from './escape.ts'

/** A piece of text, or a leaf that is to be put in its place, escaped for where it stands. */
export type TextPart = string | { readonly leaf: object; readonly escape: Escape }

/** Collects text. Hot: `text` grows in place, and `parts` are made only when there is a leaf. */
export class TextBuilder {
  text = ''
  parts: TextPart[] | null = null
  /** Length of the text that `parts` hold already. */
  lengthBefore = 0

  get length(): number {
    return this.lengthBefore + this.text.length
  }

  leaf(leaf: object, escape: Escape): void {
    this.lengthBefore += this.text.length
    this.parts ??= []
    if (this.text !== '') this.parts.push(this.text)
    this.parts.push({ leaf, escape })
    this.text = ''
  }

  /** What was collected: text, or parts where there are leaves. */
  done(): string | readonly TextPart[] {
    if (this.parts === null) return this.text
    return this.text === '' ? this.parts : [...this.parts, this.text]
  }
}
