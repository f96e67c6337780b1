// Renders templates without an engine.
import assert from 'node:assert/strict'
import { renderTemplate } from '../../src/templates/index.ts' // in a program of your own: 'millrace/templates'

const order = {
  id: 7,
  rows: [
    { name: 'tea', price: 4.5 },
    { name: 'milk', price: 1 },
  ],
  paid: true,
}

// A text that is one hole gives its value, with its type.
const names = renderTemplate('{{ order.rows | map(attribute="name") | list }}', { order })
assert.deepEqual(names, { kind: 'value', value: ['tea', 'milk'], warnings: [] })

// Text around it makes it text; lists, mappings, booleans and null are written as JSON.
const text = renderTemplate('Order {{ order.id }}: {{ order.rows | sum(attribute="price") }}, paid: {{ order.paid }}', {
  order,
})
assert.deepEqual(text, { kind: 'value', value: 'Order 7: 5.5, paid: true', warnings: [] })

// As Jinja2 itself has it.
const python = renderTemplate('{{ order.paid }}', { order }, { text: 'python', pure: 'text' })
assert.deepEqual(python, { kind: 'value', value: 'True', warnings: [] })

// What fails says where.
const failed = renderTemplate('Hello {{ order.customer.name }}', { order })
assert.equal(failed.kind, 'failed')
assert.deepEqual(failed.kind === 'failed' && [failed.problem.line, failed.problem.column], [1, 25])
