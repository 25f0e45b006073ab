# SPDX-License-Identifier: Apache-2.0
"""A start knows what the last one learned of the statements, and trusts it no longer than it holds."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

import harness
from test_daemon import sql_copy

DEPARTMENT = "AuthorityService/GetDepartment.sql"
MANY = 400  # statements of RPCs; there are more
FEW = 10    # that the calls of one test use, on the connections that they use


class Start(unittest.TestCase):
    """Starts that end when they have checked everything, as --permissions does; --check asks in any case."""

    @classmethod
    def setUpClass(cls):
        cls.database = harness.database_new()
        # the server logs every Parse message that a client sends
        harness.psql("postgres", f"ALTER DATABASE {cls.database} SET log_min_duration_statement = 0")
        cls.server_log = os.path.join(harness.psql(cls.database, "SHOW data_directory"), "server.log")

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pledge-cache-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = os.path.join(self.folder, "statements")

    def daemon(self, database=None, **more):
        return harness.Daemon(database or self.database, **{"PLEDGED_CACHE_DIRECTORY": self.folder, **more})

    def parsed(self, run):
        """What a function returns, and how many statements of RPCs were parsed meanwhile."""
        with open(self.server_log, encoding="utf-8") as log:
            log.seek(0, os.SEEK_END)
            result = run()
            text = log.read()
        return result, len(re.findall(r"ms  parse s[0-9]+: ", text))

    def start(self, *arguments, status=0, **more):
        """Its log, and whether it asked about statements."""
        done, parsed = self.parsed(lambda: self.daemon(**more).run(*(arguments or ("--permissions",))))
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertTrue(parsed == 0 or parsed > MANY, parsed)
        return done.stderr, parsed > 0

    def learn(self):
        self.assertTrue(self.start("--check")[1])
        self.assertFalse(self.start()[1])

    def test_a_second_start_asks_nothing(self):
        def serve():
            daemon = self.daemon().start()
            daemon.add_host_administrator()
            harness.Api(daemon, "admin").ListAuthorities()
            daemon.stop()
            return daemon.log_text()
        self.assertFalse(os.path.exists(self.file))
        first, asked = self.parsed(serve)
        self.assertGreater(asked, MANY)
        self.assertIn('"kept":0', first)
        self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)
        self.assertEqual(os.listdir(self.folder), ["statements"])
        written = os.stat(self.file).st_mtime_ns
        second, asked = self.parsed(serve)
        self.assertLess(asked, FEW)
        self.assertIn('"asked":0', second)
        self.assertEqual(os.stat(self.file).st_mtime_ns, written)

    def test_a_check_asks_and_leaves_it_to_the_start(self):
        self.learn()
        self.assertTrue(self.start("--check")[1])
        self.assertFalse(self.start()[1])

    def test_without_a_folder_everything_is_asked(self):
        self.learn()
        self.assertTrue(self.start(PLEDGED_CACHE_DIRECTORY="")[1])
        self.assertFalse(self.start(PLEDGED_CACHE_DIRECTORY="", CACHE_DIRECTORY=f"{self.folder}:/other")[1])

    def test_a_folder_that_cannot_be_written_is_told(self):
        log, asked = self.start("--check", PLEDGED_CACHE_DIRECTORY="/nonexistent")
        self.assertTrue(asked)
        self.assertIn("not_kept", log)

    def test_a_damaged_file_is_made_anew(self):
        self.learn()
        with open(self.file, "rb") as file:
            whole = file.read()
        for name, damaged in (("empty", b""), ("cut", whole[:-1]), ("longer", whole + b"\0"),
                              ("changed", whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])):
            with self.subTest(name):
                with open(self.file, "wb") as file:
                    file.write(damaged)
                self.assertTrue(self.start()[1])
                daemon = self.daemon().start()
                daemon.stop()
                with open(self.file, "rb") as file:
                    self.assertEqual(len(file.read()), len(whole))
                self.assertFalse(self.start()[1])

    def test_a_file_that_others_can_write_is_not_believed(self):
        self.learn()
        os.chmod(self.file, 0o622)
        log, asked = self.start()
        self.assertTrue(asked)
        self.assertIn("others can write it", log)

    def test_a_changed_sql_file_is_noticed(self):
        self.learn()
        changed = sql_copy((DEPARTMENT, lambda text: text.replace("display_name,", "1 AS display_name,")))
        log, asked = self.start(status=1, sql_directory=changed)
        self.assertTrue(asked)
        self.assertIn("does not fit", log)
        self.assertFalse(self.start()[1])  # nothing was kept of a start that was refused
        header = sql_copy((DEPARTMENT, lambda text: text.replace("authority.read", "authority.dream")))
        log, asked = self.start(status=1, sql_directory=header)
        self.assertFalse(asked)  # the same statements
        self.assertIn("held by no role", log)

    def test_a_changed_catalogue_is_noticed(self):
        """Each change is made in a copy of the database; a start that has learned is refused as a fresh one is."""
        changes = {
            "a dropped function": "DROP FUNCTION pledge.audit_read CASCADE",
            "another signature": "ALTER FUNCTION pledge.retention_job() RENAME TO retention_jobs",
            "another result": "DROP FUNCTION pledge.retention_job(); "
                              "CREATE FUNCTION pledge.other() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "a dropped column": "ALTER TABLE pledge.change DROP COLUMN kind CASCADE",
            "a column of a view": "ALTER VIEW pledge.department_resource RENAME COLUMN display_name TO title",
            "a schema out of reach": "REVOKE USAGE ON SCHEMA pledge FROM pledged, PUBLIC",
        }
        for name, change in changes.items():
            with self.subTest(name):
                database = harness.database_new()
                self.assertEqual(self.daemon(database).run("--check").returncode, 0)
                good = self.daemon(database).run("--permissions")
                self.assertIn('"asked":0', good.stderr)
                harness.psql(database, change)
                fresh = self.daemon(database, PLEDGED_CACHE_DIRECTORY="").run("--permissions")
                learned = self.daemon(database).run("--permissions")
                self.assertEqual(fresh.returncode, 1)
                self.assertEqual(learned.returncode, 1)
                self.assertEqual(self.disagreements(fresh), self.disagreements(learned))
                self.assertTrue(self.disagreements(fresh))

    @staticmethod
    def disagreements(done):
        return [line.split('"event":')[1] for line in done.stderr.splitlines() if '"disagreement"' in line]

    def test_what_changes_no_catalogue_is_no_reason_to_ask(self):
        self.learn()
        subprocess.run(["vacuumdb", "-q", "--analyze", "--freeze", self.database], check=True)
        self.assertFalse(self.start()[1])

    def test_any_command_that_defines_is_a_reason_to_ask(self):
        for command in ("CREATE TABLE pledge.one_more (a int)", "ALTER TABLE pledge.one_more ADD b text",
                        "ALTER TABLE pledge.one_more ALTER b SET DEFAULT 'c'", "ALTER TABLE pledge.one_more DROP b",
                        "ALTER TABLE pledge.one_more ADD PRIMARY KEY (a)",
                        "CREATE VIEW pledge.one_view AS SELECT a FROM pledge.one_more",
                        "CREATE OR REPLACE VIEW pledge.one_view AS SELECT 2 AS a",
                        "CREATE TYPE pledge.colour AS ENUM ('red')", "ALTER TYPE pledge.colour ADD VALUE 'blue'",
                        "CREATE FUNCTION pledge.f(a int) RETURNS int LANGUAGE sql AS 'SELECT a'",
                        "CREATE OR REPLACE FUNCTION pledge.f(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a'",
                        "CREATE FUNCTION pg_catalog.auth_f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                        "CREATE CAST (pledge.colour AS int) WITH INOUT",
                        "CREATE POLICY p ON pledge.one_more USING (a > 1)",
                        f"ALTER ROLE pledged IN DATABASE {self.database} SET datestyle = 'German'"):
            with self.subTest(command):
                self.learn()
                superuser = "SET allow_system_table_mods = on; " if "pg_catalog" in command else ""
                harness.psql(self.database, superuser + command)
                self.assertTrue(self.start()[1])

    def test_a_catalogue_that_cannot_be_read_is_no_reason_to_refuse(self):
        database = harness.database_new()
        harness.psql(database, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        done = self.daemon(database).run("--check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("the catalogue cannot be read", done.stderr)
        self.assertEqual(os.listdir(self.folder), [])

    def test_two_databases_are_two(self):
        self.learn()
        other = harness.database_new()
        done = self.daemon(other).run("--permissions")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn('"asked":0', done.stderr)


if __name__ == "__main__":
    harness.main()
