// The tool names of the language, and the components that they stand for. A name that is not here is a component of that name.
import type { Template } from '../../plan/expr.ts'

/** What calling a tool means. */
export type Tool = {
  /** As the manifest names it. */
  readonly name: string
  /** The path of the component. */
  readonly path: string
  /** Whether parameters and settings arrive in one mapping; else settings are `config` inside it. */
  readonly isFlat: boolean
  /** Parameters by their names here, and what the component calls them. */
  readonly renamed: ReadonlyMap<string, string>
  /** The parameter that is source code, and its language. */
  readonly code: { readonly name: string; readonly language: Template['code'] } | null
  /** Whether a failure of the moment is tried again without being asked for. */
  readonly retriesBusy: boolean
}

type Known = Partial<Pick<Tool, 'code' | 'retriesBusy'>> & { readonly renamed?: Readonly<Record<string, string>> }

const model: Known = { renamed: { token: 'api_key' }, retriesBusy: true }
// What they do not try again by themselves, nobody knows the outcome of.
const sender: Known = { retriesBusy: true }
const python: Known = { code: { name: 'code', language: 'python' } }

/** By name; of a component that has several names, each has its line. */
const known: Readonly<Record<string, readonly [path: string, known?: Known]>> = {
  INPUT_TEXT: ['/builtin/input_text'],
  INPUT_JSON: ['/builtin/input_json', { code: { name: 'value', language: 'json' } }],
  INPUT_WEBHOOK: ['/builtin/input_json'],
  INPUT_IMAGE_FILE: ['/builtin/input_image_file', { renamed: { url: 'value' }, retriesBusy: true }],
  INPUT_FILE_AS_TEXT: ['/builtin/input_file_as_text', { renamed: { url: 'value' }, retriesBusy: true }],
  OUTPUT_TEXT: ['/builtin/output_text'],
  OUTPUT_JSON: ['/builtin/output_json'],
  OUTPUT_FILE: ['/builtin/output_file', { renamed: { value: 'content' } }],
  HTTP_REQUEST: ['/builtin/http/request', { retriesBusy: true }],
  JSON_VALIDATE: ['/builtin/json_validate'],
  DATA_CONVERT: ['/builtin/data_convert'],
  WAIT: ['/builtin/sleep'],
  GEMINI_CHAT: ['/builtin/llm/gemini', model],
  GEMINI_INVOKE: ['/builtin/llm/gemini', model],
  OPENAI_INVOKE: ['/builtin/llm/openai', model],
  ANTHROPIC_INVOKE: ['/builtin/llm/anthropic', model],
  GROK_CHAT: ['/builtin/llm/grok', model],
  SLACK_POST_MESSAGE: ['/builtin/slack_post_message', sender],
  GMAIL_SEND: ['/builtin/gmail_send', sender],
  DISCORD_POST_MESSAGE: ['/builtin/discord_post_message', sender],
  WEBHOOK_SEND: ['/builtin/webhook_send', sender],
  PYTHON_SANDBOX_RUN: ['/builtin/python', python],
  PYTHON_SANDBOX: ['/builtin/python', python],
  JAVASCRIPT_RUN: ['/builtin/javascript', { code: { name: 'code', language: 'javascript' } }],
  JINBA_FLOW_RUN: ['/builtin/run_flow'],
}

const nothing: ReadonlyMap<string, string> = new Map()
const tools: ReadonlyMap<string, Tool> = new Map(
  Object.entries(known).map(([name, [path, { renamed, code = null, retriesBusy = false } = {}]]) => [
    name,
    {
      name,
      path,
      isFlat: true,
      renamed: renamed === undefined ? nothing : new Map(Object.entries(renamed)),
      code,
      retriesBusy,
    },
  ]),
)

/** All names of the catalogue, with the paths that they stand for. */
export const toolPaths: ReadonlyMap<string, string> = new Map([...tools].map(([name, { path }]) => [name, path]))

/** What a name stands for. */
export function toolOf(name: string): Tool {
  return tools.get(name) ?? { name, path: name, isFlat: false, renamed: nothing, code: null, retriesBusy: false }
}

/** Tools whose steps are the parameters of the flow. */
export function isInputTool({ name }: Tool): boolean {
  return name.startsWith('INPUT_')
}

/** Whether text that is given to a parameter has to be JSON. */
export function takesJson({ path }: Tool): boolean {
  return path === '/builtin/input_json'
}

/** Tools whose steps say what the flow gives. */
export function isOutputTool({ name }: Tool): boolean {
  return name.startsWith('OUTPUT_')
}
