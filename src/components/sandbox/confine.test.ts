// Python that wants out. Each of these ends where it began, and leaves nothing behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import type { JsonRecord } from '../../lib/json.ts'
import type { Asked } from '../component.suite.ts'
import { errorOf, whatIsMissing, world } from './sandbox.world.ts'

const { python } = world()
const missing = await whatIsMissing()

/** The name that code gives its own process, so that it can be found from outside. */
const MARK = `mr${process.pid}`
const HEAD = `import ctypes, os, resource, signal, socket, sys, time\nctypes.CDLL(None).prctl(15, b"${MARK}")\n`

function attack(code: string, input: JsonRecord = {}): Promise<Asked> {
  return python(HEAD + code, { memory_mb: 64, timeout_ms: 20_000, ...input })
}

/** Processes and threads of this machine that bear the mark. */
function marked(mark = MARK): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && nameOf(name) === mark)
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return '' // It has ended since.
  }
}

describe.skipIf(missing !== null)('Python in a confined process', () => {
  afterEach(() => {
    if (marked().length > 0) throw new Error('Code is left running')
  })

  test('sees Python, its own folder, and nothing else of the machine', async () => {
    const code = `
seen = {}
for path in ["/", "/dev", "/tmp"]: seen[path] = sorted(os.listdir(path))
for path in ["/etc/passwd", "/proc/1/environ", "/sys", "/root", "/home", "/usr/bin", "/bin/sh", "/var"]:
    seen[path] = os.path.exists(path)
seen["environment"] = dict(os.environ)
seen["host"] = os.uname().nodename
seen["self"] = [os.getpid(), os.getppid(), os.getuid(), os.getgid()]
seen["open"] = [fd for fd in range(64) if not isinstance(attempt(os.fstat, fd), str)]
seen`
    const attempt = `
def attempt(do, *args):
    try: return do(*args)
    except Exception as error: return type(error).__name__
`
    expect(await attack(attempt + code)).toMatchObject({
      kind: 'success',
      output: {
        '/dev': ['null', 'urandom', 'zero'],
        '/tmp': [],
        '/etc/passwd': false,
        '/proc/1/environ': false,
        '/sys': false,
        '/root': false,
        '/home': false,
        '/usr/bin': false,
        '/bin/sh': false,
        '/var': false,
        environment: {},
        host: 'sandbox',
        self: [1, 0, 1000, 1000],
        open: [0, 1, 2, 3],
      },
    })
  })

  test.for([
    ['read the password file', 'open("/etc/passwd").read()', 'FileNotFoundError'],
    ['climb out of its root', 'os.open("/../../../../etc/passwd", 0)', 'FileNotFoundError'],
    ['write beside its own folder', 'open("/x", "w")', 'OSError'],
    ['write into Python', 'open(os.__file__, "a")', '(OSError|PermissionError)'],
    ['open a socket', 'socket.socket()', 'PermissionError'],
    ['open a socket of the kernel', 'socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)', 'PermissionError'],
    ['look up a name', 'socket.create_connection(("example.com", 80))', '(gaierror|PermissionError)'],
    ['fork', 'os.fork()', 'PermissionError'],
    ['fork without end', 'while True: os.fork()', 'PermissionError'],
    [
      'start a program',
      'import subprocess\nsubprocess.run([sys.executable or "/bin/sh"])',
      '(PermissionError|OSError)',
    ],
    ['become another program', 'os.execv("/bin/sh", ["sh"])', 'PermissionError'],
    ['become root', 'os.setuid(0)', 'OSError'],
    ['change its root', 'os.chroot("/tmp")', 'PermissionError'],
    ['kill whoever started it', 'for pid in range(2, 400): os.kill(pid, 9)', 'ProcessLookupError'],
    ['raise its limits', 'resource.setrlimit(resource.RLIMIT_AS, (-1, -1))', '(ValueError|PermissionError)'],
    [
      'make threads without end',
      'import threading\nwhile True: threading.Thread(target=time.sleep, args=(9,)).start()',
      'RuntimeError',
    ],
    ['open files without end', 'kept = []\nwhile True: kept.append(open("/dev/null"))', 'OSError'],
    ['make a file of any size', 'file = open("/tmp/x", "wb")\nwhile True: file.write(bytes(1 << 20))', 'OSError'],
    ['fill its folder', 'for n in range(99): open(f"/tmp/{n}", "wb").write(bytes(1 << 20))', 'OSError'],
    ['fill its folder with names', 'for n in range(9999): open(f"/tmp/{n}", "wb")', 'OSError'],
    ['call deeper than there is stack', 'def f(): return f()\nf()', 'RecursionError'],
  ])('cannot %s', async ([, code, name]) => {
    const error = { code: 'PYTHON_ERROR', data: { name: expect.stringMatching(`^${name}$`) } }
    expect(await attack(code ?? '')).toMatchObject({ kind: 'failed', error })
  })

  test.for([
    ['mount', 'libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)'],
    ['leave its namespaces', 'libc.unshare(0x10000000)'],
    ['trace a process', 'libc.ptrace(16, 1, 0, 0)'],
    ['load programs into the kernel', 'libc.syscall(321, 0, 0, 0)'],
    ['keep memory in the kernel', 'libc.shmget(0, 4096, 0o1600)'],
    ['keep memory in a nameless file', 'libc.memfd_create(b"x", 0)'],
    ['fork by hand', 'libc.fork()'],
  ])('cannot %s by itself', async ([, call]) => {
    const code = `libc = ctypes.CDLL(None, use_errno=True)\n[${call}, ctypes.get_errno()]`
    expect(await attack(code)).toEqual({ kind: 'success', output: [-1, 1] })
  })

  test('signals to all reach nobody', async () => {
    expect(await attack('os.kill(-1, 9) if False else os.kill(0, 9)\nos.kill(os.getpid(), 9)\n"alive"')).toEqual({
      kind: 'success',
      output: 'alive',
    })
  })

  test.for([
    ['sleeps past its time', 'time.sleep(99)', { timeout_ms: 500 }, 'timeout_ms, which is 500'],
    ['computes past its time', 'while True: pass', { timeout_ms: 500 }, 'timeout_ms, which is 500'],
    [
      'ignores signals',
      'for n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n  except OSError: pass\ntime.sleep(99)',
      { timeout_ms: 500 },
      'timeout_ms, which is 500',
    ],
    [
      'closes what it was given',
      'os.closerange(0, 64)\ntime.sleep(99)',
      { timeout_ms: 500 },
      'timeout_ms, which is 500',
    ],
    ['takes memory at once', 'bytearray(1 << 40)', {}, 'memory_mb, which is 64'],
    ['takes memory bit by bit', 'kept = []\nwhile True: kept.append(bytes(1 << 16))', {}, 'memory_mb, which is 64'],
    ['prints without end', 'while True: print("x" * 999)', {}, 'logBytesMax, which is 1048576'],
    ['writes errors without end', 'while True: os.write(2, bytes(9999))', {}, 'logBytesMax, which is 1048576'],
    ['answers without end', 'while True: os.write(3, bytes(9999))', {}, 'answerBytesMax, which is 16777216'],
  ] as const)('code that %s is stopped', async ([, code, input, bound]) => {
    expect(errorOf(await attack(code, input))).toBe(`SANDBOX_LIMIT: The code was stopped: it was over ${bound}`)
  })

  test.for([
    ['crashes', 'ctypes.string_at(0)', 'signal 11'],
    ['ends without a word', 'os._exit(7)', 'status 7'],
    ['answers what is no answer', 'os.write(3, b"nonsense")\nos._exit(0)', 'status 0'],
  ])('code that %s has no value', async ([, code, how]) => {
    expect(errorOf(await attack(code ?? ''))).toBe(`COMPONENT_FAILED: The code ended without a value: ${how}`)
  })

  test('code cannot say that there was no room, to be run without one', async () => {
    const free = world({ python: 'unconfined' })
    const code = `${HEAD}os.write(3, b'\\n{"kind": "unavailable", "missing": "room"}\\n')\nos._exit(0)`
    expect(errorOf(await free.python(code))).toBe('COMPONENT_FAILED: The code ended without a value: status 0')
  })

  test('code that is called off is dead when that is told', async () => {
    const aborting = new AbortController()
    const asked = python(`${HEAD}time.sleep(99)`, {}, { signal: aborting.signal })
    await expect.poll(() => marked().length, { timeout: 20_000 }).toBe(1)
    aborting.abort(new Error('called off'))
    expect(await asked).toMatchObject({ kind: 'failed', error: { message: 'Error: called off' } })
  })

  test('code dies with the engine, however that ends', async () => {
    const mark = `${MARK}e`
    const code = `import ctypes, time\nctypes.CDLL(None).prctl(15, b"${mark}")\ntime.sleep(99)`
    const task = {
      language: 'python',
      form: 'script',
      code,
      input: null,
      context: null,
      timeoutMs: 99_000,
      memoryMb: 64,
    }
    const script = `
import { createSandbox } from ${JSON.stringify(new URL('./sandbox.ts', import.meta.url).href)}
const { signal } = new AbortController()
await createSandbox({ python: 'confined', path: '' }).run({ ...${JSON.stringify(task)}, signal })`
    const engine = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
    await expect.poll(() => marked(mark).length, { timeout: 20_000 }).toBe(1)
    engine.kill('SIGKILL')
    await once(engine, 'exit')
    await expect.poll(() => marked(mark), { timeout: 20_000 }).toEqual([])
  })
})
