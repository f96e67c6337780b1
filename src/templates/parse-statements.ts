// Statements: the blocks of a template, and what is between them.
import {
  type Expression,
  type MacroBody,
  type NameExpression,
  namesOf,
  type Parameter,
  type Statement,
  type Target,
} from './ast.ts'
import { didYouMean } from '../lib/did-you-mean.ts'
import { Lexer, type Token } from './lexer.ts'
import { ExpressionParser, type ParseOptions } from './parse-expression.ts'
import { TemplateFault, type TemplateSpan } from './problem.ts'
import { TextScanner, type Opening } from './scan-text.ts'

/** Blocks that need other templates, which nobody can load here. */
const NEEDS_LOADER: ReadonlySet<string> = new Set(['include', 'import', 'from', 'extends', 'block'])
const TAGS = ['if', 'for', 'set', 'with', 'macro', 'call', 'filter', 'raw', 'print', 'break', 'continue']
const RESERVED: ReadonlySet<string> = new Set(['true', 'false', 'none', 'True', 'False', 'None'])

/** The statements of a template, whose text is normalised. */
export function parseStatements(source: string, options: ParseOptions): readonly Statement[] {
  return new StatementParser(source, options).template()
}

class StatementParser {
  readonly #text: TextScanner
  readonly #lexer: Lexer
  readonly #expressions: ExpressionParser
  /** Loops around the block that is read; a macro's body begins anew. */
  #loops = 0

  constructor(source: string, options: ParseOptions) {
    this.#text = new TextScanner(source)
    this.#lexer = new Lexer(source, options.limits)
    this.#expressions = new ExpressionParser(this.#lexer, options)
  }

  template(): readonly Statement[] {
    return this.#until([], null).body
  }

  /** Reads statements until a block of one of `ends`, whose tag is read. */
  #until(ends: readonly string[], opened: Token | null): { body: Statement[]; end: string } {
    const body: Statement[] = []
    for (;;) {
      const { text, opening } = this.#text.next()
      if (text !== '') body.push({ kind: 'data', text })
      if (opening === null) {
        if (opened === null) return { body, end: '' }
        const hint = `Close it with {% ${ends.at(-1) ?? ''} %}`
        throw new TemplateFault('TEMPLATE_SYNTAX', `The block "${opened.text}" is not closed`, hint, opened.start)
      }
      this.#lexer.enter(opening.inside, opening.kind === 'block', opening.start)
      if (opening.kind === 'hole') body.push(this.#hole(opening))
      else {
        const tag = this.#expressions.expectName()
        if (ends.includes(tag.text)) return { body, end: tag.text }
        const statement = this.#statement(tag)
        if (statement !== null) body.push(statement)
      }
    }
  }

  #hole(opening: Opening): Statement {
    const expression = this.#anyTuple()
    this.#end()
    return { kind: 'hole', expression, span: { start: opening.start, end: this.#lexer.previousEnd } }
  }

  /** The end of a hole or block; the text goes on after it. */
  #end(): void {
    const token = this.#lexer.peek()
    if (token.kind !== 'end') throw this.#expressions.unexpected('the end')
    this.#lexer.next()
    this.#text.position = this.#lexer.position
  }

  #statement(tag: Token): Statement | null {
    return this.#expressions.nested(() => {
      switch (tag.text) {
        case 'if':
          return this.#if(tag)
        case 'for':
          return this.#for(tag)
        case 'set':
          return this.#set(tag)
        case 'with':
          return this.#with(tag)
        case 'macro':
          return this.#macro(tag)
        case 'call':
          return this.#callBlock(tag)
        case 'filter':
          return this.#filterBlock(tag)
        case 'print':
          return this.#print(tag)
        case 'break':
        case 'continue':
          return this.#jump(tag, tag.text)
        default:
          throw unknownTag(tag)
      }
    })
  }

  #if(tag: Token): Statement {
    const branches: { test: Expression; body: readonly Statement[] }[] = []
    for (;;) {
      const test = this.#expressions.tuple({ withIf: false, until: () => false })
      this.#end()
      const { body, end } = this.#until(['elif', 'else', 'endif'], tag)
      branches.push({ test, body })
      if (end === 'elif') continue
      return { kind: 'if', branches, otherwise: this.#otherwise(end, tag, 'endif') }
    }
  }

  #otherwise(end: string, tag: Token, close: string): readonly Statement[] {
    this.#end()
    if (end !== 'else') return []
    const { body } = this.#until([close], tag)
    this.#end()
    return body
  }

  #for(tag: Token): Statement {
    const target = this.#target(false)
    if (namesOf(target).includes('loop'))
      throw new TemplateFault(
        'TEMPLATE_SYNTAX',
        'loop is taken: it tells about the loop',
        'Choose another name',
        tag.start,
      )
    if (!this.#expressions.takeName('in')) throw this.#expressions.unexpected('in')
    const items = this.#expressions.tuple({
      withIf: false,
      until: (token) => token.kind === 'name' && token.text === 'recursive',
    })
    const filter = this.#expressions.takeName('if') ? this.#expressions.expression() : null
    const isRecursive = this.#expressions.takeName('recursive')
    this.#end()
    this.#loops += 1
    const { body, end } = this.#until(['else', 'endfor'], tag)
    this.#loops -= 1
    const otherwise = this.#otherwise(end, tag, 'endfor')
    return { kind: 'for', target, items, filter, isRecursive, body, otherwise, span: this.#span(tag) }
  }

  #set(tag: Token): Statement {
    const target = this.#target(true)
    if (this.#expressions.takeOperator('=')) {
      const value = this.#anyTuple()
      this.#end()
      return { kind: 'set', target, value, span: this.#span(tag) }
    }
    const filters = this.#expressions.takeOperator('|') ? this.#filterChain() : null
    this.#end()
    const { body } = this.#until(['endset'], tag)
    this.#end()
    return { kind: 'set-block', target, filters, body, span: this.#span(tag) }
  }

  #filterChain(): Expression {
    const { start } = this.#lexer.peek()
    const first = this.#expressions.filter(null, start)
    return this.#expressions.filters(first)
  }

  #with(tag: Token): Statement {
    const bindings: { target: Target; value: Expression }[] = []
    while (this.#lexer.peek().kind !== 'end') {
      if (bindings.length > 0) this.#expressions.expectOperator(',')
      const target: Target = { kind: 'name', name: this.#assignable() }
      this.#expressions.expectOperator('=')
      bindings.push({ target, value: this.#expressions.expression() })
    }
    this.#end()
    const { body } = this.#until(['endwith'], tag)
    this.#end()
    return { kind: 'with', bindings, body, span: this.#span(tag) }
  }

  #macro(tag: Token): Statement {
    const name = this.#assignable()
    const parameters = this.#parameters()
    this.#end()
    const macro = this.#macroBody(name, parameters, tag, 'endmacro')
    return { kind: 'macro', macro, span: this.#span(tag) }
  }

  #callBlock(tag: Token): Statement {
    const parameters = this.#expressions.isOperator('(') ? this.#parameters() : []
    const call = this.#expressions.expression()
    if (call.kind !== 'call') throw new TemplateFault('TEMPLATE_SYNTAX', 'Expected a call', null, call.span.start)
    this.#end()
    const caller = this.#macroBody('caller', parameters, tag, 'endcall')
    return { kind: 'call-block', call, caller, span: this.#span(tag) }
  }

  #macroBody(name: string, parameters: readonly Parameter[], tag: Token, close: string): MacroBody {
    const outer = this.#loops
    this.#loops = 0
    const from = this.#lexer.position
    const { body } = this.#until([close], tag)
    const source = this.#lexer.source.slice(from, this.#lexer.position)
    this.#loops = outer
    this.#end()
    const uses = (word: string): boolean => source.includes(word)
    return {
      name,
      parameters,
      body,
      usesRest: uses('varargs'),
      usesNamedRest: uses('kwargs'),
      usesCaller: uses('caller'),
    }
  }

  #parameters(): readonly Parameter[] {
    const parameters: Parameter[] = []
    this.#expressions.expectOperator('(')
    while (!this.#expressions.isOperator(')')) {
      if (parameters.length > 0) this.#expressions.expectOperator(',')
      const { start } = this.#lexer.peek()
      const name = this.#assignable()
      const byDefault = this.#expressions.takeOperator('=') ? this.#expressions.expression() : null
      if (byDefault === null && parameters.some((before) => before.byDefault !== null))
        throw new TemplateFault(
          'TEMPLATE_SYNTAX',
          `The parameter ${name} needs a default, as those before it`,
          null,
          start,
        )
      parameters.push({ name, byDefault })
    }
    this.#expressions.expectOperator(')')
    return parameters
  }

  #filterBlock(tag: Token): Statement {
    const filters = this.#filterChain()
    this.#end()
    const { body } = this.#until(['endfilter'], tag)
    this.#end()
    return { kind: 'filter-block', filters, body, span: this.#span(tag) }
  }

  #print(tag: Token): Statement {
    const expression = this.#expressions.expression()
    this.#end()
    return { kind: 'hole', expression, span: this.#span(tag) }
  }

  #jump(tag: Token, kind: 'break' | 'continue'): Statement {
    if (this.#loops === 0)
      throw new TemplateFault('TEMPLATE_SYNTAX', `The block "${kind}" is not inside a loop`, null, tag.start)
    this.#end()
    return { kind, span: this.#span(tag) }
  }

  #anyTuple(): Expression {
    return this.#expressions.tuple({ withIf: true, until: () => false })
  }

  #target(withMembers: boolean): Target {
    const items: Target[] = []
    let isTuple = false
    while (this.#lexer.peek().kind === 'name' || this.#expressions.isOperator('(')) {
      if (this.#expressions.isName('in')) break
      items.push(this.#oneTarget(withMembers))
      if (!this.#expressions.takeOperator(',')) break
      isTuple = true
    }
    const [only] = items
    if (only === undefined) throw this.#expressions.unexpected('a name')
    return isTuple ? { kind: 'tuple', items } : only
  }

  #oneTarget(withMembers: boolean): Target {
    if (this.#expressions.takeOperator('('))
      return this.#expressions.nested(() => {
        const target = this.#target(false)
        this.#expressions.expectOperator(')')
        return target
      })
    const token = this.#lexer.peek()
    const name = this.#assignable()
    if (!withMembers || !this.#expressions.takeOperator('.')) return { kind: 'name', name }
    const span = { start: token.start, end: token.end }
    const of: NameExpression = { kind: 'name', name, span, mayBeLocal: false, mayBeFree: true }
    const member = this.#expressions.expectName().text
    return { kind: 'member', of, name: member, span: { start: token.start, end: this.#lexer.previousEnd } }
  }

  #assignable(): string {
    const token = this.#expressions.expectName()
    if (!RESERVED.has(token.text)) return token.text
    throw new TemplateFault('TEMPLATE_SYNTAX', `${token.text} cannot be assigned to`, null, token.start)
  }

  #span(tag: Token): TemplateSpan {
    return { start: tag.start, end: this.#lexer.previousEnd }
  }
}

function unknownTag(tag: Token): TemplateFault {
  if (NEEDS_LOADER.has(tag.text))
    return new TemplateFault('TEMPLATE_SYNTAX', `"${tag.text}" needs other templates`, 'There are none here', tag.start)
  const near = didYouMean(tag.text, TAGS)
  const isEnd = tag.text.startsWith('end') || tag.text === 'else' || tag.text === 'elif'
  const hint = isEnd
    ? 'No block is open that it could end'
    : near === null
      ? `Blocks: ${TAGS.join(', ')}`
      : `Did you mean ${near}?`
  return new TemplateFault('TEMPLATE_SYNTAX', `Unknown block "${tag.text}"`, hint, tag.start)
}
