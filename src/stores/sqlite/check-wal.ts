// SQLite takes a damaged frame of its write-ahead log for the end of it, and goes on without whatever was committed after: for a
// commit that the power cut off that is right, and for one that was synced and answered it is a loss that nobody is told of.
// So a log that a process left is read before SQLite does. A commit is begun after the one before has been synced, so a frame that
// cannot be read and lies before a commit that others follow was damaged, and not cut off. Of the last commit nobody can tell.
import { existsSync, readFileSync } from 'node:fs'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** Without its last bit, which says in which byte order the sums are. */
const MAGIC = 0x377f0682

type Sum = readonly [number, number]
type Frame = {
  /** The last of its commit. */
  readonly isCommit: boolean
  /** It was written since the log began anew. */
  readonly isOfNow: boolean
  readonly sum: Sum
}
type Log = {
  /** Nothing is in it that could be told. */
  readonly isEmpty: boolean
  readonly isHeaderSound: boolean
  readonly headerSum: Sum
  readonly count: number
  frame(index: number): Frame
  /** What the sum of a frame has to be after one whose sum is `before`. */
  sumAfter(index: number, before: Sum): Sum
  /** Where a frame begins. */
  offset(index: number): number
}

/** Why the write-ahead log of the database `path` cannot be trusted; `null` where it can, or there is none. */
export function damageOfWal(path: string): string | null {
  const file = `${path}-wal`
  if (!existsSync(file)) return null
  const log = readLog(readFileSync(file))
  if (log.isEmpty) return null
  if (!log.isHeaderSound) return 'its header is not what was written'
  const { end, sum } = soundPart(log)
  return isDamagedAt(log, end, sum) ? `frame ${end + 1} of ${log.count} is not what was written` : null
}

/** Where each commit of a write-ahead log ends, in bytes from its beginning. */
export function commitEnds(bytes: Buffer): readonly number[] {
  const log = readLog(bytes)
  const { end } = soundPart(log)
  return Array.from({ length: end }, (_, index) => index)
    .filter((index) => log.frame(index).isCommit)
    .map((index) => log.offset(index + 1))
}

function readLog(bytes: Buffer): Log {
  const isEmpty =
    bytes.length <= HEADER_BYTES + FRAME_HEADER_BYTES || bytes.subarray(0, HEADER_BYTES).every((byte) => byte === 0)
  const magic = isEmpty ? 0 : bytes.readUInt32BE(0)
  const pageBytes = isEmpty ? 0 : bytes.readUInt32BE(8)
  const isPage = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0
  const frameBytes = FRAME_HEADER_BYTES + pageBytes
  const isBigEndian = (magic & 1) === 1
  const add = (from: number, to: number, before: Sum): Sum => sumOf(bytes, isBigEndian, from, to, before)
  const sumAt = (offset: number): Sum => [bytes.readUInt32BE(offset), bytes.readUInt32BE(offset + 4)]
  const offset = (index: number): number => HEADER_BYTES + index * frameBytes
  const headerSum: Sum = isEmpty ? [0, 0] : sumAt(24)
  return {
    isEmpty,
    isHeaderSound: isPage && (magic & ~1) === MAGIC && isSame(headerSum, add(0, 24, [0, 0])),
    headerSum,
    count: isPage ? Math.floor((bytes.length - HEADER_BYTES) / frameBytes) : 0,
    offset,
    frame(index) {
      const at = offset(index)
      const isOfNow =
        bytes.readUInt32BE(at + 8) === bytes.readUInt32BE(16) && bytes.readUInt32BE(at + 12) === bytes.readUInt32BE(20)
      return { isCommit: bytes.readUInt32BE(at + 4) !== 0, isOfNow, sum: sumAt(at + 16) }
    },
    sumAfter(index, before) {
      const at = offset(index)
      return add(at + FRAME_HEADER_BYTES, at + frameBytes, add(at, at + 8, before))
    },
  }
}

function sumOf(bytes: Buffer, isBigEndian: boolean, from: number, to: number, [first, second]: Sum): Sum {
  let [s0, s1] = [first, second]
  for (let at = from; at < to; at += 8) {
    s0 = (s0 + (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + s1) >>> 0
    s1 = (s1 + (isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + s0) >>> 0
  }
  return [s0, s1]
}

function isSame(a: Sum, b: Sum): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

/** The frames that can be read one after another: how many, and the sum of the last. */
function soundPart(log: Log): { readonly end: number; readonly sum: Sum } {
  let sum = log.headerSum
  for (let index = 0; index < log.count; index += 1) {
    const frame = log.frame(index)
    const next = log.sumAfter(index, sum)
    if (!frame.isOfNow || !isSame(frame.sum, next)) return { end: index, sum }
    sum = next
  }
  return { end: log.count, sum }
}

/** Whether a commit that the frame `bad` belongs to, or comes before, is followed by another: then it was synced as a whole. */
function isDamagedAt(log: Log, bad: number, before: Sum): boolean {
  for (let index = bad; index + 1 < log.count; index += 1) {
    const [frame, next] = [log.frame(index), log.frame(index + 1)]
    if (!frame.isCommit || !next.isOfNow) continue
    const isFollowed = (sum: Sum): boolean => isSame(next.sum, log.sumAfter(index + 1, sum))
    if (frame.isOfNow && isFollowed(frame.sum)) return true
    // Of the bad frame itself what is damaged may be its sum, and not what the sum is of.
    if (index === bad && isFollowed(log.sumAfter(bad, before))) return true
  }
  return false
}
