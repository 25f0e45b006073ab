# SPDX-License-Identifier: Apache-2.0
"""People sign in with a password and a one-time code, and what goes wrong on the way."""

import base64
import concurrent.futures
import ctypes
import ctypes.util
import hashlib
import hmac
import re
import struct
import time
import urllib.parse

import grpc

import harness
from pledge.v1 import audit_pb2, session_pb2, watch_pb2

Code = grpc.StatusCode
PASSWORD = "quiet-otter counts 7 lamps"
STEP_SECONDS = 30
WRONG = "the user name, password or code is not right"


def one_time_code(secret, steps=0):
    """RFC 6238 with SHA-1; of now, or so many half minutes later."""
    counter = struct.pack(">Q", int(time.time()) // STEP_SECONDS + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


class Person:
    """Somebody with a user name: accepts an invitation and signs in."""

    def __init__(self, case, user_name):
        self.case = case
        self.user_name = user_name
        self.api = harness.Api(case.daemon, None)
        self.device = ""

    def accept(self, code, password=PASSWORD):
        self.password = password
        opened = self.api.OpenInvitation(invitation_code=code)
        self.uri = opened.otpauth_uri
        self.secret = urllib.parse.parse_qs(urllib.parse.urlparse(self.uri).query)["secret"][0]
        done = self.api.AcceptInvitation(invitation_code=code, password=password,
                                         one_time_code=one_time_code(self.secret))
        self.codes = list(done.recovery_codes)
        self.device = done.device_token
        self.api = harness.Api(self.case.daemon, None, done.session_token)
        return done

    def later(self):
        """As if the half minute of the last code were long over."""
        harness.psql(self.case.daemon.database, "UPDATE pledge.password SET code_step = 0")

    def sign_in(self, **more):
        fields = {"user_name": self.user_name, "password": self.password,
                  "one_time_code": one_time_code(self.secret), **more}
        done = harness.Api(self.case.daemon, None).SignIn(**fields)
        self.device = done.device_token
        self.api = harness.Api(self.case.daemon, None, done.session_token)
        return done


class SignIn(harness.Case):
    settings = {"PLEDGED_SECRET_KEY": harness.secret_key(), "PLEDGED_SIGNIN_RATE": "0",
                "PLEDGED_SIGNIN_NEWCOMERS": "0"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for authority in ("derby", "halton"):
            cls.admin.CreateAuthority(authority_id=authority, authority={"display_name": authority.title()})
        cls.keeper = cls.member("derby", "derby-keeper", "ROLE_COUNCIL_ADMINISTRATOR")
        cls.halton_keeper = cls.member("halton", "halton-keeper", "ROLE_COUNCIL_ADMINISTRATOR")
        cls.number = 0

    def setUp(self):
        # one address makes all attempts here, so each test begins with its own allowance
        harness.psql(self.daemon.database, "DELETE FROM pledge.attempt")

    def new_member(self, role="ROLE_OFFICER"):
        """A member with a user name; returns its resource name and the user name."""
        type(self).number += 1
        member = f"p{self.number}"
        user_name = f"post{self.number}@derby.example"
        self.keeper.CreateMember(parent="authorities/derby", member_id=member,
                                 member={"display_name": "Reviewing officer", "role": role,
                                         "user_name": user_name})
        return f"authorities/derby/members/{member}", user_name

    def person(self, **more):
        name, user_name = self.new_member()
        person = Person(self, user_name)
        person.name = name
        person.accept(self.keeper.InviteMember(name=name).invitation_code, **more)
        return person

    def trail(self, after=0):
        entries = list(self.keeper.ListAuditEntries(parent="authorities/derby", page_size=1000, after=after).entries)
        return entries

    def last_number(self):
        return max([entry.number for entry in self.trail()], default=0)

    # --- the main path

    def test_from_the_invitation_to_signing_out(self):
        name, user_name = self.new_member()
        before = self.last_number()
        invited = self.keeper.InviteMember(name=name)
        self.assertGreater(invited.expire_time.seconds, time.time() + 6 * 86400)
        person = Person(self, user_name)
        done = person.accept(invited.invitation_code)
        self.assertTrue(person.uri.startswith("otpauth://totp/Pledge:"))
        self.assertIn("issuer=Pledge", person.uri)
        self.assertRegex(done.session_token, r"^pls_[A-Za-z0-9_-]{43}$")
        self.assertEqual(len(set(done.recovery_codes)), 10)
        self.assertEqual(done.session.method, session_pb2.SIGN_IN_METHOD_PASSWORD)
        self.assertEqual(person.api.GetSelf().memberships[0].user_name, user_name)
        self.assertEqual(person.api.GetAuthority(name="authorities/derby").authority.display_name, "Derby")
        self.refused(Code.PERMISSION_DENIED, person.api.GetAuthority, name="authorities/halton")
        # a second session beside the first
        person.later()
        first = person.api
        again = person.sign_in(device_token=person.device)
        self.assertEqual(again.recovery_codes_left, 10)
        self.assertEqual([session.name for session in person.api.ListSessions().sessions],
                         [again.session.name, done.session.name]
                         if again.session.create_time.seconds > done.session.create_time.seconds
                         else sorted([again.session.name, done.session.name]))
        self.assertEqual(first.SignOut().ended, 1)
        self.refused(Code.UNAUTHENTICATED, first.GetSelf, says="session has ended")
        person.api.GetSelf()
        self.assertEqual(person.api.SignOut(everywhere=True).ended, 1)
        self.refused(Code.UNAUTHENTICATED, person.api.GetSelf)
        kinds = [(entry.kind, entry.method.rsplit("/", 1)[1], entry.outcome) for entry in self.trail(before)]
        for entry in (("sign-in", "AcceptInvitation", "OK"), ("sign-in", "SignIn", "OK"),
                      ("write", "InviteMember", "OK")):
            self.assertIn(entry, kinds)

    def test_nothing_secret_is_in_the_database_or_the_log(self):
        person = self.person()
        dump = harness.subprocess.run(["pg_dump", "--data-only", self.daemon.database], check=True,
                                      capture_output=True, text=True).stdout
        raw = base64.b32decode(person.secret)
        for secret in (PASSWORD, person.api.token, person.device, person.codes[0], person.secret, raw.hex()):
            self.assertNotIn(secret, dump)
            self.assertNotIn(secret, self.daemon.log_text())
        self.assertIn("$argon2id$v=19$m=9216,t=4,p=1$", dump)

    def test_a_hash_of_another_cost_is_made_anew(self):
        person = self.person()
        sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
        older = ctypes.create_string_buffer(128)
        passes, memory = 2, 19 << 20
        self.assertEqual(sodium.crypto_pwhash_str(older, PASSWORD.encode(), ctypes.c_ulonglong(len(PASSWORD)),
                                                  ctypes.c_ulonglong(passes), ctypes.c_size_t(memory)), 0)
        where = f"(SELECT principal_id FROM pledge.login WHERE user_name = '{person.user_name}')"
        harness.psql(self.daemon.database, f"UPDATE pledge.password SET hash = '{older.value.decode()}'"
                     f" WHERE principal_id = {where}")

        def kept():
            return harness.psql(self.daemon.database,
                                f"SELECT hash FROM pledge.password WHERE principal_id = {where}")
        self.refused(Code.UNAUTHENTICATED, person.api.SignIn, user_name=person.user_name, password="another one 1",
                     one_time_code="000000")
        self.assertEqual(kept(), older.value.decode())
        person.later()
        person.sign_in()
        self.assertIn("m=9216,t=4,p=1", kept())
        person.later()
        person.sign_in()

    def test_a_host_administrator_by_user_name(self):
        said = self.daemon.add_host_administrator("--user", "host@example.org")
        host = Person(self, "host@example.org")
        host.accept(re.search(r"Invitation: (\S+)", said).group(1))
        self.assertTrue(host.api.GetSelf().host_administrator)
        host.api.CreateAuthority(authority_id="leicester", authority={"display_name": "Leicester"})
        self.refused(Code.PERMISSION_DENIED, host.api.ListPledges, parent="authorities/derby")

    # --- what is refused

    def test_wrong_and_unknown_are_one_answer(self):
        person = self.person()
        anyone = harness.Api(self.daemon, None)
        person.later()
        before = self.last_number()
        for fields in ({"password": "wrong wrong wrong 1"}, {"one_time_code": "000000"},
                       {"one_time_code": one_time_code(person.secret, 5)}, {"user_name": "nobody@derby.example"},
                       {"one_time_code": "", "recovery_code": "AAAAA-AAAAA-AAAAA-AAAAA"}):
            harness.psql(self.daemon.database, "DELETE FROM pledge.attempt")
            error = self.refused(Code.UNAUTHENTICATED, anyone.SignIn,
                                 **{"user_name": person.user_name, "password": PASSWORD,
                                    "one_time_code": one_time_code(person.secret), **fields})
            self.assertEqual(error.details(), WRONG)
        refused = [entry for entry in self.trail(before) if entry.outcome == "UNAUTHENTICATED"]
        self.assertEqual([entry.kind for entry in refused], ["sign-in"] * 4)
        self.assertEqual(len({entry.principal for entry in refused}), 1)
        host = self.admin.ListHostAuditEntries(page_size=1000).entries
        self.assertIn(("sign-in", "", "UNAUTHENTICATED"), [(e.kind, e.principal, e.outcome) for e in host])

    def test_a_code_counts_once(self):
        person = self.person()
        anyone = harness.Api(self.daemon, None)
        fields = {"user_name": person.user_name, "password": PASSWORD}
        code = one_time_code(person.secret)
        self.refused(Code.UNAUTHENTICATED, anyone.SignIn, one_time_code=code, **fields)  # the invitation took it
        person.later()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            def attempt(_):
                try:
                    return anyone.SignIn(one_time_code=one_time_code(person.secret), **fields)
                except grpc.RpcError as error:
                    return error.code()
            answers = list(pool.map(attempt, range(4)))
        self.assertEqual(sum(answer == Code.UNAUTHENTICATED for answer in answers), 3, answers)
        recovery = {"recovery_code": person.codes[0].lower().replace("-", " "), **fields}
        done = anyone.SignIn(**recovery)
        self.assertEqual((done.recovery_codes_left, done.session.method),
                         (9, session_pb2.SIGN_IN_METHOD_RECOVERY_CODE))
        self.refused(Code.UNAUTHENTICATED, anyone.SignIn, **recovery)

    def test_fields(self):
        anyone = harness.Api(self.daemon, None)
        self.refused(Code.INVALID_ARGUMENT, anyone.SignIn, field="password", user_name="a", one_time_code="1")
        self.refused(Code.INVALID_ARGUMENT, anyone.SignIn, field="one_time_code", user_name="a", password="b")
        self.refused(Code.INVALID_ARGUMENT, anyone.SignIn, field="recovery_code", user_name="a", password="b",
                     one_time_code="1", recovery_code="2")
        self.refused(Code.INVALID_ARGUMENT, anyone.SignIn, field="user_name", user_name="a" * 2000, password="b",
                     one_time_code="1")

    def test_passwords_that_are_not_taken(self):
        name, user_name = self.new_member()
        person = Person(self, user_name)
        code = self.keeper.InviteMember(name=name).invitation_code
        for password, why in (("short", "12 to 128"), ("x" * 129, "12 to 128"), ("aaaaaaaaaaaaaa", "guessed"),
                              ("password123456", "guessed"), (f"my {user_name} ok", "user name")):
            error = self.refused(Code.INVALID_ARGUMENT, person.accept, code, password, field="password")
            self.assertIn(why, error.details())
        error = self.refused(Code.INVALID_ARGUMENT, person.api.AcceptInvitation, field="one_time_code",
                             invitation_code=code, password=PASSWORD, one_time_code="123456")
        person.accept(code, "Größe 8 mal 13 Äpfel")  # what was refused has not used the invitation up
        person.later()
        person.sign_in()

    def test_invitations_end(self):
        name, user_name = self.new_member()
        person = Person(self, user_name)
        first = self.keeper.InviteMember(name=name).invitation_code
        second = self.keeper.InviteMember(name=name).invitation_code
        self.refused(Code.UNAUTHENTICATED, person.accept, first)  # the second took its place
        self.refused(Code.UNAUTHENTICATED, person.accept, "0" * 64)
        person.accept(second)
        self.refused(Code.UNAUTHENTICATED, Person(self, user_name).accept, second)
        third = self.keeper.InviteMember(name=name).invitation_code
        harness.psql(self.daemon.database, "UPDATE pledge.invitation SET expire_time = now() - interval '1 s'")
        self.refused(Code.UNAUTHENTICATED, Person(self, user_name).accept, third)
        person.api.GetSelf()  # an invitation alone ends nothing
        fourth = self.keeper.InviteMember(name=name).invitation_code
        other = Person(self, user_name)
        other.accept(fourth)
        self.refused(Code.UNAUTHENTICATED, person.api.GetSelf)  # but its use does
        self.refused(Code.FAILED_PRECONDITION, self.keeper.InviteMember, name="authorities/derby/members/derby-keeper")

    def test_who_has_a_place_elsewhere_is_invited_by_the_host(self):
        name, user_name = self.new_member()
        self.halton_keeper.CreateMember(parent="authorities/halton", member_id="shared",
                                        member={"display_name": "Shared", "role": "ROLE_OFFICER",
                                                "user_name": user_name})
        for api, member in ((self.keeper, name), (self.halton_keeper, "authorities/halton/members/shared")):
            self.refused(Code.PERMISSION_DENIED, api.InviteMember, name=member)
            self.refused(Code.PERMISSION_DENIED, api.EndMemberSessions, parent=member)
        self.refused(Code.PERMISSION_DENIED, self.halton_keeper.UpdateMember, update_mask={"paths": ["certificate_sha256"]},
                     member={"name": "authorities/halton/members/shared", "certificate_sha256": "ab" * 32})
        person = Person(self, user_name)
        person.accept(self.admin.InviteMember(name=name).invitation_code)
        self.assertEqual(len(person.api.GetSelf().memberships), 2)
        self.refused(Code.NOT_FOUND, self.keeper.InviteMember, name="authorities/derby/members/nobody")
        self.refused(Code.PERMISSION_DENIED, self.keeper.InviteMember, name="authorities/halton/members/shared")

    # --- guessing

    def test_guesses_are_slowed_and_the_right_person_is_not_kept_out(self):
        person = self.person()
        person.later()
        anyone = harness.Api(self.daemon, None)
        wrong = {"user_name": person.user_name, "password": "wrong wrong wrong 1", "one_time_code": "000000"}
        for _ in range(5):
            self.refused(Code.UNAUTHENTICATED, anyone.SignIn, **wrong)
        harness.psql(self.daemon.database, "UPDATE pledge.attempt SET failures = 11, blocked_until = now() + interval '64 s'")
        error = self.refused(Code.RESOURCE_EXHAUSTED, anyone.SignIn, **wrong)
        self.assertIn("seconds", error.details())
        right = {"user_name": person.user_name, "password": PASSWORD, "one_time_code": one_time_code(person.secret)}
        self.refused(Code.RESOURCE_EXHAUSTED, anyone.SignIn, **right)  # a stranger, even with the right one
        self.refused(Code.RESOURCE_EXHAUSTED, anyone.SignIn, device_token="pls_none", **right)
        person.sign_in(device_token=person.device)  # from where they signed in before
        other = self.person()
        self.refused(Code.RESOURCE_EXHAUSTED, anyone.SignIn, device_token=other.device, **right)
        # names that nobody has are slowed just so
        wrong["user_name"] = "nobody2@derby.example"
        for _ in range(5):
            self.refused(Code.UNAUTHENTICATED, anyone.SignIn, **wrong)
        self.refused(Code.RESOURCE_EXHAUSTED, anyone.SignIn, **wrong)
        longest = harness.psql(self.daemon.database, "SELECT pledge.attempt_delay(1000000)")
        self.assertEqual(longest, "00:15:00")
        harness.psql(self.daemon.database, "UPDATE pledge.attempt SET blocked_until = now()")
        person.later()
        person.sign_in(device_token="")

    # --- sessions

    def test_sessions_end_by_themselves(self):
        person = self.person()
        person.api.GetSelf()
        database = self.daemon.database
        harness.psql(database, "UPDATE pledge.session SET last_use_time = last_use_time - interval '31 minutes'")
        harness.psql(database, "SELECT pg_notify('pledge_change', '')")
        time.sleep(0.3)
        self.refused(Code.UNAUTHENTICATED, person.api.GetSelf, says="session has ended")
        person.later()
        session = person.sign_in().session
        self.assertEqual(session.expire_time.seconds - session.create_time.seconds, 12 * 3600)
        self.assertEqual(session.idle_expire_time.seconds - session.last_use_time.seconds, 30 * 60)
        person.api.GetSelf()
        harness.psql(database, "UPDATE pledge.session SET expire_time = now()")
        harness.psql(database, "SELECT pg_notify('pledge_change', '')")
        time.sleep(0.3)
        self.refused(Code.UNAUTHENTICATED, person.api.GetSelf)

    def test_use_keeps_a_session(self):
        person = self.person()
        harness.psql(self.daemon.database, "UPDATE pledge.session SET last_use_time = last_use_time - interval '20 minutes'")
        person.api.GetSelf()
        deadline = time.monotonic() + 10
        while int(harness.psql(self.daemon.database, "SELECT count(*) FROM pledge.session"
                               " WHERE end_time IS NULL AND last_use_time < now() - interval '10 minutes'"
                               " AND expire_time > now()")):
            self.assertLess(time.monotonic(), deadline, "the use was not recorded")
            time.sleep(0.05)

    def test_what_opens_nothing(self):
        person = self.person()
        for token in ("pls_" + "A" * 43, "x", person.api.token[:-1], person.api.token + "A", person.device,
                      "eyJhbGciOiJub25lIn0.e30.", "A" * 250):
            self.refused(Code.UNAUTHENTICATED, harness.Api(self.daemon, None, token).GetSelf)
            # a token that is none is not made good by a certificate
            self.refused(Code.UNAUTHENTICATED, harness.Api(self.daemon, "derby-keeper", token).GetSelf)
        for header in ("Basic QTpC", "Bearer", "Bearer " + "A" * 300):
            call = self.daemon.channel(None).unary_unary("/pledge.v1.MemberService/GetSelf")
            with self.assertRaises(grpc.RpcError) as caught:
                call(b"", metadata=[("authorization", header)], timeout=10)
            self.assertEqual(caught.exception.code(), Code.UNAUTHENTICATED)
        self.refused(Code.UNAUTHENTICATED, harness.Api(self.daemon, None).GetSelf, says="sign in")
        denied = [entry for entry in self.admin.ListHostAuditEntries(page_size=1000).entries
                  if entry.kind == "denied" and entry.method.endswith("/GetSelf")]
        self.assertGreaterEqual(len(denied), 17)
        self.assertEqual({(entry.outcome, entry.principal) for entry in denied}, {("UNAUTHENTICATED", "")})

    def test_a_changed_role_and_an_ended_session_reach_an_open_stream(self):
        person = self.person()
        def watch():
            return self.daemon.stream(None, "/pledge.v1.WatchService/Watch",
                                      watch_pb2.WatchRequest(parent="authorities/derby"), watch_pb2.WatchResponse,
                                      timeout=20, token=person.api.token)
        stream = watch()
        next(stream)
        self.keeper.UpdateMember(member={"name": person.name, "expires_on": harness.psql(
            self.daemon.database, "SELECT current_date")}, update_mask={"paths": ["expires_on"]})
        harness.psql(self.daemon.database,
                     "UPDATE pledge.member SET expires_on = current_date - 1 WHERE user_name = '%s'" % person.user_name)
        with self.assertRaises(grpc.RpcError) as caught:
            list(stream)
        self.assertEqual(caught.exception.code(), Code.PERMISSION_DENIED)
        harness.psql(self.daemon.database,
                     "UPDATE pledge.member SET expires_on = NULL WHERE user_name = '%s'" % person.user_name)
        time.sleep(0.3)
        stream = watch()
        next(stream)
        self.keeper.EndMemberSessions(parent=person.name)
        with self.assertRaises(grpc.RpcError) as caught:
            list(stream)
        self.assertEqual(caught.exception.code(), Code.UNAUTHENTICATED)
        self.assertEqual(list(self.keeper.ListMemberSessions(parent=person.name).sessions), [])

    def test_a_new_password(self):
        person = self.person()
        person.later()
        old = person.api
        person.sign_in()
        person.later()
        self.refused(Code.UNAUTHENTICATED, person.api.ChangePassword, password="not it at all 1",
                     one_time_code=one_time_code(person.secret), new_password="eleven pears fly 2")
        self.refused(Code.INVALID_ARGUMENT, person.api.ChangePassword, field="new_password", password=PASSWORD,
                     one_time_code=one_time_code(person.secret), new_password="short")
        done = person.api.ChangePassword(password=PASSWORD, one_time_code=one_time_code(person.secret),
                                         new_password="eleven pears fly 2")
        self.assertEqual(done.ended, 1)
        self.refused(Code.UNAUTHENTICATED, old.GetSelf)
        person.api.GetSelf()
        person.later()
        self.refused(Code.UNAUTHENTICATED, person.sign_in)
        person.password = "eleven pears fly 2"
        person.sign_in()
        person.later()
        codes = person.api.ReplaceRecoveryCodes(password=person.password,
                                                one_time_code=one_time_code(person.secret)).recovery_codes
        self.assertEqual(len(codes), 10)
        self.refused(Code.UNAUTHENTICATED, person.sign_in, one_time_code="", recovery_code=person.codes[1])
        person.sign_in(one_time_code="", recovery_code=codes[1])

    def test_who_left_does_not_sign_in(self):
        person = self.person()
        harness.psql(self.daemon.database,
                     "UPDATE pledge.member SET expires_on = current_date - 1 WHERE user_name = '%s'" % person.user_name)
        time.sleep(0.3)
        self.refused(Code.PERMISSION_DENIED, person.api.GetAuthority, name="authorities/derby")
        person.later()
        self.refused(Code.UNAUTHENTICATED, person.sign_in)

    def test_many_attempts_from_one_address(self):
        with harness.Daemon(self.daemon.database, PLEDGED_SECRET_KEY=harness.secret_key(),
                            PLEDGED_LOOPS="1") as daemon:
            anyone = harness.Api(daemon, None)
            codes = []
            for number in range(75):
                try:
                    anyone.OpenInvitation(invitation_code=f"none{number}")
                except grpc.RpcError as error:
                    codes.append(error.code())
            self.assertEqual(codes[:60], [Code.UNAUTHENTICATED] * 60)
            self.assertIn(Code.RESOURCE_EXHAUSTED, codes[60:])

    def test_guessers_everywhere_leave_the_others_alone(self):
        person = self.person()
        with harness.Daemon(self.daemon.database, PLEDGED_SECRET_KEY=self.settings["PLEDGED_SECRET_KEY"],
                            PLEDGED_LOOPS="1", PLEDGED_SIGNIN_RATE="0", PLEDGED_SIGNIN_NEWCOMERS="12") as daemon:
            anyone = harness.Api(daemon, None)

            def guesses(device):
                for number in range(8):
                    with self.assertRaises(grpc.RpcError) as caught:
                        anyone.SignIn(user_name=f"guess{number}@derby.example", password=PASSWORD,
                                      one_time_code="000000", device_token=device)
                    yield caught.exception.code()

            found = list(guesses(""))
            self.assertEqual(found[:2], [Code.UNAUTHENTICATED] * 2)  # so many at once, then one in five seconds
            self.assertIn(Code.RESOURCE_EXHAUSTED, found)
            self.assertIn(Code.RESOURCE_EXHAUSTED, list(guesses("pls_none")))
            person.later()
            anyone.SignIn(user_name=person.user_name, password=PASSWORD,
                          one_time_code=one_time_code(person.secret), device_token=person.device)

    def test_strangers_ask_at_a_rate_and_others_do_not_notice(self):
        with harness.Daemon(self.daemon.database, PLEDGED_LOOPS="1") as daemon:
            anyone = harness.Api(daemon, None)
            found = []
            for _ in range(320):
                try:
                    found.append(anyone.GetSignInOptions(authority="authorities/derby") and Code.OK)
                except grpc.RpcError as error:
                    found.append(error.code())
            self.assertEqual(set(found[:200]), {Code.OK})
            self.assertEqual(set(found[200:]) | {Code.OK}, {Code.OK, Code.RESOURCE_EXHAUSTED})
            self.assertIn(Code.RESOURCE_EXHAUSTED, found)
            harness.Api(daemon, "derby-keeper").GetAuthority(name="authorities/derby")
            found = []
            for number in range(260):
                try:
                    harness.Api(daemon, None, f"pls_none{number}").GetSelf()
                except grpc.RpcError as error:
                    found.append(error.code())
            self.assertEqual(set(found[:200]), {Code.UNAUTHENTICATED})
            self.assertIn(Code.RESOURCE_EXHAUSTED, found)
            harness.Api(daemon, "derby-keeper").GetAuthority(name="authorities/derby")

    def test_a_service_without_a_key_takes_no_passwords(self):
        with harness.Daemon(self.daemon.database) as daemon:
            anyone = harness.Api(daemon, None)
            self.refused(Code.FAILED_PRECONDITION, anyone.SignIn, user_name="a", password="b", one_time_code="1")
            self.assertFalse(anyone.GetSignInOptions(authority="authorities/derby").password)
        anyone = harness.Api(self.daemon, None)
        self.assertEqual(anyone.GetSignInOptions(authority="authorities/derby"),
                         anyone.GetSignInOptions(authority="authorities/nowhere"))
        self.assertTrue(anyone.GetSignInOptions(authority="authorities/derby").password)
        self.refused(Code.INVALID_ARGUMENT, anyone.GetSignInOptions, authority="derby", field="authority")

    def test_a_key_that_is_not_safe_is_refused(self):
        import os
        path = os.path.join(harness.WORK, "open.key")
        with open(path, "wb") as file:
            file.write(b"x" * 32)
        os.chmod(path, 0o644)
        for setting, says in ((path, "chmod"), ("/nonexistent", "32 random bytes")):
            done = harness.Daemon(self.daemon.database, PLEDGED_SECRET_KEY=setting).run("--check")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(says, done.stderr)


if __name__ == "__main__":
    harness.main()
