// Builds what is published: `dist/` (the library, by tsc) and `dist/cli/` (the command line: one file, whose parts are set up
// when they are first used). That is CommonJS, which Node starts sooner than the same code as 70 ES modules.
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { build } from 'esbuild'
import about from '../package.json' with { type: 'json' }

/** Dependencies that nearly every command uses: they are in the same file. */
const HOT = new Set(['@noble/hashes', 'js-yaml', 'uuidv7'])

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
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // What a flow may do without is read only when it is used. Of the peers, those that are needed are installed.
  external: [
    ...Object.keys(about.peerDependencies),
    ...Object.keys(about.dependencies).filter((name) => !HOT.has(name)),
  ],
  define: { 'import.meta.url': '__url' },
  banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
})
// Whoever keeps what V8 made of it knows it by what it holds.
const cli = readFileSync('dist/cli/cli.cjs', 'utf8')
writeFileSync('dist/cli/cli.cjs', `//${hash('sha256', cli).slice(0, 16)}\n${cli}`)
// Python is no module: it lies beside whatever reads it.
for (const path of globSync('src/components/sandbox/*.py')) {
  cpSync(path, join('dist/cli', basename(path)))
  cpSync(path, join('dist', relative('src', path)))
}
