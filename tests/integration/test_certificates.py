# SPDX-License-Identifier: Apache-2.0
"""Client certificates: two at once for a change-over, revocation at once, those that do not hold, warnings."""

import os
import subprocess
import tempfile
import time

import grpc
import harness
from council import SmallCouncil, day
from pledge.v1 import authority_pb2, watch_pb2

Code = grpc.StatusCode
GET = "/pledge.v1.AuthorityService/GetAuthority"
AT_ONCE_SECONDS = 1  # shorter than the daemon believes an answer
WAIT_SECONDS = 10


def made(name, *arguments, at=None, days=3650, usage="clientAuth", own=False):
    """A certificate with a flaw; returns the prefix of its files."""
    prefix = os.path.join(harness.WORK, "identities", name)
    if os.path.exists(prefix + ".pem"):
        return prefix
    os.makedirs(os.path.dirname(prefix), exist_ok=True)
    clock = ["faketime", at] if at else []
    with tempfile.TemporaryDirectory() as folder:
        request, extensions = os.path.join(folder, "csr"), os.path.join(folder, "ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(f"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage={usage}\n")
        for command in (
                ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", prefix + ".key"],
                ["openssl", "req", "-new", "-key", prefix + ".key", "-subj", f"/CN={name}", "-out", request],
                [*clock, "openssl", "x509", "-req", "-in", request, "-days", str(days), "-sha256", "-extfile", extensions,
                 "-out", prefix + ".pem", *(["-signkey", prefix + ".key"] if own else [
                     "-CA", os.path.join(harness.CA, "ca.pem"), "-CAkey", os.path.join(harness.CA, "ca.key"),
                     "-CAcreateserial"])]):
            subprocess.run(command, check=True, capture_output=True)
    return prefix


class Certificates(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.member("derby", "derby-administrator", "ROLE_COUNCIL_ADMINISTRATOR")

    def add(self, member, identity, api=None, **fields):
        return (api or self.administrator).AddCertificate(
            parent=f"{self.parent}/members/{member}",
            certificate={"certificate_sha256": harness.fingerprint(identity), **fields}).certificate

    def get(self, identity):
        self.daemon.call(identity, GET, authority_pb2.GetAuthorityRequest(name=self.parent),
                         authority_pb2.GetAuthorityResponse)

    def code(self, identity):
        try:
            self.get(identity)
        except grpc.RpcError as error:
            return error.code()
        return Code.OK

    def until(self, seconds, found):
        deadline = time.monotonic() + seconds
        while not found():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_two_are_valid_at_once_and_one_is_revoked_at_once(self):
        self.member("derby", "rotating", "ROLE_OFFICER")
        self.assertEqual(self.code("rotating-2"), Code.UNAUTHENTICATED)
        self.add("rotating", "rotating-2", expires_on=day(300))
        self.refused(Code.FAILED_PRECONDITION, self.add, "rotating", "rotating-3")
        self.until(AT_ONCE_SECONDS, lambda: self.code("rotating-2") == Code.OK)
        self.get("rotating")
        stream = self.daemon.stream("rotating", "/pledge.v1.WatchService/Watch",
                                    watch_pb2.WatchRequest(parent=self.parent), watch_pb2.WatchResponse, timeout=30)
        next(stream)
        listed = self.administrator.ListCertificates(parent=f"{self.parent}/members/rotating").certificates
        self.assertEqual([c.certificate_sha256 for c in listed],
                         [harness.fingerprint("rotating"), harness.fingerprint("rotating-2")])
        self.assertEqual([c.expires_on for c in listed], ["", day(300)])
        self.administrator.RevokeCertificate(name=listed[0].name)
        self.until(AT_ONCE_SECONDS, lambda: self.code("rotating") == Code.UNAUTHENTICATED)
        with self.assertRaises(grpc.RpcError) as caught:
            for _ in stream:
                pass
        self.assertEqual(caught.exception.code(), Code.UNAUTHENTICATED)
        self.get("rotating-2")
        listed = self.administrator.ListCertificates(parent=f"{self.parent}/members/rotating").certificates
        self.assertEqual([c.HasField("revoke_time") for c in listed], [True, False])
        self.refused(Code.NOT_FOUND, self.administrator.RevokeCertificate, name=listed[0].name)
        self.refused(Code.ALREADY_EXISTS, self.add, "rotating", "rotating")
        self.refused(Code.FAILED_PRECONDITION, self.admin.CreateMember, parent=self.parent, member_id="again",
                     member={"display_name": "Again", "role": "ROLE_OFFICER",
                             "certificate_sha256": harness.fingerprint("rotating")})
        self.add("rotating", "rotating-3")

    def test_bad_input_names_its_field(self):
        for fields, field in (({"certificate_sha256": "x"}, "certificate.certificate_sha256"),
                              ({"expires_on": "soon"}, "certificate.expires_on"),
                              ({"expires_on": day(-1)}, "certificate.expires_on")):
            certificate = {"certificate_sha256": harness.fingerprint("never"), **fields}
            self.refused(Code.INVALID_ARGUMENT, self.administrator.AddCertificate, field=field,
                         parent=f"{self.parent}/members/derby-officer", certificate=certificate)
        self.refused(Code.NOT_FOUND, self.administrator.AddCertificate, parent=f"{self.parent}/members/nobody",
                     certificate={"certificate_sha256": harness.fingerprint("never")})
        self.refused(Code.NOT_FOUND, self.administrator.RevokeCertificate,
                     name=f"{self.parent}/members/derby-officer/certificates/{'0' * 32}")

    def test_a_council_gives_no_certificate_to_who_acts_elsewhere(self):
        self.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        self.member("derby", "both", "ROLE_OFFICER")
        self.admin.CreateMember(parent="authorities/halton", member_id="both", member={
            "display_name": "Both", "role": "ROLE_OFFICER", "certificate_sha256": harness.fingerprint("both")})
        self.refused(Code.PERMISSION_DENIED, self.add, "both", "both-2")
        self.add("both", "both-2", api=self.admin)

    def test_a_role_that_changes_counts_at_once_also_in_an_open_stream(self):
        self.member("derby", "changing", "ROLE_OFFICER")
        stream = self.daemon.stream("changing", "/pledge.v1.WatchService/Watch",
                                    watch_pb2.WatchRequest(parent=self.parent), watch_pb2.WatchResponse, timeout=30)
        next(stream)
        harness.psql(self.daemon.database, "DELETE FROM pledge.member WHERE member_id = 'changing'")
        with self.assertRaises(grpc.RpcError) as caught:
            for _ in stream:
                pass
        self.assertEqual(caught.exception.code(), Code.PERMISSION_DENIED)

    def test_certificates_that_do_not_hold(self):
        for name, says, flaw in (
                ("flawed-expired", "expired", {"at": "2020-01-01", "days": 30}),
                ("flawed-early", "not yet valid", {"at": "2040-01-01", "days": 30}),
                ("flawed-own", "self-signed", {"own": True}),
                ("flawed-purpose", "purpose", {"usage": "serverAuth"})):
            with self.subTest(name=name):
                made(name, **flaw)
                self.admin.CreateMember(parent=self.parent, member_id=name, member={
                    "display_name": name, "role": "ROLE_OFFICER", "certificate_sha256": harness.fingerprint(name)})
                with self.assertRaises(grpc.RpcError) as caught:
                    self.get(name)
                self.assertEqual(caught.exception.code(), Code.UNAUTHENTICATED, caught.exception.details())
                self.assertIn("not accepted", caught.exception.details())
                self.assertIn(says, caught.exception.details())
        self.until(WAIT_SECONDS, lambda: int(harness.psql(
            self.daemon.database, "SELECT count(*) FROM pledge.audit_entry WHERE kind = 'denied'"
            " AND outcome = 'UNAUTHENTICATED' AND method LIKE '%GetAuthority'")) >= 4)

    def test_the_end_of_a_certificate_is_announced(self):
        made("ending", days=20)
        self.member("derby", "ending", "ROLE_OFFICER")
        stub = self.daemon.channel("ending").unary_unary(
            GET, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=authority_pb2.GetAuthorityResponse.FromString)
        for _ in range(3):
            _, call = stub.with_call(authority_pb2.GetAuthorityRequest(name=self.parent), timeout=20)
            self.assertIn(dict(call.initial_metadata())["pledge-certificate-days"], ("19", "20"))
        self.get("derby-officer")
        told = [event for event in self.daemon.events("certificate") if event["authority"] == "derby"]
        self.assertEqual(len(told), 1, told)
        self.assertIn(told[0]["days_left"], (19, 20))

    def cli(self, identity, *arguments):
        environment = {**os.environ, "PLEDGE_ADDRESS": f"127.0.0.1:{self.daemon.port}",
                       "PLEDGE_CA": os.path.join(harness.CA, "ca.pem"), "PLEDGE_IDENTITY": harness.identity(identity)}
        return subprocess.run([os.path.join(harness.BUILD, "client/cli/pledge"), *arguments], env=environment,
                              capture_output=True, text=True, timeout=60)

    def test_the_command_line(self):
        self.member("derby", "clerk", "ROLE_OFFICER")
        made("clerk-2", days=20)
        sha = harness.fingerprint("clerk-2")
        added = self.cli("derby-administrator", "certificate", "add", "derby", "clerk", harness.identity("clerk-2") + ".pem")
        self.assertEqual((added.returncode, added.stderr), (0, ""))
        self.assertIn(f"until {day(20)}", added.stdout)
        listed = self.cli("derby-administrator", "certificate", "list", "derby", "clerk").stdout
        self.assertIn(sha[:8], listed)
        self.assertLessEqual(max(len(line) for line in listed.splitlines()), 80, listed)
        told = self.cli("clerk-2", "whoami")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertRegex(told.stderr, r"ends in (19|20) days")
        dry = self.cli("derby-administrator", "certificate", "revoke", "derby", "clerk", sha[:8], "--dry-run").stdout
        self.assertIn("would be", dry)
        self.assertEqual(self.cli("clerk-2", "whoami").returncode, 0)
        self.assertIn("begins with", self.cli("derby-administrator", "certificate", "revoke", "derby", "clerk", sha[:7]).stderr)
        revoked = self.cli("derby-administrator", "certificate", "revoke", "derby", "clerk", sha[:8])
        self.assertEqual(revoked.returncode, 0, revoked.stderr)
        self.until(AT_ONCE_SECONDS, lambda: self.cli("clerk-2", "whoami").returncode == 1)


if __name__ == "__main__":
    harness.main()
