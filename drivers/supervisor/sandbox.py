"""A driver's own view of the machine: it sees what its plan names, and nothing else, whichever user it runs as.

Namespaces for users, mounts, processes and IPC are made by plain system calls, so that no package is needed. docs/adr/0007
says why so, and what the walls do not hold. Every call fails loudly: a view that is not complete is not entered.

    python3 -I -S -B sandbox.py    tries it on a trivial program, and prints {"works": true} or {"works": false, "reason": …}

Linux 5.12 or newer; Python 3.8 or newer, standard library only.
"""

import ctypes
import fcntl
import json
import os
import socket
import struct
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REC = 0x4000
MS_SLAVE = 0x80000
MNT_DETACH = 2

# The same numbers on every architecture that Spark runs on (asm-generic/unistd.h).
SYS_OPEN_TREE = 428
SYS_MOVE_MOUNT = 429
SYS_MOUNT_SETATTR = 442
AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
AT_RECURSIVE = 0x8000
OPEN_TREE_CLONE = 1
MOVE_MOUNT_F_EMPTY_PATH = 4
MOUNT_ATTR_RDONLY = 1
MOUNT_ATTR_NOSUID = 2
MOUNT_ATTR_NODEV = 4
MOUNT_ATTR_NOEXEC = 8

PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
# NOROOT and NO_SETUID_FIXUP, each with its lock: user 0 gets nothing for being 0.
SECUREBITS = 0b1111
LINUX_CAPABILITY_VERSION_3 = 0x20080522

SYS_LANDLOCK_CREATE_RULESET = 444
SYS_LANDLOCK_RESTRICT_SELF = 446
LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET = 1

SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 1

# Pids below this one are not given again once a namespace's pids have wrapped around (RESERVED_PIDS of kernel/pid.c).
RESERVED_PIDS = 300
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
# Of /etc what programs look up, by name: no keys, no passwords, no list of users. Names that end in - are beginnings.
ETC = (
    "alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "debian_version", "fonts", "gai.conf",
    "host.conf", "hosts", "java-", "krb5.conf", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld-musl-", "locale.alias",
    "localtime", "mime.types", "networks", "nsswitch.conf", "os-release", "pki/ca-trust", "pki/java", "pki/tls/certs",
    "pki/tls/openssl.cnf", "protocols", "resolv.conf", "services", "ssl/certs", "ssl/openssl.cnf", "timezone",
)  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
SHARED_MEMORY_BYTES = 64 << 20

libc = ctypes.CDLL(None, use_errno=True)


class SandboxError(Exception):
    """The machine does not allow a sandbox, or the plan cannot be followed; the text says what failed."""


def call(what, function, *arguments):
    """A call of the C library's; a number is passed as a long, and -1 raises."""
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = function(*passed)
    if result < 0:
        raise SandboxError("%s: %s" % (what, os.strerror(ctypes.get_errno())))
    return result


def prctl(what, option, *arguments):
    call(what, libc.prctl, option, *(arguments + (0,) * (4 - len(arguments))))


class View:
    """What is to be seen, collected before the old root goes: trees by the path where they will stand."""

    def __init__(self):
        # Path → source, and whether it may be written to.
        self.trees = {}
        self.links = {}
        self.hidden = set()

    def expose(self, path, writable=False):
        """The file or folder under its path, links on the way included; nothing where it is not there."""
        real = self.follow(os.path.abspath(path))
        if real is None or not os.path.exists(real):
            return
        if real == "/":
            raise SandboxError("%s is the whole machine: nothing would be left to isolate" % path)
        if writable or real not in self.trees:
            self.trees[real] = (real, writable)

    def follow(self, path):
        """The real path. Each link on the way is made again, so that whoever asks for the path gets there."""
        real, rest, hops = "/", path.split("/"), 0
        while rest:
            part = rest.pop(0)
            if part in ("", "."):
                continue
            if part == "..":
                real = os.path.dirname(real)
                continue
            candidate = os.path.join(real, part)
            if not os.path.islink(candidate):
                real = candidate
                continue
            hops += 1
            if hops > 40:
                return None
            link = os.readlink(candidate)
            self.links[candidate] = link
            rest = link.split("/") + rest
            if link.startswith("/"):
                real = "/"
        return real

    def system(self):
        for path in SYSTEM:
            self.expose(path)
        for name in ETC:
            names = [name]
            if name.endswith("-"):
                names = [entry for entry in os.listdir("/etc") if entry.startswith(name)]
            for entry in names:
                self.expose_etc("/etc/" + entry)
        # The interpreter that reads this is the driver's too.
        self.expose(sys.executable)
        self.expose(sys.base_prefix)
        self.expose(sys.base_exec_prefix)

    def expose_etc(self, path):
        """A link out of /etc (resolv.conf leads into /run) is replaced by what it leads to."""
        real = os.path.realpath(path)
        if real.startswith(("/etc/", "/usr/")):
            self.expose(path)
        elif os.path.exists(real):
            self.trees[path] = (real, False)

    def open(self):
        """Takes hold of every tree, in the order in which they can be put in place: what is above comes first."""
        opened = []
        for target in sorted(set(self.trees) | self.hidden, key=lambda path: path.split("/")):
            if target in self.trees:
                source, writable = self.trees[target]
                opened.append((target, open_tree(source, writable), os.path.isdir(source)))
            if target in self.hidden:
                opened.append((target, None, True))
        return opened


def open_tree(source, writable, attributes=MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV):
    flags = OPEN_TREE_CLONE | os.O_CLOEXEC | AT_RECURSIVE
    tree = call("open_tree %s" % source, libc.syscall, SYS_OPEN_TREE, AT_FDCWD, os.fsencode(source), flags)
    set_attributes(tree, source, attributes | (0 if writable else MOUNT_ATTR_RDONLY))
    return tree


def set_attributes(descriptor, what, attributes, flags=AT_EMPTY_PATH | AT_RECURSIVE, path=b""):
    packed = struct.pack("QQQQ", attributes, 0, 0, 0)
    call(
        "mount_setattr %s" % what, libc.syscall, SYS_MOUNT_SETATTR, descriptor, path, flags, packed, len(packed)
    )  # fmt: skip


def attach(tree, target):
    call(
        "move_mount %s" % target,
        libc.syscall, SYS_MOVE_MOUNT, tree, b"", AT_FDCWD, os.fsencode(target), MOVE_MOUNT_F_EMPTY_PATH,
    )  # fmt: skip
    os.close(tree)


def mount(kind, target, flags=MS_NOSUID | MS_NODEV, options=None):
    data = None if options is None else options.encode()
    call("mount %s on %s" % (kind, target), libc.mount, kind.encode(), os.fsencode(target), kind.encode(), flags, data)


def unshare(network):
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC
    user, group = os.geteuid(), os.getegid()
    call("unshare", libc.unshare, flags | (CLONE_NEWNET if network == "none" else 0))
    # The same user inside, and nobody else: files that the server's user made by hand are the driver's own.
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", "%d %d 1" % (user, user)),
        ("gid_map", "%d %d 1" % (group, group)),
    ):
        write("/proc/self/%s" % name, text)


def write(path, text):
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError as error:
        raise SandboxError("%s: %s" % (path, error.strerror)) from error


def build(plan, most_processes):
    """Leaves the old root for one that holds the plan's trees. The caller is the first process of its namespace."""
    view = View()
    view.system()
    for path in plan["readOnly"]:
        view.expose(path)
    for path in plan["writable"]:
        view.expose(path, writable=True)
    view.hidden.update(os.path.realpath(path) for path in plan["hidden"])
    temporary = plan["temporary"]
    for path in ("/tmp", "/var/tmp"):
        if temporary is not None and path not in view.trees:
            view.trees[path] = (temporary, True)
    call("mount --make-rslave /", libc.mount, b"none", b"/", None, MS_REC | MS_SLAVE, None)
    trees = view.open()
    devices = [(name, open_tree("/dev/" + name, True, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)) for name in DEVICES]

    # Any folder does: what it hides is held by descriptors or not wanted.
    base = os.path.dirname(os.path.abspath(__file__))
    mount("tmpfs", base, options="mode=0755,size=4m")
    os.chdir(base)
    os.mkdir("proc")
    # Before the old root goes: a kernel shows a new /proc only to those who see one.
    mount("proc", base + "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    call("pivot_root", libc.pivot_root, b".", b".")
    call("umount of the old root", libc.umount2, b".", MNT_DETACH)
    os.chdir("/")

    own = ["/"]
    for target, tree, is_folder in trees:
        place(target, is_folder)
        if tree is None:
            mount("tmpfs", target, options="mode=0755,size=4m")
            own.append(target)
        else:
            attach(tree, target)
    make_devices(devices)
    own.append("/dev")
    for path, link in view.links.items():
        if not os.path.lexists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(link, path)
    make_users(plan)
    if plan["network"] == "none":
        start_loopback()
    restrict_kernel(most_processes)
    for path in own:
        set_attributes(AT_FDCWD, path, MOUNT_ATTR_RDONLY, 0, os.fsencode(path))


def place(target, is_folder):
    """Makes what a tree is put on, which may be there already in a tree above."""
    if os.path.lexists(target):
        return
    os.makedirs(target if is_folder else os.path.dirname(target), exist_ok=True)
    if not is_folder:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))


def make_devices(devices):
    place("/dev", True)
    mount("tmpfs", "/dev", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k")
    for name, tree in devices:
        place("/dev/" + name, False)
        attach(tree, "/dev/" + name)
    for name, link in (("fd", "self/fd"), ("stdin", "self/fd/0"), ("stdout", "self/fd/1"), ("stderr", "self/fd/2")):
        os.symlink("/proc/" + link, "/dev/" + name)
    os.mkdir("/dev/shm")
    mount("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777,size=%d" % SHARED_MEMORY_BYTES)


def make_users(plan):
    """Java and Python look up who they are: a table of one user, whatever the machine has (also in a directory service)."""
    os.makedirs("/etc", exist_ok=True)
    user, group = os.geteuid(), os.getegid()
    nobody = "" if user == 65534 else "nobody:x:65534:65534::/nonexistent:/bin/false\n"
    write("/etc/passwd", "%s:x:%d:%d::%s:/bin/sh\n%s" % (plan["user"], user, group, plan["home"], nobody))
    write("/etc/group", "%s:x:%d:\n" % (plan["user"], group))


def start_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
        flags = struct.unpack("16sH22x", request)[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | IFF_UP))


def restrict_kernel(most_processes):
    # In a user namespace of its own making a driver would have every capability again.
    write("/proc/sys/user/max_user_namespaces", "0")
    if most_processes is not None:
        try:
            # Per namespace since Linux 6.14; before that it is the machine's, and refused. The watch holds everywhere.
            write("/proc/sys/kernel/pid_max", str(most_processes + RESERVED_PIDS))
        except SandboxError:
            pass
    for name in os.listdir("/proc"):
        path = "/proc/" + name
        if name.isdigit() or os.path.islink(path):
            continue
        # User 0 owns these for the kernel, also without any capability.
        if os.path.isdir(path) or os.access(path, os.W_OK):
            attach(open_tree(path, False, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC), path)


def drop_privileges():
    with open("/proc/sys/kernel/cap_last_cap") as file:
        last = int(file.read())
    prctl("securebits", PR_SET_SECUREBITS, SECUREBITS)
    for capability in range(last + 1):
        prctl("capability bounds", PR_CAPBSET_DROP, capability)
    prctl("ambient capabilities", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("II", LINUX_CAPABILITY_VERSION_3, 0)
    call("capset", libc.capset, header, struct.pack("IIIIII", 0, 0, 0, 0, 0, 0))
    prctl("no_new_privs", PR_SET_NO_NEW_PRIVS, 1)


def leave_sockets():
    """Sockets with a name but no file belong to a network, not to a view: a desktop's among them (Linux 6.12)."""
    ruleset = struct.pack("QQQ", 0, 0, LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET)
    descriptor = libc.syscall(ctypes.c_long(SYS_LANDLOCK_CREATE_RULESET), ruleset, ctypes.c_long(len(ruleset)), ctypes.c_long(0))
    if descriptor < 0:
        return  # This kernel has no such rule.
    call("landlock", libc.syscall, SYS_LANDLOCK_RESTRICT_SELF, descriptor, 0)
    os.close(descriptor)


def close_all_but(kept):
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:
                pass  # The descriptor of the listing itself.


def enter(plan, most_processes, control, kept, serve):
    """
    Returns in a new process, the second of a sandbox, which is to become the driver. The first calls `serve` with the
    driver's process id and does not come back; the calling process ends. `kept` are the descriptors that the driver
    needs. The owner of the other end of `control` learns the driver's id as seen from outside from its first message.
    There are `most_processes` at most, as far as the kernel counts them by sandbox; None: as many as the machine takes.
    """
    close_all_but(set(kept) | {0, 1, 2, control.fileno()})
    unshare(plan["network"])
    if os.fork() != 0:
        os._exit(0)
    build(plan, most_processes)
    drop_privileges()
    leave_sockets()
    # Nothing in the sandbox may look into its first process, nor into the driver before that has replaced itself.
    prctl("dumpable", PR_SET_DUMPABLE, 0)
    driver = os.fork()
    if driver != 0:
        for descriptor in kept:
            os.close(descriptor)
        serve(driver)
        os._exit(0)
    # Its own entries in /proc are its own again.
    prctl("dumpable", PR_SET_DUMPABLE, 1)
    control.send(b"driver")
    control.close()


def try_out():
    """Whether a trivial program runs in a sandbox here; answers null or why not."""
    failure_reader, failure_writer = os.pipe()
    control, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        try:
            control.close()
            os.close(failure_reader)
            plan = {"readOnly": [], "writable": [], "hidden": [], "temporary": None, "network": "host", "user": "firesteel", "home": "/"}  # fmt: skip

            def serve(driver):
                status = os.waitpid(driver, 0)[1]
                inner.send(b"%d" % status)

            enter(plan, None, inner, [failure_writer], serve)
            os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", "import os; os._exit(os.getpid() != 2)"], {})
        except Exception as error:
            os.write(failure_writer, str(error).encode())
        finally:
            os._exit(127)
    os.close(failure_writer)
    inner.close()
    os.wait()
    with open(failure_reader, "rb") as reader:
        failure = reader.read().decode()
    if failure:
        return failure
    control.recv(64)
    status = control.recv(64)
    return None if status == b"0" else "a program in the sandbox ended with status %s" % (status.decode() or "unknown")


if __name__ == "__main__":
    problem = try_out()
    print(json.dumps({"works": problem is None, "reason": problem}))
