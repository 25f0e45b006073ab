# SPDX-License-Identifier: Apache-2.0
"""Calls on sockets fail under load: the daemon stays, loses nothing that it acknowledged, leaks no descriptor.

tests/tools/failing_calls.c is preloaded and makes one in so many calls of accept4, read, recv, write, send,
socket, connect and setsockopt fail or cut it to one byte, towards clients and the database alike.
"""

import mmap
import os
import struct
import subprocess
import sys
import tempfile
import time

import grpc
import harness

sys.path.insert(0, os.path.join(harness.ROOT, "tests/bench"))
import soak  # noqa: E402
import test_durability  # noqa: E402

Code = grpc.StatusCode
SECONDS = 6  # of load at each rate
BACK_SECONDS = 20
REST_SECONDS = 30
SEED = int(os.environ.get("FAILING_SEED", "1"))
# What a client is told whose call did not go well for no fault of its own.
CLEAN = {code.name for code in test_durability.REPEATED}


class Failing:
    """The control of what is preloaded."""

    FIELDS = ("allocations_one_in", "calls_one_in", "digests_one_in", "seed",
              "allocations_failed", "calls_failed", "digests_failed")

    def __init__(self, folder):
        self.library = os.path.join(folder, "failing_calls.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", self.library,
                        os.path.join(harness.ROOT, "tests/tools/failing_calls.c"), "-ldl"], check=True)
        self.file = os.path.join(folder, "control")
        with open(self.file, "wb") as file:
            file.write(bytes(4 * len(self.FIELDS)))
        with open(self.file, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    def settings(self):
        sanitizers = os.environ.get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": self.library, "FAILING_FILE": self.file,
                "ASAN_OPTIONS": sanitizers + ":verify_asan_link_order=0"}

    def __getitem__(self, name):
        return struct.unpack_from("=I", self.memory, 4 * self.FIELDS.index(name))[0]

    def __setitem__(self, name, value):
        struct.pack_into("=I", self.memory, 4 * self.FIELDS.index(name), value)


class FailingCase(soak.Council):
    """A council whose daemon can be made to fail."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(dir="/tmp")
        cls.addClassCleanup(folder.cleanup)
        cls.failing = Failing(folder.name)
        cls.settings = {**soak.Council.settings, **cls.failing.settings()}
        super().setUpClass()
        cls.leave()
        time.sleep(1)
        cls.rest = cls.descriptors()

    @classmethod
    def leave(cls):
        for channel in cls.daemon.channels.values():
            channel.close()
        cls.daemon.channels.clear()

    @classmethod
    def descriptors(cls):
        return len(os.listdir(f"/proc/{cls.daemon.process.pid}/fd"))

    def recorded(self):
        return set(harness.psql(self.daemon.database, "SELECT owner_id FROM pledge.owner").split())

    def served(self):
        """Until each loop answers; a fresh channel goes to any of them."""
        deadline = time.monotonic() + BACK_SECONDS
        for _ in range(8):
            while True:
                try:
                    self.load.come_and_go()
                    break
                except grpc.RpcError as error:
                    self.daemon.channels.pop("comer").close()
                    self.assertLess(time.monotonic(), deadline, error.details())

    def at_rest(self):
        """Until no more descriptors are open than when the daemon had started."""
        self.leave()
        deadline = time.monotonic() + REST_SECONDS
        while self.descriptors() > self.rest and time.monotonic() < deadline:
            time.sleep(0.1)
        left = subprocess.run(["ls", "-l", f"/proc/{self.daemon.process.pid}/fd"], capture_output=True, text=True)
        self.assertLessEqual(self.descriptors(), self.rest, left.stdout)

    def endure(self, kind, one_in, clean):
        """Load and writers while one in `one_in` fails; then all is as it was."""
        recorded, failed = self.recorded(), self.failing[kind + "_failed"]
        self.load = soak.Load(type(self))
        with tempfile.TemporaryDirectory() as folder, self.load:
            with test_durability.Writers(self.officer, folder) as writers:
                self.failing["seed"] = SEED
                self.failing[kind + "_one_in"] = one_in
                time.sleep(SECONDS)
                self.failing[kind + "_one_in"] = 0
                writers.wait_for(test_durability.WRITERS)
            acknowledged = writers.acknowledged()
        self.assertIsNone(self.daemon.process.poll(), self.daemon.log_text()[-4000:])
        failed = self.failing[kind + "_failed"] - failed
        print(f"# one in {one_in} {kind}: {failed} failed; {sum(self.load.done.values())} calls done, "
              f"{sum(self.load.failed.values())} not; {len(acknowledged)} writes acknowledged")
        self.assertGreater(failed, 0)
        self.assertEqual(writers.refused, [])
        self.assertEqual(set(acknowledged), self.recorded() - recorded)
        self.assertEqual(len(acknowledged), len(set(acknowledged)))
        told = {tuple(name.split(": ", 1)) for name in self.load.failed}
        # curl and these others tell of no status
        self.assertEqual({code for job, code in told if job not in ("curl", "scrape", "break_off")} - clean, set())
        self.served()
        self.at_rest()


class Syscalls(FailingCase):
    def test_few_calls_fail(self):
        self.endure("calls", 300, CLEAN)

    def test_many_calls_fail(self):
        self.endure("calls", 30, CLEAN)


if __name__ == "__main__":
    harness.main()
