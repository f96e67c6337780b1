// Shows what is wrong with flows.
import type { Flags } from '../../api/operation.ts'
import type { Validation } from '../../api/operations/validate.ts'
import type { Json } from '../../lib/json.ts'
import type { Problem } from '../../plan/problem.ts'
import type { Show } from './command.ts'
import { OK, WRONG } from './exit-status.ts'
import { sayProblems } from './problems.ts'

export const validateFlags = {
  json: { kind: 'switch', doc: 'problems as JSON on standard output' },
} as const satisfies Flags

export const showValidation: Show<typeof validateFlags, Validation> = async (ask, { json }, terminal) => {
  const { flows, passedOver, problems, texts } = await ask()
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (json) await terminal.answer(`${JSON.stringify({ problems: problems.map(toJson) })}\n`)
  else {
    sayProblems(problems, texts, terminal)
    const counts = `${count(errors, 'error')}, ${count(problems.length - errors, 'warning')}`
    const others = passedOver === 0 ? '' : `; ${count(passedOver, 'file')} passed over`
    terminal.say(`${count(flows, 'flow')}: ${problems.length === 0 ? 'no problems' : counts}${others}\n`)
  }
  return errors > 0 ? WRONG : OK
}

function toJson({ code, severity, message, file, span, step, hint }: Problem): Json {
  return { code, severity, message, file, line: span?.line ?? null, column: span?.column ?? null, step, hint }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
