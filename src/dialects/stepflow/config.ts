// `stepflow-config.yml`: which plugins there are, and which component paths go to which of them. Plain data; others act on it.
import { quote } from '../../lib/quote.ts'
import type { Backoff } from '../../plan/plan.ts'
import type { Problem } from '../../plan/problem.ts'
import {
  type Fields,
  fieldsOf,
  type Shape,
  toChoice,
  toCount,
  toMapping,
  toNumber,
  toText,
} from '../../source/fields.ts'
import type { Node, Source } from '../../source/node.ts'
import { Report } from '../../source/report.ts'
import { type Environment, withEnvironment } from './environment.ts'
import { type NamedPlugin, readPlugins } from './plugins.ts'
import { readRoutes, type Route } from './routes.ts'

export type StepflowSettings = {
  readonly plugins: readonly NamedPlugin[]
  /** In the order of the file. */
  readonly routes: readonly Route[]
  /** `null`: not said. */
  readonly transportRetriesMax: number | null
  readonly backoff: Backoff | null
  /** Where `load_file` looks, as written: relative to the file of the configuration. */
  readonly workingDirectory: string | null
}

const configShape: Shape = {
  what: 'a configuration',
  keys: new Set([
    'plugins',
    'routes',
    'retry',
    'workingDirectory',
    // What other engines read: stores, leases, blobs.
    'storageConfig',
    'stateStore',
    'leaseManager',
    'recovery',
    'blobApi',
  ]),
  older: new Map([['working_directory', 'workingDirectory']]),
}

/** Reads the configuration at `root`. Where a part cannot be read, the settings do without it. */
export function readStepflowConfig(
  root: Node,
  source: Source,
  env: Environment,
): { readonly settings: StepflowSettings; readonly problems: readonly Problem[] } {
  const report = Report.of(source.file)
  const node = toMapping(withEnvironment(root, env, report), 'a configuration', report)
  const fields: Fields = node === null ? new Map() : fieldsOf(node, configShape, report)
  const plugins = readPlugins(fields.get('plugins'), report)
  const routes = readRoutes(fields.get('routes'), plugins, report)
  warnOfUnused(plugins, routes, report)
  const directory = fields.get('workingDirectory')
  const workingDirectory = directory === undefined ? null : toText(directory.value, 'workingDirectory', report)
  const settings = { plugins, routes, ...readRetry(fields, report), workingDirectory }
  return { settings, problems: report.list() }
}

/** Built-in components are found without a route; others are not. */
function warnOfUnused(plugins: readonly NamedPlugin[], routes: readonly Route[], report: Report): void {
  const used = new Set(routes.flatMap(({ rules }) => rules.map(({ plugin }) => plugin)))
  for (const { name, plugin, span } of plugins)
    if (plugin.kind !== 'builtin' && !used.has(name))
      report.warning(
        'UNUSED_PLUGIN',
        span,
        `Cannot reach the plugin ${quote(name)}: no route names it`,
        `Write routes: { "/${name}": [{ plugin: ${name} }] }`,
        1202,
      )
}

const retryShape: Shape = {
  what: 'retry',
  keys: new Set(['transportMaxRetries', 'backoff']),
  older: new Map([['transport_max_retries', 'transportMaxRetries']]),
}
const backoffShape: Shape = {
  what: 'backoff',
  keys: new Set(['type', 'minDelayMs', 'maxDelayMs', 'delayMs', 'factor']),
}
const kinds: ReadonlyMap<string, Backoff['kind']> = new Map([
  ['fibonacci', 'fibonacci'],
  ['exponential', 'exponential'],
  ['constant', 'fixed'],
  ['fixed', 'fixed'],
])
const retriesMax = 100
const delayMsMax = 3_600_000

function readRetry(fields: Fields, report: Report): Pick<StepflowSettings, 'transportRetriesMax' | 'backoff'> {
  const entry = fields.get('retry')
  const node = entry === undefined ? null : toMapping(entry.value, 'retry', report)
  if (node === null) return { transportRetriesMax: null, backoff: null }
  const retry = fieldsOf(node, retryShape, report)
  const retries = retry.get('transportMaxRetries')
  const backoff = retry.get('backoff')
  return {
    transportRetriesMax:
      retries === undefined ? null : toCount(retries.value, 'transportMaxRetries', 0, retriesMax, report),
    backoff: backoff === undefined ? null : readBackoff(backoff.value, report),
  }
}

/** Where chance has no part upstream, it takes up to a tenth of a wait here, so that retries do not come all at once. */
function readBackoff(node: Node, report: Report): Backoff | null {
  const mapping = toMapping(node, 'backoff', report)
  if (mapping === null) return null
  const fields = fieldsOf(mapping, backoffShape, report)
  const type = fields.get('type')
  const kind = (type === undefined ? null : toChoice(type.value, 'the type of backoff', kinds, report)) ?? 'fibonacci'
  const count = (key: string, otherwise: number): number => {
    const entry = fields.get(key)
    return (entry === undefined ? null : toCount(entry.value, key, 0, delayMsMax, report)) ?? otherwise
  }
  const factor = fields.get('factor')
  const delayMs = kind === 'fixed' ? count('delayMs', 1_000) : count('minDelayMs', 1_000)
  return {
    kind,
    delayMs,
    delayMsMax: Math.max(delayMs, kind === 'fixed' ? delayMs : count('maxDelayMs', 10_000)),
    factor: (factor === undefined ? null : toNumber(factor.value, 'factor', 1, 100, report)) ?? 2,
    jitter: kind === 'fixed' ? 0 : 0.1,
  }
}
