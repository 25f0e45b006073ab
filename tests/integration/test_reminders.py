# SPDX-License-Identifier: Apache-2.0
"""Reminders reach a real mail server, Exim, at least once and never twice for one event, whatever fails."""

import email
import email.policy
import glob
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import uuid

import grpc
import harness
from council import SmallCouncil, day
from pledge.v1 import reminder_pb2, watch_pb2
from test_cli import Cli

Code = grpc.StatusCode
EXIM = "/usr/sbin/exim4"
SECONDS = 30
CONFIG = """
primary_hostname = localhost
exim_user = {user}
exim_group = {group}
spool_directory = {folder}/spool
log_file_path = {folder}/log-%s
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts = *
tls_certificate = {certificate}
tls_privatekey = {key}
keep_environment =
acl_smtp_rcpt = rcpt
queue_only = false
begin acl
rcpt:
  deny domains = refused.example
       message = nobody of that name is here
  defer domains = later.example
       message = come again later
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {folder}/mail
  maildir_format = true
  create_directory = true
  user = {user}
  group = {group}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """Exim on a free port, with a box for everybody."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="pledge-mail-", dir="/tmp")
        self.port = free_port()
        self.process = None
        name = os.path.join(harness.WORK, "server")
        for suffix in (".pem", ".key"):
            shutil.copy(name + suffix, os.path.join(self.folder, "server" + suffix))
        config = os.path.join(self.folder, "exim.conf")
        user = "Debian-exim" if os.getuid() == 0 else str(os.getuid())
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(folder=self.folder, port=self.port, user=user, group=user,
                                     certificate=self.folder + "/server.pem", key=self.folder + "/server.key"))
        os.chmod(config, 0o644)
        os.mkdir(self.folder + "/mail")
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "Debian-exim:Debian-exim", self.folder], check=True)
            subprocess.run(["chown", "root:root", config], check=True)
        self.config = config

    def start(self):
        self.process = subprocess.Popen([EXIM, "-C", self.config, "-bdf", "-oP", self.folder + "/exim.pid"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.listens, "the mail server to listen")

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(SECONDS)
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def letters(self):
        found = []
        for path in sorted(glob.glob(self.folder + "/mail/new/*")):
            with open(path, "rb") as file:
                found.append(email.message_from_binary_file(file, policy=email.policy.default))
        return found


def until(true, what):
    end = time.monotonic() + SECONDS
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited {SECONDS} s for {what}")
        time.sleep(0.1)


class Reminders(Cli, SmallCouncil):
    @classmethod
    def setUpClass(cls):
        if not os.path.exists(EXIM):
            raise unittest.SkipTest("this machine has another mail server than Exim")
        cls.mail = MailServer()
        cls.settings = {"PLEDGED_SMTP_URL": f"smtp://localhost:{cls.mail.port}", "PLEDGED_SMTP_FROM": "pledge@council.example",
                        "PLEDGED_SMTP_CA_FILE": os.path.join(harness.CA, "ca.pem"), "PLEDGED_MAIL_CHECK_S": "1"}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.mail.remove()

    def setUp(self):
        harness.psql(self.daemon.database, "DELETE FROM pledge.reminder; DELETE FROM pledge.reminder_address;"
                     " DELETE FROM pledge.reminder_rule; DELETE FROM pledge.reminder_policy;"
                     " UPDATE pledge.round SET close_time = now() WHERE close_time IS NULL")
        for path in glob.glob(self.mail.folder + "/mail/new/*"):
            os.remove(path)
        self.mail.start()
        self.addCleanup(self.mail.stop)

    def address(self, level, to, owner="departments/housing"):
        self.officer.SetReminderAddress(parent=self.parent, address={
            "level": f"REMINDER_LEVEL_{level}", "owner": owner and f"{self.parent}/{owner}", "email": to})

    def rules(self, *rules):
        self.officer.SetReminderRules(parent=self.parent, rules=[
            {"rule_id": f"r{n}", "about": f"REMINDER_ABOUT_{about}", "days": days, "level": f"REMINDER_LEVEL_{level}"}
            for n, (about, days, level) in enumerate(rules)])

    def late_round(self):
        identifier = "r" + uuid.uuid4().hex[:8]
        self.round(identifier, opens=-20, due=-8, closes=20)
        return identifier

    def states(self):
        return sorted((m.owner.split("/")[-1], reminder_pb2.ReminderLevel.Name(m.level)[15:],
                       reminder_pb2.ReminderState.Name(m.state)[15:])
                      for m in self.officer.ListReminders(parent=self.parent).reminders)

    def test_from_the_owner_to_the_director_to_the_board(self):
        self.rules(("MISSING", 1, "OWNER"), ("MISSING", 7, "DIRECTOR"), ("MISSING", 14, "BOARD"))
        self.address("OWNER", "returns@housing.example")
        self.address("DIRECTOR", "director@housing.example")
        watch = self.daemon.channel("derby-officer").unary_stream(
            "/pledge.v1.WatchService/Watch", request_serializer=watch_pb2.WatchRequest.SerializeToString,
            response_deserializer=watch_pb2.WatchResponse.FromString)(
                watch_pb2.WatchRequest(parent=self.parent), timeout=SECONDS)
        next(watch)
        self.late_round()
        until(lambda: len(self.mail.letters()) == 2, "two letters")
        until(lambda: [s for *_, s in self.states()].count("SENT") == 2, "both to be marked")
        self.assertEqual(self.states(), [
            ("housing", "DIRECTOR", "SENT"), ("housing", "OWNER", "SENT"), ("leisure", "DIRECTOR", "NO_ADDRESS"),
            ("leisure", "OWNER", "NO_ADDRESS"), ("police", "DIRECTOR", "NO_ADDRESS"), ("police", "OWNER", "NO_ADDRESS")])
        letters = {letter["To"]: letter for letter in self.mail.letters()}
        self.assertEqual(set(letters), {"returns@housing.example", "director@housing.example"})
        letter = letters["returns@housing.example"]
        self.assertEqual((letter["From"], letter["Auto-Submitted"]), ("pledge@council.example", "auto-generated"))
        self.assertRegex(letter["Message-ID"], r"^<[0-9a-f]{64}@council\.example>$")
        self.assertIn(day(-8), letter["Subject"])
        text = letter.get_body(("plain",)).get_content()
        self.assertIn("has not come", text)
        self.assertIn("pledge return template derby", text)
        for told in watch:
            if told.name.endswith("/returns/housing"):
                break
        watch.cancel()
        time.sleep(2.5)  # the daemon looks every second
        self.assertEqual(len(self.mail.letters()), 2)
        # an address that comes later
        self.address("OWNER", "returns@leisure.example", "departments/leisure")
        until(lambda: len(self.mail.letters()) == 3, "the third letter")
        entries = self.member("derby", "derby-keeper", "ROLE_COUNCIL_ADMINISTRATOR").ListAuditEntries(
            parent=self.parent, page_size=1000).entries
        self.assertIn("pledge.v1.ReminderService/MakeReminders", {entry.method for entry in entries})

    def test_a_server_that_is_away_and_a_daemon_that_dies(self):
        self.mail.stop()
        self.rules(("MISSING", 1, "OWNER"))
        self.address("OWNER", "returns@housing.example")
        self.late_round()

        def problem():
            return next((m.problem for m in self.officer.ListReminders(parent=self.parent).reminders if m.problem), "")
        until(problem, "a try that fails")
        self.assertIn("mail server", problem())
        self.assertIn(("housing", "OWNER", "WAITING"), self.states())
        # taken, and then the daemon died before it could tell: it is sent again under the same Message-ID
        self.mail.start()
        harness.psql(self.daemon.database, "UPDATE pledge.reminder SET next_try = now() WHERE state = 'waiting'")
        until(lambda: ("housing", "OWNER", "SENT") in self.states(), "the letter")
        harness.psql(self.daemon.database, "UPDATE pledge.reminder SET state = 'waiting', sent_at = NULL,"
                     " next_try = now() WHERE state = 'sent'")
        until(lambda: len(self.mail.letters()) == 2, "the letter again")
        self.assertEqual(len({letter["Message-ID"] for letter in self.mail.letters()}), 1)

    def test_addresses_that_are_refused(self):
        self.rules(("MISSING", 1, "OWNER"))
        self.address("OWNER", "nobody@refused.example")
        self.address("OWNER", "somebody@later.example", "departments/leisure")
        self.late_round()
        until(lambda: ("housing", "OWNER", "GIVEN_UP") in self.states(), "the refusal")
        until(lambda: any(m.tries and m.problem for m in self.officer.ListReminders(parent=self.parent).reminders
                          if m.owner.endswith("/leisure")), "the delay")
        self.assertIn(("leisure", "OWNER", "WAITING"), self.states())
        self.assertEqual(self.mail.letters(), [])

    def test_who_may_and_what_a_person_reads(self):
        for call in (self.director.GetReminderRules, self.agency.ListReminders, self.director.ListReminderAddresses):
            self.refused(Code.PERMISSION_DENIED, call, parent=self.parent)
        self.refused(Code.INVALID_ARGUMENT, self.officer.SetReminderAddress, parent=self.parent, field="address.email",
                     address={"level": "REMINDER_LEVEL_BOARD", "email": "a@b\r\nBcc: c@d.example"})
        told = self.good("derby-officer", "reminder", "rules", "derby")
        self.assertEqual(len(re.findall(r"(?m)^\S.*(owner|director|board)$", told)), 6)
        self.good("derby-officer", "reminder", "set", "derby", "--rules", "due,7,owner missing,3,director")
        self.bad("derby-officer", "reminder", "set", "derby", "--rules", "due,soon,owner", code=2)
        self.assertIn("missing-3-director", self.good("derby-officer", "reminder", "rules", "derby"))
        self.bad("derby-officer", "reminder", "address", "derby", "owner", "a at x.example", "--of", "housing")
        self.good("derby-officer", "reminder", "address", "derby", "owner", "a@x.example", "--of", "housing")
        self.assertIn("a@x.example", self.good("derby-officer", "reminder", "addresses", "derby"))
        self.late_round()
        self.good("derby-officer", "reminder", "make", "derby")
        told = self.good("derby-officer", "reminder", "list", "derby")
        self.assertIn("no address", told)
        self.fits(told)
        self.good("derby-officer", "reminder", "address", "derby", "owner", "", "--of", "housing")
        self.assertIn("go nowhere", self.good("derby-officer", "reminder", "addresses", "derby"))

    def test_settings_that_are_not_safe_are_refused(self):
        for more, says in (({"PLEDGED_SMTP_FROM": ""}, "smtp_from"),
                           ({"PLEDGED_SMTP_USER": "x", "PLEDGED_SMTP_IN_THE_CLEAR": "1"}, "needs TLS")):
            done = harness.Daemon(self.daemon.database, **{**self.settings, **more}).run("--check")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(says, done.stderr)


if __name__ == "__main__":
    harness.main()
