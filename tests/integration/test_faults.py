# SPDX-License-Identifier: Apache-2.0
"""The database goes away: quick UNAVAILABLE, service by itself afterwards, nothing accepted lost."""

import os
import socket
import subprocess
import tempfile
import threading
import time
import uuid

import grpc
import harness
from pledge.v1 import watch_pb2

Code = grpc.StatusCode


class Faults(harness.Case):
    """These tests stop PostgreSQL, so they have a cluster of their own, with fsync, reached by name."""

    @classmethod
    def setUpClass(cls):
        cls.home = os.environ["PGHOST"]
        cls.cluster = os.path.join(harness.WORK, "pg-faults")
        cls.sockets = tempfile.mkdtemp(prefix="pledge-faults.", dir="/tmp")
        subprocess.run(["rm", "-rf", cls.cluster], check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            cls.port = str(free.getsockname()[1])
        os.environ["PGPORT"] = cls.port
        cls.start_cluster()
        harness.shell("schema_deploy", cls.sockets, "pledge_test")
        os.environ["PGHOST"] = cls.sockets
        cls.settings = {"host": "localhost"}
        super().setUpClass()
        cls.admin.CreateAuthority(authority_id="derby", authority={"display_name": "Derby"})
        cls.officer = cls.member("derby", "derby-officer", "ROLE_OFFICER")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        harness.shell("cluster_stop", cls.cluster, "immediate")
        subprocess.run(["rm", "-rf", cls.cluster, cls.sockets], check=True)
        os.environ["PGHOST"] = cls.home
        del os.environ["PGPORT"]

    @classmethod
    def start_cluster(cls):
        harness.shell("cluster_start", cls.cluster, cls.sockets, "listen_addresses=localhost",
                      "port=" + cls.port)

    def start_database(self):
        self.start_cluster()
        self.daemon.wait_serving(10, "derby-officer")

    def test_away_is_unavailable_quickly_and_service_resumes(self):
        harness.shell("cluster_stop", self.cluster, "immediate")
        try:
            for call, fields in (
                    (self.officer.GetAuthority, {"name": "authorities/derby"}),
                    (self.officer.UpdateAuthority, {"authority": {"name": "authorities/derby",
                                                                  "display_name": "Derby"}})):
                time.sleep(0.3)
                started = time.monotonic()
                self.refused(Code.UNAVAILABLE, call, **fields)
                self.assertLess(time.monotonic() - started, 2)
        finally:
            self.start_database()
        self.assertEqual(self.officer.GetAuthority(name="authorities/derby").authority.display_name, "Derby")

    def test_a_watch_outlives_the_databases_absence(self):
        stream = self.daemon.stream("derby-officer", "/pledge.v1.WatchService/Watch",
                                    watch_pb2.WatchRequest(parent="authorities/derby"), watch_pb2.WatchResponse, 60)
        next(stream)
        harness.shell("cluster_stop", self.cluster, "immediate")
        try:
            time.sleep(7)  # it asks of its own accord every five
        finally:
            self.start_database()
        self.officer.CreateDepartment(parent="authorities/derby", department_id="later",
                                      department={"display_name": "Later"})
        while not next(stream).name.endswith("departments/later"):
            pass
        stream.cancel()

    def test_the_log_says_why_connections_fail_and_when_all_are_back(self):
        with harness.Daemon(self.daemon.database, PLEDGED_LOOPS="1", **self.settings) as daemon:
            harness.shell("cluster_stop", self.cluster, "fast")
            try:
                daemon.wait_event("database", "error")
            finally:
                self.start_database()
            daemon.wait_event("database", "connections")
            told = list(daemon.events("database"))
        self.assertEqual([e["level"] for e in told], ["warn", "info"])
        self.assertIn("terminating connection", told[0]["error"])
        self.assertNotIn("\n", told[0]["error"])
        self.assertGreater(told[1]["connections"], 2)

    def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(self):
        acknowledged, stop, unknown = [], threading.Event(), []

        def write(worker):
            number = 0
            while not stop.is_set():
                identifier = f"w{worker}-{number}"
                request = {"parent": "authorities/derby", "department_id": identifier,
                           "department": {"display_name": identifier}, "request_id": str(uuid.uuid4())}
                while True:
                    try:
                        self.officer.CreateDepartment(**request)
                        acknowledged.append(identifier)
                        break
                    except grpc.RpcError as error:
                        # repeated under the same request_id, an unknown outcome is safe to try again
                        if error.code() != Code.UNAVAILABLE:
                            unknown.append((identifier, error.code(), error.details()))
                            break
                        time.sleep(0.05)
                        if stop.is_set():
                            return
                number += 1

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            time.sleep(1)
            harness.shell("cluster_stop", self.cluster, "immediate")
            time.sleep(0.3)
            self.start_database()
        time.sleep(1)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(unknown, [])
        self.assertGreater(len(acknowledged), 100)
        stored = harness.psql(self.daemon.database, "SELECT owner_id FROM pledge.owner").split()
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(set(acknowledged) - set(stored), set())

    def test_connections_cut_one_by_one(self):
        for _ in range(10):
            harness.psql(self.daemon.database,
                         "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pledged' "
                         "ORDER BY random() LIMIT 1")
            try:
                self.officer.GetAuthority(name="authorities/derby")
            except grpc.RpcError as error:
                self.assertEqual(error.code(), Code.UNAVAILABLE)
        self.daemon.wait_serving(10, "derby-officer")
        self.officer.GetAuthority(name="authorities/derby")


if __name__ == "__main__":
    harness.main()
