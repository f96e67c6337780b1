// The only run of a folder as a case: recorded, checked for secrets, and tried where nothing but the case is.
import { expect } from 'vitest'
import { folderWith, millrace } from '../src/surfaces/cli/cli.world.ts'

/** What `millrace test` prints of it. */
export async function recordedCase(folder: string): Promise<string> {
  const listed: { runs: { id: string }[] } = JSON.parse((await millrace(folder, ['runs', '--json'])).stdout)
  const recorded = await millrace(folder, ['record', listed.runs[0]?.id ?? ''])
  expect(recorded.stdout).not.toContain('c4n4ry')
  return (await millrace(folderWith({ 'run.case.yaml': recorded.stdout }), ['test', 'run.case.yaml'])).stdout
}
