# SPDX-License-Identifier: Apache-2.0
"""A stranger's way: clone into an empty folder, ./demo.sh, again, look around, stop."""

import os
import shutil
import socket
import subprocess
import tempfile
import unittest

import harness

DEMO_SECONDS = 900


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="pledge-stranger-")
        os.chmod(cls.folder, 0o755)
        cls.clone = os.path.join(cls.folder, "pledge")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            cls.port = free.getsockname()[1]
        # what is tracked and what is about to be, as a commit would have it
        files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=harness.ROOT,
                               check=True, capture_output=True).stdout
        os.mkdir(cls.clone)
        subprocess.run(["rsync", "-a", "--ignore-missing-args", "--from0", "--files-from=-", harness.ROOT + "/", cls.clone],
                       input=files, check=True)
        cls.environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "PLEDGE"))}
        cls.environment["PLEDGE_DEMO_PORT"] = str(cls.port)

    @classmethod
    def tearDownClass(cls):
        cls.demo("stop")
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def demo(cls, *arguments):
        return subprocess.run(["./demo.sh", *arguments], cwd=cls.clone, env=cls.environment,
                              capture_output=True, text=True, timeout=DEMO_SECONDS)

    def pledge(self, identity, *arguments):
        demo = os.path.join(self.clone, "build/demo")
        return subprocess.run(
            [os.path.join(self.clone, "build/release/client/cli/pledge"), *arguments],
            env=dict(self.environment, PLEDGE_ADDRESS=f"127.0.0.1:{self.port}",
                     PLEDGE_CA=os.path.join(demo, "ca.pem"),
                     PLEDGE_IDENTITY=os.path.join(demo, "identities", identity)),
            capture_output=True, text=True, timeout=60)

    def test_a_strangers_way(self):
        done = self.demo()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for council in ("Leicester", "Halton", "Derby", "Peterborough"):
            self.assertIn(council, done.stdout)
        self.assertIn("12 days late", done.stdout)

        again = self.demo()
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertIn("nothing to change", again.stdout.lower())

        index = os.path.join(self.clone, "build/demo/identities.txt")
        with open(index, encoding="utf-8") as file:
            names = [line.split()[0] for line in file.read().splitlines()[4:]]
        self.assertEqual(len(names), 16)
        for name in names:
            told = self.pledge(name, "whoami")
            self.assertEqual(told.returncode, 0, name + told.stderr)

        leicester = self.pledge("leicester-officer", "--json", "pledge", "show", "leicester", "pledge")
        self.assertEqual(leicester.returncode, 0, leicester.stderr)
        other = self.pledge("leicester-officer", "monitor", "derby")
        self.assertEqual(other.returncode, 1)
        self.assertIn("not a member", other.stderr)

        exported = self.pledge("derby-administrator", "audit", "export", "derby")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        self.assertGreater(len(exported.stdout.splitlines()), 50)
        self.assertEqual(self.pledge("derby-inspector", "monitor", "derby").returncode, 0)
        self.assertEqual(self.pledge("derby-inspector", "audit", "export", "derby").returncode, 1)

        self.assertEqual(self.demo("stop").returncode, 0)
        self.assertIn("not running", self.demo("status").stdout)


if __name__ == "__main__":
    harness.main()
