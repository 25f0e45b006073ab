# SPDX-License-Identifier: Apache-2.0
"""Hostile traffic: memory stays bounded, and well-behaved clients notice little.

Each attack runs beside a client that makes calls one after another. Its 99th percentile during the attack is
held against the one of the same minute while a program spins that does nothing to the service: so the processor
that the attacker takes, which is not the daemon's doing, is in both. A bound that is missed is measured again.
"""

import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time

import grpc

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
from council import SmallCouncil  # noqa: E402
from pledge.v1 import authority_pb2, return_pb2, watch_pb2  # noqa: E402

Code = grpc.StatusCode
ATTACK_SECONDS = 3
TIMES = 2          # undisturbed latency that may be reached
HANDSHAKE_TIMES = 10  # the same where a call may wait for a step of TLS that takes longer than it
ATTEMPTS = 6
GROWTH_MB = 48     # of resident memory during an attack
REST_MB = 16       # that may be left of it afterwards
IDLE_CONNECTIONS = 10000
IDLE_KB = 32       # of memory for each
CHANGES = 40000    # of half a kilobyte
GET = "/pledge.v1.AuthorityService/GetAuthority"


class Abuse(SmallCouncil):
    settings = {"PLEDGED_LOOPS": "1"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attacker = os.path.join(harness.WORK, "attack")
        subprocess.run(["cc", "-O2", "-o", cls.attacker, os.path.join(harness.ROOT, "tests/abuse/attack.c"),
                        "-lssl", "-lcrypto"], check=True)
        cls.prefix = harness.identity("derby-officer")

    def memory_mb(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def calls(self, seconds):
        """Latencies of a well-behaved client's calls; one that fails took as long as a call may."""
        found = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            started = time.monotonic()
            try:
                self.officer.GetAuthority(name=self.parent)
                found.append(time.monotonic() - started)
            except grpc.RpcError as error:
                print(f"# a call failed: {error.code()} {error.details()}", flush=True)
                found += [harness.CALL_SECONDS] * 1000
        return sorted(found)

    def attack(self, mode, connections, seconds=ATTACK_SECONDS):
        return subprocess.Popen(
            ["nice", "-n", "10", self.attacker, mode, str(self.daemon.port), self.prefix, str(seconds),
             str(connections)], stdout=subprocess.PIPE, text=True)

    def p99(self, latencies):
        return latencies[int(len(latencies) * 0.99)]

    def endure(self, mode, connections, times):
        """One attack; returns (bounded, what was measured)."""
        spinner = subprocess.Popen(["nice", "-n", "10", sys.executable, "-c", "while True: pass"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(spinner.wait)
        self.addCleanup(spinner.kill)
        usual = self.p99(self.calls(ATTACK_SECONDS - 1))
        spinner.kill()
        spinner.wait()
        before = self.memory_mb()
        peak = [before]
        attacker = self.attack(mode, connections)
        attacker.stdout.readline()
        done = threading.Event()

        def watch():
            while not done.wait(0.02):
                peak[0] = max(peak[0], self.memory_mb())

        watcher = threading.Thread(target=watch)
        watcher.start()
        during = self.p99(self.calls(ATTACK_SECONDS - 1))
        report = attacker.communicate(timeout=60)[0].strip()
        done.set()
        watcher.join()
        self.calls(0.5)
        time.sleep(1.5)
        left = self.memory_mb() - before
        good = during <= times * usual and peak[0] - before <= GROWTH_MB and left <= REST_MB
        return good, (f"{mode}: p99 {usual * 1000:.1f} ms, then {during * 1000:.1f} ms; memory {before:.0f} MB, at most "
                      f"{peak[0]:.0f}, {left:+.0f} left; {report}")

    def bounded(self, mode, connections=4, times=TIMES):
        for _ in range(ATTEMPTS):
            good, measured = self.endure(mode, connections, times)
            print("# " + measured, flush=True)
            if good:
                return measured
        self.fail(measured)

    def ended(self, measured):
        return int(measured.rsplit("ended ", 1)[1])

    def test_rapid_reset(self):
        self.assertGreater(self.ended(self.bounded("rapid-reset")), 0)

    def test_streams_opened_and_cancelled(self):
        self.assertGreater(self.ended(self.bounded("open-and-cancel")), 0)

    def test_continuation_flood(self):
        self.assertGreater(self.ended(self.bounded("continuation")), 0)

    def test_settings_flood(self):
        self.bounded("settings")

    def test_ping_flood(self):
        self.assertGreater(self.ended(self.bounded("ping")), 0)
        self.assertIn("too_many_pings", [event["reason"] for event in self.daemon.events("expelled")])

    def test_frames_that_ask_for_nothing(self):
        """No answer is due, so nothing but fairness keeps the others going."""
        self.bounded("priority")
        self.bounded("unknown")

    def test_new_keys_without_end(self):
        self.assertGreater(self.ended(self.bounded("new-keys")), 0)

    def test_slow_handshakes(self):
        self.bounded("slow-handshake", 1000)

    def test_handshakes_without_end(self):
        """Each costs the daemon as much as a hundred calls, in two steps that nothing divides."""
        self.assertGreater(self.ended(self.bounded("handshakes", 32, HANDSHAKE_TIMES)), 0)

    def test_slow_headers(self):
        self.bounded("slow-headers", 200)

    def test_slow_bodies(self):
        self.bounded("slow-body", 200)

    def test_tiny_frames(self):
        self.bounded("tiny-data")
        self.bounded("empty-data")

    def test_large_answers_that_are_read_as_fast_as_they_come(self):
        """They break no rule, so nobody is sent away; what they ask for has a rate."""
        self.bounded("large-answers", 32)

    def test_a_window_that_never_opens(self):
        self.bounded("zero-window")

    def test_idle_connections(self):
        before = self.memory_mb()
        attacker = self.attack("idle", IDLE_CONNECTIONS, 6)
        opened = int(attacker.stdout.readline().split()[1])
        if opened < IDLE_CONNECTIONS:
            attacker.wait()
            self.skipTest(f"this machine allows {opened} connections")
        time.sleep(2)
        each = (self.memory_mb() - before) * 1024 / opened
        self.calls(0.5)
        attacker.wait()
        time.sleep(3)
        after = self.memory_mb()
        print(f"# {each:.1f} KiB for each of {opened}; {before:.1f} MB before, {after:.1f} MB after")
        self.assertLess(each, IDLE_KB)
        self.assertLess(after, 16)


class Messages(SmallCouncil):
    """Single requests that are made to hurt."""

    settings = {"PLEDGED_LOOPS": "1"}

    def memory_mb(self):
        return Abuse.memory_mb(self)

    def survive(self, code, path, data, reply=authority_pb2.GetAuthorityResponse, **more):
        before = self.memory_mb()
        self.refused(code, self.daemon.call, "derby-officer", path, data, reply, **more)
        self.assertLess(self.memory_mb() - before, GROWTH_MB)
        self.officer.GetAuthority(name=self.parent)

    def test_deep_and_wide_messages(self):
        submit = "/pledge.v1.ReturnService/SubmitReturn"
        empty = b"\x3a\x00" * (2 << 20)  # a return of two million empty lines
        self.survive(Code.RESOURCE_EXHAUSTED, submit,
                     b"\x12" + varint(len(empty) - 64) + empty[:len(empty) - 64], return_pb2.SubmitReturnResponse)
        deep = b""
        for _ in range(20000):
            deep = b"\x12" + varint(len(deep)) + deep
            if len(deep) > 60000:
                break
        self.survive(Code.INVALID_ARGUMENT, submit, deep, return_pb2.SubmitReturnResponse)

    def raw(self, content, body, *headers):
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            prefix = harness.identity("derby-officer")
            extra = [part for header in headers for part in ("-H", header)]
            done = subprocess.run(
                ["curl", "-sS", "--http2", "--cacert", os.path.join(harness.CA, "ca.pem"), "--cert", prefix + ".pem",
                 "--key", prefix + ".key", "-H", "content-type: " + content, *extra, "--data-binary",
                 "@" + file.name, "-w", "\n%{http_code}", f"https://127.0.0.1:{self.daemon.port}{GET}"],
                capture_output=True, timeout=60)
        return done.stdout.rsplit(b"\n", 1)

    def test_gzip_bombs(self):
        before = self.memory_mb()
        bomb = gzip.compress(bytes(1 << 30), 9)
        self.assertLess(len(bomb), 1100000)
        for content, body, headers in (
                ("application/json", bomb, ["content-encoding: gzip"]),
                ("application/grpc-web", struct.pack(">BI", 1, len(bomb)) + bomb, ["grpc-encoding: gzip"])):
            answer, status = self.raw(content, body, *headers)
            told = json.loads(answer)["code"] if content.endswith("json") else answer.decode(errors="replace")
            self.assertIn("resource_exhausted" if content.endswith("json") else "grpc-status: 8", told, status)
        self.assertLess(self.memory_mb() - before, GROWTH_MB)

    def test_json_bombs(self):
        before = self.memory_mb()
        for body in (b"[" * 100000, b'{"name":' * 50000, b'{"name": ' + b"1" * 1000000 + b"}", b'{"a": 1, "a": 2}',
                     b'{"name": 1e999999}', b'{"name": "\\ud800"}', b'{"name": "' + b"x" * 3000000 + b'"}',
                     b"[" + b"{}," * 50000 + b"{}]"):
            answer, status = self.raw("application/json", body)
            self.assertEqual((status, json.loads(answer)["code"]), (b"400", "invalid_argument"), body[:40])
        answer, status = self.raw("application/json", b"[" + b"{}," * 1000000 + b"{}]")
        self.assertEqual((status, json.loads(answer)["code"]), (b"429", "resource_exhausted"))
        self.assertLess(self.memory_mb() - before, GROWTH_MB)
        self.officer.GetAuthority(name=self.parent)

    def test_huge_metadata(self):
        stub = self.daemon.channel("derby-officer").unary_unary(
            GET, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=authority_pb2.GetAuthorityResponse.FromString)
        with self.assertRaises(grpc.RpcError) as caught:
            stub(authority_pb2.GetAuthorityRequest(name=self.parent), timeout=20,
                 metadata=[(f"x-{i}", "y" * 900) for i in range(60)])
        self.assertIn(caught.exception.code(), (Code.RESOURCE_EXHAUSTED, Code.INTERNAL, Code.UNAVAILABLE))
        self.officer.GetAuthority(name=self.parent)

    def watch(self, cursor=""):
        return self.daemon.stream("derby-officer", "/pledge.v1.WatchService/Watch",
                                  watch_pb2.WatchRequest(parent=self.parent, cursor=cursor), watch_pb2.WatchResponse,
                                  timeout=60)

    def test_a_watch_that_is_not_read_is_ended_and_goes_on_from_its_cursor(self):
        """More changes than all buffers on the way hold, and a client that reads none for a while."""
        stream = self.watch()
        first = int(next(stream).cursor[1:])
        harness.psql(self.daemon.database, f"""
            SET search_path = pledge;
            INSERT INTO change (authority_id, number, kind, name, permission)
            SELECT 'derby', {first} + g, 'updated', 'authorities/derby/bodies/' || repeat('x', 500), 'authority.read'
              FROM generate_series(1, {CHANGES}) AS g;
            UPDATE change_count SET last = last + {CHANGES} WHERE authority_id = 'derby';
            SELECT pg_notify('pledge_change', 'derby')""")
        before = self.memory_mb()
        time.sleep(15)  # longer than the daemon's patience
        self.assertLess(self.memory_mb() - before, GROWTH_MB)
        seen = []
        with self.assertRaises(grpc.RpcError) as caught:
            for change in stream:
                seen.append(int(change.cursor[1:]))
        self.assertEqual(caught.exception.code(), Code.RESOURCE_EXHAUSTED, caught.exception.details())
        self.assertIn("last cursor", caught.exception.details())
        self.assertLess(len(seen), CHANGES)
        again = self.watch(f"c{seen[-1]}")
        while len(seen) < CHANGES:
            seen.append(int(next(again).cursor[1:]))
        again.cancel()
        self.assertEqual(seen, list(range(first + 1, first + CHANGES + 1)))


def varint(number):
    found = b""
    while number > 0x7f:
        found += bytes([number & 0x7f | 0x80])
        number >>= 7
    return found + bytes([number])


if __name__ == "__main__":
    harness.main()
