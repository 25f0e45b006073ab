# SPDX-License-Identifier: Apache-2.0
"""A program in a terminal of its own, for what it asks people and does not show."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

WAIT_SECONDS = 60


class Terminal:
    """Runs a program whose controlling terminal we are. Leaving it waits for its end."""

    def __init__(self, arguments, environment, width=80):
        self.shown = ""
        self.read = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
            for number in (signal.SIGINT, signal.SIGQUIT):  # a shell's background jobs inherit that they are ignored
                signal.signal(number, signal.SIG_DFL)
            os.execve(arguments[0], arguments, environment)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind and self.pid:  # 0 would be our own group
            os.kill(self.pid, 9)
        self.end()
        os.close(self.fd)

    def take(self, deadline):
        """Takes in what comes; False when no more will."""
        if not select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
            raise AssertionError("nothing more came: " + self.shown)
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            return False
        self.shown += got.decode(errors="replace").replace("\r\n", "\n")
        return bool(got)

    def expect(self, pattern):
        """Waits until what is not looked at yet matches; returns the match."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            found = re.compile(pattern).search(self.shown, self.read)
            if found:
                self.read = found.end()
                return found
            if not self.take(deadline):
                raise AssertionError(f"it ended without {pattern}: {self.shown}")

    def answer(self, pattern, text):
        """Types a line where it is asked for."""
        self.expect(pattern)
        os.write(self.fd, text.encode() + b"\n")

    def type(self, data):
        os.write(self.fd, data)

    def end(self):
        """Waits for the end; returns the exit code, or minus the signal."""
        if self.pid:
            deadline = time.monotonic() + WAIT_SECONDS
            while self.take(deadline):
                pass
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            self.pid = 0
        return self.code
