# SPDX-License-Identifier: Apache-2.0
"""pledged itself: settings, refusal to start on any disagreement, log lines, draining."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import grpc
import harness


def sql_copy(change=None, remove=None):
    """A copy of the RPCs with one file changed by a function, or removed."""
    target = os.path.join(tempfile.mkdtemp(prefix="pledge-sql-"), "rpc")
    shutil.copytree(os.path.join(harness.ROOT, "sql/rpc"), target)
    if remove:
        os.unlink(os.path.join(target, remove))
    if change:
        path = os.path.join(target, change[0])
        with open(path, encoding="utf-8") as file:
            text = change[1](file.read())
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return target


class Checks(unittest.TestCase):
    DEPARTMENT = "AuthorityService/GetDepartment.sql"

    @classmethod
    def setUpClass(cls):
        cls.database = harness.database_new()

    def check(self, **more):
        done = harness.Daemon(self.database, **more).run("--check")
        return done.returncode, done.stderr

    def test_what_is_deployed_agrees(self):
        status, log = self.check()
        self.assertEqual(status, 0, log)

    def test_disagreements_are_named(self):
        cases = {
            "unknown parameter": (lambda t: t.replace(":name/departments", ":nome/departments"),
                                  "is no field of"),
            "unknown column": (lambda t: t.replace("display_name,", "display_name AS displayname,"),
                               "is no field"),
            "wrong type": (lambda t: t.replace("display_name,", "1 AS display_name,"), "does not fit"),
            "unfilled field": (lambda t: t.replace(", etag\n", "\n"), "no column fills"),
            "unknown permission": (lambda t: t.replace("authority.read", "authority.dream"), "held by no role"),
            "unknown table": (lambda t: t.replace("FROM department_resource", "FROM nobody"), "does not exist"),
            "syntax": (lambda t: t.replace("SELECT", "SELEKT"), "the database says"),
            "open to all": (lambda t: t.replace("authority.read", "known"), "cannot guard"),
            "no permission": (lambda t: t.replace("-- permission: authority.read\n", ""), "needs a header"),
        }
        for name, (change, complaint) in cases.items():
            with self.subTest(name):
                status, log = self.check(sql_directory=sql_copy((self.DEPARTMENT, change)))
                self.assertEqual(status, 1)
                self.assertIn(complaint, log)
                self.assertIn(self.DEPARTMENT, log)

    def test_a_missing_file_is_named(self):
        status, log = self.check(sql_directory=sql_copy(remove=self.DEPARTMENT))
        self.assertEqual(status, 1)
        self.assertIn("pledge.v1.AuthorityService/GetDepartment", log)

    def test_a_database_without_the_schema(self):
        subprocess.run(["dropdb", "--if-exists", "t_empty"], check=True)
        subprocess.run(["createdb", "t_empty"], check=True)
        done = harness.Daemon("t_empty").run("--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is the schema deployed?", done.stderr)

    def test_settings(self):
        for settings, complaint in (
                ({"PLEDGED_LOOPS": "many"}, "PLEDGED_LOOPS"),
                ({"PLEDGED_LOOPS": "1000"}, "between 0 and 64"),
                ({"PLEDGED_LOG_LEVEL": "loud"}, "log_level"),
                ({"PLEDGED_TLS_KEY": ""}, "tls_key is not set"),
                ({"PLEDGED_TLS_KEY": "/nonexistent"}, "/nonexistent"),
                ({"PLEDGED_LISTEN": "nowhere"}, "listen")):
            with self.subTest(settings):
                daemon = harness.Daemon(self.database)
                daemon.environment.update(settings)
                done = daemon.run()
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(complaint, done.stderr)

    def test_a_key_that_everybody_can_read_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            key = os.path.join(folder, "server.key")
            shutil.copy(os.path.join(harness.WORK, "server.key"), key)
            os.chmod(key, 0o644)
            done = harness.Daemon(self.database, PLEDGED_TLS_KEY=key).run("--check")
            self.assertEqual(done.returncode, 1)
            self.assertIn("others than the owner", done.stderr)
            os.chmod(key, 0o640)
            self.assertEqual(harness.Daemon(self.database, PLEDGED_TLS_KEY=key).run("--check").returncode, 0)

    def test_the_settings_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write('loops = 1;\nlog_levle = "info";\n')
            file.flush()
            done = harness.Daemon(self.database).run("--config", file.name)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f'{file.name}:2: there is no setting "log_levle"', done.stderr)
        shipped = harness.Daemon(self.database).run(
            "--config", os.path.join(harness.ROOT, "server/pledged.conf"), "--check")
        self.assertEqual(shipped.returncode, 0, shipped.stderr)


class Running(harness.Case):
    def test_every_log_line_is_json(self):
        harness.Api(self.daemon, "admin").ListAuthorities()
        for line in self.daemon.log_text().splitlines():
            event = json.loads(line)
            self.assertLessEqual({"time", "level", "event"}, set(event))

    def test_it_tells_systemd_how_it_is(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            path = os.path.join(folder, "notify")
            manager.bind(path)
            manager.settimeout(20)
            daemon = harness.Daemon(self.daemon.database)
            daemon.environment["NOTIFY_SOCKET"] = path
            daemon.start()
            self.assertEqual(manager.recv(100), b"READY=1")
            daemon.stop()
            self.assertEqual(manager.recv(100), b"STOPPING=1")

    def test_a_port_in_use_is_refused(self):
        second = harness.Daemon(self.daemon.database)
        second.environment["PLEDGED_LISTEN"] = f"127.0.0.1:{self.daemon.port}"
        done = second.run()
        self.assertEqual(done.returncode, 1)
        self.assertIn("is in use", done.stderr)

    def test_a_quiet_daemon_keeps_its_clock(self):
        """A short deadline counts from its arrival, however long the loop had slept."""
        api = harness.Api(self.daemon, "admin")
        for _ in range(3):
            time.sleep(0.9)
            api.ListAuthorities(timeout=0.3)

    def test_a_drain_lets_open_calls_finish(self):
        daemon = harness.Daemon(self.daemon.database).start()
        daemon.add_host_administrator()
        api = harness.Api(daemon, "admin")
        api.CreateAuthority(authority_id="drain", authority={"display_name": "Drain"})
        lock = subprocess.Popen(
            ["psql", "-qX", "-U", "postgres", "-d", daemon.database, "-c",
             "BEGIN; LOCK pledge.authority; SELECT pg_sleep(1.5); COMMIT"], stdout=subprocess.DEVNULL)
        time.sleep(0.5)
        outcome = []

        def call():
            try:
                api.CreateAuthority(authority_id="during", authority={"display_name": "During"})
                outcome.append("ok")
            except grpc.RpcError as error:
                outcome.append(error.details())

        thread = threading.Thread(target=call)
        thread.start()
        time.sleep(0.3)
        daemon.process.send_signal(signal.SIGTERM)
        thread.join()
        lock.wait()
        self.assertEqual(outcome, ["ok"])
        self.assertEqual(daemon.process.wait(timeout=20), 0)
        self.assertEqual([e["event"] for e in daemon.events("stopped")], ["stopped"])


if __name__ == "__main__":
    harness.main()
