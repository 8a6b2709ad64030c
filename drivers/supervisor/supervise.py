"""Starts one driver, waits for it, records how it ended, and lets nothing of it outlive it.

Usage: python3 -I -S -X utf8 supervise.py RUN_DIRECTORY, with file descriptor 3 open for writing

The directory is written by the server before this program starts (src/engines/process/run-directory.ts has the
records' shapes). The server may die and come back at any time: everything that passes between the two is a file that
is replaced as a whole, and a signal that only says "look at kill.json".

Standard output is the submitter's log: one line an event, without values of the environment.
Python 3.8 or newer, standard library only; Linux, and macOS less what its kernel does not offer.
"""

import errno
import fcntl
import json
import os
import select
import signal
import sys
import time

FORMAT = 1
# The server holds the other end: it is closed once the driver is recorded, or with this process.
READY_FD = 3
LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
DEFAULT_GRACE_MS = 10000
RETRY_SECONDS = 1


def log(text):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = "%s %s\n" % (stamp, text.replace("\n", "\\n"))
    try:
        os.write(1, line.encode("utf-8", "replace"))
    except OSError:
        # A full disk: the driver and the record of its end matter more than this line, and nobody is left to tell.
        pass


def now_ms():
    return int(time.time() * 1000)


def write_record(name, record):
    """Replaces the record as a whole and makes it durable: readers see the old one or the new one."""
    temporary = ".%s.%d" % (name, os.getpid())
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(dict(record, format=FORMAT), file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, name)
    directory = os.open(".", os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_record(name):
    """The record, or None where it has not been written."""
    try:
        with open(name, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


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


class Supervisor:
    def __init__(self):
        self.prctl = prctl_of_libc()
        self.driver = None
        self.status = None
        self.max_rss_bytes = None
        self.kill_requested = False
        self.kill_unread = False
        self.kill_at = None
        # Signals only wake the loop: a handler that did more could run between any two lines.
        self.wake_reader, wake_writer = os.pipe()
        for end in (self.wake_reader, wake_writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, self.note)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def note(self, number, _frame):
        if number != signal.SIGCHLD:
            self.kill_requested = True
            self.kill_unread = True

    def start(self, launch):
        """Starts the driver in a process group of its own; raises OSError where it cannot be executed."""
        parent = os.getpid()
        failure_reader, failure_writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self.become_driver(launch, parent)
            except Exception as error:  # Also a value that cannot be encoded: nothing may run on in the child.
                number = getattr(error, "errno", None) or errno.EINVAL
                os.write(failure_writer, str(number).encode())
            finally:
                os._exit(127)
        self.driver = pid
        os.close(failure_writer)
        # Closed by a successful exec.
        failure = os.read(failure_reader, 16)
        os.close(failure_reader)
        if failure:
            os.waitpid(pid, 0)
            self.driver = None
            raise OSError(int(failure), os.strerror(int(failure)), launch["argv"][0])

    def become_driver(self, launch, parent):
        os.setpgid(0, 0)
        if self.prctl is not None:
            # Nobody would record the end of a driver whose supervisor is gone.
            self.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(127)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        # Opened before the directory changes; each name is that of a log stream.
        for target, name in ((1, "stdout"), (2, "stderr")):
            file = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.dup2(file, target)
            os.close(file)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.chdir(launch["cwd"])
        os.execve(launch["argv"][0], launch["argv"], launch["env"])

    def wait(self):
        """Returns once the driver has ended; passes requests to end on to its process group."""
        while not self.reap():
            if self.kill_unread:
                self.kill_unread = False
                self.ask_to_end()
            timeout = None if self.kill_at is None else self.kill_at - time.monotonic()
            if timeout is not None and timeout <= 0:
                log("the driver did not end in time: SIGKILL")
                self.signal_group(signal.SIGKILL)
                timeout = self.kill_at = None
            readable, _, _ = select.select([self.wake_reader], [], [], timeout)
            if readable:
                os.read(self.wake_reader, 4096)

    def ask_to_end(self):
        """A later request may shorten the time that an earlier one gave, not lengthen it."""
        request = read_record("kill.json") or {}
        grace_ms = request.get("graceMs", DEFAULT_GRACE_MS)
        kill_at = time.monotonic() + grace_ms / 1000.0
        self.kill_at = kill_at if self.kill_at is None else min(self.kill_at, kill_at)
        log("asked to end: SIGTERM to the driver, SIGKILL after %d ms" % grace_ms)
        self.signal_group(signal.SIGTERM)

    def reap(self):
        """Collects what has ended, also the driver's orphans; tells whether the driver has."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return self.status is not None
            if pid == 0:
                return self.status is not None
            if pid == self.driver:
                self.status = status
                # Linux counts in KiB, macOS in bytes.
                self.max_rss_bytes = usage.ru_maxrss * (1024 if LINUX else 1)

    def signal_group(self, number):
        try:
            os.killpg(self.driver, number)
        except (ProcessLookupError, PermissionError):
            # macOS answers EPERM for a group of which only a zombie is left.
            pass

    def end_descendants(self):
        """Kills what the driver left behind. As a subreaper this process is the parent of every orphan of it."""
        if not LINUX:
            self.signal_group(signal.SIGKILL)
            return
        ended = 0
        while True:
            left = self.descendants()
            if not left:
                break
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                    ended += 1
                except ProcessLookupError:
                    pass
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        if ended:
            log("ended %d process(es) that the driver had left" % ended)

    def descendants(self):
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


def record_exit(supervisor, code=None, signal_name=None, oom=False, problem=None):
    record = {
        "code": code,
        "signal": signal_name,
        "atMs": now_ms(),
        "maxRssBytes": supervisor.max_rss_bytes,
        "oomSuspected": oom,
        "killRequested": supervisor.kill_requested,
        # Set where the driver could not be started at all.
        "problem": problem,
    }
    while True:
        try:
            return write_record("exit.json", record)
        except FileNotFoundError:
            # The run's directory was removed: nobody asks for this record any more.
            return None
        except OSError as error:
            log("the end cannot be recorded yet: %s" % error)
            time.sleep(RETRY_SECONDS)


def supervise(launch, supervisor):
    if supervisor.kill_requested or read_record("kill.json") is not None:
        supervisor.kill_requested = True
        log("asked to end before the driver was started: it is not started")
        record_exit(supervisor, signal_name="SIGTERM")
        return
    for line in launch["log"]:
        log(line)
    kills_before = kernel_oom_kills()
    try:
        supervisor.start(launch)
        driver = supervisor.driver
        write_record(
            "started.json",
            {"driverPid": driver, "driverStartTime": start_time(driver), "atMs": now_ms()},
        )
    except OSError as error:
        log("the driver cannot be started: %s" % error)
        if supervisor.driver is not None:
            # It runs and could not be recorded.
            supervisor.signal_group(signal.SIGKILL)
            supervisor.wait()
            supervisor.end_descendants()
        record_exit(supervisor, problem="cannot start %s: %s" % (launch["argv"][0], error.strerror))
        return
    log("driver started, process %d" % driver)
    os.close(READY_FD)
    supervisor.wait()

    signalled = os.WIFSIGNALED(supervisor.status)
    code = None if signalled else os.WEXITSTATUS(supervisor.status)
    name = signal.Signals(os.WTERMSIG(supervisor.status)).name if signalled else None
    oom = False
    if name == "SIGKILL" and not supervisor.kill_requested:
        kills_after = kernel_oom_kills()
        oom = kills_before is not None and kills_after is not None and kills_after > kills_before
    supervisor.end_descendants()
    log("driver ended by %s" % name if signalled else "driver ended with exit code %d" % code)
    # Last, so that whoever reads it knows that nothing of the run is left and its logs are complete.
    record_exit(supervisor, code=code, signal_name=name, oom=oom)


def main():
    # Neither the driver nor anything else may keep the server waiting.
    os.set_inheritable(READY_FD, False)
    os.chdir(sys.argv[1])
    os.umask(0o077)
    lock = os.open("lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # A launch that was repeated after a crash: the first supervisor is at work.
        return 0
    # A program may be started once only, whether or not somebody saw its end.
    if any(read_record(name) is not None for name in ("supervisor.json", "started.json", "exit.json")):
        return 0
    launch = read_record("launch.json")
    if launch is None or launch.get("format") != FORMAT:
        log("launch.json has a format that this version does not know")
        return 2
    supervisor = Supervisor()
    write_record("supervisor.json", {"pid": os.getpid(), "startTime": start_time(os.getpid())})
    if supervisor.prctl is not None:
        supervisor.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    supervise(launch, supervisor)
    return 0


if __name__ == "__main__":
    sys.exit(main())
