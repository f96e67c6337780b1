// The spellings that built-in components have had. A bare `/eval` stays: who provides it is a matter of routes.

const builtins: ReadonlySet<string> = new Set(
  (
    'eval map iterate put_blob get_blob load_file create_messages noop sleep wait_signal approval ' +
    'http/get http/post http/request'
  ).split(' '),
)

/** Of `builtin://x`, whatever `x` is. */
const scheme = 'builtin://'

/** Whether the path is written as a URL, as it was at first. */
export function isBuiltinUrl(component: string): boolean {
  return component.startsWith(scheme)
}

/** `/builtin/x` for all spellings of a built-in that name it as one; any other path as it is. */
export function toComponentPath(component: string): string {
  if (isBuiltinUrl(component)) return `/builtin/${component.slice(scheme.length)}`
  const name = /^\/builtins?\/(.+)$/.exec(component)?.[1]
  return name !== undefined && builtins.has(name) ? `/builtin/${name}` : component
}

/** Which built-in `component` is, bare `/x` included: a name of the catalogue, or `null`. */
export function builtinName(component: string): string | null {
  const name = /^\/(?:builtin\/)?(.+)$/.exec(toComponentPath(component))?.[1] ?? ''
  return builtins.has(name) ? name : null
}
