# SPDX-License-Identifier: Apache-2.0
"""What operators see: metrics for Prometheus, slow calls with where the time went, traces carried on."""

import json
import os
import re
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import grpc
import harness
from pledge.v1 import authority_pb2

GET = "/pledge.v1.AuthorityService/GetAuthority"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)$')


class Telemetry(harness.Case):
    settings = {"PLEDGED_METRICS_LISTEN": "127.0.0.1:0", "PLEDGED_SLOW_CALL_MS": "300"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin.CreateAuthority(authority_id="derby", authority={"display_name": "Derby"})
        cls.officer = cls.member("derby", "derby-officer", "ROLE_OFFICER")
        cls.port = next(cls.daemon.events("metrics"))["port"]

    def read(self, path="/metrics"):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
            return answer.read().decode()

    def samples(self):
        """{(name, labels): value}; every line must be one that Prometheus reads."""
        found = {}
        for line in self.read().splitlines():
            if not line.startswith("#"):
                match = SAMPLE.match(line)
                self.assertTrue(match, line)
                found[match[1], match[2] or ""] = float(match[3])
        return found

    def traced(self, name, metadata, timeout=20):
        stub = self.daemon.channel("derby-officer").unary_unary(
            GET, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=authority_pb2.GetAuthorityResponse.FromString)
        return stub(authority_pb2.GetAuthorityRequest(name=name), timeout=timeout, metadata=metadata)

    def test_calls_are_counted_by_method_and_status(self):
        label = 'method="pledge.v1.AuthorityService/GetAuthority"'
        before = self.samples()
        self.officer.GetAuthority(name="authorities/derby")
        self.refused(grpc.StatusCode.PERMISSION_DENIED, self.officer.GetAuthority, name="authorities/halton")
        after = self.samples()

        def grew(name, labels):
            return after[name, labels] - before.get((name, labels), 0)

        self.assertEqual(grew("pledged_calls_total", label + ',code="OK"'), 1)
        self.assertEqual(grew("pledged_calls_total", label + ',code="PERMISSION_DENIED"'), 1)
        self.assertEqual(grew("pledged_call_seconds_count", label), 2)
        self.assertEqual(grew("pledged_call_seconds_bucket", label + ',le="+Inf"'), 2)
        buckets = [value for (name, labels), value in after.items()
                   if name == "pledged_call_seconds_bucket" and labels.startswith(label + ",")]
        self.assertEqual(buckets, sorted(buckets))

    def test_loops_and_lanes_are_there(self):
        found = self.samples()
        for name in ("pledged_loop_turns_total", "pledged_loop_busy_seconds_total", "pledged_loop_lag_seconds",
                     "pledged_connections_open", "pledged_received_bytes_total", "pledged_sent_bytes_total"):
            self.assertEqual(len([key for key in found if key[0] == name]), 2, name)
        self.assertGreater(sum(v for (n, _), v in found.items() if n == "pledged_loop_turns_total"), 0)
        for lane, connections in (("read", 1), ("heavy", 1), ("write", 4)):
            self.assertEqual(found["pledged_database_connections", f'loop="0",lane="{lane}"'], connections)
        self.assertGreater(sum(v for (n, _), v in found.items() if n == "pledged_database_jobs_total"), 0)
        self.assertGreater(found["process_resident_memory_bytes", ""], 1 << 20)

    def test_the_dashboard_asks_for_what_there_is(self):
        with open(os.path.join(harness.ROOT, "server/pledged-dashboard.json"), encoding="utf-8") as file:
            panels = json.load(file)["panels"]
        asked = {name for panel in panels for target in panel["targets"]
                 for name in re.findall(r"\b(?:pledged|process)_[a-z_]+", target["expr"])}
        self.assertGreater(len(asked), 10)
        self.assertEqual(asked - {name for name, _ in self.samples()}, set())

    def test_nothing_else_is_served(self):
        for path in ("/", "/metricsx", "/metrics/../etc"):
            with self.subTest(path=path), self.assertRaises(urllib.error.HTTPError) as caught:
                self.read(path)
            self.assertEqual(caught.exception.code, 404)
            caught.exception.close()

    def test_a_silent_reader_does_not_keep_the_next_waiting(self):
        with socket.create_connection(("127.0.0.1", self.port)) as silent:
            silent.send(b"GET /met")
            self.assertIn("pledged_build_info", self.read())

    def test_a_reader_that_trickles_does_not_keep_the_daemon_from_ending(self):
        over = threading.Event()
        with harness.Daemon(self.daemon.database, PLEDGED_METRICS_LISTEN="127.0.0.1:0") as daemon:
            slow = socket.create_connection(("127.0.0.1", next(daemon.events("metrics"))["port"]))

            def trickle():
                with slow:
                    while not over.wait(0.2):
                        try:
                            slow.send(b"x")
                        except OSError:
                            return

            thread = threading.Thread(target=trickle)
            thread.start()
            self.addCleanup(thread.join)
            self.addCleanup(over.set)
            time.sleep(0.5)  # and leaving waits for its end

    def test_only_a_loopback_address(self):
        daemon = harness.Daemon(self.daemon.database, PLEDGED_METRICS_LISTEN="0.0.0.0:0")
        done = daemon.run()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("loopback", done.stderr)

    def test_a_slow_call_tells_where_the_time_went(self):
        lock = subprocess.Popen(
            ["psql", "-qX", "-U", "postgres", "-d", self.daemon.database, "-c",
             "BEGIN; LOCK TABLE pledge.authority; SELECT pg_sleep(1); COMMIT"], stdout=subprocess.DEVNULL)
        time.sleep(0.4)
        self.traced("authorities/derby", [("traceparent", TRACE)])
        lock.wait()
        slow = [event for event in self.daemon.events("slow") if event["traceparent"] == TRACE]
        self.assertEqual(len(slow), 1)
        self.assertEqual(slow[0]["method"], GET)
        self.assertGreater(slow[0]["us"], 300000)
        self.assertGreater(slow[0]["database_us"], slow[0]["us"] / 2)
        self.assertEqual(slow[0]["authority"], "derby")

    def test_a_trace_reaches_the_log_and_the_database(self):
        lock = subprocess.Popen(
            ["psql", "-qX", "-U", "postgres", "-d", self.daemon.database, "-c",
             "BEGIN; LOCK TABLE pledge.authority; SELECT pg_sleep(2); COMMIT"], stdout=subprocess.DEVNULL)
        time.sleep(0.4)
        with self.assertRaises(grpc.RpcError):
            self.traced("authorities/derby", [("traceparent", TRACE)], timeout=0.8)
        seen = harness.psql("postgres", "SELECT application_name FROM pg_stat_activity WHERE datname = "
                            f"'{self.daemon.database}' AND usename = 'pledged' AND application_name <> ''")
        lock.wait()
        self.assertIn(TRACE.split("-")[1], seen)
        late = [event for event in self.daemon.events("call") if event.get("traceparent") == TRACE]
        self.assertIn(late[-1]["code"], ("DEADLINE_EXCEEDED", "CANCELLED"))
        self.traced("authorities/derby", [])
        after = harness.psql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                             f"'{self.daemon.database}' AND application_name = '{TRACE}'")
        self.assertEqual(after, "0")

    def test_a_malformed_trace_is_left_out(self):
        for trace in ("00-xyz", TRACE.upper(), "00-" + "0" * 32 + TRACE[35:], TRACE + "x", TRACE.replace("00-", "ff-", 1)):
            self.refused(grpc.StatusCode.PERMISSION_DENIED, self.traced, "authorities/halton",
                         [("traceparent", trace)])
        self.assertNotIn("xyz", self.daemon.log_text())


if __name__ == "__main__":
    harness.main()
