// Random templates from a grammar whose parts know what kind of value they give, so that most of them render.
import { unreachable } from '../../src/lib/assert.ts'
import { createRng, type Rng } from '../../src/lib/rng.ts'

type Kind = 'number' | 'text' | 'list' | 'boolean' | 'mapping'
const KINDS: readonly Kind[] = ['number', 'text', 'list', 'boolean', 'mapping']

/** A template that depends on `seed` alone. */
export function anyTemplate(seed: number): string {
  const rng = createRng(seed)
  return new Generator(rng).block(3)
}

class Generator {
  readonly #rng: Rng
  /** Loop variables in sight. */
  #locals: string[] = []
  #names = 0

  constructor(rng: Rng) {
    this.#rng = rng
  }

  block(depth: number): string {
    return Array.from({ length: 1 + this.#rng.below(3) }, () => this.#statement(depth)).join('')
  }

  #statement(depth: number): string {
    const rng = this.#rng
    if (depth === 0 || rng.chance(0.5)) return this.#hole(depth)
    const [open, close] = [rng.pick(['{%', '{%-', '{%']), rng.pick(['%}', '-%}', '%}'])]
    const name = `v${(this.#names += 1)}`
    switch (rng.below(7)) {
      case 0:
        return `${open} if ${this.#any(depth - 1)} ${close} ${this.block(depth - 1)} {% else ${close} ${this.block(depth - 1)}{% endif %}`
      case 1:
        return this.#loop(name, `${open} for ${name} in ${this.#of('list', depth - 1)} ${close}`, depth)
      case 2:
        return `${open} set ${name} = ${this.#any(depth - 1)} ${close}{{ ${name} }}`
      case 3:
        return `{% filter ${rng.pick(['upper', 'trim', 'title', 'replace("a", "b")', 'indent(2)'])} %}${this.block(depth - 1)}{% endfilter %}`
      case 4:
        return `{% macro ${name}(p, q=${this.#any(0)}) %}${this.#with('p', () => this.block(depth - 1))}{{ q }}{% endmacro %}{{ ${name}(${this.#any(depth - 1)}) }}`
      case 5:
        return `{% with ${name} = ${this.#any(depth - 1)} %}${this.#with(name, () => this.block(depth - 1))}{% endwith %}`
      default:
        return `\n${rng.pick(['text ', '  ', 'x\n', '{# note #}'])}`
    }
  }

  #loop(name: string, head: string, depth: number): string {
    const detail = this.#rng.pick(['{{ loop.index }}', '{{ loop.last }}', '{{ loop.cycle(1, "b") }}', ''])
    return `${head}${detail}${this.#with(name, () => this.block(depth - 1))}{% else %}none{% endfor %}`
  }

  #with(name: string, make: () => string): string {
    this.#locals.push(name)
    const made = make()
    this.#locals.pop()
    return made
  }

  #hole(depth: number): string {
    const [open, close] = [this.#rng.pick(['{{', '{{', '{{-']), this.#rng.pick(['}}', '}}', '-}}'])]
    return `${this.#rng.pick(['', ' ', 'a ', '\n'])}${open} ${this.#any(depth)} ${close}`
  }

  #any(depth: number): string {
    if (this.#locals.length > 0 && this.#rng.chance(0.2)) return this.#rng.pick(this.#locals)
    return this.#of(this.#rng.pick(KINDS), depth)
  }

  #of(kind: Kind, depth: number): string {
    if (depth <= 0 || this.#rng.chance(0.15)) return this.#leaf(kind)
    if (this.#rng.chance(0.08))
      return `(${this.#of(kind, depth - 1)} if ${this.#any(depth - 1)} else ${this.#of(kind, depth - 1)})`
    return this.#inner(kind, depth - 1)
  }

  #leaf(kind: Kind): string {
    const rng = this.#rng
    switch (kind) {
      case 'number':
        return rng.pick([
          '0',
          '1',
          '2',
          '7',
          '10',
          '2.5',
          '0.1',
          '3.0',
          'age',
          'price',
          'neg',
          'one',
          'nums[0]',
          'd.a',
          String(rng.below(1_000)),
        ])
      case 'text':
        return rng.pick([
          'name',
          'text',
          'unicode',
          'csv',
          'lines',
          'quoted',
          'html',
          "'ab'",
          '"x y"',
          "''",
          'spaced',
          'deep.a.b.c[2].d',
          'digits',
        ])
      case 'list':
        return rng.pick([
          'nums',
          'words',
          'floats',
          'nested[0]',
          '[1, 2]',
          '["b", "a"]',
          'range(4) | list',
          '[]',
          'deep.a.b.c[:2]',
        ])
      case 'boolean':
        return rng.pick(['yes', 'no', 'true', 'false', '(nope is defined)', '(name is string)'])
      case 'mapping':
        return rng.pick(['d', '{"k": 1}', 'users[0].addr', '{}', '{"x": [1, "y"], "z": none}', '{1: 2}'])
      default:
        return unreachable(kind)
    }
  }

  #inner(kind: Kind, depth: number): string {
    switch (kind) {
      case 'number':
        return this.#number(depth)
      case 'text':
        return this.#text(depth)
      case 'list':
        return this.#list(depth)
      case 'boolean':
        return this.#boolean(depth)
      case 'mapping':
        return this.#mapping(depth)
      default:
        return unreachable(kind)
    }
  }

  #number(depth: number): string {
    const number = (): string => this.#of('number', depth)
    const list = (): string => this.#of('list', depth)
    return this.#rng.pick([
      () => `(${number()} ${this.#rng.pick(['+', '-', '*', '/', '//', '%'])} ${number()})`,
      () => `(${number()} ** ${this.#rng.pick(['2', '3', '0'])})`,
      () => `-${number()}`,
      () => `(${number()}) | round(${this.#rng.below(3)})`,
      () => `(${number()}) | abs`,
      () => `(${this.#any(depth)}) | length`,
      () => `(${list()}) | length`,
      () => `(${this.#of('text', depth)}) | int`,
      () => `(${number()}) | ${this.#rng.pick(['int', 'float'])}`,
      () => `(${list()}) | ${this.#rng.pick(['sum', 'first', 'max', 'min', 'last'])}`,
      () => `(${this.#of('text', depth)}).${this.#rng.pick(['count("a")', 'find("b")', 'find("")'])}`,
      () => `(${list()})[${this.#rng.pick(['0', '-1', '1', '9'])}]`,
    ])()
  }

  #text(depth: number): string {
    const text = (): string => this.#of('text', depth)
    const filters = [
      'upper',
      'lower',
      'title',
      'capitalize',
      'trim',
      'e',
      'reverse',
      'urlencode',
      'striptags',
      'center(9)',
      'truncate(7)',
      'truncate(5, true, "")',
      'replace("a", "o")',
      'indent',
      'wordwrap(6)',
      'tojson',
      'string',
      'first',
      'last',
      'default("d")',
    ]
    const methods = [
      'upper()',
      'strip()',
      'title()',
      'swapcase()',
      'replace("l", "")',
      'zfill(6)',
      'ljust(5, "-")',
      'center(8, "*")',
      'capitalize()',
      'removeprefix("A")',
      'rstrip("e")',
      'lower()',
      'expandtabs(3)',
      'casefold()',
    ]
    return this.#rng.pick([
      () => `(${text()} ~ ${this.#any(depth)})`,
      () => `(${text()} + ${text()})`,
      () => `(${text()} * ${this.#rng.below(4)})`,
      () => `(${text()}) | ${this.#rng.pick(filters)}`,
      () => `(${text()}) | ${this.#rng.pick(filters)}`,
      () => `(${text()}).${this.#rng.pick(methods)}`,
      () => `(${text()})[${this.#rng.pick(['1:', ':3', '::-1', '-2:', '1:5:2', '::2', '0'])}]`,
      () => `(${this.#of('list', depth)}) | join(${this.#rng.pick(['', '", "', '"-"'])})`,
      () => `(${this.#any(depth)}) | string`,
      () => `"%s|%5s" | format(${this.#any(depth)}, ${text()})`,
      () => `"{}:{:>4}".format(${this.#any(depth)}, ${text()})`,
      () => `(${this.#of('mapping', depth)}) | tojson`,
      () => `(${this.#of('number', depth)}) | filesizeformat`,
    ])()
  }

  #list(depth: number): string {
    const list = (): string => this.#of('list', depth)
    const filters = [
      'sort',
      'reverse | list',
      'unique | list',
      'list',
      'batch(2) | list',
      'slice(2) | list',
      'map("string") | list',
      'select | list',
      'reject("none") | list',
      'select("number") | list',
      'map("upper") | list',
      'sort(reverse=true)',
      'map("default", 1) | list',
    ]
    return this.#rng.pick([
      () => `(${list()} + ${list()})`,
      () => `(${list()}) | ${this.#rng.pick(filters)}`,
      () => `(${list()}) | ${this.#rng.pick(filters)}`,
      () => `[${this.#any(depth)}, ${this.#any(depth)}]`,
      () => `(${list()})[${this.#rng.pick(['1:', ':2', '::-1', '-1:', '::2'])}]`,
      () => `(${this.#of('text', depth)}).split(${this.#rng.pick(['', '","', '" ", 1'])})`,
      () => `(${this.#of('text', depth)}) | list`,
      () => `(${this.#of('mapping', depth)}) | dictsort`,
      () => `(${this.#of('mapping', depth)}).${this.#rng.pick(['keys()', 'values()', 'items()'])} | list`,
      () => `range(${this.#rng.below(5)}) | map("${this.#rng.pick(['string', 'float', 'abs'])}") | list`,
      () => `users | map(attribute="${this.#rng.pick(['name', 'age', 'city', 'active'])}") | list`,
      () => `users | selectattr("${this.#rng.pick(['active', 'addr'])}") | map(attribute="name") | list`,
      () => `zip(${list()}, ${list()}) | list`,
      () => `(1, ${this.#any(depth)}) | list`,
    ])()
  }

  #boolean(depth: number): string {
    const any = (): string => this.#any(depth)
    const number = (): string => this.#of('number', depth)
    return this.#rng.pick([
      () => `(${any()} ${this.#rng.pick(['==', '!='])} ${any()})`,
      () => `(${number()} ${this.#rng.pick(['<', '<=', '>', '>='])} ${number()})`,
      () => `(${number()} < ${number()} <= ${number()})`,
      () => `(${any()} ${this.#rng.pick(['and', 'or'])} ${any()})`,
      () => `(not ${any()})`,
      () => `(${any()} ${this.#rng.pick(['in', 'not in'])} ${this.#of('list', depth)})`,
      () => `("a" in ${this.#of('text', depth)})`,
      () =>
        `(${any()} is ${this.#rng.pick(['defined', 'string', 'number', 'mapping', 'sequence', 'iterable', 'none', 'boolean', 'integer', 'float', 'true'])})`,
      () => `(${number()} is ${this.#rng.pick(['odd', 'even', 'divisibleby 3', 'gt 2', 'eq 1'])})`,
      () => `(${this.#of('text', depth)} is ${this.#rng.pick(['upper', 'lower'])})`,
    ])()
  }

  #mapping(depth: number): string {
    return this.#rng.pick([
      () => `{"k": ${this.#any(depth)}, "l": ${this.#any(depth)}}`,
      () => `dict(a=${this.#any(depth)}, b=2)`,
      () => `dict(${this.#of('mapping', 0)}, z=${this.#any(depth)})`,
      () => `{${this.#of('number', 0)}: ${this.#any(depth)}}`,
    ])()
  }
}
