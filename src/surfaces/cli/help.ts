// Help, made from the same table as everything else. Each page fits a screen.
import type { Flag, Flags, Operation } from '../../api/operation.ts'

/** The columns of the left half. */
const LEFT = 28

const OPERANDS = {
  one: (name: string) => name,
  many: (name: string) => `${name}...`,
  any: (name: string) => `[${name}...]`,
}

export function helpOf(
  { name, summary, operand, example }: Pick<Operation<Flags, unknown>, 'name' | 'summary' | 'operand' | 'example'>,
  flags: Flags,
): string {
  const operands = operand === null ? '' : ` ${OPERANDS[operand.count](operand.name)}`
  const lines = Object.entries(flags).map(([flag, shape]) => line(`--${flag}${valueOf(shape)}`, shape.doc))
  return [
    `${summary}.`,
    '',
    `Usage: millrace ${name}${operands} [flags]`,
    ...(lines.length === 0 ? [] : ['', ...lines]),
    '',
    'Example:',
    `  ${example}`,
    '',
  ].join('\n')
}

export function overview(operations: readonly { readonly name: string; readonly summary: string }[]): string {
  return [
    'Millrace runs workflows.',
    '',
    'Usage: millrace COMMAND [flags]',
    '',
    ...operations.map(({ name, summary }) => line(name, summary)),
    '',
    'More about one: millrace COMMAND --help',
    '',
  ].join('\n')
}

function valueOf(flag: Flag): string {
  return flag.kind === 'switch' ? '' : ` ${flag.value}`
}

function line(left: string, right: string): string {
  return `  ${left.padEnd(LEFT)} ${right}`
}
