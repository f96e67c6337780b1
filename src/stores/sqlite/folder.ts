// A folder of files, so that several processes can each own one. Whoever reads sees all of them as one store.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Maybe, PassOver, Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { messageOf } from './message-of.ts'
import type { Sync } from './open-database.ts'
import { openSqliteStore, readSqliteStore } from './sqlite-store.ts'

/** Processes that run flows in one folder at once. */
const FILES_MAX = 256

/** Whether `path` means a folder: it is one, or it is written like one. */
export function isFolder(path: string): boolean {
  return path.endsWith('/') || (existsSync(path) && statSync(path).isDirectory())
}

/** Owns one file, whose folder is made where there is none. */
export function openFile(path: string, sync: Sync): Store {
  makeFolder(dirname(path))
  return openSqliteStore(path, sync)
}

/** Owns the first file of `folder` that is sound and that nobody else owns; the folder is made where there is none. */
export function openInFolder(folder: string, sync: Sync, passOver?: PassOver): Store {
  makeFolder(folder)
  for (let number = 1; number <= FILES_MAX; number += 1) {
    const store = openUnlessDamaged(join(folder, fileName(number)), sync, passOver)
    if (store !== null) return store
  }
  const message = `Cannot open another file in ${folder}: ${FILES_MAX} are in use (filesMax)`
  throw new StoreError('STORE_IN_USE', message, { isRetryable: true })
}

function openUnlessDamaged(path: string, sync: Sync, passOver?: PassOver): Store | null {
  try {
    return openUnlessOwned(path, sync)
  } catch (error) {
    if (passOver === undefined || !isDamage(error)) throw error
    passOver(error, null)
    return null
  }
}

/** The files of `folder`, the first one first. */
export function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const numbers = readdirSync(folder).flatMap((name) => numberOf(name) ?? [])
  return numbers.toSorted((a, b) => a - b).map((number) => join(folder, fileName(number)))
}

/** Opens the file to own it; `null` where somebody else does. */
export function openUnlessOwned(path: string, sync: Sync): Store | null {
  try {
    return openSqliteStore(path, sync)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_IN_USE') return null
    throw error
  }
}

/** All that is in these files, to be read. Of one that is damaged nothing is, and whoever asks for what may be in it hears so. */
export function readFiles(paths: readonly string[]): Store {
  const damages: StoreError[] = []
  const stores = paths.flatMap((path) => {
    try {
      return readSqliteStore(path) ?? []
    } catch (error) {
      if (!isDamage(error)) throw error
      damages.push(error)
      return []
    }
  })
  return mergeToRead(stores, damages)
}

function isDamage(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'STORE_DAMAGED'
}

function fileName(number: number): string {
  return number === 1 ? 'runs.db' : `runs-${number}.db`
}

function numberOf(name: string): number | null {
  const match = /^runs(?:-([2-9]|[1-9]\d{1,2}))?\.db$/.exec(name)
  return match === null ? null : Number(match[1] ?? 1)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new StoreError('STORE_UNREADABLE', `Cannot make the folder ${folder}: ${messageOf(cause)}`, { cause })
  }
}

function mergeToRead(stores: readonly Store[], damages: readonly StoreError[]): Store {
  async function find<T>(read: (store: Store) => Maybe<T | null>): Promise<T | null> {
    for (const store of stores) {
      const found = await read(store)
      if (found !== null) return found
    }
    const [damage] = damages
    if (damage !== undefined) throw damage
    return null
  }

  /** What is damaged is passed over, or else refused. */
  async function all<T>(read: (store: Store) => Maybe<readonly T[]>, passOver?: PassOver): Promise<readonly T[]> {
    for (const damage of damages) {
      if (passOver === undefined) throw damage
      passOver(damage, null)
    }
    return (await Promise.all(stores.map(async (store) => read(store)))).flat()
  }

  const holding = (run: string): Promise<Store | null> =>
    find(async (store) => ((await store.getRun(run)) === null ? null : store))
  return {
    traits: { durable: true, instant: false, spillBytesMin: 0 },
    place: null,
    putPlan: refuse,
    append: refuse,
    putBlob: refuse,
    forget: refuse,
    getPlan: (id) => find((store) => store.getPlan(id)),
    getRun: (id) => find((store) => store.getRun(id)),
    findByKey: (key) => find((store) => store.findByKey(key)),
    getBlob: (hash) => find((store) => store.getBlob(hash, null)),
    events: async (run, fromSeq, enough) => (await holding(run))?.events(run, fromSeq, enough) ?? [],
    async listRuns(query, passOver) {
      const rows = await all((store) => store.listRuns(query, passOver), passOver)
      return rows.toSorted((a, b) => b.startedAtMs - a.startedAtMs).slice(0, query.limit)
    },
    async countRuns(query) {
      const sums = new Map<Parameters<Store['countRuns']>[0]['status'] & string, number>()
      for (const store of stores)
        for (const [status, count] of await store.countRuns(query)) sums.set(status, (sums.get(status) ?? 0) + count)
      return sums
    },
    openRuns: (passOver) => all((store) => store.openRuns(passOver), passOver),
    check: async (mends) => (await Promise.all(stores.map(async (store) => store.check(mends)))).flat(),
    async close() {
      for (const store of stores) await store.close()
    },
  }
}

function refuse(): never {
  throw new StoreError('STORE_READ_ONLY', 'This store is only read')
}
