// What a run needs beside its plan to go on in another process: where its components, configuration and stubs are.
import { isRecord, type Json } from '../lib/json.ts'
import type { groundFlags, runningFlags } from './flags.ts'
import type { Given, Host } from './operation.ts'
import { folderOf } from './prepare.ts'
import { resolve } from 'node:path'

/** Paths are absolute. */
export type RunGround = {
  /** Of the flow: a configuration is looked for there. */
  readonly folder: string
  readonly components: readonly string[]
  readonly config: string | null
  readonly stubs: string | null
  readonly stubsOnly: boolean
  readonly allowNet: readonly string[]
  /** The flow's file, and the hash of its text. */
  readonly file: string
  readonly source: string | null
}

type Said = Given<typeof groundFlags> & Pick<Given<typeof runningFlags>, 'allow-net'>

export function toGround(file: string, source: string, said: Said, host: Host): RunGround {
  const at = (path: string | null): string | null => (path === null ? null : resolve(host.cwd, path))
  return {
    folder: folderOf(file, host),
    components: said.components.map((path) => resolve(host.cwd, path)),
    config: at(said.config),
    stubs: at(said.stubs),
    stubsOnly: said['stubs-only'],
    allowNet: said['allow-net'],
    file: file === '-' ? file : resolve(host.cwd, file),
    source,
  }
}

/** What `toGround` wrote; of a run that was started by other means, nothing but the current folder. */
export function readGround(stored: Json, { cwd }: Host): RunGround {
  const given: { readonly [name: string]: Json } = isRecord(stored) ? stored : {}
  return {
    folder: textOr(given['folder'], cwd),
    components: texts(given['components']),
    config: textOr(given['config'], null),
    stubs: textOr(given['stubs'], null),
    stubsOnly: given['stubsOnly'] === true,
    allowNet: texts(given['allowNet']),
    file: textOr(given['file'], '-'),
    source: textOr(given['source'], null),
  }
}

function textOr<T>(value: Json | undefined, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item: Json) => typeof item === 'string') : []
}
