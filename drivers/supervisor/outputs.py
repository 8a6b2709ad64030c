"""The driver's outputs, as they are kept."""

import os

# Kept of the end of an output that is cut: the reason of a failure stands there.
TAIL_BYTES = 64 * 1024


class OutputFile:
    """A log of the driver's: its beginning, and where it is longer than the limit its end too."""

    def __init__(self, name, limit):
        self.name = name
        self.file = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
        return "%d bytes of the driver's %s were not kept: %s." % (self.cut, self.name, why)
