# SPDX-License-Identifier: Apache-2.0
"""Seats, routes and endorsements by `pledge`: what people read, what scripts read, what is refused."""

import json
import os
import tempfile

import harness
from test_cli import Cli
from test_routes import Council, route

WHO = "peterborough-officer"


class Commands(Cli, Council):
    """Peterborough's second pledge, from body to body."""

    authority = "peterborough"
    bodies = {"council": {}, "panel": {"parent_body": "authorities/peterborough/bodies/council"}, "cicc": {}}

    def show(self, *arguments):
        """What people read fits, and scripts get JSON."""
        told = self.good(WHO, *arguments)
        self.fits(told)
        self.plain(told)
        return told, json.loads(self.good(WHO, "--json", *arguments))

    def test_seats(self):
        seat = ("body", "seat", "peterborough", "panel")
        self.bad(WHO, *seat, "chair", "--from", "2010-05-01", code=2, says="--display-name is missing")
        self.bad(WHO, *seat, "chair", "--display-name", "X", "--from", "2010-05-01", "--role", "boss", code=2,
                 says="vice-chair")
        chair = ("--display-name", "Lead member for children", "--role", "vice-chair", "--party", "Blue",
                 "--from", "2010-05-01")
        self.assertIn("vice chair", self.good(WHO, *seat, "chair", *chair, "--dry-run"))
        self.assertIn("Nobody sits on it yet.", self.good(WHO, "body", "members", "peterborough", "panel"))
        self.good(WHO, *seat, "chair", *chair)
        self.bad(WHO, *seat, "chair", *chair, says="has a seat chair already")
        self.bad(WHO, "body", "unseat", "peterborough", "panel", "chair", "--on", "2010-04-01", says="sits_to")
        self.good(WHO, "body", "unseat", "peterborough", "panel", "chair", "--on", "2012-04-30")
        told, read = self.show("body", "members", "peterborough", "panel", "--as-at", "2012-04-30")
        self.assertIn("30 Apr 2012", told)
        self.assertEqual(read["bodyMembers"][0]["role"], "BODY_ROLE_VICE_CHAIR")
        self.assertIn("Nobody sat", self.good(WHO, "body", "members", "peterborough", "panel", "--as-at", "2012-05-01"))

    def test_a_version_on_its_way(self):
        made = route("Pledge", ("cicc", 120), ("panel", 90), ("council", 90))("none")
        for step in made["steps"]:
            step["body"] = step["step_id"]  # the command knows whose bodies they are
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "route.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(made, file)
            self.good(WHO, "route", "set", "peterborough", "pledge", path, "--dry-run")
            self.assertIn("No route yet.", self.good(WHO, "route", "list", "peterborough"))
            self.good(WHO, "route", "set", "peterborough", "pledge", path)
            told = self.good(WHO, "route", "set", "peterborough", "pledge", path)
            self.assertRegex(told, r"revision +2")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({**made, "stops": []}, file)
            self.bad(WHO, "route", "set", "peterborough", "pledge", path, says="stops")
        told, _ = self.show("route", "show", "peterborough", "pledge", "--revision", "1")
        self.assertIn("refer on", told)
        self.show("route", "list", "peterborough")

        self.draft(1, "The promise")
        self.bad(WHO, "endorsement", "show", "peterborough", "pledge/1", says="is on no route")
        self.good(WHO, "endorsement", "start", "peterborough", "pledge/1", "--route", "pledge", "--on", "2012-06-01")
        decide = ("endorsement", "decide", "peterborough", "pledge/1")
        why = ("--minute", "6", "--recommendation", "To agree")
        self.bad(WHO, *decide, "endorse", "--body", "cicc", "--on", "2012-08-01", *why, says="Add it first")
        for body, on in (("cicc", "2012-08-01"), ("panel", "2012-09-01"), ("council", "2013-07-10")):
            self.good(WHO, "body", "meet", "peterborough", body, on)
        self.bad(WHO, *decide, "agree", "--body", "cicc", "--on", "2012-08-01", *why, code=2, says="refer-back")
        self.bad(WHO, *decide, "endorse", "--body", "cicc", "--on", "2012-08-01", *why, "--votes", "many", code=2,
                 says="40/2/1")
        self.good(WHO, *decide, "endorse", "--body", "cicc", "--on", "2012-08-01", *why)
        self.good(WHO, *decide, "refer-on", "--body", "panel", "--on", "2012-09-01", *why)
        self.assertIn("dry run", self.good(WHO, *decide, "approve", "--body", "council", "--on", "2013-07-10", *why,
                                           "--dry-run"))
        told, read = self.show("endorsement", "stalls", "peterborough", "--as-at", "2013-07-09")
        self.assertRegex(told, r"Council +1 Sep 2012 +311 +90 +221")
        self.assertEqual(read["stalls"][0]["daysOver"], 221)
        self.good(WHO, "endorsement", "notice", "peterborough", "pledge/1", "--body", "council", "--on", "2013-07-10",
                  "--published", "2013-06-01")
        told, _ = self.show("endorsement", "forward-plan", "peterborough", "--as-at", "2013-07-09")
        self.assertRegex(told, r"10 Jul 2013 +Council +The pledge +1 Jun 2013 +39")
        self.good(WHO, *decide, "approve", "--body", "council", "--on", "2013-07-10", "--minute", "14(b)",
                  "--recommendation", "To approve", "--votes", "40/2/1", "--key")
        told, read = self.show("endorsement", "show", "peterborough", "pledge/1")
        self.assertRegex(told, r"10 Jul 2013 +Council +approve +14\(b\) +312 +yes")
        self.assertEqual(read["endorsement"]["decisions"][2]["votesFor"], 40)
        told, _ = self.show("endorsement", "show", "peterborough", "pledge/1", "--as-at", "2012-10-01")
        self.assertRegex(told, r"waits for +Council")
        told, _ = self.show("endorsement", "list", "peterborough", "--as-at", "2013-07-09")
        self.assertRegex(told, r"pledge/1 +under way +Council +1 Sep 2012 +311 +90 +yes")
        self.assertIn("Nothing waits", self.good(WHO, "endorsement", "stalls", "peterborough"))
        self.assertIn("No key decision", self.good(WHO, "endorsement", "forward-plan", "peterborough"))
        # Any client that reads reflection can do the same.
        asked = self.good(WHO, "call", "EndorsementService/ListStalls",
                          '{"parent": "authorities/peterborough", "asAt": "2013-07-09"}')
        self.assertEqual(json.loads(asked)["stalls"][0]["daysWaited"], 311)

    def test_what_is_taken_back_and_called_in(self):
        made = route("Short", ("council", 90))(self.parent)
        made["steps"][0]["call_in_days"] = 5
        self.make_route("short", made=lambda _: made)
        self.officer.CreatePledge(parent=self.parent, pledge_id="short", pledge={"title": "Short"})
        self.officer.CreateVersion(parent=f"{self.parent}/pledges/short", version_id="1", version={
            "title": "One", "outcomes": [{"outcome_id": "o", "title": "O"}],
            "statements": [{"statement_id": "1", "outcome_id": "o", "title": "S", "text": "S."}]})
        way = ("peterborough", "short/1")
        self.good(WHO, "endorsement", "start", *way, "--route", "short", "--on", "2012-06-01")
        for on in ("2012-06-20", "2012-07-10"):
            self.good(WHO, "body", "meet", "peterborough", "council", on)
        decide = ("endorsement", "decide", *way, "approve", "--body", "council", "--on", "2012-06-20",
                  "--recommendation", "To approve", "--minute")
        self.good(WHO, *decide, "6")
        withdraw = ("endorsement", "withdraw", *way)
        self.bad(WHO, *withdraw, "1", code=2, says="--reason is missing")
        self.bad(WHO, *withdraw, "one", "--reason", "X", code=2, says="N is a number")
        self.assertIn("dry run", self.good(WHO, *withdraw, "1", "--reason", "It is minute 7", "--dry-run"))
        self.assertIn("Decision 1 counts no more since 21 Jun 2012: It is minute 7",
                      self.good(WHO, *withdraw, "1", "--reason", "It is minute 7", "--on", "2012-06-21"))
        self.good(WHO, *decide, "7")
        call_in = ("endorsement", "call-in", *way, "2", "--on", "2012-06-25", "--reason", "The cost", "--body", "panel")
        self.bad(WHO, *call_in, code=2, says="--by is missing")
        self.assertRegex(self.good(WHO, *call_in, "--by", "Five councillors"), "waits for +Panel")
        self.good(WHO, "body", "meet", "peterborough", "panel", "2012-07-01")
        settle = ("endorsement", "settle", *way, "2")
        when = ("--body", "panel", "--on", "2012-07-01", "--minute", "3")
        self.bad(WHO, *settle, "falls", *when, code=2, says="stands or referred-back")
        self.good(WHO, *settle, "stands", *when)
        told, read = self.show("endorsement", "show", *way)
        self.assertRegex(told, r"takes effect +1 Jul 2012")
        self.assertIn("was called in on 25 Jun 2012 by Five councillors, to panel: The cost", " ".join(told.split()))
        self.assertIn("On 1 Jul 2012 it was let stand.", told)
        self.assertEqual(read["endorsement"]["decisions"][1]["callInOutcome"], "CALL_IN_OUTCOME_STANDS")


del Cli, Council  # the loader would take them for tests of this program

if __name__ == "__main__":
    harness.main()
