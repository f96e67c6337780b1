// `loop`: what the body of a `for` knows about its turn.
import { isEqual } from './compare.ts'
import { finished } from './operators.ts'
import { captured } from './output.ts'
import { beyond, fault } from './problem.ts'
import type { Runtime } from './runtime.ts'
import { Callable, Thing, Undefined } from './values.ts'

/** The state of one loop. */
export class Loop {
  index = 0
  readonly thing: Thing
  readonly #items: readonly unknown[]
  readonly #depth: number
  #last: readonly unknown[] | null = null

  constructor(items: readonly unknown[], depth: number, again: ((rt: Runtime, of: unknown) => void) | null) {
    this.#items = items
    this.#depth = depth
    const call = again === null ? NOT_RECURSIVE : recursive(again)
    this.thing = new Thing('a loop', (_, name) => this.#member(name), { call, length: items.length })
  }

  #member(name: string): unknown {
    const { length } = this.#items
    switch (name) {
      case 'index':
        return this.index + 1
      case 'index0':
        return this.index
      case 'revindex':
        return length - this.index
      case 'revindex0':
        return length - this.index - 1
      case 'first':
        return this.index === 0
      case 'last':
        return this.index === length - 1
      case 'length':
        return length
      case 'depth':
        return this.#depth + 1
      case 'depth0':
        return this.#depth
      case 'previtem':
        return this.index === 0 ? new Undefined('There is no previous item') : this.#items[this.index - 1]
      case 'nextitem':
        return this.index === length - 1 ? new Undefined('There is no next item') : this.#items[this.index + 1]
      case 'cycle':
        return new Callable('cycle', (_, args) => this.#cycle(args))
      case 'changed':
        return new Callable('changed', (rt, args) => this.#changed(rt, args))
      default:
        return undefined
    }
  }

  #cycle(args: readonly unknown[]): unknown {
    if (args.length === 0) throw fault('There is nothing to cycle through')
    return args[this.index % args.length]
  }

  #changed(rt: Runtime, args: readonly unknown[]): boolean {
    const last = this.#last
    const isSame =
      last !== null && last.length === args.length && args.every((value, at) => isEqual(rt, value, last[at]))
    this.#last = args
    return !isSame
  }
}

const NOT_RECURSIVE = new Callable('loop', () => {
  throw fault('The loop is not recursive', 'Write {% for … recursive %}')
})

function recursive(again: (rt: Runtime, of: unknown) => void): Callable {
  const write: Callable['write'] = (rt, args) => {
    const { macroDepthMax } = rt.settings.limits
    const { scope } = rt
    rt.macroDepth += 1
    if (rt.macroDepth > macroDepthMax) throw beyond('Loops call themselves too deep', 'macroDepthMax', macroDepthMax)
    if (args.length !== 1) throw fault('A recursive loop takes one argument, what to go through')
    again(rt, args[0])
    rt.macroDepth -= 1
    rt.scope = scope
  }
  return new Callable(
    'loop',
    (rt, args, named) =>
      finished(
        rt,
        captured(rt, () => write(rt, args, named)),
      ),
    write,
  )
}
