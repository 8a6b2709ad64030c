"""The executors of a run, as its supervisor knows them: processes that hand over their outputs."""

import array
import json
import os
import socket
import stat
import struct

import outputs
import processes

# Where executors introduce themselves; executor.py is the other side.
SOCKET = "executors.sock"
FOLDER = "executors"
# Each holds four descriptors here.
MOST_AT_ONCE = 100
MOST_EVER = 10000
CREDENTIALS = struct.Struct("3i")
DESCRIPTORS = struct.Struct("2i")


class Executors:
    def __init__(self, rotation, log_bytes, log):
        self.rotation = rotation
        self.log_bytes = log_bytes
        self.log = log
        self.known = 0
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.listener.setblocking(False)
        if processes.LINUX:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.listener.bind(SOCKET)
        os.makedirs(FOLDER, exist_ok=True)

    def fileno(self):
        return self.listener.fileno()

    def admit(self, open_outputs):
        """Takes one introduction; answers its outputs by the pipes' ends that they are read from."""
        space = socket.CMSG_SPACE(CREDENTIALS.size) + socket.CMSG_SPACE(DESCRIPTORS.size)
        try:
            message, ancillary, flags, _ = self.listener.recvmsg(4096, space)
        except OSError:
            return {}  # Nothing there after all, or nothing that can be taken.
        readers = array.array("i")
        pid = None
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                readers.frombytes(data[: len(data) - len(data) % readers.itemsize])
            elif processes.LINUX and level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                pid = CREDENTIALS.unpack(data)[0]
        try:
            return self.introduce(message, readers, pid, open_outputs)
        except (ValueError, KeyError, TypeError, OSError) as error:
            # The run's own programs can write here too.
            self.log("an executor is not taken note of: %r" % error)
            for reader in readers:
                os.close(reader)
            return {}

    def introduce(self, message, readers, pid, open_outputs):
        said = json.loads(message.decode())
        number = said["executor"]
        if type(number) is not int or not 0 < number < 10**9 or len(readers) != 2:
            raise ValueError("no executor")
        # Only a pipe ends when nobody is left to write to it.
        if not all(stat.S_ISFIFO(os.fstat(reader).st_mode) for reader in readers):
            raise ValueError("executor %d has no pipes" % number)
        if open_outputs >= 2 * MOST_AT_ONCE or self.known >= MOST_EVER:
            raise ValueError("executor %d is one too many" % number)
        self.known += 1
        pid = pid or said["pid"]
        folder = "%s/%d" % (FOLDER, number)
        os.mkdir(folder, 0o700)
        taken = {}
        for name, reader in zip(("stdout", "stderr"), readers):
            os.set_blocking(reader, False)
            os.set_inheritable(reader, False)
            whose = "executor %d" % number
            taken[reader] = outputs.open_output("%s/%s" % (folder, name), whose, self.rotation, self.log_bytes)
        self.record(folder, pid)
        self.log("executor %d started, process %d" % (number, pid))
        return taken

    def record(self, folder, pid):
        try:
            record = {"pid": pid, "startTime": processes.start_time(pid), "format": 1}
        except (OSError, IndexError):
            return  # It has ended already.
        temporary = folder + "/.process.json"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(record, file)
        os.rename(temporary, folder + "/process.json")
