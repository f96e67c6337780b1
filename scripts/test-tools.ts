// Installs what tests need and no registry of packages holds: Jinja2, which templates are compared with, strace, which kills a
// process at a system call, and e2fsprogs, which makes the disk whose power is cut.
// Only where it is missing, and only on a Debian where it may; elsewhere those tests say what is missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const APT_GET = '/usr/bin/apt-get'
const hasJinja2 = ['python3', '/usr/bin/python3'].some(
  (python) => spawnSync(python, ['-c', 'import jinja2'], { stdio: 'ignore' }).status === 0,
)
const missing = [
  ...(hasJinja2 ? [] : ['python3-jinja2']),
  ...(existsSync('/usr/bin/strace') ? [] : ['strace']),
  ...(existsSync('/usr/sbin/mkfs.ext4') ? [] : ['e2fsprogs']),
]

if (missing.length > 0 && process.getuid?.() === 0 && existsSync(APT_GET)) {
  const aptGet = (...args: readonly string[]): void => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync(APT_GET, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  }
  aptGet('update', '-q')
  aptGet('install', '-qy', '--no-install-recommends', ...missing)
}
