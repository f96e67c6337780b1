// The table of operations: what a user can do, each loaded when it is asked for.

export const operations = {
  run: async () => (await import('./operations/run.ts')).run,
  validate: async () => (await import('./operations/validate.ts')).validate,
  test: async () => (await import('./operations/test.ts')).test,
  explain: async () => (await import('./operations/explain.ts')).explain,
  visualize: async () => (await import('./operations/visualize.ts')).visualize,
  render: async () => (await import('./operations/render.ts')).render,
  init: async () => (await import('./operations/init.ts')).init,
  schema: async () => (await import('./operations/schema.ts')).schema,
  convert: async () => (await import('./operations/convert.ts')).convert,
  resume: async () => (await import('./operations/resume.ts')).resume,
  rerun: async () => (await import('./operations/rerun.ts')).rerun,
  record: async () => (await import('./operations/record.ts')).record,
  diff: async () => (await import('./operations/diff.ts')).diff,
  cancel: async () => (await import('./operations/cancel.ts')).cancel,
  pause: async () => (await import('./operations/pause.ts')).pause,
  runs: async () => (await import('./operations/runs.ts')).runs,
  show: async () => (await import('./operations/show.ts')).show,
  components: async () => (await import('./operations/components.ts')).components,
} as const
