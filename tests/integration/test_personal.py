# SPDX-License-Identifier: Apache-2.0
"""Personal data: the register, exports, erasures after which the audit trail still holds, and periods."""

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
from pledge.v1 import personal_data_pb2
from test_signin import Person

Code = grpc.StatusCode
SERVICE = "pledge.v1.PersonalDataService/"
WAIT_SECONDS = 20  # for a run of the daemon's own accord
HEARD_SECONDS = 5  # that the daemon may take to hear that a session is gone


class People(SmallCouncil):
    """The small council with an administrator, and another council."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.member("derby", "derby-administrator", "ROLE_COUNCIL_ADMINISTRATOR")
        cls.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        cls.stranger = cls.member("halton", "halton-administrator", "ROLE_COUNCIL_ADMINISTRATOR")

    def cli(self, name, *arguments, code=0, daemon=None):
        """What the command line prints on both streams."""
        environment = {**os.environ, "PLEDGE_ADDRESS": f"127.0.0.1:{(daemon or self.daemon).port}",
                       "PLEDGE_CA": os.path.join(harness.CA, "ca.pem"), "PLEDGE_IDENTITY": harness.identity(name)}
        done = subprocess.run([os.path.join(harness.BUILD, "client/cli/pledge"), *arguments], env=environment,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def psql(self, sql):
        return harness.psql(self.daemon.database, sql)

    def person(self, name):
        """Somebody with a certificate, a user name, a password, a session and an entry in the audit trail."""
        self.admin.CreateMember(parent=self.parent, member_id=name, member={
            "display_name": f"Name of {name}", "role": "ROLE_OFFICER", "user_name": f"{name}@derby",
            "certificate_sha256": harness.fingerprint(name)})
        principal = self.psql(f"SELECT principal_id FROM pledge.member WHERE member_id = '{name}'")
        self.psql(f"INSERT INTO pledge.password VALUES ('{principal}', 'argon', 'sealed', 1);"
                  f"SELECT pledge.session_begin('{principal}', NULL, 'password', sha256('{name}'), 600, 6000,"
                  " 'pledge.v1.SessionService/SignIn', '192.0.2.7:1234')")
        api = harness.Api(self.daemon, name)
        api.CreateBody(parent=self.parent, body_id=name, body={"display_name": "Body"})
        return api, principal

    def newest(self, parent="authorities/derby"):
        authority = parent.partition("/")[2]
        return int(self.psql(
            f"SELECT coalesce(max(number), 0) FROM pledge.audit_entry WHERE authority_id = '{authority}'"))

    def entries(self, after=0):
        return self.administrator.ListAuditEntries(parent=self.parent, page_size=1000, after=after).entries

    def exported(self, path, *arguments):
        stdout, _ = self.cli("derby-administrator", "audit", "export", "derby", *arguments)
        with open(path, "w", encoding="utf-8") as file:
            file.write(stdout)
        return [json.loads(line) for line in stdout.splitlines()]

    def verified(self, path, *arguments):
        """The checkpoint that is printed."""
        return self.cli("derby-officer", "audit", "verify", path, *arguments)[0].splitlines()[-1]


class Personal(People):
    def test_everybody_known_reads_the_register(self):
        fields = self.director.ListPersonalFields(page_size=1000).personal_fields
        found = {(f.table, f.column): f for f in fields}
        self.assertEqual({f.kind for f in fields if (f.table, f.column) == ("response_text", "text")},
                         {"consultation_text", "young_words"})
        peer = found["audit_entry", "peer"]
        self.assertEqual((peer.kind, peer.days, peer.erasure, peer.reason),
                         ("audit_address", 365, personal_data_pb2.ERASURE_CLEARED, ""))
        digest = found["audit_entry", "peer_digest"]
        self.assertEqual((digest.kind, digest.days, digest.erasure), ("", 0, personal_data_pb2.ERASURE_KEPT))
        self.assertIn("chain", digest.reason)
        pages, token = [], ""
        while True:
            page = self.director.ListPersonalFields(page_size=40, page_token=token)
            pages += page.personal_fields
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(pages, list(fields))
        self.assertIn("argon2id", self.cli("housing-director", "personal", "fields")[0])
        self.refused(Code.UNAUTHENTICATED, harness.Api(self.daemon, None).ListPersonalFields)

    def test_an_export_tells_what_is_held_and_is_an_entry(self):
        _, principal = self.person("robin")
        name = f"{self.parent}/members/robin"
        before = self.newest()
        answer = self.administrator.ExportPersonalData(name=name, page_size=1000)
        held = [(d.table, d.field, d.value) for d in answer.data]
        for row in (("principal", "display_name", "Name of robin"), ("login", "user_name", "robin@derby"),
                    ("principal", "principal_id", principal), ("password", "hash", "a password is set"),
                    ("session", "peer", "192.0.2.7:1234"), ("member", "role", "officer")):
            self.assertIn(row, held)
        self.assertFalse([v for _, _, v in held if "argon" in v or "sealed" in v])
        trail = [d for d in answer.data if d.table == "audit_entry"]
        self.assertEqual(len(trail), 2)
        self.assertEqual(trail[0].value, "sign-in pledge.v1.SessionService/SignIn OK officer from 192.0.2.7:1234")
        self.assertRegex(trail[1].value, r"^write pledge.v1.AuthorityService/CreateBody OK officer from 127\.0\.0\.1:")
        self.assertEqual(trail[1].resource, f"{self.parent}/auditEntries/{before}")
        self.assertEqual(trail[1].held_since.ToJsonString()[:10], time.strftime("%Y-%m-%d", time.gmtime()))
        (entry,) = self.entries(before)
        request = personal_data_pb2.ExportPersonalDataRequest(name=name, page_size=1000)
        self.assertEqual((entry.kind, entry.method, entry.outcome, entry.role, list(entry.changes)),
                         ("read", SERVICE + "ExportPersonalData", "OK", "council_administrator", []))
        self.assertEqual(entry.request_hash, hashlib.sha256(request.SerializeToString()).hexdigest())

    def test_pages_of_an_export_are_the_whole(self):
        self.person("page")
        whole = self.admin.ExportPersonalData(name=f"{self.parent}/members/page", page_size=1000).data
        data, token = [], ""
        while True:
            page = self.admin.ExportPersonalData(name=f"{self.parent}/members/page", page_size=5, page_token=token)
            data += page.data
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(data, list(whole))

    def test_who_exports_whom(self):
        api, _ = self.person("sam")
        name = f"{self.parent}/members/sam"
        before = self.newest()
        self.refused(Code.PERMISSION_DENIED, self.officer.ExportPersonalData, name=name)
        self.refused(Code.PERMISSION_DENIED, self.stranger.ExportPersonalData, name=name)
        self.refused(Code.PERMISSION_DENIED, api.ExportPersonalData, name=name)
        self.refused(Code.NOT_FOUND, self.administrator.ExportPersonalData, name=f"{self.parent}/members/nobody",
                     field="name")
        self.assertFalse([e for e in self.entries(before) if e.kind == "read"])
        host = self.newest("")
        own = api.ExportOwnPersonalData(page_size=1000)
        self.assertIn(("member", "display_name", "Name of sam"), [(d.table, d.field, d.value) for d in own.data])
        self.assertFalse([d for d in own.data if "administrator" in d.value])
        (entry,) = self.admin.ListHostAuditEntries(after=host).entries
        self.assertEqual((entry.kind, entry.method, entry.outcome), ("read", SERVICE + "ExportOwnPersonalData", "OK"))

    def test_one_export_of_a_caller_at_a_time(self):
        api, principal = self.person("max")
        with subprocess.Popen(["psql", "-qXAt", self.daemon.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as other:
            other.stdin.write(f"SELECT 'held', pg_advisory_lock(hashtextextended('pledge.personal {principal}', 0));\n")
            other.stdin.flush()
            self.assertIn("held", other.stdout.readline())
            self.refused(Code.ABORTED, api.ExportOwnPersonalData, says="under way")
            self.administrator.ExportPersonalData(name=f"{self.parent}/members/max")
            other.stdin.write("SELECT 'free', pg_advisory_unlock_all();\n")
            other.stdin.flush()
            self.assertIn("free", other.stdout.readline())
        self.assertTrue(api.ExportOwnPersonalData().data)

    def test_the_command_line_exports(self):
        self.person("kim")
        told = json.loads(self.cli("derby-administrator", "personal", "export", "derby", "kim", "--json")[0])
        self.assertIn("kim@derby", [d.get("value") for d in told["data"]])
        self.assertIn("kim@derby", self.cli("kim", "personal", "export")[0])
        self.cli("kim", "personal", "export", "derby", code=2)
        self.cli("kim", "personal", "export", "derby", "kim", code=1)

    def test_an_erasure_leaves_nobody_and_a_chain_that_holds(self):
        api, principal = self.person("alex")
        name = f"{self.parent}/members/alex"
        with tempfile.TemporaryDirectory() as folder:
            earlier, later, rest = (os.path.join(folder, file) for file in ("earlier", "later", "rest"))
            before = self.exported(earlier)
            checkpoint = self.verified(earlier)
            dry, _ = self.cli("derby-administrator", "personal", "erase", "derby", "alex", "--dry-run")
            self.assertIn("would be erased", dry)
            self.assertEqual(api.GetSelf().display_name, "Name of alex")
            self.assertEqual(self.newest(), len(before))

            request_id = str(uuid.uuid4())
            answers = [self.administrator.ErasePersonalData(name=name, request_id=request_id) for _ in range(2)]
            self.assertEqual(answers[0], answers[1])
            parts = {p.table: (personal_data_pb2.Erasure.Name(p.erasure), p.count) for p in answers[0].parts}
            self.assertEqual(parts["login"], ("ERASURE_DELETED", 1))
            self.assertEqual(parts["session"], ("ERASURE_DELETED", 1))
            self.assertEqual(parts["credential"], ("ERASURE_REVOKED", 1))
            self.assertEqual(parts["audit_entry"], ("ERASURE_CLEARED", 2))
            self.assertEqual(self.newest(), len(before) + 1)
            self.refused(Code.UNAUTHENTICATED, api.GetSelf)
            self.refused(Code.FAILED_PRECONDITION, self.administrator.ErasePersonalData, name=name, field="name")
            member = self.administrator.GetMember(name=name).member
            self.assertEqual((member.display_name, member.user_name), ("Erased", ""))
            left = json.loads(self.cli("derby-administrator", "personal", "export", "derby", "alex", "--json")[0])
            self.assertFalse([d for d in left["data"] if "Name of" in d["value"] or "@" in d["value"]
                              or "127.0.0.1" in d["value"] or d["table"] in ("login", "session", "password")])

            after = self.exported(later)
            self.verified(later, "--checkpoint", checkpoint)
            self.assertEqual(self.verified(earlier), checkpoint, "what was exported before still holds")
            self.assertEqual([e["hash"] for e in after[:len(before)]], [e["hash"] for e in before])
            cleared = [e for e in after if e["principal"] == principal]
            self.assertEqual([(e["peer"], e["peerSalt"]) for e in cleared], [("", "")] * 2)
            self.assertTrue(all(e["peer"] for e in before if e["principal"] == principal))
            self.assertTrue(all(e["peer"] for e in after if e["principal"] != principal))
            self.exported(rest, "--after", checkpoint.split(":")[0])
            self.verified(rest, "--checkpoint", checkpoint)
        dump = subprocess.run(["pg_dump", "--data-only", self.daemon.database], check=True, capture_output=True).stdout
        self.assertNotIn(b"Name of alex", dump)
        self.assertNotIn(b"alex@derby", dump)

    def test_who_erases_whom(self):
        self.person("lee")
        name = f"{self.parent}/members/lee"
        for api in (self.officer, self.stranger, harness.Api(self.daemon, "lee")):
            self.refused(Code.PERMISSION_DENIED, api.ErasePersonalData, name=name)
        self.admin.CreateMember(parent="authorities/halton", member_id="lee", member={
            "display_name": "Lee", "role": "ROLE_OFFICER", "user_name": "lee@derby"})
        self.refused(Code.PERMISSION_DENIED, self.administrator.ErasePersonalData, name=name, field="name",
                     says="place in another authority")
        self.admin.ErasePersonalData(name=name)
        self.assertEqual(self.stranger.GetMember(name="authorities/halton/members/lee").member.display_name, "Erased")
        entry = self.stranger.ListAuditEntries(parent="authorities/halton", page_size=1000).entries[-1]
        self.assertEqual((entry.method, entry.role), (SERVICE + "ErasePersonalData", "host_administrator"))
        self.assertEqual([c.split("\t")[1] for c in entry.changes], ["authorities/halton/members/lee"])


class SignedIn(People):
    """Somebody who signs in for real."""

    settings = {"PLEDGED_SECRET_KEY": harness.secret_key(), "PLEDGED_SIGNIN_RATE": "0",
                "PLEDGED_SIGNIN_NEWCOMERS": "0"}

    def test_who_is_erased_is_out_and_stays_out(self):
        name = f"{self.parent}/members/jo"
        self.administrator.CreateMember(parent=self.parent, member_id="jo", member={
            "display_name": "Name of jo", "role": "ROLE_OFFICER", "user_name": "jo@derby"})
        person = Person(self, "jo@derby")
        person.accept(self.administrator.InviteMember(name=name).invitation_code)
        person.later()
        person.sign_in()
        self.refused(Code.UNAUTHENTICATED, harness.Api(self.daemon, None).SignIn, user_name="jo@derby",
                     password="not this one at all", one_time_code="123456")
        held = [(d.table, d.field, d.value) for d in person.api.ExportOwnPersonalData(page_size=1000).data]
        self.assertEqual(len([h for h in held if h[:2] == ("session", "peer")]), 2)
        for row in (("password", "code_secret", "one-time codes are set up"), ("attempt", "key", "1 wrong guesses"),
                    ("device", "token_hash", "a device is remembered"), ("login", "user_name", "jo@derby")):
            self.assertIn(row, held)
        signed_in = [value for table, _, value in held if table == "audit_entry" and value.startswith("sign-in")]
        self.assertEqual([value.split()[1:3] for value in signed_in], [
            ["pledge.v1.SessionService/AcceptInvitation", "OK"], ["pledge.v1.SessionService/SignIn", "OK"],
            ["pledge.v1.SessionService/SignIn", "UNAUTHENTICATED"]])
        self.administrator.ErasePersonalData(name=name)
        deadline = time.monotonic() + HEARD_SECONDS
        while time.monotonic() < deadline:
            try:
                person.api.GetSelf()
            except grpc.RpcError:
                break
            time.sleep(0.01)
        self.refused(Code.UNAUTHENTICATED, person.api.GetSelf)
        person.later()
        self.refused(Code.UNAUTHENTICATED, person.sign_in)
        self.refused(Code.FAILED_PRECONDITION, self.administrator.InviteMember, name=name)
        self.refused(Code.FAILED_PRECONDITION, self.administrator.UpdateMember, field="member.name",
                     member={"name": name, "user_name": "jo@derby"}, update_mask={"paths": ["user_name"]})
        dump = subprocess.run(["pg_dump", "--data-only", self.daemon.database], check=True, capture_output=True).stdout
        self.assertNotIn(b"Name of jo", dump)
        self.assertNotIn(b"jo@derby", dump)


class Periods(People):
    """Runs of the periods; the daemon of this class makes none of its own accord."""

    def test_periods_are_listed_and_changed(self):
        listed = {r.kind: r for r in self.director.ListRetention().retention}
        self.assertEqual((listed["session"].days, listed["session"].least_days), (30, 1))
        self.assertEqual((listed["young_words"].days, listed["young_words"].least_days), (2192, 365))
        self.assertIn("audit_address", self.cli("housing-director", "retention", "list")[0])
        self.cli("derby-administrator", "retention", "set", "session", "20", code=1)
        self.cli("admin", "retention", "set", "session", "20", "--dry-run")
        self.assertEqual({r.kind: r.days for r in self.director.ListRetention().retention}["session"], 30)
        self.assertIn("session: 20 days", self.cli("admin", "retention", "set", "session", "20")[0])
        self.assertEqual({r.kind: r.days for r in self.director.ListRetention().retention}["session"], 20)
        self.assertIn("1 to 365", self.cli("admin", "retention", "set", "session", "0", code=1)[1])
        self.cli("admin", "retention", "set", "session", "soon", code=2)
        self.refused(Code.NOT_FOUND, self.admin.UpdateRetention, kind="x", days=1, field="kind")

    def test_a_run_says_what_it_did(self):
        self.person("old")
        self.psql("UPDATE pledge.session SET end_time = now() - interval '400 days' WHERE peer = '192.0.2.7:1234'")
        self.refused(Code.PERMISSION_DENIED, self.administrator.ApplyRetention)
        self.refused(Code.PERMISSION_DENIED, self.administrator.ListRetentionRuns)
        would = {r.kind: r.removed for r in self.admin.ApplyRetention(validate_only=True).runs}
        self.assertEqual(would["session"], 1)
        self.assertIn("dry run", self.cli("admin", "retention", "apply", "--dry-run")[0])
        self.assertEqual(self.psql("SELECT count(*) FROM pledge.retention_run"), "0")
        before = self.newest("")
        self.assertIn("session", self.cli("admin", "retention", "apply")[0])
        (entry,) = self.admin.ListHostAuditEntries(after=before).entries
        self.assertEqual((entry.kind, entry.method), ("write", "pledge.v1.RetentionService/ApplyRetention"))
        self.assertEqual({r.kind: r.removed for r in self.admin.ListRetentionRuns(page_size=1000).runs}, would)
        first = self.admin.ListRetentionRuns(page_size=3)
        second = self.admin.ListRetentionRuns(page_size=1000, page_token=first.next_page_token)
        self.assertEqual(len(first.runs) + len(second.runs), len(would))
        self.assertIn("session", self.cli("admin", "retention", "runs")[0])
        self.assertEqual({r.kind: r.removed for r in self.admin.ApplyRetention().runs}["session"], 0)


class Job(harness.Case):
    """What daemons remove of their own accord."""

    settings = {"PLEDGED_RETENTION_CHECK_S": "1"}

    def runs(self, *daemons):
        return [event for daemon in daemons for event in daemon.events("retention")]

    def wait_for(self, count, *daemons):
        deadline = time.monotonic() + WAIT_SECONDS
        while len(self.runs(*daemons)) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(len(self.runs(*daemons)), count, [daemon.log_text() for daemon in daemons])

    def test_a_run_a_day_whoever_asks(self):
        self.wait_for(1, self.daemon)
        (event,) = self.runs(self.daemon)
        self.assertEqual(set(event["removed"].values()), {0})
        with harness.Daemon(self.daemon.database, **self.settings) as other:
            time.sleep(2.5)  # both have asked again
            self.wait_for(1, self.daemon, other)
            harness.psql(self.daemon.database, """
                INSERT INTO pledge.token_used VALUES ('x', now() - interval '9 days');
                UPDATE pledge.retention_run SET run_time = run_time - interval '25 hours'""")
            self.wait_for(2, self.daemon, other)
            time.sleep(2.5)
            self.wait_for(2, self.daemon, other)
            self.assertEqual(sorted(e["removed"]["used_token"] for e in self.runs(self.daemon, other)), [0, 1])
        entries = self.admin.ListHostAuditEntries(page_size=1000).entries
        self.assertEqual([(e.kind, e.principal, e.peer) for e in entries if e.method.endswith("/ApplyRetention")],
                         [("write", "", "")] * 2)


if __name__ == "__main__":
    harness.main()
