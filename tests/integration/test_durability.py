# SPDX-License-Identifier: Apache-2.0
"""What was acknowledged stays and counts once, whatever breaks: checked by writers that log each answer.

Each writer makes departments, one after another, under a request_id of its own, and repeats a call with the
same request_id until it is acknowledged. An acknowledgement is on disk before the next call is made.
"""

import os
import selectors
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid

import grpc
import harness

Code = grpc.StatusCode
WRITERS = 4
CALL_SECONDS = 3  # a call that is answered later is repeated, as a careful client would
BACK_SECONDS = 2  # from the database's return to the first answer
# What says that the outcome is not known or that the service is not there: the same call is safe to repeat.
REPEATED = (Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED, Code.CANCELLED, Code.ABORTED)
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Proxy:
    """Between pledged and PostgreSQL: passes bytes on, until it is told to hold them or to cut."""

    def __init__(self, target):
        self.target = target
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.server, selectors.EVENT_READ, None)
        self.held = threading.Event()
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopped.is_set():
            if self.held.is_set():
                time.sleep(0.01)
                continue
            for key, _ in self.selector.select(0.05):
                with self.lock:
                    if key.data is None:
                        self.accept()
                    else:
                        self.forward(key.fileobj, key.data)

    def accept(self):
        client, _ = self.server.accept()
        try:
            database = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        self.selector.register(client, selectors.EVENT_READ, database)
        self.selector.register(database, selectors.EVENT_READ, client)

    def forward(self, source, sink):
        try:
            data = source.recv(65536)
            if data:
                sink.sendall(data)
                return
        except OSError:
            pass
        self.drop(source, sink)

    def drop(self, *pair):
        for end in pair:
            try:
                self.selector.unregister(end)
            except (KeyError, ValueError):
                pass
            end.close()

    def cut_one(self):
        """Closes one connection; True if there was any."""
        with self.lock:
            pairs = [(key.fileobj, key.data) for key in self.selector.get_map().values() if key.data]
            if pairs:
                self.drop(*pairs[0])
            return bool(pairs)

    def stop(self):
        self.stopped.set()
        self.thread.join()
        self.server.close()


class Writers:
    """Write until told to stop; every acknowledgement is in a file of its writer."""

    def __init__(self, api, folder):
        self.api = api
        self.folder = folder
        self.stop = threading.Event()
        self.refused = []
        self.threads = [threading.Thread(target=self.write, args=(i,)) for i in range(WRITERS)]

    def write(self, writer):
        run = uuid.uuid4().hex[:6]
        with open(os.path.join(self.folder, f"{writer}-{run}"), "w", encoding="ascii") as log:
            number = 0
            while not self.stop.is_set():
                number += 1
                identifier = f"w{writer}-{run}-{number}"
                if not self.create(identifier):
                    return
                log.write(identifier + "\n")
                log.flush()
                os.fsync(log.fileno())

    def create(self, identifier):
        request = {"parent": "authorities/derby", "department_id": identifier,
                   "department": {"display_name": identifier}, "request_id": str(uuid.uuid4())}
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.api.CreateDepartment(timeout=CALL_SECONDS, **request)
                return True
            except grpc.RpcError as error:
                if error.code() not in REPEATED:
                    self.refused.append((identifier, error.code(), error.details()))
                    return False
                time.sleep(0.05)
        self.refused.append((identifier, None, "not acknowledged within a minute"))
        return False

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for(WRITERS)
        return self

    def acknowledged(self):
        found = []
        for name in os.listdir(self.folder):
            with open(os.path.join(self.folder, name), encoding="ascii") as log:
                found += log.read().split()
        return found

    def wait_for(self, more, seconds=60):
        """Until that many more calls were acknowledged; returns how long it took."""
        started = time.monotonic()
        enough = len(self.acknowledged()) + more
        while len(self.acknowledged()) < enough and time.monotonic() - started < seconds and not self.refused:
            time.sleep(0.02)
        return time.monotonic() - started

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


class Durable(harness.Case):
    """A cluster of its own with fsync, behind a proxy; the daemon keeps its port when it is started again."""

    cluster_folder = None

    @classmethod
    def setUpClass(cls):
        cls.home = os.environ["PGHOST"]
        cls.folder = tempfile.mkdtemp(prefix="pledge-durable.", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        os.chmod(cls.folder, 0o755)
        cls.cluster = cls.make_cluster_folder()
        cls.sockets = os.path.join(cls.folder, "sockets")
        cls.port = free_port()
        os.environ["PGPORT"] = str(cls.port)
        cls.addClassCleanup(cls.restore)
        cls.start_cluster()
        harness.shell("schema_deploy", cls.sockets, "pledge_test")
        os.environ["PGHOST"] = cls.sockets
        cls.proxy = Proxy(cls.port)
        cls.settings = {"host": "127.0.0.1", "PGPORT": str(cls.proxy.port),
                        "PLEDGED_LISTEN": f"127.0.0.1:{free_port()}", **cls.more_settings()}
        super().setUpClass()
        cls.admin.CreateAuthority(authority_id="derby", authority={"display_name": "Derby"})
        cls.officer = cls.member("derby", "derby-officer", "ROLE_OFFICER")

    @classmethod
    def make_cluster_folder(cls):
        return os.path.join(cls.folder, "pg")

    @classmethod
    def more_settings(cls):
        return {}

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.proxy.stop()

    @classmethod
    def restore(cls):
        subprocess.run(["bash", "-c", '. tests/tools/lib.sh; cluster_stop "$1" immediate', "bash", cls.cluster],
                       cwd=harness.ROOT)
        os.environ["PGHOST"] = cls.home
        del os.environ["PGPORT"]

    @classmethod
    def start_cluster(cls):
        harness.shell("cluster_start", cls.cluster, cls.sockets, "listen_addresses=127.0.0.1",
                      f"port={cls.port}", "fsync=on", "max_connections=60", "min_wal_size=32MB", "max_wal_size=64MB")

    def setUp(self):
        self.log_folder = tempfile.mkdtemp(dir=self.folder)
        self.before = set(self.recorded())

    def recorded(self):
        return harness.psql(self.daemon.database, "SELECT owner_id FROM pledge.owner").split()

    def writers(self):
        return Writers(self.officer, self.log_folder)

    def check(self, writers):
        """Nothing refused, nothing lost, nothing twice, and nothing that nobody was told of."""
        self.assertEqual(writers.refused, [])
        acknowledged = writers.acknowledged()
        recorded = set(self.recorded()) - self.before
        self.assertEqual(len(acknowledged), len(set(acknowledged)))
        self.assertEqual(set(acknowledged), recorded)
        changes = harness.psql(self.daemon.database, "SELECT name FROM pledge.change WHERE kind = 'created'"
                               " AND name LIKE '%/departments/%'").split()
        self.assertEqual(len(changes), len(set(changes)))
        self.assertLessEqual({f"authorities/derby/departments/{name}" for name in acknowledged}, set(changes))


class Durability(Durable):
    def test_the_database_is_killed_and_started_again(self):
        with self.writers() as writers:
            for _ in range(2):
                writers.wait_for(20)
                with open(os.path.join(self.cluster, "postmaster.pid"), encoding="ascii") as file:
                    postmaster = int(file.readline())
                children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True,
                                          text=True).stdout.split()
                for pid in [postmaster, *map(int, children)]:
                    try:
                        os.kill(pid, 9)
                    except ProcessLookupError:
                        pass
                time.sleep(0.5)
                # where nobody collects dead processes the pid in these would look alive
                os.unlink(os.path.join(self.cluster, "postmaster.pid"))
                os.unlink(os.path.join(self.sockets, f".s.PGSQL.{self.port}.lock"))
                self.start_cluster()
                self.assertLess(writers.wait_for(1), BACK_SECONDS)
            writers.wait_for(20)
        self.check(writers)

    def test_its_socket_stalls(self):
        with self.writers() as writers:
            for pause in (0.3, 1.5):
                writers.wait_for(10)
                self.proxy.held.set()
                time.sleep(pause)
                self.proxy.held.clear()
                self.assertLess(writers.wait_for(1), BACK_SECONDS)
            writers.wait_for(20)
        self.check(writers)

    def test_its_connections_are_cut_one_by_one(self):
        with self.writers() as writers:
            for _ in range(30):
                self.proxy.cut_one()
                writers.wait_for(3, 5)
            writers.wait_for(20)
        self.check(writers)

    def test_its_sessions_are_ended_one_by_one(self):
        with self.writers() as writers:
            for _ in range(20):
                harness.psql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                             " WHERE usename = 'pledged' ORDER BY random() LIMIT 1")
                writers.wait_for(3, 5)
            writers.wait_for(20)
        self.check(writers)

    def test_the_daemon_is_killed_and_started_again(self):
        with self.writers() as writers:
            for _ in range(3):
                writers.wait_for(20)
                self.daemon.process.kill()
                self.daemon.process.wait()
                channels = self.daemon.channels
                again = harness.Daemon(self.daemon.database, **self.settings)
                again.start()
                type(self).daemon.process = again.process
                type(self).daemon.log = again.log
                for channel in again.channels.values():
                    channel.close()
                self.daemon.channels = channels
                writers.wait_for(1)
            writers.wait_for(20)
        self.check(writers)


class ClockSteps(Durable):
    """The machine's clock is set forth and back while the daemon runs."""

    @classmethod
    def more_settings(cls):
        cls.clock = os.path.join(cls.folder, "clock")
        cls.step("+0")
        sanitizers = os.environ.get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": cls.clock, "FAKETIME_CACHE_DURATION": "1",
                "DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": sanitizers + ":verify_asan_link_order=0"}

    @classmethod
    def step(cls, offset):
        with open(cls.clock, "w", encoding="ascii") as file:
            file.write(offset + "\n")

    def test_the_clock_steps(self):
        with self.writers() as writers:
            for offset in ("+3600", "-3600", "+86400", "+0"):
                self.step(offset)
                time.sleep(1.1)  # until the daemon's library has read it
                self.assertLess(writers.wait_for(10), BACK_SECONDS * 5)
        self.check(writers)


class DiskFull(Durable):
    """The database's disk fills up and is freed again."""

    SIZE_MB = 220
    mounted = False

    @classmethod
    def make_cluster_folder(cls):
        folder = os.path.join(cls.folder, "disk")
        os.mkdir(folder)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={cls.SIZE_MB}m,mode=755", "tmpfs", folder],
                              capture_output=True)
        cls.mounted = done.returncode == 0
        if cls.mounted:
            cls.addClassCleanup(subprocess.run, ["umount", folder], check=True)
        return os.path.join(folder, "pg")

    def fill(self):
        ballast = os.path.join(os.path.dirname(self.cluster), "ballast")
        with open(ballast, "wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
            except OSError:
                pass
        return ballast

    def test_the_disk_is_full_for_a_while(self):
        if not self.mounted:
            self.skipTest("this machine lets nobody mount a disk")
        with self.writers() as writers:
            writers.wait_for(20)
            ballast = self.fill()
            # tables and log are written into room that they have already, until that is used up
            full = "CREATE TABLE IF NOT EXISTS public.filler AS SELECT repeat('x', 1000) FROM generate_series(1, 200000)"
            with self.assertRaises(RuntimeError):
                harness.psql(self.daemon.database, full)
            time.sleep(2)
            os.unlink(ballast)
            if subprocess.run(["bash", "-c", '. tests/tools/lib.sh; cluster_running "$1"', "bash", self.cluster],
                              cwd=harness.ROOT).returncode:
                self.start_cluster()
            self.assertLess(writers.wait_for(1), BACK_SECONDS * 5)
            writers.wait_for(20)
        self.check(writers)


if __name__ == "__main__":
    harness.main()
