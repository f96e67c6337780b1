// Macros: blocks that are called with arguments.
import type { MacroBody, Statement } from './ast.ts'
import { compileExpression } from './compile-expression.ts'
import type { CompileContext } from './compiled.ts'
import { finished } from './operators.ts'
import { captured } from './output.ts'
import { beyond, fault } from './problem.ts'
import { type Runtime, Scope } from './runtime.ts'
import { Callable, Dict, type Named, Tuple, Undefined } from './values.ts'

type CompileBlock = (statements: readonly Statement[], context: CompileContext) => (rt: Runtime) => unknown

/** Compiles a macro; what is returned makes it, in the scope that it sees. */
export function compileMacro(
  macro: MacroBody,
  context: CompileContext,
  compileBlock: CompileBlock,
): (rt: Runtime) => Callable {
  const body = compileBlock(macro.body, context)
  const defaults = macro.parameters.map(({ byDefault }) =>
    byDefault === null ? null : compileExpression(byDefault, context),
  )
  const bindParameters = (rt: Runtime, args: readonly unknown[], named: Named): void => {
    const rest = new Map(named)
    macro.parameters.forEach(({ name }, index) => {
      const given = index < args.length ? args[index] : rest.get(name)
      if (index < args.length && rest.has(name)) throw fault(`${macro.name}: ${name} is given twice`)
      rest.delete(name)
      const byDefault = defaults[index]
      const missing = (): unknown => byDefault?.(rt) ?? (byDefault ? null : new Undefined(`"${name}" was not given`))
      rt.scope?.variables.set(name, given === undefined ? missing() : given)
    })
    bindRest(rt, macro, args.slice(macro.parameters.length), rest)
  }
  return (made) => {
    const { scope: outer } = made
    const write: Callable['write'] = (rt, args, named) => {
      const { macroDepthMax } = rt.settings.limits
      const { scope } = rt
      rt.macroDepth += 1
      if (rt.macroDepth > macroDepthMax) throw beyond('Macros call macros too deep', 'macroDepthMax', macroDepthMax)
      rt.scope = new Scope(outer)
      bindParameters(rt, args, named)
      body(rt)
      rt.scope = scope
      rt.macroDepth -= 1
    }
    const call: Callable['call'] = (rt, args, named) =>
      finished(
        rt,
        captured(rt, () => write(rt, args, named)),
      )
    return new Callable(macro.name, call, write)
  }
}

/** What is given beyond the parameters. */
function bindRest(rt: Runtime, macro: MacroBody, args: readonly unknown[], named: Map<string, unknown>): void {
  const variables = rt.scope?.variables
  if (macro.usesCaller) {
    variables?.set('caller', named.get('caller') ?? new Undefined('Nothing called this macro with a block'))
    named.delete('caller')
  }
  if (named.has('caller')) throw fault(`${macro.name} does not use caller(), so it takes no block`)
  if (args.length > 0 && !macro.usesRest) {
    throw fault(
      `${macro.name} takes ${macro.parameters.length} arguments, not ${macro.parameters.length + args.length}`,
    )
  }
  const [unknown] = named.keys()
  if (unknown !== undefined && !macro.usesNamedRest) throw fault(`${macro.name} has no parameter "${unknown}"`)
  variables?.set('varargs', new Tuple(args))
  const rest = new Dict()
  for (const [name, value] of named) rest.set(name, value)
  variables?.set('kwargs', rest)
}
