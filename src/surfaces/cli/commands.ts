// The commands, each loaded when it is called.
import { operations } from '../../api/table.ts'
import { type Command, toCommand } from './command.ts'

export const commands: { readonly [name in keyof typeof operations]: () => Promise<Command> } = {
  run: async () => {
    const [operation, { runFlags, showRun }] = await Promise.all([operations.run(), import('./run.ts')])
    return toCommand(operation, runFlags, showRun)
  },
  validate: async () => {
    const [operation, { validateFlags, showValidation }] = await Promise.all([
      operations.validate(),
      import('./validate.ts'),
    ])
    return toCommand(operation, validateFlags, showValidation)
  },
  test: async () => {
    const [operation, { showTests }] = await Promise.all([operations.test(), import('./test.ts')])
    return toCommand(operation, {}, showTests)
  },
  explain: async () => {
    const [operation, { showText }] = await Promise.all([operations.explain(), import('./text.ts')])
    return toCommand(operation, {}, showText)
  },
  visualize: async () => {
    const [operation, { showText }] = await Promise.all([operations.visualize(), import('./text.ts')])
    return toCommand(operation, {}, showText)
  },
  render: async () => {
    const [operation, { showRendering }] = await Promise.all([operations.render(), import('./render.ts')])
    return toCommand(operation, {}, showRendering)
  },
  init: async () => {
    const [operation, { showBegun }] = await Promise.all([operations.init(), import('./init.ts')])
    return toCommand(operation, {}, showBegun)
  },
  schema: async () => {
    const [operation, { showSchema }] = await Promise.all([operations.schema(), import('./schema.ts')])
    return toCommand(operation, {}, showSchema)
  },
  convert: async () => {
    const [operation, { showConversion }] = await Promise.all([operations.convert(), import('./convert.ts')])
    return toCommand(operation, {}, showConversion)
  },
  resume: async () => {
    const [operation, { showResumed }] = await Promise.all([operations.resume(), import('./resume.ts')])
    return toCommand(operation, {}, showResumed)
  },
  rerun: async () => {
    const [operation, { runFlags, showRun }] = await Promise.all([operations.rerun(), import('./run.ts')])
    return toCommand(operation, runFlags, showRun)
  },
  record: async () => {
    const [operation, { showText }] = await Promise.all([operations.record(), import('./text.ts')])
    return toCommand(operation, {}, showText)
  },
  diff: async () => {
    const [operation, { diffFlags, showDiff }] = await Promise.all([operations.diff(), import('./diff.ts')])
    return toCommand(operation, diffFlags, showDiff)
  },
  doctor: async () => {
    const [operation, { doctorFlags, showDoctor }] = await Promise.all([operations.doctor(), import('./doctor.ts')])
    return toCommand(operation, doctorFlags, showDoctor)
  },
  export: async () => {
    const [operation, { showText }] = await Promise.all([operations.export(), import('./text.ts')])
    return toCommand(operation, {}, showText)
  },
  import: async () => {
    const [operation, { showControlled }] = await Promise.all([operations.import(), import('./controlled.ts')])
    return toCommand(operation, {}, showControlled)
  },
  cancel: async () => {
    const [operation, { showControlled }] = await Promise.all([operations.cancel(), import('./controlled.ts')])
    return toCommand(operation, {}, showControlled)
  },
  pause: async () => {
    const [operation, { showControlled }] = await Promise.all([operations.pause(), import('./controlled.ts')])
    return toCommand(operation, {}, showControlled)
  },
  runs: async () => {
    const [operation, { runsFlags, showRuns }] = await Promise.all([operations.runs(), import('./runs.ts')])
    return toCommand(operation, runsFlags, showRuns)
  },
  show: async () => {
    const [operation, { showFlags, showShown }] = await Promise.all([operations.show(), import('./show.ts')])
    return toCommand(operation, showFlags, showShown)
  },
  components: async () => {
    const [operation, { componentsFlags, showComponents }] = await Promise.all([
      operations.components(),
      import('./components.ts'),
    ])
    return toCommand(operation, componentsFlags, showComponents)
  },
}
