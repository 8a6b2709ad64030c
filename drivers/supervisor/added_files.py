"""Puts what a job adds (files, archives, Python files) into the driver's working directory, and becomes the driver.

Usage: python3 -I -S -B -X utf8 added_files.py PLAN PROGRAM [ARGUMENT…], in the working directory

The supervisor starts this as the driver: in its sandbox, with its limits and its outputs, and within the reach of a
request to end. PLAN is what src/engines/process/added-files.ts has planned. What cannot be put there ends the run with
code 1 and a line on stderr, as SparkSubmit ends where it cannot fetch or unpack something.
Python 3.8 or newer, standard library only.
"""

import json
import os
import shutil
import signal
import stat
import sys
import tarfile
import zipfile

CHUNK_BYTES = 1 << 20
# What a date of a file can be everywhere: until 2106.
LATEST_SECONDS = (1 << 32) - 1
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Refused(Exception):
    """What was added cannot be taken; the text says why."""


class Tree:
    """
    An archive as it is unpacked. Nothing is written through a link of it: links are made when all else is there, and
    nothing may lie below one. They may lead anywhere, since those of a Python environment lead to the system's Python.
    """

    def __init__(self, top):
        self.top = top
        self.links = {}
        os.mkdir(top, 0o700)

    def folder(self, parts, member):
        path = self.top
        for count, part in enumerate(parts, 1):
            if parts[:count] in self.links:
                raise Refused("its member %s lies below a link" % "/".join(member))
            path = os.path.join(path, part)
            try:
                os.mkdir(path, 0o700)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    raise Refused("its member %s lies below a file" % "/".join(member)) from None
        return path

    def place(self, parts):
        """The path of a member, of which there is nothing yet: a later one of the same name replaces an earlier."""
        if not parts:
            raise Refused("a member has no name")
        path = os.path.join(self.folder(parts[:-1], parts), parts[-1])
        self.links.pop(parts, None)
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except (IsADirectoryError, PermissionError):
            # POSIX has either for a folder.
            raise Refused("its member %s is a folder too" % "/".join(parts)) from None
        return path

    def file(self, parts, source, mode, mtime=None):
        path = self.place(parts)
        with open(os.open(path, NEW_FILE, 0o600), "wb") as target:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
            os.fchmod(target.fileno(), 0o600 | mode & 0o777)
        if mtime is not None:
            # Python takes its compiled modules for those of a source by this.
            seconds = min(max(int(mtime), 0), LATEST_SECONDS)
            os.utime(path, (seconds, seconds))

    def link(self, parts, target):
        self.place(parts)
        self.links[parts] = target

    def hard_link(self, parts, target):
        if target in self.links:
            return self.link(parts, self.links[target])
        source = os.path.join(self.top, *target)
        # No link is on the way to it: none has been made.
        if parts == target or not os.path.isfile(source):
            raise Refused("its member %s is a link to what is not before it" % "/".join(parts))
        return os.link(source, self.place(parts))

    def finish(self):
        for parts, target in self.links.items():
            try:
                os.symlink(target, os.path.join(self.top, *parts))
            except FileExistsError:
                raise Refused("its member %s is a link and a folder" % "/".join(parts)) from None


def parts_of(name):
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or ".." in parts:
        raise Refused("its member %s leads out of it" % name)
    return parts


def unpack_tar(source, mode, tree):
    with tarfile.open(fileobj=source, mode=mode) as archive:
        while True:
            member = archive.next()
            if member is None:
                break
            # It would keep all that it has seen.
            archive.members = []
            parts = parts_of(member.name)
            if member.isdir():
                tree.folder(parts, parts)
            elif member.isreg():
                tree.file(parts, archive.extractfile(member), member.mode, member.mtime)
            elif member.issym():
                tree.link(parts, member.linkname)
            elif member.islnk():
                tree.hard_link(parts, parts_of(member.linkname))
            else:
                raise Refused("its member %s is neither a file nor a folder nor a link" % member.name)


def unpack_zip(source, tree):
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            parts = parts_of(member.filename)
            if member.is_dir():
                tree.folder(parts, parts)
                continue
            with archive.open(member) as content:
                # Zero where another system than Unix has made it.
                tree.file(parts, content, member.external_attr >> 16)


def unpack(source, name, top):
    """By the name's end, as Spark's Utils.unpack: what has another one is copied as it is."""
    name = name.lower()
    if not name.endswith((".zip", ".jar", ".tar.gz", ".tgz", ".tar")):
        copy(source, top)
        return
    tree = Tree(top)
    if name.endswith((".zip", ".jar")):
        unpack_zip(source, tree)
    else:
        unpack_tar(source, "r:" if name.endswith(".tar") else "r:gz", tree)
    tree.finish()


def copy(source, target):
    # To be executed, too: PEX files are added so.
    with open(os.open(target, NEW_FILE, 0o700), "wb") as file:
        shutil.copyfileobj(source, file, CHUNK_BYTES)


def open_source(added):
    path, bucket = added["path"], added["bucket"]
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise Refused("there is no such file") from None
    # As the bucket file system has it: a link in the place of a bucket is none, and none leads out of one.
    if bucket is not None:
        inside = os.path.realpath(path).startswith(os.path.realpath(bucket) + os.sep)
        if os.path.islink(bucket) or not inside:
            raise Refused("it leads out of its bucket")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise Refused("it is no file")
    return open(descriptor, "rb")


def put(added):
    name = added["name"]
    with open_source(added) as source:
        if os.path.isdir(name) and not os.path.islink(name):
            shutil.rmtree(name)
        elif os.path.lexists(name):
            os.unlink(name)
        if added["unpack"]:
            unpack(source, os.path.basename(added["path"]), name)
        else:
            copy(source, name)


def reason_of(error):
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, OSError) and error.strerror is not None:
        return "it cannot be put into the driver's working directory: %s" % error.strerror
    return "it cannot be unpacked: %s: %s" % (type(error).__name__, error)


def main():
    plan, argv = sys.argv[1], sys.argv[2:]
    with open(plan, encoding="utf-8") as file:
        planned = json.load(file)
    for added in planned:
        try:
            put(added)
        except Exception as error:  # Whatever an archive makes of its reader: the run ends, and says why.
            line = "Error: %s %s: %s" % (added["option"], added["address"], reason_of(error))
            os.write(2, (line.replace("\n", "\\n") + ".\n").encode("utf-8", "replace"))
            return 1
    # Python ignores both of them, and a program that is executed would go on to.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    return os.execv(argv[0], argv)


if __name__ == "__main__":
    sys.exit(main())
