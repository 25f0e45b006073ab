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

    def a_look_around(self):
        """There is something worth reading on the way from draft to issued pledge, of every council."""
        for council, words, says in (
                ("leicester", "route show leicester scrutiny-cabinet", "Scrutiny"),
                ("leicester", "body members leicester corporate-parenting-forum", "Lead member"),
                ("leicester", "endorsement show leicester pledge/1 --as-at 2010-09-05", "under way"),
                ("leicester", "amendment list leicester pledge-2010", "accepted"),
                ("leicester", "issue list leicester", "easy read"),
                ("leicester", "population show leicester", "75 % on care orders · 69 % in foster care"),
                ("leicester", "indicator show leicester in-foster-care", "amber"),
                ("leicester", "briefing list leicester", "2007-10-25"),
                ("leicester", "briefing coverage leicester all-members", "7 of 10 members"),
                ("halton", "strategy list halton --review overdue --as-at 2020-01-27", "children-in-care-2017"),
                ("halton", "visit findings halton --follow-up overdue", "Nobody was shown the house"),
                ("leicester", "programme show leicester white-paper-2007", "all areas"),
                ("leicester", "work list leicester --overdue", "see-the-home-first"),
                ("leicester", "work show leicester leisure-pass", "220 passes"),
                ("halton", "route show halton pledge --revision 2", "Full Council"),
                ("halton", "endorsement list halton", "Executive Board"),
                ("halton", "consultation results halton review-2013", "80 rankings of 19 options"),
                ("halton", "issue reach halton promise --as-at 2013-10-20", "due again"),
                ("derby", "consultation results derby priorities-2015", "53 rankings of 28 options"),
                ("derby", "consultation results derby next", "11 rankings of 11 options"),
                ("derby", "endorsement forward-plan derby", "Corporate Paren"),
                ("derby", "said-done list derby priorities-2015", "ten now"),
                ("derby", "launch list derby", "Council Chamber"),
                ("derby", "tasks", "waits at"),
                ("derby", "monitor derby", "not keeping ≠"),
                ("derby", "cicc ratings derby promise/2", "keeping"),
                ("derby", "monitor derby", "1 queried"),
                ("derby", "monitor derby", "2 late"),
                ("derby", "monitor derby", "○ missing"),
                ("derby-councillor", "monitor derby", "not keeping *"),
                ("derby", "monitor derby --compare", "(merged): ✗ red"),
                ("derby", "monitor derby --by theme", "Leaving care"),
                ("derby", "signature list derby promise/2", "Chief Executive"),
                ("derby", "reminder list derby", "no address"),
                ("peterborough", "endorsement stalls peterborough --as-at 2013-07-09", "311"),
                ("peterborough", "endorsement show peterborough pledge/2", "14(b)"),
                ("peterborough", "issue reach peterborough pledge", "57")):
            told = self.pledge(council if "-" in council else f"{council}-officer", *words.split())
            with self.subTest(words):
                self.assertEqual(told.returncode, 0, told.stderr)
                self.assertIn(says, told.stdout)

    def of_another_version(self):
        """What an older version left is not touched, and it is said how to begin anew."""
        with open(os.path.join(self.clone, "sql/deploy/support.sql"), "a", encoding="utf-8") as file:
            file.write("-- Another version.\n")
        done = self.demo()
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("another version of Pledge", done.stderr)
        self.assertIn("rm -r build/demo", done.stderr)
        self.assertEqual(self.pledge("derby-officer", "monitor", "derby").returncode, 0)

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
        self.assertEqual(len(names), 20)
        for name in names:
            told = self.pledge(name, "whoami")
            self.assertEqual(told.returncode, 0, name + told.stderr)

        leicester = self.pledge("leicester-officer", "--json", "pledge", "show", "leicester", "pledge")
        self.assertEqual(leicester.returncode, 0, leicester.stderr)
        other = self.pledge("leicester-officer", "monitor", "derby")
        self.assertEqual(other.returncode, 1)
        self.assertIn("not a member", other.stderr)

        self.a_look_around()
        exported = self.pledge("derby-administrator", "audit", "export", "derby")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        self.assertGreater(len(exported.stdout.splitlines()), 50)
        self.assertEqual(self.pledge("derby-inspector", "monitor", "derby").returncode, 0)
        self.assertEqual(self.pledge("derby-inspector", "audit", "export", "derby").returncode, 1)

        self.of_another_version()
        self.assertEqual(self.demo("stop").returncode, 0)
        self.assertIn("not running", self.demo("status").stdout)


if __name__ == "__main__":
    harness.main()
