// The languages as they are written down in `cases/`: a flow, what it is given, and what becomes of it.
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCases } from '../src/api/cases/read-cases.ts'
import { runCase } from '../src/api/cases/run-case.ts'
import { Intake } from '../src/api/intake.ts'
import type { Host } from '../src/api/operation.ts'
import { findFiles } from '../src/api/walk.ts'
import { parts } from '../src/parts.ts'

const cwd = join(import.meta.dirname, '..')
const host: Host = { parts, cwd, env: {}, readStdin: () => Promise.resolve('') }

const files = await findFiles(new Intake(host), ['cases'])
const read = await Promise.all(files.map(async (found) => ({ ...found, all: await readCases(found, host) })))
const cases = read.filter(({ all }) => all.length > 0)

describe.each(cases)('$file', ({ file, all }) => {
  test.concurrent.each(all)('$name', async (one) => {
    expect('broken' in one ? [one.broken] : await runCase(one, { config: null, components: [] }, null, host)).toEqual(
      [],
    )
  })

  test('each case names the rule that it shows', () => {
    const without = all.filter((one) => 'broken' in one || one.rules.length === 0)
    expect(without.map(({ line }) => `${relative(cwd, file)}:${line}`)).toEqual([])
  })
})
