// Where the runs of a command are: what was said, else the settings, else a folder beside the work.
import type { Settings } from '../config/settings.ts'
import type { Store } from '../stores/store.ts'
import type { Flags, Given, Host } from './operation.ts'

/** A folder, so that several processes can each own a file of it. */
export const STORE_DEFAULT = 'sqlite:.millrace/'

export const storeFlags = {
  store: { kind: 'text', value: 'STORE', doc: `where the runs are: sqlite:PATH; if not said, ${STORE_DEFAULT}` },
  settings: { kind: 'text', value: 'FILE', doc: 'settings of millrace; else millrace.yml' },
} as const satisfies Flags

export function storeName(said: string | null, settings: Settings): string {
  return said ?? settings.store ?? STORE_DEFAULT
}

/** The store for somebody who neither closes it nor listens for it: whoever opened it does. */
export function borrowed(store: Store): Store {
  return { ...store, place: null, close: () => undefined }
}

/** Does `read` with all runs of the store, whoever owns its files. */
export async function withReader<T>(
  { store }: Pick<Given<typeof storeFlags>, 'store'>,
  settings: Settings,
  host: Host,
  read: (store: Store) => Promise<T>,
): Promise<T> {
  const reader = await host.parts.readStore(storeName(store, settings))
  try {
    return await read(reader)
  } finally {
    await reader.close()
  }
}
