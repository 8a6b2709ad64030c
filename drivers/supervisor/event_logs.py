"""Keeps the files of Spark's rolling event log few."""

import os
import re
import time

LOOK_SECONDS = 5
FOLDER = "event-logs"
# EventLogFileWriters of Spark 3.5: eventlog_v2_<application>/events_<index>_<application>, compressed ones with a suffix.
LOG = re.compile(r"eventlog_v2_.+")
FILE = re.compile(r"events_(\d+)_.+")
ONLY_FOLDERS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class EventLogs:
    """
    Removes the oldest files beyond the number that is kept. The very first one stays: it holds what the application is,
    without which no history server shows it.
    """

    def __init__(self, files, log):
        self.files = files
        self.log = log
        self.at = 0.0

    def look(self, at_the_end=False):
        if not at_the_end and time.monotonic() < self.at:
            return
        self.at = time.monotonic() + LOOK_SECONDS
        try:
            self.trim_all()
        except OSError as error:
            self.log("the event log cannot be trimmed: %s" % error)

    def trim_all(self):
        # The run may write here: nothing is followed that it may have put in the place of a folder.
        top = os.open(FOLDER, ONLY_FOLDERS)
        try:
            for name in os.listdir(top):
                if LOG.fullmatch(name):
                    folder = os.open(name, ONLY_FOLDERS, dir_fd=top)
                    try:
                        self.trim(folder)
                    finally:
                        os.close(folder)
        finally:
            os.close(top)

    def trim(self, folder):
        found = [(int(match.group(1)), match.group(0)) for match in map(FILE.fullmatch, os.listdir(folder)) if match]
        found.sort()
        for _, name in found[1 : -self.files]:
            os.unlink(name, dir_fd=folder)
