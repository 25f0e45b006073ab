# SPDX-License-Identifier: Apache-2.0
"""libpledge by remote control: a program in C that does what these methods say (library_driver.c)."""

import json
import os
import select
import subprocess

import harness
from test_cli import environment, no_memory_error

PROGRAM = os.path.join(harness.BUILD, "client/lib/pledge_library_driver")
RUN_SECONDS = 60


class Driver:
    """A channel to a port of this machine. Leaving it asserts a clean end of the program."""

    def __init__(self, port, **options):
        self.process = subprocess.Popen(
            [PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(ASAN_OPTIONS="quarantine_size_mb=1:allocator_may_return_null=1:" +
                            os.environ.get("ASAN_OPTIONS", "")))
        self.channel(port, **options)

    def channel(self, port, **options):
        return self.ask(do="channel", address=f"127.0.0.1:{port}",
                        ca=os.path.join(harness.CA, "ca.pem"), **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            _, errors = self.process.communicate(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        no_memory_error(errors)
        if self.process.returncode != 0:
            raise AssertionError(f"the driver ended with {self.process.returncode}: {errors}")

    def tell(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def hear(self):
        """The answer to what was told."""
        if not select.select([self.process.stdout], [], [], RUN_SECONDS)[0]:
            raise AssertionError("the driver does not answer")
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the driver is gone: " + self.process.stderr.read())
        return json.loads(line)

    def ask(self, **command):
        self.tell(**command)
        return self.hear()

    def call(self, method, data=b"", **options):
        return self.ask(do="call", method=method, hex=data.hex(), **options)

    def open(self, method, stream=0, **options):
        return self.ask(do="open", method=method, stream=stream, **options)

    def send(self, data, stream=0):
        return self.ask(do="send", hex=data.hex(), stream=stream)["good"]

    def fill(self, size, fill=7, stream=0):
        """Sends `size` equal bytes."""
        return self.ask(do="send", size=size, fill=fill, stream=stream)["good"]

    def close_send(self, stream=0):
        return self.ask(do="close_send", stream=stream)["good"]

    def receive(self, stream=0, timeout_ms=-1, **options):
        return self.ask(do="receive", stream=stream, timeout_ms=timeout_ms, **options)

    def message(self, stream=0):
        """The next message's bytes, of which no more than 64 are told."""
        answer = self.receive(stream)
        if answer["result"] != "MESSAGE":
            raise AssertionError(f"{answer['result']} instead of a message")
        return bytes.fromhex(answer["hex"])

    def finish(self, stream=0, **options):
        return self.ask(do="finish", stream=stream, **options)
