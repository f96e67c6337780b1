// A map that names what is not there is worse than none.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('every name in ARCHITECTURE.md exists', () => {
  const text = readFileSync('ARCHITECTURE.md', 'utf8').replaceAll(/```[\s\S]*?```/g, '')
  const names = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name ?? ''))
  const sources = globSync('src/**/*.ts').map((path) => readFileSync(path, 'utf8'))
  const isDeclared = (name: string): boolean =>
    sources.some((source) => new RegExp(`\\b${name.replaceAll(/[^\w]/g, '.')}\\b`).test(source))
  const isThere = (name: string): boolean =>
    name.includes('/') || name.endsWith('.md')
      ? existsSync(name)
      : name === 'code' || name === '***' || isDeclared(name)
  expect([...names].filter((name) => !isThere(name))).toEqual([])
})
