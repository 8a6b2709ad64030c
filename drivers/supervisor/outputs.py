"""The outputs of a driver and its executors, as they are kept."""

import collections
import os
import time

# Kept of the end of an output that is cut: the reason of a failure stands there.
TAIL_BYTES = 64 * 1024


# Of what may lie on the disk of a rotated log, so many pieces: the oldest one is what goes first.
PIECES = 8
LEAST_PIECE_BYTES = 64 * 1024


def open_output(name, whose, rotation, limit):
    """The log `name` of a process that is called `whose`; rotated where that is asked for."""
    if rotation is None:
        return OutputFile(name, whose, limit)
    return RotatedOutput(name, whose, rotation["fileBytes"], limit)


class OutputFile:
    """A log: its beginning, and where it is longer than the limit its end too."""

    def __init__(self, name, whose, limit):
        self.name = name
        self.whose = whose
        self.file = open_file(name)
        tail = TAIL_BYTES if limit is None else min(TAIL_BYTES, limit // 2)
        self.room = None if limit is None else limit - tail
        self.tail = bytearray()
        self.tail_bytes = tail
        self.cut = 0
        self.problem = None

    def write(self, data):
        if self.room is not None and len(data) > self.room:
            head, rest = data[: self.room], data[self.room :]
            self.room = 0
            self.append(head)
            self.tail += rest
            # Trimmed at twice its size, so that not every piece moves all of it.
            if len(self.tail) > 2 * self.tail_bytes:
                self.trim()
            return
        if self.room is not None:
            self.room -= len(data)
        self.append(data)

    def trim(self):
        surplus = max(0, len(self.tail) - self.tail_bytes)
        del self.tail[:surplus]
        self.cut += surplus

    def append(self, data):
        try:
            while data:
                data = data[os.write(self.file, data) :]
        except OSError as error:
            # A full disk: the driver goes on, and the submitter's log says what is missing.
            self.problem = error.strerror
            self.cut += len(data)

    def finish(self):
        """Writes the end; answers what is to be said of this log, or None."""
        self.trim()
        if self.cut and self.problem is None:
            note = "\n[firesteel: %d bytes are left out here (setting engine.process.maxLogBytes)]\n" % self.cut
            self.append(note.encode())
        self.append(bytes(self.tail))
        os.close(self.file)
        if not self.cut:
            return None
        why = self.problem or "setting engine.process.maxLogBytes"
        return not_kept(self, why)


class RotatedOutput:
    """
    A log in files of a bounded size, each of them in one or more pieces. A piece is never written to again once there is
    a next one, and is removed by the server when it has been delivered. Where nobody does that, the oldest piece goes as
    soon as all of them take more than the limit, so that a log without a reader fills no disk.

    The first piece has the log's own name; the others have the number of their file, where in the log that starts, when
    it was begun and where the piece starts behind it (src/engines/process/log-files.ts reads them).
    """

    def __init__(self, name, whose, file_bytes, limit):
        self.name = name
        self.whose = whose
        self.file_bytes = file_bytes
        self.piece_bytes = file_bytes if limit is None else min(file_bytes, max(limit // PIECES, LEAST_PIECE_BYTES))
        self.limit = limit
        self.closed = collections.deque()
        self.closed_bytes = 0
        self.index = 0
        self.file_start = 0
        self.opened_at_ms = 0
        self.piece = name
        self.piece_start = 0
        self.written = 0
        self.file = open_file(name)
        self.cut = 0
        self.problem = None

    def write(self, data):
        while data:
            room = self.file_start + self.file_bytes - self.written
            if len(data) <= room:
                return self.append(data)
            # A line stays in one file, unless it is longer than that.
            end = data.rfind(b"\n", 0, max(room, 0)) + 1
            if end == 0 and self.written == self.file_start:
                end = room
            self.append(data[:end])
            data = data[end:]
            self.next_file()

    def append(self, data):
        while data:
            room = self.piece_start + self.piece_bytes - self.written
            if room <= 0:
                self.next_piece()
                continue
            try:
                count = os.write(self.file, data[:room])
            except OSError as error:
                # A full disk: the driver goes on, and the submitter's log says what is missing.
                self.problem = error.strerror
                self.cut += len(data)
                return
            self.written += count
            data = data[count:]

    def next_file(self):
        if self.written == self.file_start:
            return
        self.index += 1
        self.file_start = self.written
        self.opened_at_ms = int(time.time() * 1000)
        self.next_piece()

    def next_piece(self):
        name = "%s.%d.%d.%d.%d" % (self.name, self.index, self.file_start, self.opened_at_ms, self.written)
        try:
            file = open_file(name)
        except OSError as error:
            # Without room for a name: what is open goes on.
            self.problem = error.strerror
            self.piece_start = self.written
            return
        os.close(self.file)
        self.closed.append((self.piece, self.written))
        self.closed_bytes += self.written - self.piece_start
        self.file, self.piece, self.piece_start = file, name, self.written
        self.make_room()

    def make_room(self):
        while self.limit is not None and self.closed and self.closed_bytes + self.piece_bytes > self.limit:
            piece, end = self.closed.popleft()
            start = 0 if piece == self.name else int(piece.rpartition(".")[2])
            self.closed_bytes -= end - start
            try:
                os.unlink(piece)
            except FileNotFoundError:
                continue  # It was delivered, and the server has removed it.
            self.cut += max(0, end - max(start, self.delivered()))

    def delivered(self):
        """How far the server has carried this log."""
        try:
            with open(self.name + ".delivered", encoding="ascii") as file:
                return int(file.read())
        except (OSError, ValueError):
            return 0

    def finish(self):
        os.close(self.file)
        if not self.cut:
            return None
        return not_kept(self, self.problem or "setting engine.process.maxLogBytes")


def open_file(name):
    return os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def not_kept(output, why):
    stream = output.name.rpartition("/")[2]
    return "%d bytes of %s's %s were not kept: %s." % (output.cut, output.whose, stream, why)
