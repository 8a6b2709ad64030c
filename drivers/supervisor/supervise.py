"""Starts one driver, waits for it, records how it ended, and lets nothing of it outlive it.

Usage: python3 -I -S -B -X utf8 supervise.py RUN_DIRECTORY, with file descriptor 3 open for writing

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
import socket
import stat
import struct
import sys
import time

# Isolated Python does not look beside the script by itself.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import event_logs
import executors
import first_process
import limits as run_limits
import outputs
import processes

FORMAT = 1
# The server holds the other end: it is closed once the driver is recorded, or with this process.
READY_FD = 3
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
DEFAULT_GRACE_MS = 10000
# A program that is larger is not copied before the driver starts.
PROGRAM_BYTES = 64 << 20
RETRY_SECONDS = 1
NO_LIMITS = {"memoryBytes": None, "processes": None, "fileBytes": None, "runDiskBytes": None, "logBytes": None}
CREDENTIALS = struct.Struct("3i")
# Where a driver may write of its run's directory.
FOLDERS = ("work", "tmp", "home", "event-logs")
# What counts against the limit of its disk: it decides how many executors print.
MEASURED = FOLDERS + (executors.FOLDER,)


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


class StartError(Exception):
    """The driver could not be started; the text says why."""


class Supervisor:
    def __init__(self, limits):
        self.prctl = processes.prctl_of_libc()
        self.limits = limits
        self.driver = None
        # The child that ends with the driver: the driver itself, or the first process of its sandbox.
        self.child = None
        self.control = None
        self.outputs = {}
        self.executors = None
        self.event_logs = None
        self.ended = False
        self.status = None
        self.max_rss_bytes = None
        # What ended the driver for taking too much: (kind, sentence).
        self.limit = None
        # What is to be said of logs that are not whole.
        self.cuts = []
        self.kill_requested = False
        self.kill_unread = False
        self.kill_at = None
        # Signals only wake the loop: a handler that did more could run between any two lines.
        self.wake_reader = processes.wake_pipe()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, self.note)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def note(self, number, _frame):
        if number != signal.SIGCHLD:
            self.kill_requested = True
            self.kill_unread = True

    def start(self, launch):
        """Starts the driver in a process group of its own; raises StartError."""
        rotation = launch.get("rotation")
        if launch.get("executors"):
            self.executors = executors.Executors(rotation, self.limits["logBytes"], log)
        if launch.get("eventLogFiles") is not None:
            self.event_logs = event_logs.EventLogs(launch["eventLogFiles"], log)
        failure_reader, failure_writer = os.pipe()
        writers = []
        for name in ("stdout", "stderr"):
            reader, writer = os.pipe()
            if processes.LINUX:
                processes.widen(reader)
            os.set_blocking(reader, False)
            self.outputs[reader] = outputs.open_output(name, "the driver", rotation, self.limits["logBytes"])
            writers.append(writer)
        inner = None
        if launch.get("sandbox") is not None:
            self.control, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                processes.reset_signals()
                if inner is None:
                    self.follow_parent(parent)
                else:
                    self.enter_sandbox(launch["sandbox"], inner, writers + [failure_writer])
                self.become_driver(launch, writers)
            except Exception as error:  # Also a value that cannot be encoded: nothing may run on in the child.
                os.write(failure_writer, describe_failure(error, launch).encode("utf-8", "replace"))
            finally:
                os._exit(127)
        for descriptor in writers + [failure_writer]:
            os.close(descriptor)
        if inner is not None:
            inner.close()
        # Closed by a successful exec.
        with open(failure_reader, "rb") as reader:
            failure = reader.read().decode("utf-8", "replace")
        if not failure and self.control is not None:
            failure = self.find_driver()
        elif not failure:
            self.driver = self.child = pid
        if failure:
            self.abandon()
            raise StartError(failure)

    def find_driver(self):
        """The kernel tells the driver's id as it is outside the sandbox; its parent is the sandbox's first process."""
        _, ancillary, _, _ = self.control.recvmsg(16, socket.CMSG_SPACE(CREDENTIALS.size))
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                pid = CREDENTIALS.unpack(data)[0]
                try:
                    self.child = int(processes.stat_fields(pid)[1])
                except OSError:
                    break
                self.driver = pid
                return ""
        return "the sandbox ended before the driver was started"

    def abandon(self):
        """Waits for all that a failed start has left; a sandbox ends when nobody holds the other end of its socket."""
        if self.control is not None:
            self.control.close()
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return

    def follow_parent(self, parent):
        if self.prctl is not None:
            # Nobody would record the end of a driver whose supervisor is gone.
            self.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(127)

    def enter_sandbox(self, plan, inner, kept):
        import sandbox

        most = run_limits.most_processes(self.limits)
        sandbox.enter(plan, most, inner, kept, lambda driver: first_process.serve(driver, inner, self.limits))
        run_limits.restrict_processes(self.limits)

    def become_driver(self, launch, outputs):
        os.setpgid(0, 0)
        run_limits.restrict(self.limits)
        for target, descriptor in zip((1, 2), outputs):
            os.dup2(descriptor, target)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.chdir(launch["cwd"])
        argv = list(launch["argv"])
        if launch.get("staged") is not None and stage(launch["staged"]):
            argv[launch["staged"]["argument"]] = launch["staged"]["target"]
        os.execve(argv[0], argv, launch["env"])

    def recorded(self):
        """From now on the sandbox may collect the driver, whose process id others may get then."""
        if self.control is not None:
            try:
                self.control.send(b"recorded")
            except OSError:
                pass  # It has ended: the loop will see.

    def wait(self):
        """Returns once the driver has ended; passes requests to end on to its process group."""
        disk = run_limits.DiskWatch(MEASURED, self.limits["runDiskBytes"])
        while not self.reap():
            if self.kill_unread:
                self.kill_unread = False
                self.ask_to_end()
            now = time.monotonic()
            if self.kill_at is not None and now >= self.kill_at:
                log("the driver did not end in time: SIGKILL")
                self.end_now()
                self.kill_at = None
            if self.limit is None:
                self.limit = disk.exceeded()
                if self.limit is not None:
                    self.end_now()
            timeouts = [] if self.limits["runDiskBytes"] is None else [run_limits.WATCH_SECONDS]
            if self.event_logs is not None:
                self.event_logs.look()
                timeouts.append(event_logs.LOOK_SECONDS)
            if self.kill_at is not None:
                timeouts.append(max(0, self.kill_at - now))
            sources = [self.wake_reader, *self.outputs]
            if self.control is not None:
                sources.append(self.control)
            if self.executors is not None:
                sources.append(self.executors)
            readable, _, _ = select.select(sources, [], [], min(timeouts, default=None))
            for source in readable:
                if source is self.control:
                    self.hear()
                elif source is self.executors:
                    self.outputs.update(self.executors.admit(len(self.outputs)))
                elif source == self.wake_reader:
                    os.read(self.wake_reader, 4096)
                else:
                    self.copy(source)

    def hear(self):
        """What the sandbox's first process tells: how the driver ended, or what it took too much of."""
        try:
            message = self.control.recv(65536)
        except ConnectionResetError:
            message = b""
        if not message:
            self.control.close()
            self.control = None
            return
        said = json.loads(message.decode())
        if "limit" in said:
            self.limit = self.limit or tuple(said["limit"])
        else:
            self.status = said["status"]
            self.max_rss_bytes = said["maxRssBytes"]

    def copy(self, reader):
        """Carries what there is of an output; tells whether there may be more."""
        try:
            data = os.read(reader, processes.PIPE_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self.close_output(reader)
            return False
        self.outputs[reader].write(data)
        return True

    def close_output(self, reader):
        os.close(reader)
        said = self.outputs.pop(reader).finish()
        if said is not None:
            log(said)
            self.cuts.append(said)

    def finish(self):
        """Ends what the driver left behind, and completes its logs and what is known of its end."""
        self.end_descendants()
        if self.executors is not None:
            # The driver may have ended before this process came to hear of all of them.
            while select.select([self.executors], [], [], 0)[0]:
                self.outputs.update(self.executors.admit(len(self.outputs)))
        if self.event_logs is not None:
            self.event_logs.look(at_the_end=True)
        while self.control is not None:
            self.hear()
        for reader in list(self.outputs):
            while self.copy(reader):
                pass
            if reader in self.outputs:
                self.close_output(reader)
        if self.status is None:
            # Its sandbox was ended as a whole.
            self.status = signal.SIGKILL
        for folder in FOLDERS:
            run_limits.open_folders(folder)

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
                return self.ended
            if pid == 0:
                return self.ended
            if pid == self.child:
                self.ended = True
                if self.child == self.driver:
                    self.status = status
                    self.max_rss_bytes = processes.max_rss_bytes(usage)

    def signal_group(self, number):
        try:
            os.killpg(self.driver, number)
        except (ProcessLookupError, PermissionError):
            # macOS answers EPERM for a group of which only a zombie is left.
            pass

    def end_now(self):
        if self.child == self.driver:
            self.signal_group(signal.SIGKILL)
            return
        try:
            # Nothing of a pid namespace survives its first process.
            os.kill(self.child, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end_descendants(self):
        """Kills what the driver left behind. As a subreaper this process is the parent of every orphan of it."""
        if not processes.LINUX:
            self.signal_group(signal.SIGKILL)
            return
        ended = 0
        while True:
            left = processes.descendants()
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


def stage(program):
    """
    Copies the driver's program, as the driver and with no more than it sees; tells whether it has. Of what is no plain
    file in its place the driver says itself what is wrong.
    """
    path = os.path.join(program["root"], program["key"])
    try:
        if os.path.realpath(path) != os.path.join(os.path.realpath(program["root"]), program["key"]):
            return False
        source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(source)
            if not stat.S_ISREG(found.st_mode) or found.st_size > PROGRAM_BYTES:
                return False
            os.makedirs(os.path.dirname(program["target"]), mode=0o700, exist_ok=True)
            with open(program["target"], "wb") as target:
                while True:
                    data = os.read(source, processes.PIPE_BYTES)
                    if not data:
                        return True
                    target.write(data)
        finally:
            os.close(source)
    except OSError:
        return False


def describe_failure(error, launch):
    if type(error).__name__ == "SandboxError":
        return "cannot isolate the driver: %s" % error
    number = getattr(error, "errno", None) or errno.EINVAL
    return "cannot start %s: %s" % (launch["argv"][0], os.strerror(number))


def record_exit(supervisor, code=None, signal_name=None, oom=False, problem=None):
    record = {
        "code": code,
        "signal": signal_name,
        "atMs": now_ms(),
        "maxRssBytes": supervisor.max_rss_bytes,
        "oomSuspected": oom,
        "killRequested": supervisor.kill_requested,
        # Set where the driver was ended for taking too much.
        "limit": None if supervisor.limit is None else dict(zip(("kind", "reason"), supervisor.limit)),
        "cut": " ".join(supervisor.cuts) or None,
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
    kills_before = processes.kernel_oom_kills()
    try:
        supervisor.start(launch)
        driver = supervisor.driver
        write_record(
            "started.json",
            {"driverPid": driver, "driverStartTime": processes.start_time(driver), "atMs": now_ms()},
        )
    except (StartError, OSError) as error:
        problem = str(error)
        if isinstance(error, OSError):
            problem = "cannot start %s: %s" % (launch["argv"][0], error.strerror)
        log("the driver is not started: %s" % problem)
        if supervisor.driver is not None:
            # It runs and could not be recorded.
            supervisor.end_now()
            supervisor.wait()
            supervisor.finish()
        record_exit(supervisor, problem=problem)
        return
    supervisor.recorded()
    log("driver started, process %d%s" % (driver, "" if supervisor.control is None else ", in a sandbox"))
    os.close(READY_FD)
    supervisor.wait()
    supervisor.finish()

    signalled = os.WIFSIGNALED(supervisor.status)
    code = None if signalled else os.WEXITSTATUS(supervisor.status)
    name = signal.Signals(os.WTERMSIG(supervisor.status)).name if signalled else None
    oom = False
    if name == "SIGKILL" and not supervisor.kill_requested and supervisor.limit is None:
        kills_after = processes.kernel_oom_kills()
        oom = kills_before is not None and kills_after is not None and kills_after > kills_before
    if supervisor.limit is not None:
        log(supervisor.limit[1])
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
    supervisor = Supervisor(dict(NO_LIMITS, **(launch.get("limits") or {})))
    write_record("supervisor.json", {"pid": os.getpid(), "startTime": processes.start_time(os.getpid())})
    if supervisor.prctl is not None:
        supervisor.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    supervise(launch, supervisor)
    return 0


if __name__ == "__main__":
    sys.exit(main())
