# SPDX-License-Identifier: Apache-2.0
"""The audit trail: every write and every denied call is an entry, and the chain shows what was done to it."""

import hashlib
import json
import os
import subprocess
import tempfile
import time
import uuid

import grpc
import harness
from council import SmallCouncil

Code = grpc.StatusCode
WAIT_SECONDS = 10  # for entries of denied calls, which are recorded beside the answer


class Audit(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.member("derby", "derby-administrator", "ROLE_COUNCIL_ADMINISTRATOR")

    def cli(self, identity, *arguments, code=0, daemon=None):
        """What the command line prints on both streams."""
        environment = {**os.environ, "PLEDGE_ADDRESS": f"127.0.0.1:{(daemon or self.daemon).port}",
                       "PLEDGE_CA": os.path.join(harness.CA, "ca.pem"), "PLEDGE_IDENTITY": harness.identity(identity)}
        done = subprocess.run([os.path.join(harness.BUILD, "client/cli/pledge"), *arguments], env=environment,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def entries(self, after=0):
        return self.administrator.ListAuditEntries(parent=self.parent, page_size=1000, after=after).entries

    def newest(self):
        number = harness.psql(self.daemon.database,
                              "SELECT coalesce(max(number), 0) FROM pledge.audit_entry WHERE authority_id = 'derby'")
        return int(number)

    def wait_for(self, count, found):
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            entries = found()
            if len(entries) >= count:
                break
            time.sleep(0.05)
        self.assertEqual(len(entries), count, entries)
        return entries

    def exported(self, path, daemon=None):
        stdout, _ = self.cli("derby-administrator", "audit", "export", "derby", daemon=daemon)
        with open(path, "w", encoding="utf-8") as file:
            file.write(stdout)
        return stdout.splitlines()

    def test_a_write_is_an_entry_with_what_it_changed(self):
        before = self.newest()
        request_id = str(uuid.uuid4())
        for _ in range(2):  # the second is answered from the first, and writes nothing
            self.officer.CreateBody(parent=self.parent, body_id="panel", body={"display_name": "Panel"},
                                    request_id=request_id)
        self.officer.CreateBody(parent=self.parent, body_id="other", body={"display_name": "Other"}, validate_only=True)
        self.refused(Code.ALREADY_EXISTS, self.officer.CreateBody, parent=self.parent, body_id="panel",
                     body={"display_name": "Panel"})
        (entry,) = self.entries(before)
        self.assertEqual((entry.kind, entry.method, entry.outcome, entry.role, entry.request_id, entry.missed),
                         ("write", "pledge.v1.AuthorityService/CreateBody", "OK", "officer", request_id, 0))
        self.assertEqual(entry.name, f"{self.parent}/auditEntries/{before + 1}")
        self.assertRegex(entry.peer, r"^127\.0\.0\.1:\d+$")
        self.assertEqual(entry.peer_digest, hashlib.sha256(
            bytes.fromhex(entry.peer_salt) + entry.peer.encode()).hexdigest())
        self.assertRegex(entry.request_hash, "^[0-9a-f]{64}$")
        (change,) = entry.changes
        kind, name, old, new = change.split("\t")
        self.assertEqual((kind, name, old), ("created", f"{self.parent}/bodies/panel", ""))
        self.assertRegex(new, "^[0-9a-f]{64}$")

    def test_many_writes_at_once_are_one_chain(self):
        before = self.newest()
        calls = [self.daemon.channel("derby-officer").unary_unary("/pledge.v1.AuthorityService/CreateBody").future(
            self.body(f"many-{n}"), timeout=30) for n in range(60)]
        for call in calls:
            call.result()
        self.assertEqual(self.newest(), before + 60)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "derby.jsonl")
            self.exported(path)
            self.assertIn("whole", self.cli("derby-officer", "audit", "verify", path)[0])

    def body(self, identifier):
        from pledge.v1 import authority_pb2
        return authority_pb2.CreateBodyRequest(parent=self.parent, body_id=identifier,
                                               body={"display_name": "Many"}).SerializeToString()

    def test_a_denied_call_is_an_entry(self):
        before = self.newest()
        self.refused(Code.PERMISSION_DENIED, self.director.CreateBody, parent=self.parent, body_id="x",
                     body={"display_name": "X"})
        self.refused(Code.UNAUTHENTICATED, harness.Api(self.daemon, "stranger").GetAuthority, name=self.parent)
        self.refused(Code.PERMISSION_DENIED, self.agency.SubmitReturn, parent=f"{self.parent}/rounds/now",
                     owner_return=self.report("housing", [self.line("h1"), self.line("h2")]))
        denied = self.wait_for(3, lambda: self.entries(before))
        self.assertEqual([(e.kind, e.method.split("/")[1], e.outcome, e.role) for e in sorted(
            denied, key=lambda e: e.method)], [
                ("denied", "CreateBody", "PERMISSION_DENIED", "director"),
                ("denied", "GetAuthority", "UNAUTHENTICATED", ""),
                ("denied", "SubmitReturn", "PERMISSION_DENIED", "partner_agency")])

    def test_what_is_of_no_council_is_the_hosts(self):
        self.refused(Code.UNAUTHENTICATED, harness.Api(self.daemon, None).GetSelf)
        self.refused(Code.PERMISSION_DENIED, self.officer.GetAuthority, name="authorities/nowhere")

        def found():
            return [e for e in self.admin.ListHostAuditEntries(page_size=1000).entries if e.method.endswith(
                ("GetSelf", "GetAuthority"))]
        methods = {(e.method.split("/")[1], e.outcome) for e in self.wait_for(2, found)}
        self.assertEqual(methods, {("GetSelf", "UNAUTHENTICATED"), ("GetAuthority", "PERMISSION_DENIED")})
        self.refused(Code.PERMISSION_DENIED, self.administrator.ListHostAuditEntries)
        self.refused(Code.PERMISSION_DENIED, self.admin.ListAuditEntries, parent=self.parent)
        self.refused(Code.PERMISSION_DENIED, self.officer.ListAuditEntries, parent=self.parent)

    def tampered(self, sql, code=1):
        """What verify says after a superuser did this to the table; the database is a copy."""
        database = harness.database_copy(self.daemon.database)
        harness.psql(database, sql)
        with harness.Daemon(database) as daemon, tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "derby.jsonl")
            self.exported(path, daemon)
            return "".join(self.cli("derby-officer", "audit", "verify", path, code=code))

    def test_an_edit_a_removal_and_a_reordering_show(self):
        for sql, says in (
                ("UPDATE pledge.audit_entry SET role = 'director' WHERE authority_id = 'derby' AND number = 5",
                 "entry 5 was changed"),
                ("UPDATE pledge.change SET name = name || '-x' WHERE authority_id = 'derby' AND number = 4", "changed"),
                ("DELETE FROM pledge.audit_entry WHERE authority_id = 'derby' AND number = 6", "missing"),
                ("UPDATE pledge.audit_entry SET number = CASE number WHEN 7 THEN 1000007 ELSE number END;"
                 "UPDATE pledge.audit_entry SET number = 7 WHERE number = 8 AND authority_id = 'derby';"
                 "UPDATE pledge.audit_entry SET number = 8 WHERE number = 1000007 AND authority_id = 'derby'",
                 "entry 7 was changed")):
            with self.subTest(sql=sql):
                self.assertIn(says, self.tampered(sql))

    def test_an_address_is_the_recorded_one_or_none(self):
        where = "WHERE authority_id = 'derby' AND number = 5"
        for sql, says in (
                (f"UPDATE pledge.audit_entry SET peer = '192.0.2.1:1' {where}", "entry 5 was changed: its address"),
                (f"UPDATE pledge.audit_entry SET peer_salt = repeat('x', 16)::bytea {where}", "its address"),
                (f"UPDATE pledge.audit_entry SET peer_salt = 'x' {where}", "its address"),
                (f"UPDATE pledge.audit_entry SET peer = NULL, peer_salt = NULL, peer_digest = repeat('0', 64) {where}",
                 "its hash does not hold")):
            with self.subTest(sql=sql):
                self.assertIn(says, self.tampered(sql))
        self.assertIn("whole", self.tampered(f"UPDATE pledge.audit_entry SET peer = NULL, peer_salt = NULL {where}", 0))

    def test_a_long_list_tells_what_is_new(self):
        before = self.newest()
        for n in range(200):
            self.officer.CreateBody(parent=self.parent, body_id=f"long-{n}", body={"display_name": "Long"})
        for _ in range(40):  # so costly that other replies would be kept
            self.assertEqual(len(self.entries(before)), 200)
        self.refused(Code.PERMISSION_DENIED, self.director.CreateBody, parent=self.parent, body_id="x",
                     body={"display_name": "X"})
        self.wait_for(201, lambda: self.entries(before))
        harness.psql(self.daemon.database, "UPDATE pledge.audit_entry SET peer = NULL, peer_salt = NULL"
                     f" WHERE authority_id = 'derby' AND number > {before}")
        self.assertFalse([e for e in self.entries(before) if e.peer or e.peer_salt])

    def test_an_address_without_its_salt_shows(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "derby.jsonl")
            lines = [json.loads(line) for line in self.exported(path)]
            lines[2]["peerSalt"] = ""
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)
            self.assertIn("line 3: entry 3 was changed: its address",
                          self.cli("derby-officer", "audit", "verify", path, code=1)[1])

    def test_an_end_that_was_made_anew_shows_against_a_checkpoint(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "derby.jsonl")
            lines = self.exported(path)
            checkpoint = self.cli("derby-officer", "audit", "verify", path)[0].splitlines()[-1]
            number, _ = checkpoint.split(":")
            self.assertEqual(int(number), len(lines))
            self.cli("derby-officer", "audit", "verify", path, "--checkpoint", checkpoint)
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines[:-1]) + "\n")
            self.assertIn("not in", self.cli("derby-officer", "audit", "verify", path, "--checkpoint", checkpoint,
                                             code=1)[1])
            self.officer.CreateBody(parent=self.parent, body_id="later", body={"display_name": "Later"})
            rest, _ = self.cli("derby-administrator", "audit", "export", "derby", "--after", number)
            with open(path, "w", encoding="utf-8") as file:
                file.write(rest)
            self.assertIn("--checkpoint", self.cli("derby-officer", "audit", "verify", path, code=1)[1])
            self.cli("derby-officer", "audit", "verify", path, "--checkpoint", checkpoint)
            self.assertIn("changed", self.cli("derby-officer", "audit", "verify", path, "--checkpoint",
                                              f"{number}:{'0' * 64}", code=1)[1])
            with open(path, "w", encoding="utf-8") as file:
                file.write(json.dumps({"nothing": 1}) + "\n")
            self.assertIn("line 1 is no audit entry", self.cli("derby-officer", "audit", "verify", path, code=1)[1])


if __name__ == "__main__":
    harness.main()
