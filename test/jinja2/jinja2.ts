// The real Jinja2, asked many templates in one process.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What Jinja2 made of a template. */
export type Answer = { readonly output: string } | { readonly error: string }
export type Question = { readonly template: string; readonly context: object }

/** Renders each template with its context. */
export function askJinja2(questions: readonly Question[]): readonly Answer[] {
  const child = spawnSync(pythonWithJinja2(), [join(import.meta.dirname, 'render.py')], {
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 256 * 1_024 * 1_024,
  })
  if (child.status !== 0) throw new Error(`Jinja2 ended early: ${child.stderr}`)
  return child.stdout
    .trim()
    .split('\n')
    .map((line): Answer => JSON.parse(line))
}

function pythonWithJinja2(): string {
  const found = ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import jinja2'], { stdio: 'ignore' }).status === 0,
  )
  if (found === undefined) throw new Error('Jinja2 is not there to compare with: apt-get install -y python3-jinja2')
  return found
}
