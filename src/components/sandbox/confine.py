# The room that code of users runs in: namespaces of its own, a root with nothing but Python's files, limits, no way out.
# Written for `python3 -I -c`. Reads one request from standard input, and answers on file descriptor 3: with `ready` and a line
# that is of the code, or with a line that says why it did not come to that, which no code can write.
# C1  Whatever cannot be had refuses the run, by name: there is no weaker room that is used in silence.
# C2  The process outside of the room holds it: when that one ends, however it ends, all inside is dead.
# C3  The code is one process and stays one: it can neither fork nor execute, so that its limits are those of the run.
import ctypes, json, os, platform, resource, select, signal, struct, sys

ANSWER_FD = 3
UID_INSIDE = 1000
ROOT = "/proc"  # Where the new root is built: it is always there, and nothing that Python needs lies below it.
DEVICES = ("null", "zero", "urandom")
IS_LINUX = sys.platform == "linux"
FILES_MAX = 1024
ANSWER_BYTES = 64 * 1024 * 1024  # Of memory, to say that there is no more, or what the value is.

NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
LOCKED = RDONLY | NOSUID | NODEV | NOEXEC | 1024 | 2048  # Flags that a remount has to repeat; the last two are of access times.
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38

libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """What the machine does not offer."""


def call(what, function, *args):
    if function(*args) == -1:
        raise Refused(f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source, target, kind, flags, options=None):
    args = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    data = None if options is None else options.encode()
    call(f"mounting {target}", libc.mount, *args, ctypes.c_ulong(flags), data)


def write(path, text):
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError as error:
        raise Refused(f"writing {path}: {error.strerror}")


def enter_namespaces():
    uid, gid = os.geteuid(), os.getegid()
    flags = NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS | NEWCGROUP
    call("namespaces for users, mounts, processes and network", libc.unshare, flags)
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{UID_INSIDE} {uid} 1")
    write("/proc/self/gid_map", f"{UID_INSIDE} {gid} 1")


def python_folders():
    """Folders that this Python may yet load from: modules, and the libraries that they are linked with."""
    with open("/proc/self/maps") as maps:
        files = [line.split(maxsplit=5)[5].strip() for line in maps if line.count("/") > 0]
    libraries = [os.path.dirname(file) for file in files if ".so" in os.path.basename(file)]
    found = [os.path.realpath(path) for path in [*sys.path, *libraries, "/usr/share/zoneinfo"] if os.path.isdir(path)]
    outer = []
    for path in sorted(set(found)):
        if path != "/" and not any(path.startswith(f"{one}/") for one in outer):
            outer.append(path)
    aliases = {path: os.path.realpath(path) for path in sys.path if os.path.isdir(path)}
    return outer, {path: real for path, real in aliases.items() if path != real}


def build_root(tmp_bytes):
    folders, aliases = python_folders()
    mount("none", "/", None, REC | PRIVATE)
    mount("tmpfs", ROOT, "tmpfs", NOSUID | NODEV, "size=1m,mode=755")
    for path in folders:
        os.makedirs(ROOT + path)
        mount(path, ROOT + path, None, BIND | REC)
        kept = os.statvfs(ROOT + path).f_flag & LOCKED
        mount(None, ROOT + path, None, REMOUNT | BIND | RDONLY | NOSUID | kept)
    for path, real in aliases.items():
        if not os.path.lexists(ROOT + path):
            os.makedirs(os.path.dirname(ROOT + path), exist_ok=True)
            os.symlink(real, ROOT + path)
    os.makedirs(f"{ROOT}/dev")
    for name in DEVICES:
        open(f"{ROOT}/dev/{name}", "w").close()
        mount(f"/dev/{name}", f"{ROOT}/dev/{name}", None, BIND)
    os.makedirs(f"{ROOT}/tmp")
    mount("tmpfs", f"{ROOT}/tmp", "tmpfs", NOSUID | NODEV | NOEXEC, f"size={tmp_bytes},nr_inodes={FILES_MAX},mode=700")
    os.chdir(ROOT)
    call("a root of its own", libc.pivot_root, b".", b".")
    call("leaving the old root", libc.umount2, b".", MNT_DETACH)
    mount(None, "/", None, REMOUNT | BIND | RDONLY | NOSUID | NODEV)
    os.chdir("/tmp")
    call("a host name of its own", libc.sethostname, b"sandbox", 7)


def drop_privileges():
    number = 0
    while libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0:
        number += 1
    header = struct.pack("Ii", 0x20080522, 0)
    call("dropping capabilities", libc.capset, header, struct.pack("6I", 0, 0, 0, 0, 0, 0))
    call("giving up new privileges", libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


# By machine: the number of its system calls, as the kernel names the machine, and what is refused there, by name.
ALIKE = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "memfd_secret": 447,
}
REFUSED = {
    "x86_64": (0xC000003E, 56, {
        **ALIKE, "socket": 41, "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "ptrace": 101, "mount": 165,
        "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308, "add_key": 248,
        "request_key": 249, "keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "process_vm_readv": 310, "process_vm_writev": 311,
        "kcmp": 312, "init_module": 175, "delete_module": 176, "finit_module": 313, "kexec_load": 246,
        "kexec_file_load": 320, "memfd_create": 319, "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240,
        "quotactl": 179, "swapon": 167, "reboot": 169, "syslog": 103, "personality": 135, "acct": 163,
        "modify_ldt": 154, "iopl": 172, "ioperm": 173,
    }),
    "aarch64": (0xC00000B7, 220, {
        **ALIKE, "socket": 198, "execve": 221, "execveat": 281, "ptrace": 117, "mount": 40, "umount2": 39,
        "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268, "add_key": 217, "request_key": 218, "keyctl": 219,
        "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "name_to_handle_at": 264, "open_by_handle_at": 265,
        "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "init_module": 105, "delete_module": 106,
        "finit_module": 273, "kexec_load": 104, "kexec_file_load": 294, "memfd_create": 279, "shmget": 194,
        "semget": 190, "msgget": 186, "mq_open": 180, "quotactl": 60, "swapon": 224, "reboot": 142, "syslog": 116,
        "personality": 92, "acct": 89,
    }),
}
CLONE3, CLONE_THREAD, OTHER_ABI = 435, 0x10000, 0x40000000
KILL, ALLOW, NOT_PERMITTED, NOT_THERE = 0x80000000, 0x7FFF0000, 0x50001, 0x50026
LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def system_call_filter():
    """For the kernel: what may not be called. `clone` makes threads and nothing else; glibc does without `clone3`."""
    arch, clone, refused = REFUSED[platform.machine()]
    # Each: code, jump if so, jump if not, operand.
    lines = [(LOAD, 0, 0, 4), (IF_EQUAL, 1, 0, arch), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    lines += [(IF_AT_LEAST, 0, 1, OTHER_ABI), (RETURN, 0, 0, NOT_PERMITTED)]
    lines += [(IF_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, NOT_THERE)]
    for number in refused.values():
        lines += [(IF_EQUAL, 0, 1, number), (RETURN, 0, 0, NOT_PERMITTED)]
    lines += [(IF_EQUAL, 0, 3, clone), (LOAD, 0, 0, 16), (IF_ANY_BIT, 1, 0, CLONE_THREAD), (RETURN, 0, 0, NOT_PERMITTED)]
    lines += [(RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def filter_system_calls():
    program = system_call_filter()
    held = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held)))
    call("filtering system calls", libc.prctl, PR_SET_SECCOMP, 2, header, 0, 0)


def own_bytes():
    if not IS_LINUX:
        return 0
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def set_limits(limits):
    memory = own_bytes() + limits["memoryBytes"]
    for name, most in (
        ("RLIMIT_AS", memory + ANSWER_BYTES), ("RLIMIT_CPU", limits["cpuSeconds"]), ("RLIMIT_FSIZE", limits["fileBytes"]),
        ("RLIMIT_NOFILE", limits["openFiles"]), ("RLIMIT_NPROC", limits["threads"]), ("RLIMIT_CORE", 0),
        ("RLIMIT_MEMLOCK", 0), ("RLIMIT_MSGQUEUE", 0),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def stay_with_parent(parent):
    if IS_LINUX:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def hold(child):
    """Ends as the room ends. Told to end, it ends the room first, so that nothing is left of it, not even its number."""
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(status if status >= 0 else 128 - status)


def refuse(missing):
    os.write(ANSWER_FD, json.dumps({"kind": "unavailable", "missing": missing}).encode() + b"\n")
    os._exit(0)


def main():
    request = json.loads(sys.stdin.buffer.read())
    stay_with_parent(request["parent"])
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    is_confined, limits = request["isConfined"], request["limits"]
    try:
        if is_confined and not IS_LINUX:
            raise Refused("namespaces for users, mounts, processes and network: it is no Linux")
        if is_confined and platform.machine() not in REFUSED:
            raise Refused(f"filtering system calls on {platform.machine()}")
        if is_confined:
            enter_namespaces()
            stay_with_parent(request["parent"])  # New rights made the kernel forget it.
        is_held, holds = os.pipe()
        child = os.fork()
    except (Refused, OSError) as error:
        refuse(str(error))
    if child != 0:
        hold(child)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        if is_confined:
            os.setsid()  # A signal to its group would reach its holder.
        os.close(holds)
        stay_with_parent(None)
        if select.select([is_held], [], [], 0)[0]:
            os._exit(1)  # The holder ended before the kernel knew that we end with it.
        os.close(is_held)
        set_limits(limits)
        if is_confined:
            build_root(limits["fileBytes"])
            drop_privileges()
            filter_system_calls()
    except (Refused, OSError) as error:
        refuse(str(error))
    os.write(ANSWER_FD, b"ready\n")
    room = {"__name__": "runner", "request": request["task"], "ANSWER_FD": ANSWER_FD}
    for name, text in request["programs"].items():
        exec(compile(text, name, "exec"), room)


main()
