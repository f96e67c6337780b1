// Changes to the steps of a flow for one run: `{ steps: { id: { $type: merge_patch, value: { … } } } }`.
// A patch changes the text of a step as RFC 7396 says: null deletes, mappings merge, anything else replaces.
import { didYouMean } from '../../lib/did-you-mean.ts'
import type { Json } from '../../lib/json.ts'
import { quote } from '../../lib/quote.ts'
import { canonicalKey, fieldsOf, type Shape, toMapping, toText } from '../../source/fields.ts'
import { fromJson } from '../../source/from-json.ts'
import { child, type Entry, isNull, type MapNode, type Node, NOWHERE, textOf } from '../../source/node.ts'
import type { ReadSource } from '../../source/read.ts'
import { Report } from '../../source/report.ts'
import { stepShape } from './shapes.ts'

/** `root` with `overrides`; `root` stays as it is. `null` in place of a tree: they cannot be applied. */
export function applyOverrides(root: Node, overrides: Json): ReadSource {
  const report = Report.of(null)
  const read = fromJson(overrides)
  report.adopt(read.problems)
  const patches = read.root === null ? null : readPatches(read.root, report)
  const patched = patches === null ? null : withSteps(root, patches, report)
  return { root: report.hasErrors ? null : patched, problems: report.list() }
}

const overridesShape: Shape = { what: 'overrides', keys: new Set(['steps']) }
const overrideShape: Shape = { what: 'an override', keys: new Set(['$type', 'value']) }

function readPatches(node: Node, report: Report): ReadonlyMap<string, MapNode> | null {
  const mapping = toMapping(node, 'overrides', report)
  if (mapping === null) return null
  const entry = fieldsOf(mapping, overridesShape, report).get('steps')
  if (entry === undefined) {
    report.error(
      'INVALID_OVERRIDE',
      NOWHERE,
      'Cannot find "steps" in the overrides',
      'Write { steps: { id: { value: { … } } } }',
    )
    return null
  }
  const patches = new Map<string, MapNode>()
  for (const { key, value } of toMapping(entry.value, 'the steps of overrides', report)?.entries ?? []) {
    const patch = readPatch(value, report.inStep(key))
    if (patch !== null) patches.set(key, patch)
  }
  return patches
}

function readPatch(node: Node, report: Report): MapNode | null {
  const mapping = toMapping(node, 'an override', report)
  if (mapping === null) return null
  const fields = fieldsOf(mapping, overrideShape, report)
  const typeNode = fields.get('$type')?.value
  const type = typeNode === undefined ? 'merge_patch' : toText(typeNode, 'the $type of an override', report)
  const value = fields.get('value')?.value
  if (type !== null && type !== 'merge_patch')
    report.error(
      'INVALID_OVERRIDE',
      NOWHERE,
      `Cannot apply an override of the type ${quote(type)}`,
      'Write a merge patch: { $type: merge_patch, value: { … } }',
    )
  if (value !== undefined) return toMapping(value, 'the value of an override', report)
  report.error('INVALID_OVERRIDE', NOWHERE, 'Cannot find the value of this override', 'Write { value: { input: … } }')
  return null
}

function withSteps(root: Node, patches: ReadonlyMap<string, MapNode>, report: Report): Node | null {
  const steps = child(root, 'steps')
  const ids = new Set(steps?.kind === 'list' ? steps.items.flatMap((step) => textOf(child(step, 'id')) ?? []) : [])
  for (const id of patches.keys()) if (!ids.has(id)) refuseUnknown(id, ids, report)
  if (root.kind !== 'map' || steps?.kind !== 'list') return null
  const items = steps.items.map((step) => {
    const patch = patches.get(textOf(child(step, 'id')) ?? '')
    return patch === undefined ? step : merge(step, sameSpelling(step, patch))
  })
  const entries = root.entries.map((entry) =>
    entry.value === steps ? { ...entry, value: { ...steps, items } } : entry,
  )
  return { ...root, entries }
}

function refuseUnknown(id: string, ids: ReadonlySet<string>, report: Report): void {
  const hint = (): string | null => {
    const meant = didYouMean(id, ids)
    return meant === null ? null : `Did you mean ${quote(meant)}?`
  }
  report
    .inStep(id)
    .error(
      'UNDEFINED_STEP_REFERENCE',
      NOWHERE,
      `Cannot override step ${quote(id)}: the flow has none of that name`,
      hint,
      3003,
    )
}

/** A patch of `onError` changes what the step spells `on_error`. */
function sameSpelling(step: Node, patch: MapNode): MapNode {
  if (step.kind !== 'map') return patch
  const spelled = new Map(step.entries.map(({ key }) => [canonicalKey(key, stepShape) ?? key, key]))
  const entries = patch.entries.map((entry) => ({
    ...entry,
    key: spelled.get(canonicalKey(entry.key, stepShape) ?? entry.key) ?? entry.key,
  }))
  return { ...patch, entries }
}

/** RFC 7396. What comes from the patch stands where the step does. Recursion ends at the depth of the patch. */
function merge(target: Node | null, patch: Node): Node {
  if (patch.kind !== 'map') return patch
  const merged = new Map<string, Entry>(
    (target?.kind === 'map' ? target.entries : []).map((entry) => [entry.key, entry]),
  )
  for (const entry of patch.entries) {
    const old = merged.get(entry.key)
    if (isNull(entry.value)) merged.delete(entry.key)
    else merged.set(entry.key, { ...(old ?? entry), value: merge(old?.value ?? null, entry.value) })
  }
  return { kind: 'map', entries: [...merged.values()], span: target?.span ?? patch.span }
}
