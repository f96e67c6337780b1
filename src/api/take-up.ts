// An engine on what a run was begun with, unless that is given again.
import type { Store } from '../stores/store.ts'
import type { groundFlags, runningFlags } from './flags.ts'
import type { RunGround } from './ground.ts'
import type { Intake } from './intake.ts'
import type { InnerEngine } from './open-engine.ts'
import type { Given, Host } from './operation.ts'
import { openOn, prepareGround, readStubsFile } from './prepare.ts'
import { readSettings, toAllowNet } from './settings.ts'

type Said = Given<typeof groundFlags> & Pick<Given<typeof runningFlags>, 'allow-net' | 'max-concurrency' | 'settings'>

/** What is given again goes before what the run was begun with. */
export function onGround(begun: RunGround, given: Said): RunGround {
  return {
    ...begun,
    components: given.components.length > 0 ? given.components : begun.components,
    config: given.config ?? begun.config,
    stubs: given.stubs ?? begun.stubs,
    stubsOnly: given['stubs-only'] || begun.stubsOnly,
    allowNet: [...begun.allowNet, ...given['allow-net']],
  }
}

/** `null` where something of it cannot be read: `intake` knows what. */
export async function openOnGround(
  intake: Intake,
  store: string | Store,
  on: RunGround,
  given: Said,
  host: Host,
): Promise<InnerEngine | null> {
  const ground = await prepareGround(intake, on.folder, on, host)
  const stubs = await readStubsFile(intake, { stubs: on.stubs, 'stubs-only': on.stubsOnly }, host)
  const settings = await readSettings(intake, given.settings, host)
  const allowNet = [...toAllowNet(intake, on.allowNet), ...settings.allowNet]
  if (intake.hasErrors) return null
  const callsMax = given['max-concurrency'] ?? settings.callsPerRunMax
  const { python, retention } = settings
  return openOn(ground, { store, stubs, stubsOnly: on.stubsOnly, allowNet, callsMax, python, retention }, host)
}
