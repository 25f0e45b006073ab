# SPDX-License-Identifier: Apache-2.0
"""Children in care: counts over the wire, the import that sends nothing else, and who is told small numbers."""

import datetime
import os
import select
import socket
import ssl
import subprocess
import tempfile
import threading

import grpc
import harness
from care_files import LEICESTER, Files
from council import SmallCouncil, day
from pledge.v1 import population_pb2
from test_cli import PLEDGE, Cli, environment

Code = grpc.StatusCode
DAY = "2007-09-30"
OFFICER = "derby-officer"
IMPORT_SECONDS = 60
MAX_RESIDENT_KB = 400 * 1024  # of the sanitized build, which takes 2 to 3 times what the program asks for
DIMENSIONS = population_pb2.PopulationDimension
D = datetime.date(2007, 9, 30)


def dimension(word):
    return DIMENSIONS.Value(f"POPULATION_DIMENSION_{word}")


def counts(**lists):
    return [{"dimension": dimension(word.upper()), "category": category, "count": count}
            for word, categories in lists.items() for category, count in categories.items()]


class Tap:
    """Ends TLS in the middle and keeps every byte that the client sends; the daemon behind it is the real one."""

    def __init__(self, port, identity):
        self.port, self.sent = port, []  # of each connection
        self.front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.front.load_cert_chain(os.path.join(harness.WORK, "server.pem"), os.path.join(harness.WORK, "server.key"))
        self.front.set_alpn_protocols(["h2"])
        self.back = ssl.create_default_context(cafile=os.path.join(harness.CA, "ca.pem"))
        self.back.load_cert_chain(identity + ".pem", identity + ".key")
        self.back.set_alpn_protocols(["h2"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            self.sent.append(bytearray())
            client = self.front.wrap_socket(plain, server_side=True)
            server = self.back.wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname="localhost")
            threading.Thread(target=self.carry, args=(client, server, self.sent[-1]), daemon=True).start()

    @staticmethod
    def carry(client, server, keep):
        """Both ways on one thread: OpenSSL lets no two threads at one connection."""
        others = {client: server, server: client}
        for end in others:
            end.setblocking(False)
        try:
            while True:
                for source in [end for end in others if end.pending()] or select.select(others, [], [])[0]:
                    try:
                        data = source.recv(65536)
                    except ssl.SSLWantReadError:
                        continue  # a session ticket, or half a record
                    if not data:
                        return
                    if source is client:
                        keep += data
                    others[source].setblocking(True)
                    others[source].sendall(data)
                    others[source].setblocking(False)
        except OSError:
            pass
        finally:
            client.close()
            server.close()

    def messages(self, size):
        """gRPC messages in the frames of type DATA; `size` is the most that one may have. A client that has to
        connect again sends the same once more."""
        data = {}
        for connection, sent in enumerate(self.sent):
            stream, at = bytes(sent), len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            while at < len(stream):
                length, kind = int.from_bytes(stream[at:at + 3], "big"), stream[at + 3]
                number = connection, int.from_bytes(stream[at + 5:at + 9], "big")
                if kind == 0:
                    data[number] = data.get(number, b"") + stream[at + 9:at + 9 + length]
                at += 9 + length
        for body in data.values():
            if body[0] != 0 or int.from_bytes(body[1:5], "big") != len(body) - 5 or len(body) > size:
                raise AssertionError("a request that is compressed, cut or long")
        return {body[5:] for body in data.values()}


class Population(Cli, SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inspector = cls.admin.CreateMember(
            parent=cls.parent, member_id="inspector",
            member={"display_name": "Inspector", "role": "ROLE_INSPECTOR", "expires_on": day(30),
                    "certificate_sha256": harness.fingerprint("derby-inspector")})
        cls.inspector = harness.Api(cls.daemon, "derby-inspector")
        cls.directory = tempfile.TemporaryDirectory(prefix="care-")
        cls.addClassCleanup(cls.directory.cleanup)
        cls.files = Files().of(LEICESTER)
        cls.paths = cls.files.write(cls.directory.name)

    def folder(self):
        made = tempfile.TemporaryDirectory(prefix="care-")
        self.addCleanup(made.cleanup)
        return made.name

    def dump(self):
        return subprocess.run(["pg_dump", "--inserts", self.daemon.database], check=True, capture_output=True, text=True).stdout

    def test_only_counts_leave_the_machine(self):
        secrets = self.files.secrets()
        self.assertGreater(len(secrets), 2000)
        stored = self.dump()
        tap = Tap(self.daemon.port, harness.identity(OFFICER))
        done = subprocess.run([PLEDGE, "population", "import", "derby", *self.paths, "--as-at", DAY], capture_output=True,
                              text=True, timeout=IMPORT_SECONDS,
                              env=environment(PLEDGE_ADDRESS=tap.address, PLEDGE_CA=os.path.join(harness.CA, "ca.pem"),
                                              PLEDGE_IDENTITY=harness.identity(OFFICER), COLUMNS="80"))
        tap.listener.close()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("75 % on care orders · 69 % in foster care · 11 % in children's homes", done.stdout)
        sent = b"".join(map(bytes, tap.sent)).decode("latin-1")
        self.assertIn("PRI * HTTP/2.0", sent)  # it is the plain text that was kept
        self.assertIn("childrens_home", sent)
        after = self.dump()
        for secret in secrets:
            for what, text in (("the wire", sent), ("the output", done.stdout), ("the log", self.daemon.log_text())):
                self.assertNotIn(secret, text, what)
            self.assertEqual(after.count(secret), stored.count(secret), "the database")
        # And what is in the one request is known to the last byte: nothing but categories and numbers.
        (message,) = tap.messages(4096)
        request = population_pb2.RecordPopulationRequest.FromString(message)
        self.assertRegex(request.request_id, "^[0-9a-f-]{36}$")
        known = {c.category for c in self.officer.ListCareCategories().categories}
        whole = population_pb2.RecordPopulationRequest(
            parent=self.parent, request_id=request.request_id,
            population={"counted_on": DAY, "total": 441, "source": "POPULATION_SOURCE_COMPUTED", "counts": [
                {"dimension": c.dimension, "category": c.category, "count": c.count} for c in request.population.counts]})
        self.assertEqual(message, whole.SerializeToString(deterministic=True))
        self.assertLessEqual({c.category for c in request.population.counts}, known)
        found = {(c.dimension, c.category): c.count for c in request.population.counts}
        self.assertEqual({k: v for k, v in found.items() if k[0] == dimension("AGE")}, {
            (dimension("AGE"), band): count for band, count in
            {"under_1": 22, "from_1_to_4": 80, "from_5_to_9": 88, "from_10_to_15": 170, "from_16": 81}.items()})
        self.assertEqual((found[dimension("LEGAL_STATUS"), "care_order"], found[dimension("LEGAL_STATUS"), "interim_care_order"],
                          found[dimension("PLACEMENT"), "foster"], found[dimension("PLACEMENT"), "childrens_home"]),
                         (287, 44, 304, 49))
        self.told_by_role()

    def told_by_role(self):
        """What the import left, as an officer, an inspector and a partner agency read it."""
        name = f"{self.parent}/populations/{DAY}"
        seen = self.officer.GetPopulation(name=name).population
        self.assertEqual([(h.count, h.percent) for h in seen.headlines], [(331, 75), (304, 69), (49, 11)])
        self.assertEqual(seen.suppressed, False)
        small = {(c.dimension, c.category): c.count for c in seen.counts if 0 < c.count < 6}
        self.assertEqual(len(small), 8)
        for api in (self.inspector, self.agency, self.director):
            told = api.GetPopulation(name=name).population
            self.assertEqual((told.total, told.suppressed), (441, True))
            self.assertTrue(all(c.count == -1 for c in told.counts if (c.dimension, c.category) in small))
            for part in {c.dimension for c in told.counts}:
                hidden = [c for c in told.counts if c.dimension == part and c.count == -1]
                self.assertNotEqual(len(hidden), 1)
            self.assertNotIn(dimension("AGE"), {c.dimension for c in told.counts if c.count == -1})
        self.refused(Code.PERMISSION_DENIED, self.inspector.RecordPopulation, parent=self.parent, population={})

    def test_a_dry_run_connects_nowhere(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            done = subprocess.run(
                ["strace", "-f", "-qq", "-e", "trace=socket,connect,sendto,sendmsg", "-o", "/dev/stderr", PLEDGE, "population", "import",
                 "leicester", *self.paths, "--as-at", DAY, "--dry-run"], capture_output=True, text=True, timeout=IMPORT_SECONDS,
                env=environment(PLEDGE_ADDRESS=f"127.0.0.1:{listener.getsockname()[1]}", COLUMNS="80",
                                ASAN_OPTIONS="detect_leaks=0"))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRaises(BlockingIOError, listener.accept)
        self.assertIn("75 % on care orders · 69 % in foster care · 11 % in children's homes", done.stdout)
        self.assertIn("nothing sent (dry run)", done.stdout.replace("\n", " "))
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)
        for secret in self.files.secrets():
            self.assertNotIn(secret, done.stdout)

    def dry(self, files, code=0, day=DAY):
        paths = files.write(self.folder()) if isinstance(files, Files) else files
        done = subprocess.run([PLEDGE, "population", "import", "derby", *paths, "--as-at", day, "--dry-run"],
                              env=environment(COLUMNS="80"), capture_output=True, text=True, timeout=IMPORT_SECONDS)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        if isinstance(files, Files):
            for secret in files.secrets() - {""}:
                self.assertNotIn(secret, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def problem_of(self, *episode, born=datetime.date(2000, 2, 29), more=()):
        files = Files()
        files.child(born, episode, *more)
        return " ".join(self.dry(files, 1).split())

    def test_problems_are_told_by_place_all_at_once(self):
        begun, ended = datetime.date(2007, 5, 1), datetime.date(2007, 8, 1)
        for says, told in (
                ("LS what is no code a code of 2008", self.problem_of(begun, "S", "C9", "F2", None, "")),
                ("PLACE U1 a code of 2008", self.problem_of(begun, "S", "C2", "U1", None, "")),
                ("PLACE what is no code", self.problem_of(begun, "S", "C2", "LE1 7QQ", None, "")),
                ("RNE T a code of 2008", self.problem_of(begun, "T", "C2", "F2", None, "")),
                ("REC nothing", self.problem_of(begun, "S", "C2", "F2", ended, "")),
                ("REC E45 a code of 2008", self.problem_of(begun, "S", "C2", "F2", ended, "E45")),
                ("REC X1 nothing while DEC is empty", self.problem_of(begun, "S", "C2", "F2", None, "X1")),
                ("DEC a day before DECOM", self.problem_of(ended, "S", "C2", "F2", begun, "X1")),
                ("DECOM a day before birth", self.problem_of(begun, "S", "C2", "F2", None, "", born=ended)),
                ("of 18 or over", self.problem_of(begun, "S", "C2", "F2", None, "", born=datetime.date(1989, 9, 30))),
                ("one episode of a child at a time", self.problem_of(begun, "S", "C2", "F2", None, "",
                                                                     more=[(ended, "P", "C2", "F2", None, "")]))):
            with self.subTest(says=says):
                self.assertIn(says, told)
                self.assertIn("1 problem.", told)
                self.assertIn("nothing sent", told)
        files = Files()
        files.child(datetime.date(2000, 2, 29), (begun, "S", "C9", "F9", None, "E99"))
        files.header.append(files.header[0])
        files.header.append(("", "1", "31/02/2000", "", "", "", ""))
        files.header.append(("only", "two"))
        files.episodes.append(("nobody", "yesterday", *files.episodes[0][2:]))
        told = " ".join(self.dry(files.write(self.folder()), 1).split())
        for says in ("3 CHILD a child that is there already", "4 DOB what is no day", "4 CHILD nothing", "5 row 2 cells 7, as in",
                     "2 LS", "2 PLACE", "2 REC", "3 DECOM what is no day", "3 CHILD a child that the header file has not"):
            self.assertIn(says, told)
        self.assertNotIn("yesterday", told)
        self.assertNotIn("nobody", told)

    def test_what_is_no_such_file(self):
        folder = self.folder()
        paths = [os.path.join(folder, name) for name in ("h.csv", "e.csv")]
        good = [b"CHILD,DOB\r\n\r\nabc,2000-02-29\r\n,\r\n", b"\xef\xbb\xbfchild;decom;rne;ls;place;dec;rec;more\r\n"
                b'"abc";"01/05/2007";S;c2;"f2";;;"two\r\nlines"\r\n;;;;;;;\r\n']
        for header, episodes, code, says in (
                (*good, 0, "1 in care"),
                (b"", good[1], 1, "a first row"), (b"SEX,DOB\n1,2\n", good[1], 1, "no such column"),
                (b"CHILD,CHILD,DOB\n1,2,3\n", good[1], 1, "the column twice"),
                (b'CHILD,DOB\n"abc,2000-02-29\n', good[1], 1, "never closed"),
                (b'CHILD,DOB\n"' + b"x\n" * 50000, good[1], 1, "without an end"),
                (b"CHILD,DOB\nabc,2000-02-29\nd\0e,2000-02-30\n", good[1], 1, "no day")):
            with self.subTest(says=says):
                for path, content in zip(paths, (header, episodes)):
                    with open(path, "wb") as file:
                        file.write(content)
                self.assertIn(says, self.dry(paths, code))
        self.assertIn("cannot read", self.dry([paths[0], os.path.join(folder, "none")], 1))
        self.assertIn("2008, 2017", self.dry(paths, 1, "2012-09-30").replace("\n", " "))
        self.assertIn("quarter", self.dry(paths, 2, "2007-10-11"))
        self.assertIn("YYYY-MM-DD", self.dry(paths, 2, "soon"))

    def test_large_files_are_read_in_a_stream(self):
        files = Files()
        begun = D - datetime.timedelta(days=1000)
        for number in range(12500):
            days = [begun + datetime.timedelta(days=100 * n) for n in range(9)]
            files.child(datetime.date(1995, 1, 1) + datetime.timedelta(days=number % 3000), *(
                (days[n], "S" if n == 0 else "P", "C2", "F2", days[n + 1], "X1") for n in range(7)),
                (days[7], "P", "C2", "F2", None, ""))
        self.assertEqual(len(files.episodes), 100000)
        paths = files.write(self.folder())
        process = subprocess.Popen(
            [PLEDGE, "population", "import", "derby", *paths, "--as-at", DAY, "--dry-run"], stdout=subprocess.PIPE, text=True,
            env=environment(ASAN_OPTIONS="quarantine_size_mb=1:detect_leaks=1"))
        told = process.stdout.read()
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, told)
        self.assertIn("12500 in care", told)
        self.assertLess(used.ru_maxrss, MAX_RESIDENT_KB)
        self.assertLess(used.ru_utime + used.ru_stime, IMPORT_SECONDS)

    def test_entries_follow_one_another(self):
        name = f"{self.parent}/populations/2012-03-31"
        request = {"parent": self.parent, "population": {
            "counted_on": "2012-03-31", "total": 12, "source": "POPULATION_SOURCE_BY_HAND",
            "counts": counts(age={"from_16": 12}, placement={"foster": 8, "unknown": 4})}}
        self.assertEqual(self.officer.RecordPopulation(**request, validate_only=True).population.total, 12)
        self.refused(Code.NOT_FOUND, self.officer.GetPopulation, name=name)
        twice = {"request_id": "0b8e1f6e-55d5-4b0e-8a1c-0e6f5b0a0001"}
        for _ in range(2):
            self.assertEqual(self.officer.RecordPopulation(**request, **twice).population.entry, 1)
        request["population"]["total"] = 13
        error = self.refused(Code.INVALID_ARGUMENT, self.officer.RecordPopulation, **request, field="population.counts")
        self.assertIn("Age sums to 12", error.details())
        request["population"]["counts"] = counts(age={"from_16": 12, "unknown": 1})
        self.assertEqual(self.officer.RecordPopulation(**request).population.entry, 2)
        self.assertEqual(self.officer.GetPopulation(name=name).population.total, 13)
        self.assertEqual(self.officer.GetPopulation(name=name, entry=1).population.total, 12)
        self.refused(Code.NOT_FOUND, self.officer.GetPopulation, name=name, known_on="2012-03-31")
        self.refused(Code.INVALID_ARGUMENT, self.officer.GetPopulation, name=name, known_on="then", field="known_on")
        days = [p.counted_on for p in self.officer.ListPopulations(parent=self.parent, page_size=1).populations]
        self.assertEqual(days, ["2012-03-31"])
        self.refused(Code.NOT_FOUND, self.officer.ListCareCodes, year=2012, field="year")
        self.refused(Code.PERMISSION_DENIED, self.officer.GetPopulation, name="authorities/halton/populations/2012-03-31")

    def test_the_command_line(self):
        added = self.good(OFFICER, "population", "add", "derby", "2008-03-31", "20", "--placement",
                          "foster=11,childrens-home=9", "--age", "unknown=20")
        self.assertIn("55 % in foster care · 45 % in children's homes", added)
        for arguments, says in ((("show", "derby", "--as-at", "2009-01-01"), "Entered by hand"),
                                (("list", "derby"), "55 % in foster care"), (("codes", "2008"), "Full care order"),
                                (("categories",), "from_10_to_15"),
                                (("add", "derby", "2008-06-30", "5", "--dry-run"), "could be recorded (dry run)")):
            told = self.good(OFFICER, "population", *arguments, COLUMNS="80")
            self.assertIn(says, told)
            self.assertLessEqual(max(map(len, told.splitlines())), 80, told)
        self.bad(OFFICER, "population", "show", "derby", "--as-at", "2001-01-01", says="nothing was counted")
        for arguments in (("add", "derby", "2008-03-31", "many"), ("add", "derby", "2008-03-31", "5", "--age", "from_16"),
                          ("show", "derby", "--entry", "x")):
            self.bad(OFFICER, "population", *arguments, code=2)
        told = self.good("police-agency", "population", "show", "derby", "--as-at", "2008-03-31")
        self.assertNotIn("*", told)

    def test_indicators(self):
        """A share of the counts, rated and with a trend, as an officer and an inspector read it."""
        for counted_on, foster, absent in (("2013-03-31", 60, 3), ("2013-06-30", 80, 4)):
            self.officer.RecordPopulation(parent=self.parent, population={
                "counted_on": counted_on, "total": 100, "source": "POPULATION_SOURCE_BY_HAND",
                "counts": counts(placement={"foster": foster, "absent": absent, "unknown": 100 - foster - absent})})
        name = f"{self.parent}/indicators/fostered"
        statement = f"{self.version.name}/statements/1"
        folder = self.folder()
        for identifier, category in (("fostered", "foster"), ("away", "absent")):
            path = os.path.join(folder, identifier)
            with open(path, "w", encoding="utf-8") as file:
                file.write('{"title": "Where children live", "unit": "%", "direction": "INDICATOR_DIRECTION_HIGHER", "source": '
                           '"INDICATOR_SOURCE_POPULATION_SHARE", "dimension": "POPULATION_DIMENSION_PLACEMENT", "categories": '
                           f'["{category}"], "standards": [{{"fromOn": "2013-01-01", "target": 85, "green": 75, "amber": 50}}], '
                           f'"statements": ["{statement}"]}}')
            told = self.good(OFFICER, "indicator", "set", "derby", identifier, path)
            self.assertIn("target 85, green from 75, amber from 50", told)
        value = self.officer.GetIndicator(name=name).indicator
        self.assertEqual(list(value.statements), [statement])
        self.assertEqual([(v.ends_on, v.value, v.rating, v.trend) for v in self.officer.ListIndicatorValues(parent=name).values][:2],
                         [("2013-06-30", 80, 3, 1), ("2013-03-31", 60, 2, 1 if len(self.days_before("2013")) else 0)])
        for identity, fostered, away in ((OFFICER, "80 %", "4 %"), ("derby-inspector", "80 %", "*")):
            told = self.good(identity, "indicator", "list", "derby", COLUMNS="80")
            rows = {line.split()[0]: line for line in told.splitlines() if line.startswith(("fostered", "away"))}
            self.assertIn(fostered, rows["fostered"])
            self.assertIn(away, rows["away"])
            self.assertLessEqual(max(map(len, told.splitlines())), 80, told)
        self.assertIn("suppressed", self.good("derby-inspector", "indicator", "show", "derby", "away"))
        self.refused(Code.FAILED_PRECONDITION, self.officer.RecordIndicatorValue, name=name, ends_on="2013-06-30", value=1)
        self.refused(Code.PERMISSION_DENIED, self.inspector.CreateIndicator, parent=self.parent, indicator_id="x", indicator={})
        indicator = {"name": name, "title": "Late visits", "direction": "INDICATOR_DIRECTION_LOWER", "source": 1, "etag": "r7"}
        self.refused(Code.ABORTED, self.officer.UpdateIndicator, indicator=indicator)
        indicator["etag"] = value.etag
        self.assertEqual(self.officer.UpdateIndicator(indicator=indicator).indicator.revision, 2)
        masked = self.officer.UpdateIndicator(indicator={"name": name, "unit": "visits"}, update_mask={"paths": ["unit"]})
        self.assertEqual((masked.indicator.title, masked.indicator.unit), ("Late visits", "visits"))
        self.assertIn("Recorded (–)", self.good(OFFICER, "indicator", "add", "derby", "fostered", "2013-06-30", "7.5"))
        self.assertEqual([i.title for i in self.officer.ListIndicators(parent=self.parent, page_size=1).indicators],
                         ["Where children live"])
        self.refused(Code.NOT_FOUND, self.officer.GetIndicator, name=name, known_on="2013-06-30")
        self.bad(OFFICER, "indicator", "add", "derby", "fostered", "2013-06-30", "many", code=2)
        self.bad(OFFICER, "indicator", "show", "derby", "none", says="no indicator")

    def days_before(self, year):
        return [p for p in self.officer.ListPopulations(parent=self.parent).populations if p.counted_on < year
                and any(c.dimension == dimension("PLACEMENT") for c in self.officer.GetPopulation(name=p.name).population.counts)]


if __name__ == "__main__":
    harness.main()
