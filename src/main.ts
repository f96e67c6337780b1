// The command line: what `millrace` starts.
import about from '../package.json' with { type: 'json' }
import { parts } from './parts.ts'
import { main } from './surfaces/cli/main.ts'

void main(process.argv.slice(2), parts, about.version)
