// A reporter whose one line closes the run: `N passed, N failed, N skipped`. Whatever fails a run without failing a test
// (a file that does not load, a stray rejection, a broken hook, no test run at all) counts as failed, here and in the exit code.
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'

/** Tests and suites that may be skipped, by their full name, and why. Any other that is skipped counts as failed. */
const MAY_BE_SKIPPED: ReadonlyMap<string, string> = new Map([
  ['the recorded templates render as Jinja2 renders them', 'the records lie beside the repository, not in it'],
  ...[
    'Python',
    'all of Python',
    'any data goes in and comes out as it was',
    'models',
    'a stored function',
    'Python in a confined process',
    'where no room can be had > all of Python runs where the operator says that it may, within its bounds',
  ].map((name): [string, string] => [
    name,
    'the machine lacks python3, namespaces, or system calls that can be filtered',
  ]),
  ...[
    'killed at any system call, a process loses nothing that it told',
    'whatever write or sync fails, what was told is stored',
    'a power cut takes nothing that was told',
    'a power cut takes something that was told by whoever does not wait for the disk',
  ].map((name): [string, string] => [name, 'it takes root, and the packages of a Debian']),
])

/** Says how many tests passed, failed and were skipped, after all other output. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[stateOf(test)] += 1
      for (const suite of [module, ...module.children.allSuites()]) count.failed += suite.errors().length
    }
    const isFailed = reason !== 'passed' || count.passed === 0
    const failed = Math.max(count.failed + count.pending, isFailed ? 1 : 0)
    if (failed > 0) process.exitCode = 1
    process.stdout.write(`\n${count.passed} passed, ${failed} failed, ${count.skipped} skipped\n`)
  }
}

function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' | 'pending' {
  const { state } = test.result()
  return state === 'skipped' && !mayBeSkipped(test.fullName) ? 'failed' : state
}

function mayBeSkipped(fullName: string): boolean {
  return [...MAY_BE_SKIPPED.keys()].some((name) => fullName === name || fullName.startsWith(`${name} > `))
}
