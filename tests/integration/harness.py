# SPDX-License-Identifier: Apache-2.0
"""What integration tests share: a daemon on a free port, identities, databases, calls by grpcio.

test.sh makes one cluster and one certificate authority for all of them and names them in the
environment (PGHOST, PLEDGE_TEST_WORK, PLEDGE_TEST_BUILD). Each test program makes its own database.
"""

import atexit
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import grpc
from grpc_health.v1 import health_pb2
from google.rpc import error_details_pb2, status_pb2  # generated from proto/google/rpc

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.environ["PLEDGE_TEST_WORK"]
BUILD = os.environ["PLEDGE_TEST_BUILD"]
CA = os.path.join(WORK, "ca")
CALL_SECONDS = 20


def shell(function, *arguments):
    """Runs a function of tests/tools/lib.sh."""
    script = '. tests/tools/lib.sh; "$@"'
    subprocess.run(["bash", "-c", script, "bash", function, *arguments], cwd=ROOT, check=True)


def identity(name):
    """Makes a client certificate once; returns the prefix of its .pem and .key."""
    prefix = os.path.join(WORK, "identities", name)
    shell("certificate_make", CA, prefix, name, "clientAuth")
    return prefix


def fingerprint(name):
    pem = identity(name) + ".pem"
    der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True,
                         capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()


def psql(database, sql, user="postgres"):
    done = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-U", user, "-d", database, "-c", sql],
                          capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def waiting_for_locks(database):
    """How many of the daemon's connections wait for somebody else's transaction."""
    return int(psql(database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                              " AND usename = 'pledged' AND wait_event_type = 'Lock'"))


def secret_key():
    """A file with the key that secrets of one-time codes are sealed with; made once."""
    path = os.path.join(WORK, "secret.key")
    if not os.path.exists(path):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(os.urandom(32))
    return path


def bearer(token):
    return [("authorization", f"Bearer {token}")] if token else None


def database_new():
    """A fresh database with the schema; returns its name."""
    name = "t_" + uuid.uuid4().hex[:12]
    subprocess.run(["createdb", "-T", "pledge_test", name], check=True)
    return name


def database_copy(source):
    """A copy of a database that is in use; returns its name."""
    name = "t_" + uuid.uuid4().hex[:12]
    subprocess.run(["createdb", name], check=True)
    dump = subprocess.run(["pg_dump", "-Fc", source], check=True, capture_output=True).stdout
    subprocess.run(["pg_restore", "-d", name], input=dump, check=True)
    return name


class Daemon:
    """pledged on a free port. Use as a context manager; leaving it asserts a clean end."""

    def __init__(self, database, sql_directory=None, host=None, **settings):
        host = host or os.environ["PGHOST"]
        self.environment = {
            **os.environ,
            "PLEDGED_LISTEN": "127.0.0.1:0",
            "PLEDGED_TLS_CERTIFICATE": os.path.join(WORK, "server.pem"),
            "PLEDGED_TLS_KEY": os.path.join(WORK, "server.key"),
            "PLEDGED_TLS_CLIENT_CA": os.path.join(CA, "ca.pem"),
            "PLEDGED_DATABASE": f"host={host} dbname={database} user=pledged",
            "PLEDGED_SQL_DIRECTORY": sql_directory or os.path.join(ROOT, "sql/rpc"),
            "PLEDGED_LOOPS": "2",
            "PLEDGED_RETENTION_CHECK_S": "0",  # a run of its own accord would be one more entry in the audit trail
            **settings}
        self.database = database
        self.port = None
        self.log = tempfile.NamedTemporaryFile("w+", prefix="pledged-", suffix=".log")
        self.channels = {}

    def command(self, *arguments):
        return [os.path.join(BUILD, "server/pledged"), *arguments]

    def run(self, *arguments):
        """Runs pledged to its end with these arguments."""
        return subprocess.run(self.command(*arguments), env=self.environment, capture_output=True,
                              text=True, timeout=60)

    def start(self):
        self.process = subprocess.Popen(self.command(), env=self.environment, stderr=self.log)
        atexit.register(self.kill)
        deadline = time.monotonic() + 30
        while self.port is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("pledged did not start:\n" + self.log_text())
            for line in self.events("listening"):
                self.port = line["port"]
            time.sleep(0.02)
        self.wait_serving()
        return self

    def wait_serving(self, seconds=20, name=None):
        """Until health says SERVING to this identity; each loop of the daemon answers for itself."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = self.call(name, "/grpc.health.v1.Health/Check",
                                   health_pb2.HealthCheckRequest(), health_pb2.HealthCheckResponse)
                if answer.status == health_pb2.HealthCheckResponse.SERVING:
                    return
            except grpc.RpcError:
                pass
            if time.monotonic() > deadline:
                raise RuntimeError("pledged does not serve:\n" + self.log_text())
            time.sleep(0.05)

    def kill(self):
        """Whatever went wrong in a test, the daemon does not outlive it."""
        if self.process.poll() is None:
            self.process.kill()

    def stop(self):
        for channel in self.channels.values():
            channel.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        if status != 0:
            raise RuntimeError(f"pledged ended with {status}:\n" + self.log_text())

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def log_text(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def events(self, name):
        for line in self.log_text().splitlines():
            if line.startswith("{"):
                event = json.loads(line)
                if event["event"] == name:
                    yield event

    def wait_event(self, name, field, seconds=10):
        """Until the log has an event of this name with this field."""
        deadline = time.monotonic() + seconds
        while not any(field in event for event in self.events(name)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"no event {name} with {field}:\n" + self.log_text())
            time.sleep(0.05)

    def channel(self, name):
        """A channel as the named identity; None has no certificate."""
        if name not in self.channels:
            def read(path):
                with open(path, "rb") as file:
                    return file.read()
            pair = (read(identity(name) + ".key"), read(identity(name) + ".pem")) if name else (None, None)
            credentials = grpc.ssl_channel_credentials(read(os.path.join(CA, "ca.pem")), *pair)
            self.channels[name] = grpc.secure_channel(
                f"127.0.0.1:{self.port}", credentials,
                options=[("grpc.max_metadata_size", 1 << 20), ("grpc.absolute_max_metadata_size", 1 << 20),
                         ("grpc.enable_retries", 0)])
        return self.channels[name]

    def call(self, name, path, request, reply, timeout=CALL_SECONDS, token=None):
        """One unary call; `request` is a message or bytes."""
        stub = self.channel(name).unary_unary(
            path, request_serializer=lambda m: m if isinstance(m, bytes) else m.SerializeToString(),
            response_deserializer=reply.FromString)
        return stub(request, timeout=timeout, metadata=bearer(token))

    def stream(self, name, path, requests, reply, timeout=None, token=None):
        """A streaming call; `requests` is one message, or an iterator for a stream of them."""
        single = hasattr(requests, "SerializeToString")
        kind = self.channel(name).unary_stream if single else self.channel(name).stream_stream
        return kind(path, request_serializer=lambda m: m.SerializeToString(),
                    response_deserializer=reply.FromString)(requests, timeout=timeout, metadata=bearer(token))

    def gather(self, name, path, requests, reply, timeout=CALL_SECONDS):
        """A call with a stream of requests and one reply."""
        return self.channel(name).stream_unary(
            path, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=reply.FromString)(iter(requests), timeout=timeout)

    def add_host_administrator(self, *who):
        """By certificate, or with "--user" and a user name; returns what the command prints."""
        done = subprocess.run(
            self.command("add-host-administrator", "--database",
                         f"host={os.environ['PGHOST']} dbname={self.database} user=postgres", "--name",
                         "Host administrator", *(who or [identity("admin") + ".pem"])),
            capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout


class Api:
    """The RPCs of pledge.v1 as one identity: api.GetPledge(name="…")."""

    def __init__(self, daemon, name, token=None):
        import importlib
        self.daemon = daemon
        self.name = name
        self.token = token  # of a session, which counts before the certificate
        self.methods = {}
        for file in ("authority", "member", "pledge", "commitment", "round", "return", "monitor", "audit", "session",
                     "identity_provider", "personal_data", "retention", "reminder", "task", "promotion", "sign_up", "route", "endorsement",
                     "consultation", "children_in_care_council",
                     "meeting", "population", "indicator", "briefing", "strategy", "visit",
                     "work_programme", "national_programme"):
            module = importlib.import_module(f"pledge.v1.{file}_pb2")
            for service in module.DESCRIPTOR.services_by_name.values():
                for method in service.methods:
                    self.methods[method.name] = (
                        f"/{service.full_name}/{method.name}",
                        getattr(module, method.input_type.name),
                        getattr(module, method.output_type.name))

    def __getattr__(self, method):
        path, request, reply = self.methods[method]
        return lambda timeout=CALL_SECONDS, **fields: self.daemon.call(
            self.name, path, request(**fields), reply, timeout, self.token)


def violations(error):
    """The field violations of an RpcError as {field: (description, reason)}, in order."""
    found = {}
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                bad = error_details_pb2.BadRequest()
                if detail.Unpack(bad):
                    for item in bad.field_violations:
                        found[item.field] = (item.description, item.reason)
    return found


class Case(unittest.TestCase):
    """A test case with a daemon of its own and assertions on refused calls."""

    maxDiff = None
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(database_new(), **cls.settings).start()
        cls.daemon.add_host_administrator()
        cls.admin = Api(cls.daemon, "admin")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()

    @classmethod
    def member(cls, authority, name, role, owner=""):
        """Adds an identity as a member and returns its API."""
        cls.admin.CreateMember(
            parent=f"authorities/{authority}", member_id=name,
            member={"display_name": name, "role": role, "owner": owner,
                    "certificate_sha256": fingerprint(name)})
        return Api(cls.daemon, name)

    def refused(self, code, call, *arguments, field=None, says=None, **fields):
        """Asserts that a call fails with this code, and with a violation of this field."""
        with self.assertRaises(grpc.RpcError) as caught:
            call(*arguments, **fields)
        error = caught.exception
        self.assertEqual(error.code(), code, error.details())
        if field:
            self.assertIn(field, violations(error), error.details())
        if says:
            self.assertIn(says, error.details())
        return error


class TapResult(unittest.TestResult):
    """Prints one TAP line a test."""

    def __init__(self):
        super().__init__()
        self.number = 0

    def _line(self, good, test, problem=None):
        self.number += 1
        print(f"{'ok' if good else 'not ok'} {self.number} - {test.id().split('.', 1)[-1]}")
        if problem:
            print("\n".join("# " + line for line in problem.splitlines()))
        sys.stdout.flush()

    def addSuccess(self, test):
        self._line(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line(False, test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._line(False, test, self.errors[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(True, test, "SKIP " + reason)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._line(False, subtest, self._exc_info_to_string(err, test))


def main():
    """Runs the tests of the calling program and prints TAP."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = TapResult()
    suite.run(result)
    print(f"1..{result.number}")
    sys.exit(0 if result.wasSuccessful() and result.number else 1)
