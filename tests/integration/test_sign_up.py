# SPDX-License-Identifier: Apache-2.0
"""Who signed which exact words: keys, sessions, paper, young people, and a file that proves it offline.

Keys and texts are made here by openssl and by what proto/pledge/v1/sign_up.proto says, not by our own code.
"""

import base64
import concurrent.futures
import hashlib
import json
import os
import subprocess
import tempfile
import uuid

import grpc

import harness
from council import SmallCouncil, day
from pledge.v1 import member_pb2, sign_up_pb2

Code = grpc.StatusCode
Kind = sign_up_pb2.SignatureKind
KEY_HEAD = bytes.fromhex("302a300506032b6570032100")  # of an Ed25519 public key in DER, RFC 8410
SIGN_UP = {"PLEDGED_SECRET_KEY": harness.secret_key()}


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


class Signer:
    """An Ed25519 key of openssl's."""

    def __init__(self, folder):
        self.path = os.path.join(folder, uuid.uuid4().hex + ".pem")
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(openssl("genpkey", "-algorithm", "ed25519"))
        self.public = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")[len(KEY_HEAD):]
        self.fingerprint = hashlib.sha256(self.public).hexdigest()

    def sign(self, text):
        with tempfile.NamedTemporaryFile() as file:  # openssl 3.0 wants to know the length
            file.write(text)
            file.flush()
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", file.name)

    def register(self, api, parent, identifier):
        text = lines(("pledge-signing-key", "1"), ("authority", parent.split("/")[1]),
                     ("signing_key", identifier), ("public_key", self.public.hex()))
        return api.RegisterSigningKey(parent=parent, signing_key_id=identifier,
                                      signing_key={"public_key": self.public}, proof=self.sign(text)).signing_key


def holds(public, text, signature):
    """What openssl says of a signature."""
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key", "text", "signature")]
        for name, data in zip(names, (KEY_HEAD + public, text, signature)):
            with open(name, "wb") as file:
                file.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey",
                               names[0], "-in", names[1], "-sigfile", names[2]], capture_output=True).returncode == 0


def lines(*pairs):
    escape = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})
    return "".join(f"{key}\t{str(value).translate(escape)}\n" for key, value in pairs).encode()


def last(name):
    return name.rsplit("/", 1)[-1]


def signature_text(version, s):
    _, authority, _, pledge, _, number = version.split("/")
    role = member_pb2.Role.Name(s.role).removeprefix("ROLE_").lower()
    return lines(("pledge-signature", 1), ("authority", authority), ("pledge", pledge), ("version", number),
                 ("content_hash", s.content_hash), ("event", last(s.event)),
                 ("kind", Kind.Name(s.kind).removeprefix("SIGNATURE_KIND_").lower()), ("member", last(s.member)),
                 ("signatory", s.signatory), ("role", role if s.role else ""), ("owner", s.owner),
                 ("key", s.key_fingerprint), ("mark", s.mark_digest), ("kept_at", s.kept_at),
                 ("recorded_by", last(s.recorded_by)), ("signed_at", s.signed_at))


def attestation_text(version, s):
    return (lines(("pledge-attestation", 1)) + signature_text(version, s)
            + lines(("signature", s.signature.hex()), ("attested_at", s.attested_at), ("service_key", s.service_key.hex())))


def seal_lines(message, path=""):
    for field, value in message.ListFields():
        for at, item in enumerate(value) if field.is_repeated else ((None, value),):
            name = path + field.name + (f"[{at}]" if at is not None else "")
            if field.message_type:
                yield from seal_lines(item, name + ".")
            else:
                yield name, (item.hex() if field.type == field.TYPE_BYTES else
                             field.enum_type.values_by_number[item].name if field.enum_type else
                             "true" if item is True else item)


class SignUp(SmallCouncil):
    settings = SIGN_UP

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.member("derby", "derby-worker", "ROLE_SUPPORT_WORKER")
        cls.lead = cls.member("derby", "derby-lead", "ROLE_ELECTED_MEMBER")
        cls.keeper = cls.member("derby", "derby-keeper", "ROLE_COUNCIL_ADMINISTRATOR")
        cls.folder = tempfile.TemporaryDirectory()
        cls.number = 1

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        super().tearDownClass()

    def fresh(self, adopt=True):
        """A new pledge with a version of its own; returns the version's name and hash."""
        SignUp.number += 1
        pledge = self.officer.CreatePledge(parent=self.parent, pledge_id=f"p{self.number}",
                                           pledge={"title": "Pledge"}).pledge
        version = self.officer.CreateVersion(parent=pledge.name, version_id="1", version={
            "title": "Pledge", "outcomes": [{"outcome_id": "o", "title": "O"}],
            "statements": [{"statement_id": "1", "outcome_id": "o", "title": "Heard", "text": "We listen to you."}]}).version
        if adopt:
            self.adopt(version, "2016-01-26")
        return version.name, self.hash(version.name)

    def adopt(self, version, on):
        return self.officer.AdoptVersion(name=version.name, etag=version.etag, adopted_on=on,
                                         adopted_by=f"{self.parent}/bodies/committee").version

    def hash(self, version):
        return self.officer.GetVersionContent(name=version).content_hash

    def key(self, api, identifier=""):
        signer = Signer(self.folder.name)
        signer.name = signer.register(api, self.parent, identifier or "k" + uuid.uuid4().hex[:8]).name
        return signer

    def by_key(self, api, signer, version, digest, at="2016-03-02T10:00:00Z", **more):
        """A signature made of the text that a foreign program makes itself."""
        ready = api.PrepareSignature(parent=version, signature={
            "content_hash": digest, "signing_key": signer.name, "signed_at": at, **more})
        text = signature_text(version, ready.signature)
        self.assertEqual(text.decode(), ready.text)
        self.assertEqual(hashlib.sha256(ready.content).hexdigest(), digest)
        return {"content_hash": digest, "signing_key": signer.name, "signed_at": at, "signature": signer.sign(text), **more}

    def young(self, version, digest, mark="", kind="MARK_KIND_NONE", **more):
        return self.worker.RecordYoungPersonsSignature(parent=version, **more, signature={
            "content_hash": digest, "mark_kind": kind, "mark": mark, "signed_at": "2016-03-02"}).signature

    # --- keys ---

    def test_a_key_is_proved(self):
        signer = self.key(self.director, "proved")
        listed = {k.name: k for k in self.officer.ListSigningKeys(parent=self.parent).signing_keys}
        self.assertEqual((listed[signer.name].fingerprint, listed[signer.name].member),
                         (signer.fingerprint, f"{self.parent}/members/housing-director"))
        other = Signer(self.folder.name)
        for more, field in (({"proof": signer.sign(b"x")}, "proof"), ({"proof": b"x"}, "proof"), ({}, "proof"),
                            ({"signing_key": {"public_key": b"x" * 31}}, "signing_key.public_key")):
            self.refused(Code.INVALID_ARGUMENT, self.director.RegisterSigningKey, field=field, **{
                "parent": self.parent, "signing_key_id": "x", "signing_key": {"public_key": other.public}, **more})
        # a proof counts for its council, its identifier and its key alone
        text = lines(("pledge-signing-key", "1"), ("authority", "derby"), ("signing_key", "y"),
                     ("public_key", other.public.hex()))
        for identifier, key in (("z", other.public), ("y", signer.public)):
            self.refused(Code.INVALID_ARGUMENT, self.director.RegisterSigningKey, parent=self.parent, proof=other.sign(text),
                         signing_key_id=identifier, signing_key={"public_key": key}, field="proof")
        with self.assertRaises(grpc.RpcError) as caught:
            signer.register(self.lead, self.parent, "again")
        self.assertEqual(caught.exception.code(), Code.ALREADY_EXISTS)

    def test_a_revoked_key_signs_no_more(self):
        version, digest = self.fresh()
        signer = self.key(self.director)
        signature = self.by_key(self.director, signer, version, digest)
        self.refused(Code.PERMISSION_DENIED, self.lead.RevokeSigningKey, name=signer.name, reason="Not mine")
        self.refused(Code.INVALID_ARGUMENT, self.director.RevokeSigningKey, name=signer.name, reason=" ", field="reason")
        self.director.Sign(parent=version, signature=signature)
        self.assertTrue(self.keeper.RevokeSigningKey(name=signer.name, reason="Laptop lost").signing_key.HasField("revoke_time"))
        self.refused(Code.FAILED_PRECONDITION, self.keeper.RevokeSigningKey, name=signer.name, reason="Again")
        other, words = self.fresh()
        self.refused(Code.FAILED_PRECONDITION, self.director.PrepareSignature, parent=other, signature={
            "content_hash": words, "signing_key": signer.name, "signed_at": "2016-03-02T10:00:00Z"})
        self.refused(Code.FAILED_PRECONDITION, self.director.Sign, parent=other, signature={
            **signature, "content_hash": words}, says="revoked")
        good = self.verify(self.export(version))
        self.assertEqual(good.returncode, 0, good.stdout + good.stderr)

    # --- signing ---

    def test_by_key_and_by_certificate(self):
        version, digest = self.fresh()
        signer = self.key(self.director)
        made = self.director.Sign(parent=version, signature=self.by_key(self.director, signer, version, digest)).signature
        self.assertEqual((made.kind, made.member, made.owner, made.role, made.earlier_wording),
                         (Kind.SIGNATURE_KIND_KEY, f"{self.parent}/members/housing-director", "departments/housing",
                          member_pb2.ROLE_DIRECTOR, False))
        self.assertTrue(holds(signer.public, signature_text(version, made), made.signature))
        signed_in = self.lead.Sign(parent=version, signature={"content_hash": digest, "signatory": "Mayor"}).signature
        self.assertEqual((signed_in.kind, signed_in.signatory, signed_in.signed_at),
                         (Kind.SIGNATURE_KIND_CERTIFICATE, "derby-lead", signed_in.attested_at))
        keys = self.lead.ListServiceKeys(parent=self.parent)
        self.assertIn(keys.current, [k.public_key for k in keys.service_keys])
        self.assertEqual(keys.current_fingerprint, hashlib.sha256(keys.current).hexdigest())
        for signature in (made, signed_in):
            self.assertTrue(holds(keys.current, attestation_text(version, signature), signature.attestation))
        self.assertEqual(self.agency.Sign(parent=version, signature={"content_hash": digest}).signature.owner,
                         "partnerAgencies/police")
        self.keeper.Sign(parent=version, signature={"content_hash": digest})
        self.assertEqual(len(self.officer.ListSignatures(parent=version).signatures), 4)
        page = self.officer.ListSignatures(parent=version, page_size=3)
        rest = self.officer.ListSignatures(parent=version, page_size=3, page_token=page.next_page_token)
        self.assertEqual(len({s.name for s in (*page.signatures, *rest.signatures)}), 4)
        self.assertEqual(self.officer.GetSignature(name=made.name).signature, made)

    def test_by_session(self):
        self.admin.CreateMember(parent=self.parent, member_id="chair", member={
            "display_name": "Chair of the panel", "role": "ROLE_ELECTED_MEMBER", "user_name": "chair@derby.example"})
        principal = harness.psql(self.daemon.database, "SELECT principal_id FROM pledge.member WHERE member_id = 'chair'")
        token = "pls_" + "S" * 43
        harness.psql(self.daemon.database, f"SELECT pledge.session_begin('{principal}', NULL, 'password', "
                     f"sha256('{token}'), 600, 6000, 'test', '127.0.0.1:1')")
        version, digest = self.fresh()
        made = harness.Api(self.daemon, None, token).Sign(parent=version, signature={"content_hash": digest}).signature
        self.assertEqual((made.kind, made.signatory), (Kind.SIGNATURE_KIND_SESSION, "Chair of the panel"))

    def test_what_is_refused(self):
        version, digest = self.fresh()
        signer, other = self.key(self.director), self.key(self.lead)
        good = self.by_key(self.director, signer, version, digest)
        flipped = good["signature"][:-1] + bytes([good["signature"][-1] ^ 1])
        for more, field in (({"signature": b""}, "signature.signature"),
                            ({"signature": signer.sign(b"other")}, "signature.signature"),
                            ({"signature": flipped}, "signature.signature"),
                            ({"signed_at": "2016-03-02T10:00:01Z"}, "signature.signature"),
                            ({"signed_at": "2016-03-02"}, "signature.signed_at"),
                            ({"signed_at": "2016-02-30T10:00:00Z"}, "signature.signed_at"),
                            ({"signed_at": day(2) + "T10:00:00Z"}, "signature.signed_at"),
                            ({"signing_key": other.name}, "signature.signing_key"),
                            ({"content_hash": "no"}, "signature.content_hash"),
                            ({"event": f"{self.parent}/signingEvents/none"}, "signature.event")):
            self.refused(Code.INVALID_ARGUMENT, self.director.Sign, parent=version, signature={**good, **more}, field=field)
        error = self.refused(Code.INVALID_ARGUMENT, self.director.Sign, parent=version, signature={
            **good, "content_hash": "", "signing_key": other.name, "signed_at": "now"})
        self.assertEqual(set(harness.violations(error)), {"signature.content_hash", "signature.signing_key", "signature.signed_at"})
        self.refused(Code.FAILED_PRECONDITION, self.director.Sign, parent=version, field="signature.content_hash",
                     signature={**good, "content_hash": hashlib.sha256(b"other words").hexdigest()})
        self.refused(Code.NOT_FOUND, self.director.Sign, parent=version[:-1] + "9", signature=good)
        self.refused(Code.PERMISSION_DENIED, self.director.Sign, parent=version.replace("derby", "halton"), signature=good)
        self.refused(Code.PERMISSION_DENIED, self.director.Sign, parent=version,
                     signature={**good, "event": "authorities/halton/signingEvents/x"})
        self.assertEqual(len(self.officer.ListSignatures(parent=version).signatures), 0)
        self.director.Sign(parent=version, signature=good, validate_only=True)
        self.assertEqual(len(self.officer.ListSignatures(parent=version).signatures), 0)
        self.director.Sign(parent=version, signature=good)
        self.refused(Code.ALREADY_EXISTS, self.director.Sign, parent=version, signature=good)

    def test_a_request_counts_once(self):
        version, digest = self.fresh()
        signer = self.key(self.director)
        request = {"parent": version, "signature": self.by_key(self.director, signer, version, digest),
                   "request_id": str(uuid.uuid4())}
        first = self.director.Sign(**request).signature
        self.director.RevokeSigningKey(name=signer.name, reason="Old")
        self.assertEqual(self.director.Sign(**request).signature, first)
        young = {"version": version, "digest": digest, "request_id": str(uuid.uuid4())}
        self.assertEqual(self.young(**young), self.young(**young))
        self.assertEqual(self.worker.ListSignatures(parent=version).young_people, 1)
        self.refused(Code.INVALID_ARGUMENT, self.director.Sign, parent=version, signature={"content_hash": digest},
                     request_id=request["request_id"], field="request_id")

    def test_two_at_once_are_one(self):
        version, digest = self.fresh()

        def sign(_):
            try:
                self.lead.Sign(parent=version, signature={"content_hash": digest})
            except grpc.RpcError as error:
                return error.code()
            return Code.OK

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            codes = list(pool.map(sign, range(6)))
        self.assertEqual(sorted(code.name for code in codes), ["ALREADY_EXISTS"] * 5 + ["OK"])
        self.assertEqual(len(self.officer.ListSignatures(parent=version).signatures), 1)

    def test_withdrawn(self):
        version, digest = self.fresh()
        made = self.lead.Sign(parent=version, signature={"content_hash": digest}).signature
        self.refused(Code.PERMISSION_DENIED, self.director.WithdrawSignature, name=made.name, withdrawn_on=day(0), reason="No")
        self.refused(Code.INVALID_ARGUMENT, self.lead.WithdrawSignature, name=made.name, withdrawn_on=day(1), reason="",
                     field="reason")
        gone = self.lead.WithdrawSignature(name=made.name, withdrawn_on=day(0), reason="Another post").signature
        self.assertEqual((gone.withdrawn_on, gone.withdraw_reason, gone.attestation), (day(0), "Another post", made.attestation))
        self.refused(Code.FAILED_PRECONDITION, self.lead.WithdrawSignature, name=made.name, withdrawn_on=day(0), reason="x")
        self.lead.Sign(parent=version, signature={"content_hash": digest})  # and again
        done = self.verify(self.export(version))
        self.assertIn("withdrawn on", done.stdout)
        self.assertEqual(done.returncode, 0, done.stderr)

    # --- young people ---

    def test_young_people(self):
        version, digest = self.fresh()
        sam = self.young(version, digest, "Sam", "MARK_KIND_FIRST_NAME")
        self.assertEqual((sam.member, sam.signatory, sam.owner, sam.mark), ("", "", "", "Sam"))
        self.young(version, digest, "🦊", "MARK_KIND_SIGN")
        for mark, kind in (("Sam Smith", "MARK_KIND_FIRST_NAME"), ("", "MARK_KIND_FIRST_NAME"), ("Sam7", "MARK_KIND_FIRST_NAME"),
                           ("x" * 9, "MARK_KIND_SIGN"), ("a\u202eb", "MARK_KIND_SIGN"), ("x", "MARK_KIND_NONE")):
            self.refused(Code.INVALID_ARGUMENT, self.young, version, digest, mark, kind, field="signature.mark")
        for api in (self.officer, self.director, self.keeper):
            listed = api.ListSignatures(parent=version)
            self.assertEqual((len(listed.signatures), listed.young_people, listed.young_people_suppressed), (0, 0, True))
            self.refused(Code.NOT_FOUND, api.GetSignature, name=sam.name)
            self.refused(Code.PERMISSION_DENIED, api.ListYoungPeoplesSignatures, parent=version)
            self.refused(Code.PERMISSION_DENIED, api.ExportSignedVersion, name=version, include_young_people=True)
        self.assertEqual(self.worker.ListSignatures(parent=version).young_people, 2)
        few = self.export(version, self.worker)
        self.assertTrue(few["youngPeopleSuppressed"])
        self.assertEqual((few["youngPeople"], few["signatures"]), (0, []))
        for _ in range(4):
            self.young(version, digest)
        listed = self.director.ListSignatures(parent=version)
        self.assertEqual((listed.young_people, listed.young_people_suppressed), (6, False))
        file = self.export(version)
        self.assertNotIn("Sam", json.dumps(file))
        self.assertIn("6 young people signed, too", self.verify(file).stdout)
        whole = self.export(version, self.worker, include_young_people=True)
        done = self.verify(whole)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Sam", done.stdout)
        names = [s for s in whole["signatures"] if s["mark"] == "Sam"]
        names[0]["mark"] = "Max"
        self.fails(whole, "the mark is not the one that was recorded")
        # withdrawn, it is forgotten, and what is left still holds
        self.refused(Code.NOT_FOUND, self.director.WithdrawSignature, name=sam.name, withdrawn_on=day(0), reason="x")
        gone = self.worker.WithdrawSignature(name=sam.name, withdrawn_on=day(0)).signature
        self.assertEqual((gone.mark, gone.mark_salt, gone.mark_digest), ("", b"", sam.mark_digest))
        self.assertEqual(harness.psql(self.daemon.database, "SELECT count(*) FROM pledge.signature WHERE mark = 'Sam'"
                                      f" AND pledge_id = '{version.split('/')[3]}'"), "0")
        self.assertTrue(self.director.ListSignatures(parent=version).young_people_suppressed)
        done = self.verify(self.export(version, self.worker, include_young_people=True))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Sam", self.daemon.log_text())

    def test_a_first_name_is_not_found_by_trying(self):
        version, digest = self.fresh()
        fields = {"parent": version, "request_id": str(uuid.uuid4()), "signature": {
            "content_hash": digest, "mark_kind": "MARK_KIND_FIRST_NAME", "mark": "Robin", "signed_at": "2016-03-02"}}
        self.worker.RecordYoungPersonsSignature(**fields)
        tried = hashlib.sha256(sign_up_pb2.RecordYoungPersonsSignatureRequest(**fields).SerializeToString()).hexdigest()
        kept = harness.psql(self.daemon.database, "SELECT string_agg(encode(request_hash, 'hex'), ' ') FROM pledge.request")
        kept += harness.psql(self.daemon.database, "SELECT string_agg(request_hash, ' ') FROM pledge.audit_entry")
        self.assertNotIn(tried, kept)
        entry = next(e for e in self.keeper.ListAuditEntries(parent=self.parent, page_size=1000).entries
                     if e.request_id == fields["request_id"])
        self.assertEqual(len(entry.request_hash), 64)
        seen = len([e for e in self.keeper.ListAuditEntries(parent=self.parent, page_size=1000).entries if e.kind == "read"])
        self.worker.ListYoungPeoplesSignatures(parent=version)
        self.worker.ExportSignedVersion(name=version, include_young_people=True)
        now = len([e for e in self.keeper.ListAuditEntries(parent=self.parent, page_size=1000).entries if e.kind == "read"])
        self.assertEqual(now, seen + 2)

    # --- the file ---

    def export(self, version, api=None, **more):
        from google.protobuf import json_format
        self.sealed = (api or self.officer).ExportSignedVersion(name=version, **more).signed_version
        return json.loads(json_format.MessageToJson(self.sealed, always_print_fields_with_no_presence=True))

    def verify(self, file, *arguments):
        path = os.path.join(self.folder.name, "export.json")
        with open(path, "w", encoding="utf-8") as out:
            out.write(file if isinstance(file, str) else json.dumps(file))
        done = subprocess.run([os.path.join(harness.BUILD, "client/cli/pledge"), "verify", path, *arguments],
                              capture_output=True, text=True, env=dict(os.environ, COLUMNS="80"), timeout=60)
        said = done.stdout + done.stderr.replace(self.folder.name, "")
        if "is no signed version" not in said:  # which quotes the file
            self.assertLessEqual(max(len(line) for line in said.splitlines() or [""]), 80, said)
        self.assertNotIn("\x1b", said)
        return done

    def fails(self, file, says, *arguments):
        done = self.verify(file, *arguments)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(says, " ".join((done.stdout + done.stderr).split()))
        return done

    def signed(self):
        """A version with a signature of each kind, as a file."""
        version, digest = self.fresh()
        signer = self.key(self.director)
        self.director.Sign(parent=version, signature=self.by_key(self.director, signer, version, digest))
        self.lead.Sign(parent=version, signature={"content_hash": digest})
        self.officer.RecordPaperSignature(parent=version, signature={
            "content_hash": digest, "signatory": "Chief Constable", "signed_at": "2016-03-02", "kept_at": "Record office"})
        for _ in range(7):
            self.young(version, digest)
        return self.export(version)

    def test_an_export_holds_by_foreign_hands(self):
        self.signed()
        sealed = self.sealed
        self.assertEqual(hashlib.sha256(sealed.content.encode()).hexdigest(), sealed.content_hash)
        seal, sealed.seal = sealed.seal, b""
        text = lines(("pledge-seal", 1), *seal_lines(sealed))
        self.assertTrue(holds(sealed.seal_key, text, seal))
        for signature in sealed.signatures:
            self.assertTrue(holds(signature.service_key, attestation_text(sealed.version, signature), signature.attestation))

    def test_every_tampering_is_told_apart(self):
        whole = self.signed()
        kinds = {s["kind"].removeprefix("SIGNATURE_KIND_"): i for i, s in enumerate(whole["signatures"])}
        good = self.verify(whole)
        self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
        for word in ("verified", "attested", "recorded", "7 young people", "only as good as where the file came from"):
            self.assertIn(word, " ".join(good.stdout.split()))
        fingerprint = hashlib.sha256(base64.b64decode(whole["sealKey"])).hexdigest()
        self.assertIn(fingerprint, good.stdout)
        pinned = self.verify(whole, "--service-key", fingerprint)
        self.assertEqual((pinned.returncode, "Not compared" in pinned.stdout), (0, False))
        pem = os.path.join(self.folder.name, "service.pem")
        with open(pem, "wb") as file:
            file.write(openssl("pkey", "-pubin", "-inform", "DER", data=KEY_HEAD + base64.b64decode(whole["sealKey"])))
        self.assertEqual(self.verify(whole, "--service-key", pem).returncode, 0)
        self.fails(whole, "sealed with an unknown key", "--service-key", "0" * 64)
        self.assertEqual(self.verify(whole, "--service-key", "none").returncode, 2)

        def changed(change):
            file = json.loads(json.dumps(whole))
            change(file)
            return file

        def at(kind, field, value):
            return changed(lambda f: f["signatures"][kinds[kind]].update({field: value}))

        other = self.signed()
        text = json.dumps(whole)
        for file, says in (
                (changed(lambda f: f.update(content=f["content"].replace("listen", "may listen"))), "the words were changed"),
                (at("KEY", "signatory", "Somebody else"), "its key signed something else"),
                (at("KEY", "signature", base64.b64encode(b"x" * 64).decode()), "its key signed something else"),
                (at("CERTIFICATE", "signatory", "Somebody else"), "the service attested something else"),
                (at("PAPER", "keptAt", "A drawer"), "the service attested something else"),
                (at("PAPER", "withdrawnOn", "2016-03-03"), "the seal is broken: a signature is missing, or a field was changed"),
                (changed(lambda f: f["signatures"].append(other["signatures"][0])), "is of another version"),
                (changed(lambda f: f["signatures"].append(f["signatures"][0])), "is in the file twice"),
                (changed(lambda f: f["signatures"].pop()), "it is of 3 signatures, the file has 2"),
                (changed(lambda f: (f["signatures"].pop(), f.update(signatureCount=2))), "a signature is missing"),
                (changed(lambda f: f.update(youngPeople=70)), "or a field was changed"),
                (changed(lambda f: f.update(adoptedOn="2015-01-26")), "the seal is broken: a signature is missing, or a field was changed"),
                (changed(lambda f: f["keys"].clear()), "its key is unknown"),
                (changed(lambda f: f["serviceKeys"].clear()), "attested by an unknown key"),
                (changed(lambda f: f.update(content=other["content"], contentHash=other["contentHash"])),
                 "the words are those of another version"),
                (text[:-40], "is cut off"), (text[:len(text) // 2], "is cut off"), ("", "is cut off"),
                ("{}", "is not of the form"), ('{"a": 1}', "is no signed version"), ("[]}", "is no signed version"),
                (text.replace('"format"', '"fromat"'), "is no signed version"),
                ('{"\\u001b[31m": 1}', "is no signed version"),
                (at("PAPER", "signatory", "\x1b[31mRed"), "the service attested something else")):
            self.fails(file, says)

    def test_a_new_secret_key_leaves_old_attestations_good(self):
        version, digest = self.fresh()
        self.lead.Sign(parent=version, signature={"content_hash": digest})
        before = self.lead.ListServiceKeys(parent=self.parent).current
        path = os.path.join(self.folder.name, "other.key")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(os.urandom(32))
        with harness.Daemon(self.daemon.database, PLEDGED_SECRET_KEY=path) as daemon:
            director = harness.Api(daemon, "housing-director")
            director.Sign(parent=version, signature={"content_hash": digest})
            file = self.export(version, director)
            keys = director.ListServiceKeys(parent=self.parent)
        self.assertNotEqual(keys.current, before)
        self.assertLessEqual({before, keys.current}, {k.public_key for k in keys.service_keys})
        self.assertEqual(len(file["serviceKeys"]), 2)
        done = self.verify(file, "--service-key", keys.current_fingerprint)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_without_a_secret_key(self):
        with harness.Daemon(self.daemon.database) as daemon:
            lead = harness.Api(daemon, "derby-lead")
            for call in (lambda: lead.Sign(parent=self.version.name, signature={"content_hash": self.hash(self.version.name)}),
                         lambda: lead.ExportSignedVersion(name=self.version.name)):
                self.refused(Code.FAILED_PRECONDITION, call, says="secret_key")
            self.assertEqual(lead.ListServiceKeys(parent=self.parent).current, b"")

    # --- as it was ---

    def test_leicester_2010_and_derby_2016(self):
        """Signed in June, adopted by Cabinet on 6 September; signed again with other words, those of June are earlier."""
        version, june = self.fresh(adopt=False)
        event = self.officer.CreateSigningEvent(parent=self.parent, signing_event_id="june-2010", signing_event={
            "version": version, "title": "Joint signing event", "place": "Town hall", "held_on": "2010-06-16"}).signing_event
        paper = {"content_hash": june, "event": event.name, "signed_at": "2010-06-16", "kept_at": "Record office, box 4"}
        for signatory in ("Corporate Director", "Lead Member"):
            self.officer.RecordPaperSignature(parent=version, signature={**paper, "signatory": signatory})
        self.refused(Code.FAILED_PRECONDITION, self.officer.ExportSignedVersion, name=version, says="draft")
        self.assertFalse(any(s.earlier_wording for s in self.officer.ListSignatures(parent=version).signatures))
        draft = self.officer.GetVersion(name=version).version
        draft.statements[0].text = "We listen to you and answer."
        draft = self.officer.UpdateVersion(version=draft, update_mask={"paths": ["statements"]}).version
        self.assertTrue(all(s.earlier_wording for s in self.officer.ListSignatures(parent=version).signatures))
        self.refused(Code.FAILED_PRECONDITION, self.officer.RecordPaperSignature, parent=version,
                     signature={**paper, "signatory": "Third"}, field="signature.content_hash")
        self.adopt(draft, "2010-09-06")
        self.officer.RecordPaperSignature(parent=version, signature={
            **paper, "content_hash": self.hash(version), "signatory": "Leader", "signed_at": "2010-09-06"})
        done = self.verify(self.export(version))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("of an earlier wording of this version"), 2, done.stdout)
        self.assertIn("1 recorded, 2 withdrawn or of an earlier wording", " ".join(done.stdout.split()))
        # Derby: adopted on 26 January, signed on 2 March 2016 at an event that was also the launch
        version, digest = self.fresh()
        self.officer.CreateLaunchEvent(parent=self.parent, launch_event_id="march", launch_event={
            "version": version, "title": "Launch", "held_on": "2016-03-02", "attendance": 80})
        wanted = {"version": version, "title": "Signing with the council", "place": "Council House", "held_on": "2016-03-02",
                  "launch_event": f"{self.parent}/launchEvents/march"}
        self.refused(Code.INVALID_ARGUMENT, self.officer.CreateSigningEvent, parent=self.parent, signing_event_id="march",
                     signing_event={**wanted, "held_on": "2016-03-03"}, field="signing_event.launch_event")
        march = self.officer.CreateSigningEvent(parent=self.parent, signing_event_id="march", signing_event=wanted).signing_event
        self.assertEqual(self.lead.GetSigningEvent(name=march.name).signing_event, march)
        signer = self.key(self.director)
        self.director.Sign(parent=version, signature=self.by_key(self.director, signer, version, digest, event=march.name))
        self.refused(Code.INVALID_ARGUMENT, self.lead.Sign, parent=version,
                     signature={"content_hash": digest, "event": event.name}, field="signature.event")
        ahead = self.officer.CreateSigningEvent(parent=self.parent, signing_event_id="ahead", signing_event={
            **wanted, "held_on": day(9), "launch_event": ""}).signing_event
        self.refused(Code.INVALID_ARGUMENT, self.lead.Sign, parent=version,
                     signature={"content_hash": digest, "event": ahead.name}, field="signature.event")
        done = self.verify(self.export(version))
        self.assertEqual((done.returncode, "2 Mar 2016" in done.stdout), (0, True), done.stderr)

    # --- the command line ---

    def command(self, who, *arguments, code=0):
        done = subprocess.run(
            [os.path.join(harness.BUILD, "client/cli/pledge"), *arguments, "--address", f"127.0.0.1:{self.daemon.port}",
             "--ca", os.path.join(harness.CA, "ca.pem"), "--identity", harness.identity(who)],
            capture_output=True, text=True, env=dict(os.environ, COLUMNS="80"), timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        if arguments[1] != "export":
            self.assertLessEqual(max(len(line) for line in done.stdout.splitlines() or [""]), 80, done.stdout)
        return done.stdout

    def test_the_command_line(self):
        name, _ = self.fresh()
        version = f"{name.split('/')[3]}/1"
        path = os.path.join(self.folder.name, "own.pem")
        self.assertIn("is added", self.command("derby-officer", "signing", "add", "derby", "cli", "--version", version,
                                               "--title", "Signing", "--place", "Hall", "--on", "2016-03-02"))
        self.assertIn("Signing", self.command("derby-officer", "signing", "list", "derby"))
        made = self.command("housing-director", "signing-key", "new", path)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        openssl("pkey", "-in", path, "-noout")
        self.command("housing-director", "signing-key", "new", path, code=1)
        self.command("housing-director", "signing-key", "register", "derby", "cli", path)
        self.assertIn(next(word for word in made.split() if len(word) == 64),
                      self.command("derby-lead", "signing-key", "list", "derby"))
        self.assertIn("You could sign", self.command("housing-director", "sign", "derby", version, "--with", path,
                                                     "--signing-key", "cli", "--event", "cli", "--dry-run"))
        self.assertIn("You have signed", self.command("housing-director", "sign", "derby", version, "--with", path,
                                                      "--signing-key", "cli", "--event", "cli", "--at", "2016-03-02T11:00:00Z"))
        self.command("housing-director", "sign", "derby", version, "--with", path, code=2)
        os.chmod(path, 0o644)
        self.command("housing-director", "sign", "derby", version, "--with", path, "--signing-key", "cli", code=1)
        self.assertIn("derby-lead", self.command("derby-lead", "sign", "derby", version))
        self.command("derby-officer", "signature", "paper", "derby", version, "Chief Constable", "--role", "partner-agency",
                     "--on", "2016-03-02", "--kept-at", "Record office", "--event", "cli")
        for mark in (("--first-name", "Ash"), ("--sign", "★"), *((("--no-mark",),) * 4)):
            self.command("derby-worker", "signature", "young", "derby", version, *mark, "--on", "2016-03-02")
        self.assertIn("Ash", self.command("derby-worker", "signature", "young-list", "derby", version))
        listed = self.command("derby-officer", "signature", "list", "derby", version)
        for word in ("Chief Constable", "housing-director", "certificate", "paper", "6 young people"):
            self.assertIn(word, listed)
        self.assertIn("Now in use", self.command("derby-lead", "signature", "service-keys", "derby"))
        file = self.command("derby-officer", "signature", "export", "derby", version)
        self.assertNotIn("Ash", file)
        done = self.verify(file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Ash", self.verify(self.command("derby-worker", "signature", "export", "derby", version,
                                                      "--with-young-people")).stdout)
        mine = self.lead.ListSignatures(parent=name)
        own = next(last(s.name) for s in mine.signatures if s.signatory == "derby-lead")
        self.command("derby-lead", "signature", "withdraw", "derby", version, own, "--on", day(0), "--reason", "Slip")
        self.assertIn("signs no more", self.command("housing-director", "signing-key", "revoke", "derby", "cli", "--reason", "Old"))


if __name__ == "__main__":
    harness.main()
