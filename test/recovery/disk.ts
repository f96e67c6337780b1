// A disk of its own for a test, whose power can be cut: ext4 in a file, mounted through a loop device.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Disk = {
  /** The folder where it is mounted. */
  readonly folder: string
  /** Drops everything that is not on the disk, the journal included; what is asked of it from then on fails. */
  cut(): void
  /** Takes it away and mounts it again, as the next start of the machine does. */
  restart(): void
  close(): void
}

const SIZE = '64M'
/** `EXT4_IOC_SHUTDOWN`, without flushing the journal. Perl is a part of every Debian, and can ask for an ioctl. */
const CUT =
  'open(my $d, "<", $ARGV[0]) or die "open: $!"; my $how = pack("I", 2); ioctl($d, 0x8004587D, $how) or die "ioctl: $!"'

export function createDisk(): Disk {
  const base = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  const [image, folder] = [join(base, 'disk.img'), join(base, 'mounted')]
  mkdirSync(folder)
  command('truncate', '-s', SIZE, image)
  command('mkfs.ext4', '-q', '-F', image)
  command('mount', '-o', 'loop', image, folder)
  let isMounted = true
  const unmount = (): void => {
    if (isMounted) command('umount', folder)
    isMounted = false
  }
  return {
    folder,
    cut: () => command('perl', '-e', CUT, folder),
    restart() {
      unmount()
      command('mount', '-o', 'loop', image, folder)
      isMounted = true
    },
    close() {
      unmount()
      rmSync(base, { recursive: true })
    },
  }
}

function command(name: string, ...args: readonly string[]): void {
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
  const { status, stderr, error } = spawnSync(name, args, { encoding: 'utf8', env })
  if (status === 0) return
  const reason = error?.message ?? stderr.trim()
  throw new Error(`Cannot cut the power of a disk: ${name} says: ${reason}. It takes root, e2fsprogs and loop devices`)
}
