# SPDX-License-Identifier: Apache-2.0
"""`pledge` from end to end: councils applied, returns sent from files, what people and scripts read."""

import csv
import glob
import hashlib
import io
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import unicodedata

import grpc
import harness
from council import SmallCouncil, day
from terminal import Terminal

PLEDGE = os.path.join(harness.BUILD, "client/cli/pledge")
COUNCILS = ("leicester", "halton", "derby", "peterborough")
WIDTH = 80
RUN_SECONDS = 120


def council_file(council):
    return os.path.join(harness.ROOT, f"tests/data/councils/{council}.json")


def columns(line):
    """Columns of a terminal that a line takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def environment(**more):
    """The caller's, without what would tell pledge where to go and as whom."""
    kept = {k: v for k, v in os.environ.items()
            if not (k.startswith("PLEDGE_") and not k.startswith("PLEDGE_TEST_"))}
    for name in ("NO_COLOR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        kept.pop(name, None)
    return {**kept, "HOME": "/nonexistent", "LC_ALL": "C", **more}


def no_memory_error(errors):
    """The sanitizers end a program with 1, which a refusal does too."""
    if re.search(r"ERROR: \w+Sanitizer|runtime error:", errors):
        raise AssertionError(errors)


class Cli:
    """What both test cases share; `self.daemon` is the service."""

    @classmethod
    def environment(cls, identity=None, **more):
        found = environment(PLEDGE_ADDRESS=f"127.0.0.1:{cls.daemon.port}",
                            PLEDGE_CA=os.path.join(harness.CA, "ca.pem"), **more)
        if identity:
            found["PLEDGE_IDENTITY"] = harness.identity(identity)
        return found

    @classmethod
    def run_pledge(cls, identity, *arguments, text=True, stdin="", **more):
        done = subprocess.run([PLEDGE, *arguments], env=cls.environment(identity, **more), text=text,
                              capture_output=True, timeout=RUN_SECONDS, input=stdin if text else None)
        errors = done.stderr if text else done.stderr.decode()
        no_memory_error(errors)
        return done

    def good(self, identity, *arguments, **more):
        done = self.run_pledge(identity, *arguments, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def bad(self, identity, *arguments, code=1, says=(), **more):
        done = self.run_pledge(identity, *arguments, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for words in [says] if isinstance(says, str) else says:
            self.assertIn(words, done.stderr + done.stdout)
        return done

    def fits(self, text, width=WIDTH):
        for line in text.splitlines():
            self.assertLessEqual(columns(line), width, line)
            self.assertEqual(line, line.rstrip())

    def plain(self, text):
        """No escape codes and no other control characters."""
        self.assertIsNone(re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), repr(text))

    def on_terminal(self, identity, *arguments, width=100, **more):
        """The output as a terminal of that width gets it."""
        import fcntl
        import termios
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        with subprocess.Popen([PLEDGE, *arguments], env=self.environment(identity, **more),
                              stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE) as process:
            os.close(theirs)
            out = b""
            while select.select([ours], [], [], RUN_SECONDS)[0]:
                try:
                    got = os.read(ours, 65536)
                except OSError:
                    break
                if not got:
                    break
                out += got
            errors = process.stderr.read().decode()
            self.assertEqual(process.wait(timeout=RUN_SECONDS), 0, errors)
        os.close(ours)
        return out.decode().replace("\r\n", "\n")


    def cleaned_on_a_terminal(self, identity, *arguments):
        """What a pipe gets, exactly; a terminal gets nothing that it would obey, and is told."""
        exactly = self.run_pledge(identity, *arguments, text=False)
        self.assertEqual((exactly.returncode, exactly.stderr), (0, b""))
        with Terminal([PLEDGE, *arguments], self.environment(identity)) as terminal:
            self.assertEqual(terminal.end(), 0, terminal.shown)
        *shown, told = terminal.shown.splitlines()
        self.assertEqual(told, "This was cleaned for the terminal. A pipe or a file gets the exact bytes.")
        self.plain("\n".join(shown))
        lines = exactly.stdout.decode().replace("\t", " ").replace("\x1b", "").replace("\u202e", "")
        self.assertEqual(shown, lines.rstrip("\n").split("\n"))
        return exactly.stdout


class Councils(Cli, harness.Case):
    """Four councils are set up by the command line alone, as a host and its officers would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.applied = {}
        cls.again = {}
        cls.dry = {}
        for council in COUNCILS:
            officer = f"{council}-officer"
            add = ("member", "add", council, officer, "--role", "officer", "--display-name",
                   "Participation officer", "--certificate", harness.identity(officer) + ".pem")
            for arguments in (("authority", "create", council, "--display-name", council.title()), add):
                done = cls.run_pledge("admin", *arguments)
                if done.returncode:
                    raise RuntimeError(done.stderr)
            cls.dry[council] = cls.run_pledge(officer, "apply", council_file(council), "--dry-run")
            cls.pledges_after_dry_run = cls.run_pledge(officer, "--json", "pledge", "list", council)
            cls.applied[council] = cls.run_pledge(officer, "apply", council_file(council))
            cls.again[council] = cls.run_pledge(officer, "apply", council_file(council))

    def api(self, council):
        return harness.Api(self.daemon, f"{council}-officer")

    def test_a_dry_run_shows_the_difference_and_writes_nothing(self):
        for council, done in self.dry.items():
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("dry run, nothing is written", done.stdout)
            self.assertRegex(done.stdout, r"(?m)^  \+ version \S+/1$")
            self.assertRegex(done.stdout, r"(?m)^  ~ version \S+/1: adopted$")
            self.assertRegex(done.stdout, r"\d+ to create, \d+ to change")
            self.plain(done.stdout)
        self.assertEqual(json.loads(self.pledges_after_dry_run.stdout), {})

    def test_apply_loads_a_council_and_the_second_time_changes_nothing(self):
        for council in COUNCILS:
            first, second = self.applied[council], self.again[council]
            self.assertEqual(first.returncode, 0, first.stderr)
            self.assertRegex(first.stdout, r"\d+ created, \d+ changed")
            self.assertEqual(second.returncode, 0, second.stderr)
            self.assertIn("nothing to change", second.stdout)
            told = json.loads(self.good(f"{council}-officer", "--json", "apply", council_file(council)))
            self.assertEqual(told["actions"], [])
            self.assertGreater(told["same"], 0)

    def test_the_facts_of_the_reports(self):
        api = self.api("leicester")
        version = api.GetVersion(name="authorities/leicester/pledges/pledge/versions/1").version
        self.assertEqual((len(version.statements), len(version.outcomes)), (55, 6))
        self.assertEqual(version.adopted_on, "2010-09-06")
        forum = [b for b in api.ListBodies(parent="authorities/leicester").bodies
                 if len(b.terms_of_reference) == 19]
        self.assertEqual([(b.meeting_interval_months, b.established_on) for b in forum], [(2, "2006-03-01")])

        api = self.api("derby")
        versions = [api.GetVersion(name=f"authorities/derby/pledges/promise/versions/{n}").version
                    for n in (1, 2)]
        self.assertEqual([len(v.statements) for v in versions], [28, 10])
        self.assertEqual(versions[1].adopted_on, "2016-01-26")
        compared = api.CompareVersions(name="authorities/derby/pledges/promise/versions/2")
        self.assertEqual(compared.base_version, 1)
        old = {c.from_statement_id for c in compared.changes if c.from_statement_id}
        new = {c.to_statement_id for c in compared.changes if c.to_statement_id}
        self.assertEqual(old, {s.statement_id for s in versions[0].statements})
        self.assertEqual(new, {s.statement_id for s in versions[1].statements})

        for council, pledge, adopted in (("halton", "promise", "2013-10-16"),
                                         ("peterborough", "pledge", "2013-07-10")):
            version = self.api(council).GetVersion(
                name=f"authorities/{council}/pledges/{pledge}/versions/2").version
            self.assertEqual(version.adopted_on, adopted)
            self.assertEqual(version.adopted_by, f"authorities/{council}/bodies/council")

    def changed(self, council, change):
        """A copy of a council's file with something changed."""
        with open(council_file(council), encoding="utf-8") as file:
            data = json.load(file)
        change(data)
        copy = tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8")
        json.dump(data, copy, ensure_ascii=False)
        copy.flush()
        self.addCleanup(copy.close)
        return copy.name

    def test_an_adopted_version_does_not_change(self):
        def reword(data):
            data["pledges"][0]["versions"][1]["statements"][6]["text"] = "Something else."
            data["departments"][0]["displayName"] = "Another name"

        number = json.load(open(council_file("derby"), encoding="utf-8"))[
            "pledges"][0]["versions"][1]["statements"][6]["statementId"]
        before = self.good("derby-officer", "department", "list", "derby")
        done = self.bad("derby-officer", "apply", self.changed("derby", reword),
                        says=("pledges[0].versions[1]", "nothing was written", "adopted"))
        self.assertRegex(done.stderr, rf"statements?\b.*\b{number}\b")
        self.assertEqual(self.good("derby-officer", "department", "list", "derby"), before)

    def test_small_changes_are_named_and_made(self):
        def rename(data):
            data["departments"][0]["directorPost"] = "Director of Children"
            data["bodies"].append({"id": "working-group", "displayName": "Working group",
                                   "parentBody": "council"})

        path = self.changed("peterborough", rename)
        told = self.good("peterborough-officer", "apply", path, "--dry-run")
        self.assertRegex(told, r"(?m)^  ~ department [a-z-]+: director_post$")
        self.assertRegex(told, r"(?m)^  \+ body working-group$")
        self.assertIn("1 to create, 1 to change", told)
        self.assertIn("1 created, 1 changed", self.good("peterborough-officer", "apply", path))
        self.assertIn("nothing to change", self.good("peterborough-officer", "apply", path))

    def test_mistakes_in_a_file_are_told_together(self):
        def spoil(data):
            data["bodies"][0]["parentBody"] = "nobody"
            data["departments"][1]["colour"] = "blue"
            data["commitments"][0]["owner"] = "nobody"
            data["commitments"][1]["statements"] = ["promise/2/99"]
            data["rounds"][0]["version"] = "promise/9"

        done = self.bad("derby-officer", "apply", self.changed("derby", spoil), says=(
            "bodies[0].parentBody", "departments[1].colour", "commitments[0].owner",
            "commitments[1].statements[0]", "rounds[0].version", "nothing was written"))
        self.assertEqual(done.stdout, "")

    def test_a_syntax_error_has_its_place(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{\n  "format": "pledge.apply/1",\n  "authority" {}\n}\n')
            file.flush()
            done = self.bad("derby-officer", "apply", file.name)
            self.assertRegex(done.stderr, re.escape(file.name) + r": 3:\d+: ")
        self.bad("derby-officer", "apply", "/nonexistent.json", says="/nonexistent.json")
        self.bad("derby-officer", "apply", "/tmp", says="cannot read /tmp")

    def test_another_councils_data_is_refused(self):
        self.bad("leicester-officer", "monitor", "derby", says=("not a member", "pledge whoami"))
        self.bad("leicester-officer", "apply", council_file("derby"), says="not a member")
        self.bad("leicester-officer", "return", "list", "derby", "2016-07", says="not a member")

    def test_the_monitor_of_every_council_fits(self):
        for council in COUNCILS:
            told = self.good(f"{council}-officer", "monitor", council)
            self.fits(told)
            self.plain(told)
            self.assertIn("Look further:", told)
            for command in re.findall(r"(?m)^  pledge (.*)$", told):
                further = self.good(f"{council}-officer", *command.split())
                self.fits(further)
        told = " ".join(self.good("derby-officer", "monitor", "derby").split())
        self.assertIn("Derby City Council · ", told)
        self.assertIn("version 2, 10 promises, adopted 26 Jan 2016", told)
        self.assertIn("11 of 12 returns in", told)

    def test_what_people_read_fits(self):
        lists = [("authority", "list"), ("authority", "show", "derby"), ("department", "list", "derby"),
                 ("agency", "list", "derby"), ("body", "list", "derby"), ("pledge", "list", "derby"),
                 ("pledge", "show", "derby", "promise"), ("pledge", "versions", "derby", "promise"),
                 ("pledge", "show", "derby", "promise", "--version", "1"),
                 ("pledge", "compare", "derby", "promise"), ("commitment", "list", "derby"),
                 ("commitment", "list", "derby", "--owner", "housing"),
                 ("commitment", "show", "derby", "der-01"), ("round", "list", "derby"),
                 ("round", "show", "derby", "2016-07"), ("round", "show", "derby", "2016-07", "--late"),
                 ("return", "list", "derby", "2016-07"), ("return", "checks"),
                 ("return", "show", "derby", "2016-07", "leisure"), ("whoami",),
                 ("monitor", "derby", "--promise", "3")]
        for arguments in lists:
            with self.subTest(" ".join(arguments)):
                told = self.good("derby-officer", *arguments)
                self.fits(told)
                self.plain(told)
                self.assertIsInstance(json.loads(self.good("derby-officer", "--json", *arguments)), dict)

    def test_compare_and_content(self):
        told = self.good("derby-officer", "pledge", "compare", "derby", "promise", "2", "1")
        self.assertTrue(told.startswith("Version 1 to version 2"))
        for word in ("merged", "dropped"):
            self.assertIn(word, told)
        content = self.run_pledge("derby-officer", "pledge", "content", "derby", "promise", "2", text=False)
        version = self.api("derby").GetVersion(name="authorities/derby/pledges/promise/versions/2").version
        self.assertEqual(self.cleaned_on_a_terminal("derby-officer", "pledge", "content", "derby", "promise", "2"), content.stdout)
        self.assertIn(hashlib.sha256(content.stdout).hexdigest(), version.content_hash)

    def test_the_host_administrator_repeats_without_harm(self):
        told = self.good("admin", "authority", "create", "halton", "--display-name", "Halton Borough Council")
        self.assertIn("already", told)
        prefix = harness.identity("halton-officer")
        arguments = ["member", "add", "halton", "halton-officer", "--role", "officer", "--certificate",
                     prefix + ".pem", "--display-name"]
        self.assertIn("already", self.good("admin", *arguments, "Participation officer"))
        self.bad("admin", *arguments, "Another", says="with other values")
        self.bad("admin", *arguments[:-1], "--display-name", "x", "--owner", "nobody", says="nobody")
        self.bad("admin", "member", "add", "halton", "x", "--role", "officer", "--display-name", "x",
                 "--certificate", prefix + ".key", says="holds no certificate")
        self.assertIn("halton-officer", self.good("admin", "member", "list", "halton"))
        self.assertIn("host administrator", self.good("admin", "whoami"))
        self.assertIn("officer", self.good("halton-officer", "whoami"))


class Returns(Cli, SmallCouncil):
    """One round of a small council, by its directors, agencies and officer."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pledge-cli-")
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, text, name="return.csv"):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def new_round(self, identifier, **more):
        return self.round(identifier, **dict({"opens": -20, "due": 10, "closes": 20}, **more))

    def fill(self, template, rating="green"):
        """The template as somebody fills it in with a spreadsheet."""
        lines = template.splitlines()
        head = [line for line in lines if line.startswith("#")]
        rows = list(csv.DictReader(lines[len(head):]))
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        for row in rows:
            writer.writerow(dict(row, rating=rating, narrative='Done, "at last"\nand well — naïvely.',
                                 measure_value="9 of 10", actual_on=day(-25)))
        return "\n".join(head) + "\n" + out.getvalue()

    def test_template_dry_run_submit_certify_query_accept(self):
        self.new_round("whole")
        template = self.good("housing-director", "return", "template", "derby", "whole", "housing")
        self.assertIn("# owner: departments/housing\n", template)
        path = self.file(self.fill(template))
        told = self.good("housing-director", "return", "submit", path, "--dry-run")
        self.assertIn("2 rows read, no problem found, nothing sent (dry run)", told)
        self.assertEqual(len(self.officer.ListReturns(parent=f"{self.parent}/rounds/whole").returns), 0)

        told = self.good("housing-director", "return", "submit", path)
        self.assertIn("The return of housing for round whole is recorded: 2 commitments, submission 1", told)
        sent = self.officer.GetReturn(name=f"{self.parent}/rounds/whole/returns/housing").owner_return
        self.assertEqual(sent.progress[0].narrative, 'Done, "at last"\nand well — naïvely.')
        self.assertIn(sent.content_hash, told)
        following = re.search(r"(?m)^Next: pledge (.*)$", told).group(1).split()
        self.assertEqual(following[:2], ["return", "certify"])

        self.bad("derby-officer", "return", "accept", "derby", "whole", "housing")
        self.assertIn("could be certified", self.good("housing-director", *following, "--dry-run"))
        self.good("housing-director", *following)
        self.good("derby-officer", "return", "query", "derby", "whole", "housing", "--text", "Which homes?")
        for arguments in (("return", "show", "derby", "whole", "housing"), ("round", "show", "derby", "whole")):
            self.assertIn("Which homes?", self.good("derby-officer", *arguments))
        self.good("housing-director", "return", "submit", path, "--replace")
        self.good("housing-director", *following)
        self.assertIn("is accepted", self.good("derby-officer", "return", "accept", "derby", "whole", "housing"))
        shown = self.good("derby-officer", "--json", "return", "show", "derby", "whole", "housing")
        self.assertIn("RETURN_STATE_ACCEPTED", shown)

    def test_a_return_from_draft_to_receipt(self):
        self.new_round("drafted")
        template = self.good("housing-director", "return", "template", "derby", "drafted", "housing")
        path = self.file(template)  # empty still
        told = self.good("housing-director", "return", "save", path)
        self.fits(told)
        self.assertIn("kept as a draft", told)
        self.assertRegex(told, r"R010.*")
        self.assertIn("1 in draft", self.good("derby-officer", "round", "show", "derby", "drafted"))
        self.assertIn("R010", self.good("housing-director", "return", "draft", "derby", "drafted", "housing"))
        path = self.file(self.fill(template))
        told = self.good("housing-director", "return", "save", path)
        self.assertIn("every check passes", told)
        self.good("housing-director", "round", "show", "derby", "drafted")
        following = re.search(r"(?m)^Next: pledge (.*)$", told).group(1).split()
        wrong = self.file(self.fill(template).replace("# observed_to: ", "# observed_to: 1999-12-31 "), "wrong.csv")
        self.bad("housing-director", "return", "submit", wrong)
        told = self.good("housing-director", *following)

        exported = self.good("housing-director", "return", "export", "derby", "drafted", "housing")
        self.good("housing-director", "return", "submit",
                  self.file(exported.replace("at last", "at last\x1b[2J\u202e"), "hostile.csv"), "--replace")
        self.good("housing-director", "return", "submit", self.file(exported, "again.csv"), "--replace")
        self.assertEqual(self.good("housing-director", "return", "export", "derby", "drafted", "housing"), exported)
        for submission in ("1", "2"):
            shown = self.good("housing-director", "return", "receipt", "derby", "drafted", "housing", "--submission", submission)
            content = self.good("housing-director", "return", "receipt", "derby", "drafted", "housing", "--content",
                                "--submission", submission)
            self.assertIn(hashlib.sha256(content.encode()).hexdigest(), shown)
        exactly = self.cleaned_on_a_terminal("housing-director", "return", "receipt", "derby", "drafted", "housing", "--content",
                                            "--submission", "2")
        self.assertIn("\x1b[2J\u202e", exactly.decode())
        tries = self.good("housing-director", "return", "attempts", "derby", "drafted", "housing")
        self.fits(tries)
        self.assertEqual(re.findall(r"\b(OK|INVALID_ARGUMENT)\b", tries), ["OK", "OK", "OK", "INVALID_ARGUMENT"])
        self.assertIn("R052", tries)

    def test_what_is_mine_to_do(self):
        self.round("waits", opens=-20, due=-10, closes=20)
        told = self.good("housing-director")
        self.fits(told)
        self.assertIn("Return of Housing for Waits", told)
        first = re.search(r"(?m)^First: pledge (.*)$", told).group(1).split()
        self.assertEqual(first[:2], ["return", "template"])
        self.assertIn("# owner: departments/housing", self.good("housing-director", *first))
        listed = json.loads(self.good("police-agency", "tasks", "derby", "--json"))
        self.assertIn("TASK_KIND_SEND_RETURN", {task["kind"] for task in listed["tasks"]})
        self.officer.CloseRound(name=f"{self.parent}/rounds/waits")
        self.assertNotIn("Waits", self.good("housing-director"))
        settings = {name: value for name, value in self.environment().items() if name != "PLEDGE_ADDRESS"}
        nowhere = subprocess.run([PLEDGE], env=dict(settings, HOME=self.folder, XDG_CONFIG_HOME=self.folder),
                                 capture_output=True, text=True, timeout=RUN_SECONDS)
        self.assertEqual(nowhere.returncode, 2)
        self.assertIn("Commands", nowhere.stdout + nowhere.stderr)

    def test_more_time_and_a_folder_of_returns(self):
        self.new_round("folder")
        until = day(15)
        told = self.good("derby-officer", "round", "extend", "derby", "folder", "police", "--until", until, "--reason", "Move")
        self.assertIn("until", told)
        folder = os.path.join(self.folder, "all")
        os.mkdir(folder)
        for owner in ("housing", "leisure", "police"):
            template = self.good("derby-officer", "return", "template", "derby", "folder", owner)
            with open(os.path.join(folder, f"{owner}.csv"), "w", encoding="utf-8") as file:
                file.write(self.fill(template, "amber" if owner == "police" else "green"))
        done = self.bad("derby-officer", "return", "import", folder)
        self.fits(done.stdout)
        self.assertRegex(done.stdout, r"police\.csv +\d+ +reason")
        self.assertIn("R012", done.stdout)
        path = os.path.join(folder, "police.csv")
        with open(path, encoding="utf-8") as file:
            mended = file.read().replace(",amber,", ",green,")
        with open(path, "w", encoding="utf-8") as file:
            file.write(mended)
        self.assertIn("could be recorded", self.good("derby-officer", "return", "import", folder, "--dry-run"))
        self.assertEqual(len(self.officer.ListReturns(parent=f"{self.parent}/rounds/folder").returns), 0)
        self.assertIn("3 returns with", self.good("derby-officer", "return", "import", folder))
        self.assertIn("3 submitted", self.good("derby-officer", "round", "show", "derby", "folder"))
        self.bad("derby-officer", "return", "import", folder)
        self.bad("derby-officer", "return", "import", self.folder)

    def test_fifty_wrong_lines(self):
        self.new_round("fifty")
        rows = ["commitment,rating,narrative,reason,measure_value,actual_on,evidence"]
        wrong = {}
        kinds = [
            ("h{n}x,green,Done.,,,,", "commitment"),        # nobody's commitment
            ("h{n}x,purple,Done.,,,,", "rating"),           # no rating
            ("h{n}x,green,Done.,,,2999-01-01,", "actual_on"),
            ("h{n}x,amber,Done.,,,,", "reason"),
            ("h{n}x,green,Done.,,", "row"),                 # too few cells
        ]
        for n in range(50):
            row, column = kinds[n % len(kinds)]
            rows.append(row.format(n=n))
            wrong[len(rows)] = column
        path = self.file("\n".join(rows) + "\n")
        where = ("--authority", "derby", "--round", "fifty", "--owner", "housing")
        for more in ((), ("--dry-run",)):
            done = self.bad("housing-director", "return", "submit", path, *where, *more)
            self.fits(done.stdout)
            told = {}
            for line, column in re.findall(r"(?m)^  line (\d+) +(\S+)", done.stdout):
                told.setdefault(int(line), []).append(column)
            self.assertEqual(sorted(told), sorted(wrong))
            for line, column in wrong.items():
                self.assertIn(column, told[line])
            self.assertRegex(done.stdout, r"\bR0\d\d\b")
            self.assertRegex(done.stdout, r"\d+ problems in 50 rows")
        listed = json.loads(self.bad("housing-director", "--json", "return", "submit", path, *where).stdout)
        self.assertEqual({p["line"] for p in listed["problems"] if p["line"]}, set(wrong))
        order = [p["line"] for p in listed["problems"]]
        self.assertEqual(order, sorted(order))
        self.assertEqual(len(self.officer.ListReturns(parent=f"{self.parent}/rounds/fifty").returns), 0)

    def test_files_that_are_no_return(self):
        where = ("--authority", "derby", "--round", "now", "--owner", "housing")
        header = b"commitment,rating,narrative\n"
        for text, says in (
                (b"", "has no header row"),
                (b"comitment,rating\nh1,green\n", "did you mean commitment?"),
                (b"commitment,rating,rating\nh1,green,red\n", "the column is there twice"),
                (header + b"h1,green,caf\xe9\n", "is not UTF-8 text"),
                (header + b"h1,green,\xf8\x90\x80\x80\n", "is not UTF-8 text"),
                (header + b"h1,green,\"open\n", "a quoted cell is never closed"),
                ("commitment,rating\nh1,green\n".encode("utf-16"), "UTF-16"),
                (b"{\"progress\": [", "is no JSON: line 1"),
                (b"{\"progress\": 7}", "must be a list"),
                (b"{\"authority\": 7}", "must be text"),
                (header + b"h1,green,x\n" * 501, "more than 500 rows"),
                (header + b"h1,green," + b"x" * 4001 + b"\nh2,red,\n", "has 4001 characters")):
            with self.subTest(says):
                done = self.bad("housing-director", "return", "submit", self.file(text), *where, says=says)
                self.fits("\n".join(done.stdout.splitlines()[1:]))
        # a blank line with spaces is no row, and does not shift the numbers
        done = self.bad("housing-director", "return", "submit",
                        self.file(header + b"h1,green,x\n   \n\nh2,blue,x\n"), *where)
        self.assertRegex(done.stdout, r"line 5 +rating")
        # what a file says may be an attack on the terminal
        done = self.bad("housing-director", "return", "submit",
                        self.file(header + "h1,\x1b[2J\x9b2J\u202egreen,x\n".encode()), *where)
        self.plain(done.stdout)
        self.assertNotIn("\u202e", done.stdout)
        self.bad("housing-director", "return", "submit", self.file(b"x" * (4 * 1024 * 1024 + 1)), *where,
                 says="longer than 4 MiB")
        self.bad("housing-director", "return", "submit", self.file(header + b"h1,green,x\n"), code=2,
                 says="--authority")

    def test_a_spreadsheets_ways(self):
        self.new_round("sheet")
        text = ("\ufeff\"# authority: derby\";;\r\n# round: sheet;;\r\n# owner: housing;;\r\n;;\r\n"
                "rating;narrative;commitment\r\nGreen;Done.;h1\r\nAmber;\"a;b\";h2\r\n;;\r\n")
        done = self.bad("housing-director", "return", "submit", self.file(text))
        self.assertRegex(done.stdout, r"(?m)^  line 7 +reason")
        self.good("housing-director", "return", "submit", self.file(text.replace("Amber", "Green")), "--dry-run")

    def test_a_return_in_json_and_from_standard_input(self):
        self.new_round("json")
        text = json.dumps({"authority": "derby", "round": "json", "owner": "departments/leisure",
                           "progress": [{"commitmentId": "l1", "rating": "RATING_AMBER"}]})
        done = self.bad("derby-officer", "return", "submit", "-", stdin=text)
        self.assertRegex(done.stdout, r"(?m)^  item 1 +reason")
        told = self.good("derby-officer", "--json", "return", "submit", "-", "--received-on", day(-1),
                         stdin=text.replace('"RATING_AMBER"', '"RATING_GREEN", "narrative": "Done."'))
        self.assertEqual(json.loads(told)["ownerReturn"]["submission"], 1)
        told = json.loads(self.good("derby-officer", "--json", "return", "show", "derby", "json", "leisure"))
        self.assertEqual(told["ownerReturn"]["progress"][0]["commitmentId"], "l1")

    def test_twice_replace_and_a_closed_round(self):
        self.new_round("twice")
        text = "commitment,rating,narrative\nh1,green,One.\nh2,green,Two.\n"
        send = ("return", "submit", self.file(text), "--authority", "derby", "--round", "twice", "--owner",
                "departments/housing")
        self.good("housing-director", *send)
        self.bad("housing-director", *send, says="--replace")
        told = self.good("housing-director", *send, "--replace")
        self.assertIn("submission 2", told)
        self.assertIn("could be closed", self.good("derby-officer", "round", "close", "derby", "twice", "--dry-run"))
        self.assertIn("is closed for good", self.good("derby-officer", "round", "close", "derby", "twice"))
        self.assertIn("closed already", self.good("derby-officer", "round", "close", "derby", "twice"))
        self.bad("housing-director", *send, "--replace", says="closed")

    def test_a_round_is_created_once(self):
        create = ("round", "create", "derby", "made", "--title", "Made", "--version", "promise/1",
                  "--observed-from", day(-90), "--observed-to", day(-10), "--opens", day(-5), "--due", day(5),
                  "--closes", day(9))
        self.assertIn("could be added", self.good("derby-officer", *create, "--dry-run"))
        self.assertIn("is added", self.good("derby-officer", *create))
        self.assertIn("is there already", self.good("derby-officer", *create))
        self.bad("derby-officer", *create[:-1], day(12), says="with other values")
        self.bad("derby-officer", *create[:-2], code=2, says="--closes is missing")
        self.bad("derby-officer", *create[:7], "promise", *create[8:], code=2, says="PLEDGE/NUMBER")
        shown = json.loads(self.good("derby-officer", "--json", "round", "show", "derby", "made"))
        self.assertEqual(len(shown["expectedReturns"]), 3)
        self.assertEqual(shown["round"]["title"], "Made")
        late = json.loads(self.good("derby-officer", "--json", "round", "show", "derby", "made", "--late"))
        self.assertEqual(late["expectedReturns"], [])

    def test_words_of_the_service_cannot_take_over_the_terminal(self):
        self.officer.CreateBody(parent=self.parent, body_id="rude",
                                body={"display_name": "Rude \u009b2J\u202eydob\u0301 委員会 " + "x" * 90})
        told = self.good("derby-officer", "body", "list", "derby")
        self.fits(told)
        self.plain(told)
        self.assertNotIn("\u202e", told)
        self.assertIn("委員会", told)
        told = self.good("derby-officer", "--json", "body", "list", "derby")
        self.assertIsNone(re.search(r"[\x7f-\x9f\u202e]", told))
        names = [body["displayName"] for body in json.loads(told)["bodies"]]
        self.assertTrue(any("\u009b2J\u202e" in name for name in names))

    # ---- calling by reflection ----

    def test_call_by_reflection(self):
        services = self.good("derby-officer", "call", "--list")
        for line in ("pledge.v1.MonitorService", "  GetMonitor", "grpc.health.v1.Health"):
            self.assertIn(line + "\n", services)
        self.assertIn("GetMonitor", json.loads(
            self.good("derby-officer", "--json", "call", "--list"))["pledge.v1.MonitorService"])
        for name, says in (("pledge.v1.Round", "observed_from"), ("RoundService", "CloseRound("),
                           ("pledge.v1.Rating", "RATING_AMBER"), ("RoundService/GetRound", "GetRound(")):
            self.assertIn(says, self.good("derby-officer", "call", "--describe", name))
        request = '{"name": "authorities/derby/rounds/now"}'
        for arguments, stdin in ((("RoundService/GetRound", request), ""),
                                 (("pledge.v1.RoundService/GetRound", "-"), request),
                                 (("/pledge.v1.RoundService/GetRound", "@" + self.file(request)), "")):
            told = json.loads(self.good("derby-officer", "call", *arguments, stdin=stdin))
            self.assertEqual(told["round"]["title"], "Now")
        told = json.loads(self.good("derby-officer", "call", "MemberService/GetSelf"))
        self.assertEqual(told["displayName"], "derby-officer")
        told = json.loads(self.good("derby-officer", "call", "grpc.health.v1.Health/Check"))
        self.assertEqual(told["status"], "SERVING")
        written = json.loads(self.good("derby-officer", "call", "AuthorityService/CreateBody", json.dumps(
            {"parent": self.parent, "bodyId": "called", "body": {"displayName": "Called",
             "meetingIntervalMonths": 2, "termsOfReference": ["One.", "Two."]}})))
        self.assertEqual(written["body"]["termsOfReference"], ["One.", "Two."])
        told = json.loads(self.good(
            "derby-officer", "call", "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            '{"listServices": "*"}'))
        self.assertGreater(len(told["listServicesResponse"]["service"]), 5)

    def test_calls_that_are_refused(self):
        lines = [self.line("h1", "RATING_RED"), self.line("nobodys"), self.line("h2", actual_on="2999-01-01")]
        done = self.bad("derby-officer", "call", "ReturnService/SubmitReturn", json.dumps(
            {"parent": f"{self.parent}/rounds/now", "ownerReturn": self.report("housing", lines)}))
        for field in ("[0].reason", "[1].commitment_id", "[2].actual_on"):
            self.assertRegex(done.stderr, rf"(?m)^  owner_return\.progress{re.escape(field)}: .*  R\d+$")
        self.assertEqual(done.stdout, "")
        for arguments, says in (
                (("RoundService/GetRuond",), "did you mean GetRound?"),
                (("RondService/GetRound",), "did you mean RoundService?"),
                (("RoundService/GetRound", "{"), "is no JSON: line 1"),
                (("RoundService/GetRound", '{"nmae": "x"}'), "nmae"),
                (("RoundService/GetRound", '{"name": 7}'), "must be text"),
                (("RoundService/GetRound", "@/nonexistent"), "/nonexistent"),
                (("no.such.Service/Method",), "no.such.Service"),
                (("--describe", "no.such.Thing"), "no.such.Thing")):
            with self.subTest(arguments):
                self.bad("derby-officer", "call", *arguments, says=says)
        self.bad("derby-officer", "call", "RoundService", code=2, says="SERVICE/METHOD")
        self.bad("derby-officer", "call", code=2, says="METHOD is missing")

    REFLECTION = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo"

    @staticmethod
    def objects(text):
        """JSON objects one after the other."""
        found, at = [], 0
        while at < len(text):
            value, at = json.JSONDecoder().raw_decode(text, at)
            found.append(value)
            at += len(text[at:]) - len(text[at:].lstrip())
        return found

    def test_call_sends_a_stream(self):
        asked = [{"listServices": ""}, {"fileContainingSymbol": "pledge.v1.Round"},
                 {"fileContainingSymbol": "no.such"}] * 20
        for text in ("\n".join(json.dumps(one, indent=1) for one in asked),
                     "  " + "".join(json.dumps(one) for one in asked) + "\n"):
            for arguments, stdin in (((self.REFLECTION, "-"), text), ((self.REFLECTION, "@" + self.file(text)), "")):
                told = self.objects(self.good("derby-officer", "call", *arguments, stdin=stdin))
                self.assertEqual([one["originalRequest"] for one in told], asked)
                self.assertEqual(told[2]["errorResponse"]["errorCode"], 5)
        self.assertEqual(self.good("derby-officer", "call", self.REFLECTION, "-", stdin=" \n"), "")
        for arguments, stdin, says in (
                ((self.REFLECTION, "-"), '{"listServices": ""}\n{"listServices": ""}\n{"x"}', "line 3, column"),
                ((self.REFLECTION, "-"), '{"listServices": ""}\n{"listServices": 7}', "must be text"),
                (("RoundService/GetRound", "-"), '{"name": "a"} {"name": "b"}', "is no JSON: line 1"),
                (("RoundService/GetRound", "-"), "", "is no JSON: line 1")):
            done = self.bad("derby-officer", "call", *arguments, stdin=stdin, says=says)
            self.assertEqual(done.stdout, "")

    def test_call_prints_a_stream_as_it_comes(self):
        with subprocess.Popen(
                [PLEDGE, "call", "Health/Watch", "--timeout", str(RUN_SECONDS)], text=True,
                env=self.environment("derby-officer"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            told = "".join(process.stdout.readline() for _ in range(3))
            self.assertIsNone(process.poll())
            process.kill()
        self.assertEqual(self.objects(told), [{"status": "SERVING"}])
        done = self.bad("derby-officer", "call", "Health/Watch", "--timeout", "1", says="in time")
        self.assertEqual(self.objects(done.stdout), [{"status": "SERVING"}])

    # ---- colour ----

    def test_colour_only_on_a_terminal(self):
        told = self.on_terminal("derby-officer", "monitor", "derby")
        self.assertIn("\x1b[", told)
        self.fits(re.sub(r"\x1b\[\d*m", "", told), 100)
        for arguments, more in ((("monitor", "derby"), {"NO_COLOR": "1"}),
                                (("monitor", "derby", "--no-color"), {}),
                                (("--json", "monitor", "derby"), {})):
            self.assertNotIn("\x1b", self.on_terminal("derby-officer", *arguments, **more))
        self.assertNotIn("\x1b", self.good("derby-officer", "monitor", "derby"))
        self.fits(re.sub(r"\x1b\[\d*m", "", self.on_terminal("derby-officer", "body", "list", "derby", width=50)), 50)

    # ---- usage, settings, connection ----

    def test_usage(self):
        for arguments, says in (
                (("mointor", "derby"), "did you mean monitor?"),
                (("return", "sumbit"), "did you mean submit?"),
                (("monitor", "derby", "--ronud", "x"), "did you mean --round?"),
                (("monitor",), "AUTHORITY is missing"),
                (("monitor", "derby", "x"), "one word too many"),
                (("monitor", "derby", "--round"), "--round needs a value"),
                (("monitor", "derby", "--json=1"), "--json takes no value"),
                (("monitor", "derby", "-x"), "there is no option -x"),
                (("return",), "needs a second word"),
                (("completion", "tcsh"), "bash, zsh and fish"),
                (("monitor", "derby", "--timeout", "0"), "--timeout takes"),
                (("monitor", "derby", "--timeout", ""), "--timeout takes"),
                (("monitor", "derby", "--timeout", "4294967297"), "--timeout takes"),
                (("whoami", "--key", "x.key"), "--key")):
            with self.subTest(arguments):
                self.bad("derby-officer", *arguments, code=2, says=says)
        self.assertRegex(self.good(None, "--version"), r"^pledge \d+\.\d+\.\d+\n$")

    def test_help_everywhere(self):
        told = self.good(None, "--help")
        self.fits(told)
        self.assertEqual(self.good(None, "help", "return", "submit"),
                         self.good(None, "return", "submit", "-h"))
        self.fits(self.good(None, "return", "--help"))
        for path in self.man_pages():
            with open(path, encoding="utf-8") as file:
                synopsis = re.search(r"(?m)^\.B pledge ?(.*)$", file.read()).group(1).replace("\\", "")
            words = re.match(r"(?:[a-z-]+(?: |$))*", synopsis).group().split()
            if not words:
                continue  # the page of all commands
            told = self.good(None, *words, "--help")
            self.assertIn("Examples", told)
            self.fits("\n".join(line for line in told.splitlines() if not line.startswith("  pledge ")))

    def test_where_settings_come_from(self):
        config = os.path.join(self.folder, "pledge")
        os.mkdir(config)
        with open(os.path.join(config, "config"), "w", encoding="utf-8") as file:
            file.write(f'address = "127.0.0.1:{self.daemon.port}";\nca = "{harness.CA}/ca.pem";\n'
                       f'identity = "{harness.identity("derby-officer")}";\ntimeout = 20;\n')
        bare = environment(XDG_CONFIG_HOME=self.folder)

        def run(*arguments, **more):
            return subprocess.run([PLEDGE, *arguments], env=dict(bare, **more), capture_output=True, text=True,
                                  timeout=RUN_SECONDS)

        self.assertIn("derby-officer", run("whoami").stdout)
        self.assertIn("housing-director", run(
            "whoami", PLEDGE_IDENTITY=harness.identity("housing-director")).stdout)
        self.assertIn("police-agency", run(
            "whoami", "--identity", harness.identity("police-agency"),
            PLEDGE_IDENTITY=harness.identity("housing-director")).stdout)
        for text, says in (("address = ;\n", ":1:"), ("\nadress = \"x:1\";\n", ":2:"), ("timeout = \"9\";\n", ":1:")):
            with open(os.path.join(config, "config"), "w", encoding="utf-8") as file:
                file.write(text)
            done = run("whoami")
            self.assertEqual(done.returncode, 1)
            self.assertIn(os.path.join(config, "config") + says, done.stderr)
        os.unlink(os.path.join(config, "config"))
        done = run("whoami")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--address HOST:PORT", done.stderr)

    def test_no_service_and_no_trust(self):
        nowhere = {"PLEDGE_ADDRESS": "127.0.0.1:1"}
        done = subprocess.run([PLEDGE, "whoami"], env=dict(self.environment("derby-officer"), **nowhere),
                              capture_output=True, text=True, timeout=RUN_SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot connect to 127.0.0.1:1", done.stderr)
        self.assertIn("Is the service running", done.stderr)
        self.bad("derby-officer", "whoami", "--address", "nonsense", says="host:port")
        self.bad("derby-officer", "whoami", "--ca", "/nonexistent", says="/nonexistent")
        self.bad("derby-officer", "whoami", "--ca", harness.identity("derby-officer") + ".key",
                 says="cannot use the file of trusted authorities")
        prefix = harness.identity("derby-officer")
        self.bad(None, "whoami", "--cert", prefix + ".pem", "--key", harness.identity("police-agency") + ".key",
                 says="key")

        other = os.path.join(self.folder, "other")
        harness.shell("ca_make", other)
        harness.shell("certificate_make", other, os.path.join(self.folder, "stranger"), "stranger", "clientAuth")
        done = self.bad(None, "whoami", "--identity", os.path.join(self.folder, "stranger"),
                        says="Use a certificate that the service knows")
        self.bad("derby-officer", "whoami", "--ca", os.path.join(other, "ca.pem"),
                 says=("does not prove that it is 127.0.0.1", "--ca"))
        self.bad(None, "monitor", "derby", says="pledge login")

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PLEDGE, "--json", "call", "--list"], env=self.environment("derby-officer"),
                                  stdout=full, stderr=subprocess.PIPE, text=True, timeout=RUN_SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written", done.stderr)

    # ---- what shells and readers of manuals get ----

    def man_pages(self):
        folder = os.path.join(self.folder, "man")
        if not os.path.isdir(folder):
            os.mkdir(folder)
            self.good(None, "man", folder)
        return sorted(glob.glob(os.path.join(folder, "*.1")))

    def test_man_pages_render(self):
        pages = self.man_pages()
        self.assertGreater(len(pages), 30)
        for page in pages:
            done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True,
                                  env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8", MANPAGER="cat"))
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)
            self.assertIn("SYNOPSIS", done.stdout)
        self.bad(None, "man", os.path.join(self.folder, "not-there"), says="not-there")

    def test_completion_scripts(self):
        scripts = {shell: self.good(None, "completion", shell) for shell in ("bash", "zsh", "fish")}
        for shell, text in scripts.items():
            if shutil.which(shell):
                done = subprocess.run([shell, "-n", self.file(text, shell)], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), shell)
        asked = scripts["bash"] + (
            "\nask() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _pledge; echo \"${COMPREPLY[*]}\"; }\n"
            "ask pledge mo\nask pledge return sub\nask pledge monitor derby --ro\nask pledge completion b\n"
            "ask pledge member add derby x --role dir\nask pledge round show derby --la\n")
        done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout.splitlines(),
                         ["monitor", "submit", "--round", "bash", "director", "--late"])


if __name__ == "__main__":
    harness.main()
