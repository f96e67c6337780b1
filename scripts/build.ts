// Builds what is published: `dist/` (the library, by tsc) and `dist/cli/` (the command line: one bundle with lazy parts).
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { build } from 'esbuild'

for (const path of ['dist', '.cache/build.tsbuildinfo']) rmSync(path, { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
await build({
  entryPoints: {
    cli: 'src/main.ts',
    // Files that are started by their name, beside those that name them.
    'javascript-worker': 'src/components/sandbox/javascript-worker.ts',
    'monty-process': 'src/components/sandbox/monty-process.ts',
  },
  outdir: 'dist/cli',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Installed by those who need them.
  external: ['ai', '@ai-sdk/*', '@jitl/*', '@pydantic/monty', 'quickjs-emscripten-core'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
// Python is no module: it lies beside whatever reads it.
for (const path of globSync('src/components/sandbox/*.py')) {
  cpSync(path, join('dist/cli', basename(path)))
  cpSync(path, join('dist', relative('src', path)))
}
