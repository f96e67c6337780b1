// The JSON Schema of a language, for editors.
import { didYouMean } from '../../lib/did-you-mean.ts'
import type { Json } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { groundFlags } from '../flags.ts'
import { Intake, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import { openOn, prepareGround } from '../prepare.ts'

const flags = { components: groundFlags.components, config: groundFlags.config } as const satisfies Flags

export type EditorSchema = { readonly kind: 'schema'; readonly schema: Json }

export const schema: Operation<typeof flags, EditorSchema | Refusal> = {
  name: 'schema',
  summary: 'Print the JSON Schema of a language, for editors',
  operand: { name: 'LANG', count: 'one' },
  flags,
  example: 'millrace schema stepflow',
  async handler([language = ''], given, host) {
    const intake = new Intake(host)
    const { dialects } = host.parts
    const dialect = dialects.find(({ name }) => name === language)
    const names = dialects.map(({ name }) => name)
    if (dialect === undefined) {
      const meant = didYouMean(language, names)
      const hint = meant === null ? `There are: ${names.join(', ')}` : `Did you mean ${quote(meant)}?`
      intake.refuse('INVALID_COMMAND_LINE', `Cannot find the language ${quote(language)}`, hint)
    }
    const ground = await prepareGround(intake, host.cwd, given, host)
    if (dialect === undefined || intake.hasErrors) return intake.refusal()
    const engine = await openOn(ground, { stubs: null, stubsOnly: false, allowNet: [], callsMax: null }, host)
    const listed = [...engine.components.list()].map(async ([path, component]) => {
      const { description = null, input = null } = (await component.load?.()) ?? component
      return [path, { description, input }] as const
    })
    const callables = await Promise.all(listed)
    await engine.close()
    return { kind: 'schema', schema: await dialect.editorSchema(new Map(callables)) }
  },
}
