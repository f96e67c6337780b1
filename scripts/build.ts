// Builds what is published: `dist/` (the library, by tsc) and `dist/cli/` (the command line: one bundle with lazy parts).
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

for (const path of ['dist', '.cache/build.tsbuildinfo']) rmSync(path, { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
await build({
  entryPoints: { cli: 'src/main.ts' },
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
  external: ['ai', '@ai-sdk/*'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
