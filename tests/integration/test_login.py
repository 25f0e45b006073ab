# SPDX-License-Identifier: Apache-2.0
"""Signing in from a terminal: by a real identity provider, by one that misbehaves, and by password."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import stat
import struct
import subprocess
import tempfile
import time
import unittest.mock

import grpc

import harness
from provider import CLIENT, NODE, Browser, Provider, Script
from terminal import Terminal
from test_cli import PLEDGE, Cli, columns, no_memory_error

USER = "ada@derby.example"
PASSWORD = "seven wet umbrellas"
BLOCKS = re.compile(r"(?m)^  (?:\x1b\[[0-9;]*m)?([ ▀▄█]{15,})(?:\x1b\[0m)?$")


def one_time_code(secret, ahead=0):
    """RFC 6238 of now, or of so many steps ahead."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    count = struct.pack(">Q", int(time.time()) // 30 + ahead)
    digest = hmac.new(key, count, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def read_qr(shown):
    """What a phone would read from the terminal."""
    lines = BLOCKS.findall(shown)
    done = subprocess.run(["node", os.path.join(harness.ROOT, "tests/integration/read_qr.js")], text=True,
                          input="\n".join(lines), capture_output=True, check=True,
                          env=dict(os.environ, PACKAGES=NODE, DARK="1" if "\x1b[38" in shown else "0"))
    return done.stdout


class Login(Cli, harness.Case):
    settings = {"PLEDGED_OIDC_CA_FILE": os.path.join(harness.CA, "ca.pem"), "PLEDGED_OIDC_ALLOW_PRIVATE": "1",
                "PLEDGED_SIGNIN_RATE": "0", "PLEDGED_SIGNIN_NEWCOMERS": "0"}

    @classmethod
    def setUpClass(cls):
        cls.key = tempfile.NamedTemporaryFile()
        cls.key.write(os.urandom(32))
        cls.key.flush()
        cls.settings = dict(cls.settings, PLEDGED_SECRET_KEY=cls.key.name)
        super().setUpClass()
        cls.admin.CreateAuthority(authority_id="derby", authority={"display_name": "Derby"})
        cls.member("derby", "derby-admin", "ROLE_COUNCIL_ADMINISTRATOR")
        cls.add("ada", USER)

    @classmethod
    def add(cls, name, user):
        done = cls.run_pledge("derby-admin", "member", "add", "derby", name, "--role", "officer", "--user", user,
                              "--display-name", "Participation officer")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="pledge-home-")
        self.addCleanup(shutil.rmtree, self.home)
        self.more = {"XDG_STATE_HOME": os.path.join(self.home, "state"), "TERM": "xterm", "LC_ALL": "C.UTF-8",
                     "PLEDGE_PROVIDER_CA": os.path.join(harness.CA, "ca.pem")}

    @property
    def file(self):
        return os.path.join(self.home, "state/pledge", f"127.0.0.1:{self.daemon.port}.json")

    def kept(self):
        with open(self.file, encoding="utf-8") as file:
            return json.load(file)

    def here(self, *arguments, code=0, says=(), **more):
        """Runs it as whoever is signed in here; returns what it prints."""
        done = self.run_pledge(None, *arguments, **{**self.more, **more})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for text in says:
            self.assertIn(text, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def terminal(self, *arguments, **more):
        return Terminal([PLEDGE, *arguments], self.environment(None, **{**self.more, **more}))

    def ended(self, terminal, code=0, says=()):
        self.assertEqual(terminal.end(), code, terminal.shown)
        no_memory_error(terminal.shown)
        for text in says:
            self.assertIn(text, terminal.shown)

    def provide(self, provider, *more):
        return self.good("derby-admin", "provider", "set", "derby", "--issuer", provider.issuer, "--client-id",
                         CLIENT, "--scope", "profile", *more)


class ByProvider(Login):
    def sign_in(self, name="ada", code=0, says=(), refuse=False):
        with self.terminal("login", "derby") as terminal:
            url = terminal.expect(r"https://\S+").group()
            user_code = terminal.expect(r"code  \S*?([A-Z]{4}-[A-Z]{4})").group(1)
            terminal.expect("Waiting")
            Browser(name).approve(f"{url}?user_code={user_code}", refuse=refuse)
            self.ended(terminal, code, says)
        self.assertEqual(max(columns(re.sub(r"\x1b\[[0-9;]*m", "", line))
                             for line in terminal.shown.splitlines()) <= 80, True)
        return terminal.shown, f"{url}?user_code={user_code}"

    def test_signs_in_and_out(self):
        with Provider() as provider:
            self.provide(provider, "--require", "tid=derby")
            shown, link = self.sign_in(says=(f"signed in to 127.0.0.1:{self.daemon.port}", "ends on"))
            self.assertEqual(read_qr(shown), link)
            self.assertIn("officer", self.here("whoami"))
            self.here("authority", "show", "derby", says=("Derby",))
            self.here("session", "list", says=("identity provider", "derby"))
            kept = self.kept()
            self.assertRegex(kept["session_token"], r"^pls_[A-Za-z0-9_-]{43}$")
            self.assertEqual(kept["authority"], "derby")
            self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(self.file)).st_mode), 0o700)
            self.assertEqual(os.listdir(os.path.dirname(self.file)), [os.path.basename(self.file)])
            self.here("logout", says=("signed out",))
            self.assertFalse(os.path.exists(self.file))
            self.here("whoami", code=1, says=("pledge login",))
            self.here("logout", code=1, says=("not signed in",))

    def test_every_algorithm_of_the_provider(self):
        for algorithm in ("PS256", "ES256"):
            with self.subTest(algorithm), Provider(algorithm) as provider:
                self.provide(provider)
                self.sign_in()
                self.assertIn("officer", self.here("whoami"))

    def test_who_is_not_let_in(self):
        with Provider() as provider:
            self.provide(provider)
            self.sign_in("nobody", 1, ("pledge: ",))
            self.sign_in("ada", 1, ("refused in the browser",), refuse=True)
            self.provide(provider, "--require", "tid=halton")
            self.sign_in("ada", 1, ("token",))
            self.assertFalse(os.path.exists(self.file))

    def test_the_provider_is_shown_checked_and_removed(self):
        with Provider() as provider:
            self.assertIn("(dry run)", self.provide(provider, "--dry-run"))
            self.provide(provider, "--require", "tid=derby", "--require", "groups=staff")
            shown = self.good("derby-admin", "provider", "show", "derby")
            for text in (provider.issuer, CLIENT, "preferred_username", "profile", "tid = derby",
                         "groups = staff"):
                self.assertIn(text, shown)
            checked = self.good("derby-admin", "provider", "check", "derby")
            self.assertRegex(checked, r"rsa +RSA +yes")
            self.assertRegex(checked, r"ec +EC +ES256 +yes")
            self.assertIn("2 of 2 keys can be used", checked)
            self.assertIn("can sign in by it", checked)
            self.assertLessEqual(max(map(columns, (shown + checked).splitlines())), 80)
            self.provide(provider)
            self.sign_in()
            self.good("derby-admin", "provider", "remove", "derby")
            self.here("whoami", code=1, says=("pledge login derby",))
            self.bad("derby-admin", "provider", "show", "derby", says=("pledge provider set",))
        for mistake, says in ((("--issuer", "http://x"), ("issuer", "https")), (("--require", "tid"), ("CLAIM=VALUE",)),
                              (("--client-id", "a b"), ("client_id",))):
            code = 2 if mistake[0] == "--require" else 1
            options = {"--issuer": "https://id.example.org", "--client-id": "x", **dict([mistake])}
            self.bad("derby-admin", "provider", "set", "derby", *[w for o in options.items() for w in o], code=code,
                     says=says)


class ByScript(Login):
    """What the command line makes of a provider's answers."""

    def setUp(self):
        super().setUp()
        self.script = self.enterContext(Script())
        self.provide(self.script)

    def fails(self, *says):
        done = self.run_pledge(None, "login", "derby", **self.more)
        self.assertEqual(done.returncode, 1, done.stderr)
        for text in says:
            self.assertIn(text, done.stderr)
        self.assertFalse(os.path.exists(self.file))
        return done.stderr

    def test_pending_and_slow_down(self):
        self.script.answers["/token"] = [(400, {"error": "authorization_pending"}), (400, {"error": "slow_down"}),
                                         (400, {"error": "expired_token"})]
        self.fails("ABCD-EFGH", "has expired")
        moments = self.script.times("/token")
        self.assertGreaterEqual(moments[2] - moments[1], 6)
        self.assertLess(moments[1] - moments[0], 3)
        asked = [fields for _, path, fields in self.script.asked if path == "/device"][0]
        self.assertEqual(asked, {"client_id": CLIENT, "scope": "openid profile"})

    def test_it_ends_with_the_code(self):
        self.script.answers["/device"][0][1]["expires_in"] = 2
        self.script.answers["/token"] = [(400, {"error": "authorization_pending"})]
        self.fails("before the code expired")

    def test_words_that_are_not_expected(self):
        for answer, says in (((400, {"error": "access_denied"}), "refused in the browser"),
                             ((400, {"error": "evil\x1b[2Jword"}), "refuses the sign-in: evil[2Jword"),
                             ((200, {"access_token": "x"}), "no ID token"),
                             ((200, {"id_token": "e30.e30.AA"}), "token")):
            self.script.answers["/token"] = [answer]
            self.fails(says)

    def test_a_provider_that_cannot_be_used(self):
        good = self.script.configuration
        path = "/.well-known/openid-configuration"
        for answer, says in (((200, dict(good, issuer="https://other.example")), "it says that it is another"),
                             ((200, dict(good, device_authorization_endpoint=None)), "device authorization grant"),
                             ((200, dict(good, token_endpoint="http://localhost/token")), "device authorization"),
                             ((302, {}), "302"), ((500, {}), "500"), ((200, b"no JSON"), "no JSON object"),
                             ((200, b'{"issuer": "a", "issuer": "b"}'), "no JSON object"),
                             ((200, b" " * (1 << 20)), "cannot be used")):
            self.script.answers[path] = [answer]
            self.fails(says)
        self.script.answers[path] = [(200, good)]
        self.fails_with_other_trust()
        self.script.answers["/device"] = [(401, {"error": "unauthorized_client"})]
        self.fails("unauthorized_client")

    def fails_with_other_trust(self):
        with unittest.mock.patch.dict(self.more, PLEDGE_PROVIDER_CA=""):
            self.fails("cannot be used")

    def test_what_the_service_says_of_such_a_provider(self):
        path = "/.well-known/openid-configuration"
        good = self.script.configuration
        keys = [{"kty": "RSA", "kid": str(i), "n": "AQAB", "e": "AQAB"} for i in range(33)]
        for at, answer, says in (
                (path, (200, dict(good, issuer="https://other.example")), "names another issuer"),
                (path, (200, dict(good, jwks_uri="http://localhost/jwks")), "jwks_uri with https"),
                (path, (302, {}), "302"), (path, (200, b"[]"), "no JSON object"),
                (path, (200, b"{" + b" " * (1 << 19) + b"}"), "longer than"),
                ("/jwks", (200, {"keys": keys}), "33 keys"), ("/jwks", (200, {}), "no key set")):
            self.script.answers[path] = [(200, good)]
            self.script.answers["/jwks"] = [(200, {"keys": []})]
            self.script.answers[at] = [answer]
            self.bad("derby-admin", "provider", "check", "derby", says=(says,))
        self.script.answers["/jwks"] = [(200, {"keys": keys[:2]})]
        self.assertIn("0 of 2 keys", self.good("derby-admin", "provider", "check", "derby"))


class OtherTrust(Login):
    """A service that trusts the system's authorities alone, and one that stays out of private networks."""

    settings = {"PLEDGED_OIDC_ALLOW_PRIVATE": "1"}
    private = {"PLEDGED_OIDC_CA_FILE": os.path.join(harness.CA, "ca.pem")}

    def check(self, says):
        with Script() as script:
            self.provide(script)
            self.bad("derby-admin", "provider", "check", "derby", says=(says,))
            self.assertEqual(script.asked, [])

    def test_a_certificate_of_nobody_it_knows(self):
        self.check("cannot be reached")

    def test_an_address_of_a_private_network(self):
        other = harness.Daemon(self.daemon.database, **self.private)
        with other, unittest.mock.patch.object(type(self), "daemon", other):
            self.check("private network")


class Keys(Login):
    """How often the service asks a provider for its keys, and who waits for that."""

    def setUp(self):
        super().setUp()
        self.script = self.enterContext(Script())

    @staticmethod
    def made_up(issuer, kid="unknown"):
        """A token that only its signature gives away."""
        now = int(time.time())
        parts = ({"alg": "RS256", "kid": kid},
                 {"iss": issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "preferred_username": USER})
        return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                        for part in parts) + ".AAAA"

    def try_token(self, authority, token):
        """The code of the refusal, and how many seconds it took."""
        began = time.monotonic()
        with self.assertRaises(grpc.RpcError) as caught:
            harness.Api(self.daemon, None).SignInWithToken(authority=f"authorities/{authority}", id_token=token)
        return caught.exception.code(), time.monotonic() - began

    def test_made_up_tokens_cost_the_provider_nothing(self):
        self.provide(self.script)
        refused = grpc.StatusCode.UNAUTHENTICATED
        for token in ("", "a.b.c", self.made_up("https://other.example"), self.made_up(self.script.issuer)[:-4]):
            code, _ = self.try_token("derby", token or "x")
            self.assertEqual(code, refused)
        self.assertEqual(self.script.asked, [])
        for number in range(10):
            self.assertEqual(self.try_token("derby", self.made_up(self.script.issuer, str(number)))[0], refused)
        self.assertEqual(len(self.script.times("/jwks")), 1)

    def test_a_provider_that_fails_is_left_alone_for_a_while(self):
        self.provide(self.script)
        self.script.answers["/jwks"] = [(500, {})]
        for _ in range(5):
            code, _ = self.try_token("derby", self.made_up(self.script.issuer))
            self.assertEqual(code, grpc.StatusCode.UNAVAILABLE)
        self.assertEqual(len(self.script.times("/jwks")), 1)

    def test_a_slow_provider_holds_up_no_other(self):
        slow = self.enterContext(Script())
        slow.delay_seconds = 4
        self.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        self.admin.SetIdentityProvider(parent="authorities/halton", identity_provider={
            "issuer": slow.issuer, "client_id": CLIENT})
        self.provide(self.script)
        self.try_token("derby", self.made_up(self.script.issuer))  # its keys are there now
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(self.try_token, "halton", self.made_up(slow.issuer)) for _ in range(6)]
            time.sleep(0.5)
            took = [self.try_token("derby", self.made_up(self.script.issuer)) for _ in range(4)]
            self.assertEqual([call.result()[0] for call in waiting], [grpc.StatusCode.UNAUTHENTICATED] * 6)
        self.assertLess(max(seconds for _, seconds in took), 2, took)


class ByPassword(Login):
    """One person's way from the invitation to the last sign-out, in one test: codes count once."""

    def accept(self, link):
        with self.terminal("accept") as terminal:
            terminal.answer("Link or code", link)
            secret = terminal.expect(r"Or enter this secret:  ([A-Z2-7 ]+)\n").group(1).replace(" ", "")
            for password, again in (("short", "short"), (PASSWORD, PASSWORD + "!"), (PASSWORD, PASSWORD)):
                terminal.answer("New password: ", password)
                terminal.answer("The same again: ", again)
                if password == again:
                    terminal.answer("authenticator shows: ", one_time_code(secret))
            codes = re.findall(r"(?m)^  ([A-Za-z0-9]+(?:-[A-Za-z0-9]+)+)$", terminal.expect(
                r"Recovery codes\.[^:]*:\n\n(.*\n)+\nWrite them down").group())
            self.ended(terminal)
        self.assertNotIn(PASSWORD, terminal.shown)
        self.assertIn("otpauth://totp/", read_qr(terminal.shown))
        self.assertIn(secret, read_qr(terminal.shown))
        self.assertIn("The two differ", terminal.shown)
        self.assertIn(USER, terminal.shown)
        return secret, codes

    def login(self, password, code, *options, code_wanted=0, says=()):
        with self.terminal("login", "--user", USER, *options) as terminal:
            terminal.answer("Password: ", password)
            terminal.answer("code: ", code)
            self.ended(terminal, code_wanted, says)
        self.assertNotIn(password, terminal.shown)

    def test_waits_while_others_guess(self):
        with harness.Daemon(self.daemon.database, PLEDGED_SECRET_KEY=self.key.name, PLEDGED_LOOPS="1",
                            PLEDGED_SIGNIN_RATE="0", PLEDGED_SIGNIN_NEWCOMERS="30") as daemon:
            anyone = harness.Api(daemon, None)

            def guess(number):
                with self.assertRaises(grpc.RpcError) as caught:
                    anyone.SignIn(user_name=f"guess{number}@derby.example", password=PASSWORD, one_time_code="000000")
                return caught.exception.code()
            self.assertIn(grpc.StatusCode.RESOURCE_EXHAUSTED, [guess(number) for number in range(30)])
            with self.terminal("login", "--user", "new@derby.example", "--address",
                               f"127.0.0.1:{daemon.port}") as terminal:
                terminal.answer("Password: ", PASSWORD)
                terminal.answer("code: ", "000000")
                self.ended(terminal, 1, ("asks to wait", "is not right"))

    def test_from_invitation_to_sign_out(self):
        told = self.good("derby-admin", "member", "invite", "derby", "ada")
        link = told.splitlines()[0]
        self.assertTrue(link.startswith(f"pledge://127.0.0.1:{self.daemon.port}/invitation#"), told)
        secret, codes = self.accept(link)
        self.assertGreaterEqual(len(codes), 5)
        self.assertIn("officer", self.here("whoami"))
        device = self.kept()["device_token"]
        self.assertTrue(device)
        self.here("accept", link, code=1)  # there is no terminal, and it is used up
        self.here("logout", says=("signed out",))
        self.assertEqual(self.kept(), {"session_token": "", "device_token": device, "authority": ""})

        self.login("wrong " + PASSWORD, codes[0], "--recovery", code_wanted=1, says=("pledge: ",))
        self.login(PASSWORD, codes[0], "--recovery", says=("signed in",))
        self.login(PASSWORD, codes[0], "--recovery", code_wanted=1)
        self.here("session", "list", says=("recovery code",))
        self.good("derby-admin", "member", "sessions", "derby", "ada")

        with self.terminal("password") as terminal:
            terminal.answer("Present password: ", PASSWORD)
            for prompt in ("New password: ", "The same again: "):
                terminal.answer(prompt, PASSWORD + " more")
            terminal.answer("One-time code: ", one_time_code(secret, ahead=1))
            self.ended(terminal, says=("password is changed",))
        self.assertNotIn(PASSWORD, terminal.shown)
        self.assertIn("officer", self.here("whoami"))
        with self.terminal("password") as terminal:
            for prompt in ("Present password: ", "New password: ", "The same again: "):
                terminal.answer(prompt, PASSWORD)
            terminal.answer("One-time code: ", "000000")
            self.ended(terminal, 1)
        self.assertIn("officer", self.here("whoami"))  # a wrong password is no end of the session

        self.good("derby-admin", "member", "sign-out", "derby", "ada", "--dry-run")
        self.assertIn("officer", self.here("whoami"))
        self.good("derby-admin", "member", "sign-out", "derby", "ada")
        self.here("whoami", code=1, says=("Sign in again: pledge login",))
        self.assertEqual(self.kept()["session_token"], "")
        self.login(PASSWORD + " more", codes[1], "--recovery")
        self.here("logout", "--everywhere", says=("signed out everywhere",))
        self.assertFalse(os.path.exists(self.file))

    def test_without_a_terminal(self):
        with subprocess.Popen([PLEDGE, "login"], env=self.environment(None, **self.more), text=True,
                              start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            _, errors = process.communicate("ada\nsecret\n", timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn("no terminal", errors)

    def test_an_interrupt_brings_the_echo_back(self):
        import termios
        with self.terminal("login", "--user", USER) as terminal:
            terminal.expect("Password: ")
            self.assertFalse(termios.tcgetattr(terminal.fd)[3] & termios.ECHO)
            terminal.type(b"secr\x03")
            self.assertEqual(terminal.end(), -signal.SIGINT)
        self.assertNotIn("secr", terminal.shown)

    def test_a_file_that_others_can_read(self):
        os.makedirs(os.path.dirname(self.file), mode=0o700)
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump({"session_token": "pls_" + "a" * 43}, file)
        os.chmod(self.file, 0o644)
        self.here("whoami", code=1, says=(self.file, "only you can read"))
        os.chmod(self.file, 0o600)
        self.here("whoami", code=1, says=("Sign in again",))
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("[]")
        self.here("whoami", code=1, says=("is not used",))

    def test_mistakes(self):
        self.here("accept", "pledge://127.0.0.1", code=2, says=("HOST:PORT/invitation#CODE",))
        self.here("accept", "nonsense", code=1)
        self.here("password", code=1, says=("not signed in",))
        self.here("recovery-codes", code=1, says=("not signed in",))
        self.bad("derby-admin", "member", "add", "derby", "x", "--role", "officer", "--display-name", "X", code=2,
                 says=("--user is missing, or --certificate",))


if __name__ == "__main__":
    harness.main()
