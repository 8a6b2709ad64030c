"""Becomes an executor whose output the run's supervisor keeps.

Usage: python3 -I -S -B -X utf8 executor.py SOCKET NUMBER WORKING_DIRECTORY PROGRAM [ARGUMENT…]

The driver starts this inside its sandbox. The supervisor is outside and listens at SOCKET: it is handed the ends of two
pipes to read from, and learns the process's id as it is outside from the kernel.
Python 3.8 or newer, standard library only.
"""

import array
import json
import os
import socket
import sys


def main():
    path, number, directory, argv = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    readers, writers = zip(os.pipe(), os.pipe())
    # By a short name: the kernel allows a socket's path some 100 bytes only.
    os.chdir(os.path.dirname(path))
    message = json.dumps({"executor": int(number), "pid": os.getpid()}).encode()
    handed_over = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", readers))]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
        speaker.sendmsg([message], handed_over, 0, os.path.basename(path))
    os.makedirs(directory, exist_ok=True)
    os.chdir(directory)
    # A signal that asks the driver's group to end is the driver's to act on.
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for target, descriptor in zip((0, 1, 2), (null, *writers)):
        os.dup2(descriptor, target)
    os.execv(argv[0], argv)


if __name__ == "__main__":
    main()
