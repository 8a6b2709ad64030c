"""What the supervisor asks of the kernel about processes, and of its own."""

import fcntl
import os
import signal
import sys

LINUX = sys.platform.startswith("linux")
PIPE_BYTES = 1 << 20
F_SETPIPE_SZ = 1031


def start_time(pid):
    """What tells a process from a later one with the same id; process-identity.ts reads it the same way."""
    if LINUX:
        with open("/proc/sys/kernel/random/boot_id") as file:
            boot = file.read().strip()
        return "%s/%s" % (boot, stat_fields(pid)[19])
    import subprocess

    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/bin:/usr/bin"}
    return subprocess.check_output(command, env=environment).decode().strip()


def stat_fields(pid):
    """The fields of /proc/PID/stat after the command's name (which may hold anything): state is 0, parent is 1."""
    with open("/proc/%d/stat" % pid, "rb") as file:
        return file.read().rpartition(b") ")[2].decode().split()


def kernel_oom_kills():
    """How often the kernel's OOM killer has struck on this machine; None where it does not say."""
    try:
        with open("/proc/vmstat") as file:
            for line in file:
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    except OSError:
        pass
    return None


def prctl_of_libc():
    if not LINUX:
        return None
    import ctypes

    return ctypes.CDLL(None, use_errno=True).prctl


def descendants():
    """Processes that the calling one has started, and all that these have; zombies are not among them."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = stat_fields(int(name))
                if fields[0] not in ("Z", "X"):
                    parents[int(name)] = int(fields[1])
            except (OSError, IndexError):
                continue
    found = set()
    grew = True
    while grew:
        grew = False
        for pid, parent in parents.items():
            if pid not in found and (parent == os.getpid() or parent in found):
                found.add(pid)
                grew = True
    return found


def wake_pipe():
    """The end to wait on of a pipe that every signal writes to."""
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def reset_signals():
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


def widen(pipe):
    try:
        fcntl.fcntl(pipe, F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        pass  # The user has many wide pipes: a narrow one does.


def max_rss_bytes(usage):
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss * (1024 if LINUX else 1)
