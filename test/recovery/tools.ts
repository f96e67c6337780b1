// Where processes can be held at a system call, and disks made and cut off: as root of a Debian, which has packages for both.
// There these tests must run, and fail where something is missing; `scripts/test-tools.ts` installs it. Elsewhere they are skipped.
import { existsSync } from 'node:fs'

export const toolsMissing: boolean = !(process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'))
