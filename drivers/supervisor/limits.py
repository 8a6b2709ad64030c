"""What one run may take of the machine, and how that is seen. Nothing here needs a privilege or a control group."""

import os
import resource
import stat
import time

LINUX = os.path.isdir("/proc/self")
WATCH_SECONDS = 0.25
# How often the size of a run's directory is taken where the file system's free space does not suggest it.
DISK_SECONDS = 10
OOM_SCORE = "300"
# Room above the limit for what the watch sees first: then the processes alone, without their threads, are too many.
SPARE_PROCESSES = 256


def restrict(limits):
    """Limits of the calling process and all that it starts."""
    lower(resource.RLIMIT_CORE, 0)
    if limits["fileBytes"] is not None:
        lower(resource.RLIMIT_FSIZE, limits["fileBytes"])
    if LINUX:
        try:
            # The kernel ends a driver rather than the server where the machine is out of memory.
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write(OOM_SCORE)
        except OSError:
            pass


def most_processes(limits):
    """What the kernel is told to stop at; None where there is no limit."""
    return None if limits["processes"] is None else limits["processes"] + SPARE_PROCESSES


def restrict_processes(limits):
    """Counted by user and user namespace (Linux 5.14), so only for a process in a namespace of its own; not for user 0."""
    most = most_processes(limits)
    if most is not None:
        lower(resource.RLIMIT_NPROC, most)


def lower(kind, value):
    hard = resource.getrlimit(kind)[1]
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bound, bound))


def exceeded(limits):
    """What the processes of the caller's pid namespace take too much of, as (kind, sentence); None where of nothing."""
    tasks = 0
    pages = 0
    pids = []
    names = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    # A look at each of a fork bomb's processes could take minutes beside them.
    if limits["processes"] is not None and len(names) >= limits["processes"]:
        return "processes", too_many(len(names), limits)
    for name in names:
        try:
            with open("/proc/%s/stat" % name, "rb") as file:
                fields = file.read().rpartition(b") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        tasks += int(fields[17])
        pages += int(fields[21])
        pids.append(name)
    if limits["processes"] is not None and tasks >= limits["processes"]:
        return "processes", too_many(tasks, limits)
    limit = limits["memoryBytes"]
    if limit is not None and pages * resource.getpagesize() > limit:
        # What several processes share was counted several times.
        used = sum(proportional_bytes(pid) for pid in pids)
        if used > limit:
            sentence = "The run used %s of memory; the limit is %s: its heap, its Python and the rest of its processes together (setting engine.process.memoryOverhead)."
            return "memory", sentence % (mebibytes(used), mebibytes(limit))
    return None


def too_many(tasks, limits):
    sentence = "The run had %d processes and threads; the limit is %d (setting engine.process.maxProcesses)."
    return sentence % (tasks, limits["processes"])


def proportional_bytes(pid):
    try:
        with open("/proc/%s/smaps_rollup" % pid) as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
        return 0
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:
        # It has made itself unreadable: all that it shares counts as its own.
        try:
            with open("/proc/%s/statm" % pid) as file:
                return int(file.read().split()[1]) * resource.getpagesize()
        except (FileNotFoundError, ProcessLookupError):
            return 0  # So is one that is just ending.


def mebibytes(count):
    return "%d MiB" % (count >> 20)


class DiskWatch:
    """Sees when folders of the working directory grow beyond a limit, without walking them again and again."""

    def __init__(self, folders, limit):
        self.folders = folders
        self.limit = limit
        self.free = None
        self.used = 0
        self.at = 0.0

    def exceeded(self):
        if self.limit is None:
            return None
        try:
            found = os.statvfs(".")
        except OSError:
            return None  # The run's directory is gone, and so are its limits.
        free = found.f_bavail * found.f_frsize
        # What has gone from the disk since the last walk bounds what these folders can have grown by.
        suspicious = self.free is None or self.free - free > (self.limit - self.used) / 2
        if suspicious or time.monotonic() - self.at > DISK_SECONDS:
            started = time.monotonic()
            try:
                self.used = sum(size_of(folder) for folder in self.folders)
            except OSError as error:
                # Nobody closes or buries a folder of a run but to hide something in it.
                sentence = "The run's working directories cannot be measured: %s: %s"
                return "disk", sentence % (error.filename, error.strerror)
            # At most a tenth of the time goes into walking.
            self.at = time.monotonic() + 9 * (time.monotonic() - started)
            self.free = free
        if self.used <= self.limit:
            return None
        sentence = "The run's working directories held %s; the limit is %s (setting engine.process.maxRunDiskBytes)."
        return "disk", sentence % (mebibytes(self.used), mebibytes(self.limit))


def size_of(folder):
    """Bytes on the disk of all that lies below; raises OSError where that cannot be told."""
    total = 0
    seen = set()
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    try:
                        found = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    if stat.S_ISDIR(found.st_mode):
                        folders.append(entry.path)
                    elif found.st_nlink > 1:
                        if (found.st_dev, found.st_ino) in seen:
                            continue
                        seen.add((found.st_dev, found.st_ino))
                    total += found.st_blocks * 512
        except (FileNotFoundError, NotADirectoryError):
            continue  # It is gone, or another thing by now.
    return total


def open_folders(top):
    """Opens folders that their run closed, so that whoever owns them can remove them. Nothing of the run may live."""
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                os.chmod(folder, 0o700)
            with os.scandir(folder) as entries:
                folders += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue  # Not there, or not to be opened: its removal will say so.
