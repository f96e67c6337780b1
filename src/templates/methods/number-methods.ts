// Methods of numbers.
import { builtin, type Builtin } from '../arguments.ts'

export const NUMBER_METHODS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    is_integer: builtin('', (_, value) => Number.isInteger(value)),
  }),
)
