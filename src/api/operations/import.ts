// Takes a run that was exported into a store.
import { checkLog } from '../../core/check-log.ts'
import { link } from '../../plan/link.ts'
import type { Texts } from '../../plan/names.ts'
import { quote } from '../../lib/quote.ts'
import type { Controlled } from '../control-run.ts'
import { type Imported, readExported } from '../exported-run.ts'
import { Intake, reasonOf, type Refusal } from '../intake.ts'
import type { Flags, Operation } from '../operation.ts'
import { readSettings } from '../settings.ts'
import { storeFlags, storeName } from '../stores.ts'

const flags = { ...storeFlags } as const satisfies Flags

export const importRun: Operation<typeof flags, Controlled | Refusal> = {
  name: 'import',
  summary: 'Take a run that was exported into a store',
  operand: { name: 'FILE', count: 'one' },
  flags,
  example: 'millrace import run.json --store sqlite:archive.db',
  async handler([file = '-'], given, host) {
    const intake = new Intake(host)
    const settings = await readSettings(intake, given.settings, host)
    const data = await intake.data(file)
    if (data === undefined || intake.hasErrors) return intake.refusal()
    await Promise.all(host.parts.dialects.map(async (dialect) => dialect.prepare?.()))
    const read = readExported(data)
    const fault = typeof read === 'string' ? read : faultOf(read, () => host.parts.texts())
    if (typeof read === 'string' || fault !== null) {
      intake.refuse(
        'INVALID_DATA',
        `Cannot import ${quote(file)}: ${fault ?? ''}`,
        'Write what millrace export has printed',
      )
      return intake.refusal()
    }
    const store = await host.parts.openStore(storeName(given.store, settings))
    try {
      const { row, events, plans, blobs } = read
      if ((await store.getRun(row.id)) !== null)
        intake.refuse('FILE_EXISTS', `Cannot import the run ${quote(row.id)}: it is in this store`)
      if (intake.hasErrors) return intake.refusal()
      for (const [id, plan] of plans) await store.putPlan(id, plan)
      for (const [hash, text] of blobs) await store.putBlob(hash, text, row.id)
      await store.append([{ run: row.id, firstSeq: 0, events, row }])
      return { kind: 'controlled', run: row.id, text: 'imported' }
    } finally {
      await store.close()
    }
  },
}

/** A log that does not hold together would be found at its first use. */
function faultOf({ row, events, plans }: Imported, texts: () => Texts): string | null {
  try {
    const programs = new Map([...plans].map(([id, plan]) => [id, link(id, plan, { lanesOf: () => 1, texts })]))
    const [finding] = checkLog({ row, records: [{ seq: 0, events }], programs })
    return finding?.message ?? null
  } catch (error) {
    return reasonOf(error)
  }
}
