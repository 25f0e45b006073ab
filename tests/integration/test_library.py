# SPDX-License-Identifier: Apache-2.0
"""libpledge as a stranger meets it: installed, found by pkg-config, the README's program as it stands."""

import os
import re
import shutil
import subprocess
import tempfile

import harness
from council import SmallCouncil


class Library(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = tempfile.mkdtemp(prefix="pledge-stage-")
        subprocess.run(["cmake", "--install", harness.BUILD], capture_output=True, check=True,
                       env=dict(os.environ, DESTDIR=cls.stage))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.stage)
        super().tearDownClass()

    def readme_program(self):
        with open(os.path.join(harness.ROOT, "client/lib/README.md"), encoding="utf-8") as file:
            return re.search(r"```c\n(.*?)```", file.read(), re.S).group(1)

    def test_the_readme_shows_the_example(self):
        with open(os.path.join(harness.ROOT, "client/lib/example.c"), encoding="utf-8") as file:
            example = file.read()
        self.assertEqual(self.readme_program(), example)
        code = [line for line in example.splitlines() if line.strip() and not line.startswith("/*")]
        self.assertLessEqual(len(code), 30)

    def test_it_compiles_against_the_installed_library_and_runs(self):
        found = subprocess.run(["find", self.stage, "-name", "pledge.pc"], capture_output=True, text=True)
        environment = dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(found.stdout.split()[0]),
                           PKG_CONFIG_SYSROOT_DIR=self.stage)
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "pledge"],
                               capture_output=True, text=True, env=environment, check=True).stdout.split()
        source = os.path.join(self.stage, "program.c")
        program = os.path.join(self.stage, "program")
        with open(source, "w", encoding="utf-8") as file:
            file.write(self.readme_program())
        done = subprocess.run(["cc", "-fsanitize=address,undefined", "-o", program, source, *flags],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        library = subprocess.run(["find", self.stage, "-name", "libpledge.so.*"], capture_output=True, text=True)
        prefix = harness.identity("derby-officer")
        done = subprocess.run(
            [program, f"127.0.0.1:{self.daemon.port}", os.path.join(harness.CA, "ca.pem"), prefix + ".pem",
             prefix + ".key", self.parent], capture_output=True, text=True, timeout=30,
            env=dict(os.environ, LD_LIBRARY_PATH=os.path.dirname(library.stdout.split()[0])))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Promise 1", done.stdout)


if __name__ == "__main__":
    harness.main()
