// Templates for programs of one's own: `import { renderTemplate } from 'millrace/templates'`.
export type { TemplateProblem, TemplateWarning } from './problem.ts'
export { renderTemplate } from './render-template.ts'
export type { Rendered } from './template.ts'
