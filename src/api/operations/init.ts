// A first flow in a folder: the flow, a component of one's own, and a case that passes.
import { access, writeFile } from 'node:fs/promises'
import { quote } from '../../lib/quote.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'

const flags = {
  lang: { kind: 'text', value: 'LANG', doc: 'which language; if not given, the first that is known' },
} as const satisfies Flags

export type Begun = {
  readonly kind: 'begun'
  readonly files: readonly string[]
  /** Command lines that work now. */
  readonly run: string
  readonly test: string
}

export const init: Operation<typeof flags, Begun | Refusal> = {
  name: 'init',
  summary: 'Write a first flow, with a component of your own and a test',
  operand: null,
  flags,
  example: 'millrace init --lang jinba',
  async handler(_, { lang }, host) {
    const intake = new Intake(host)
    const { dialects } = host.parts
    const dialect = lang === null ? dialects[0] : dialects.find(({ name }) => name === lang)
    if (dialect === undefined) {
      const names = dialects.map(({ name }) => name).join(', ')
      intake.refuse('INVALID_COMMAND_LINE', `Cannot find the language ${quote(lang ?? '')}`, `There are: ${names}`)
      return intake.refusal()
    }
    const { files, run, test } = await dialect.starter()
    const names = Object.keys(files)
    for (const name of names)
      if (await exists(intake.resolve(name)))
        intake.refuse('FILE_EXISTS', `Cannot write ${quote(name)}: it is there already`, 'Begin in an empty folder')
    if (intake.hasErrors) return intake.refusal()
    for (const [name, text] of Object.entries(files)) await writeFile(intake.resolve(name), text, { flag: 'wx' })
    return { kind: 'begun', files: names, run, test }
  },
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
