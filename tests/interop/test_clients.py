# SPDX-License-Identifier: Apache-2.0
"""Clients that are not ours each read a monitor and submit a return: grpc-js, buf curl, grpcio."""

import json
import os
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import harness  # noqa: E402
from council import SmallCouncil  # noqa: E402

NODE = os.environ["PLEDGE_TEST_NODE"]
BUF = os.path.join(NODE, "node_modules/.bin/buf")


class Clients(SmallCouncil):
    def setUp(self):
        self.round_id = "r" + uuid.uuid4().hex[:8]
        self.name = f"{self.parent}/rounds/{self.round_id}"
        self.round(self.round_id, opens=-20, due=10, closes=20)
        self.request = {"parent": self.name, "request_id": str(uuid.uuid4()),
                        "owner_return": self.report("housing", [
                            self.line("h1"), self.line("h2", "RATING_AMBER", reason="One post is open.")])}

    def node(self, what, request, identity="housing-director"):
        done = subprocess.run(
            ["node", os.path.join(harness.ROOT, "tests/interop/return.js"), f"127.0.0.1:{self.daemon.port}",
             os.path.join(harness.CA, "ca.pem"), harness.identity(identity), what, json.dumps(request)],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def buf(self, method, request, identity="housing-director"):
        prefix = harness.identity(identity)
        return subprocess.run(
            [BUF, "curl", "--protocol", "grpc", "--cacert", os.path.join(harness.CA, "ca.pem"), "--cert",
             prefix + ".pem", "--key", prefix + ".key", "--data", json.dumps(request),
             f"https://127.0.0.1:{self.daemon.port}/pledge.v1.{method}"],
            capture_output=True, text=True, timeout=60)

    def check(self, submission, monitor):
        self.assertEqual(submission, 1)
        self.assertEqual(monitor["round_title"], self.round_id.title())
        self.assertEqual(len(monitor["statements"]), 3)

    def test_grpc_js(self):
        receipt = self.node("submit", self.request)["owner_return"]
        self.check(receipt["submission"], self.node(
            "monitor", {"parent": self.parent, "round_id": self.round_id}))
        refused = self.node("submit", dict(self.request, request_id=str(uuid.uuid4())))
        self.assertEqual(refused["code"], 6)

    def test_grpcio(self):
        receipt = self.director.SubmitReturn(**self.request).owner_return
        monitor = self.director.GetMonitor(parent=self.parent, round_id=self.round_id)
        self.check(receipt.submission, {"round_title": monitor.round_title, "statements": monitor.statements})

    def test_buf_curl_by_reflection(self):
        done = self.buf("ReturnService/SubmitReturn", self.request)
        self.assertEqual(done.returncode, 0, done.stderr)
        receipt = json.loads(done.stdout)["ownerReturn"]
        done = self.buf("MonitorService/GetMonitor", {"parent": self.parent, "round_id": self.round_id})
        self.assertEqual(done.returncode, 0, done.stderr)
        monitor = json.loads(done.stdout)
        self.check(receipt["submission"], {"round_title": monitor["roundTitle"],
                                           "statements": monitor["statements"]})
        bad = self.buf("ReturnService/SubmitReturn", dict(self.request, request_id="7"))
        self.assertNotEqual(bad.returncode, 0)
        self.assertIn("request_id", bad.stderr)


class Partners(SmallCouncil):
    """Programs as partner agencies write them: refused with all mistakes, mended, and sure of what was recorded."""

    def run_partner(self, *command):
        round_id = "r" + uuid.uuid4().hex[:8]
        self.round(round_id, opens=-20, due=10, closes=20)
        request = {"parent": f"{self.parent}/rounds/{round_id}", "request_id": str(uuid.uuid4())}
        wrong = self.report("police", [self.line("p1", "RATING_AMBER", actual_on="2999-01-01"), self.line("h1")])
        mended = self.report("police", [self.line("p1", "RATING_AMBER", reason="A post was open.")])
        paths = []
        for content in (wrong, mended):
            with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
                json.dump(dict(request, owner_return=content), file)
            self.addCleanup(os.remove, file.name)
            paths.append(file.name)
        done = subprocess.run(
            [*command, f"127.0.0.1:{self.daemon.port}", os.path.join(harness.CA, "ca.pem"),
             harness.identity("police-agency"), *paths], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["code"], 3)
        self.assertEqual([(p["field"], p["reason"]) for p in told["problems"]],
                         [("owner_return.progress[0].reason", "R012"), ("owner_return.progress[0].actual_on", "R020"),
                          ("owner_return.progress[1].commitment_id", "R004")])
        self.assertIn("found 2999-01-01", told["problems"][1]["description"])
        self.assertEqual((told["submissions"], told["lines"], told["verified"]), ([1, 1], 1, True))
        tries = self.officer.ListReturnAttempts(parent=told["name"]).attempts
        self.assertEqual([t.status for t in tries], ["OK", "INVALID_ARGUMENT"])

    def test_python(self):
        self.run_partner(sys.executable, os.path.join(harness.ROOT, "tests/interop/partner.py"))

    def test_node(self):
        self.run_partner("node", os.path.join(harness.ROOT, "tests/interop/partner.js"))


class Lint(harness.unittest.TestCase):
    def test_buf_lint(self):
        done = subprocess.run([BUF, "lint"], cwd=harness.ROOT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_compose_file(self):
        if subprocess.run(["sh", "-c", "docker compose version"], capture_output=True).returncode:
            self.skipTest("docker compose is not on this machine")
        done = subprocess.run(["docker", "compose", "config", "-q"], cwd=harness.ROOT, capture_output=True,
                              text=True, env=dict(os.environ, PLEDGE_TLS=".", PLEDGE_DB_PASSWORD="x"))
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    harness.main()
