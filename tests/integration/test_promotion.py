# SPDX-License-Identifier: Apache-2.0
"""What was given out of a version, and how far it reached, over the wire."""

import os
import subprocess

import grpc

import harness
from council import SmallCouncil, day
from pledge.v1 import promotion_pb2

Code = grpc.StatusCode


class Promotion(SmallCouncil):
    def test_reach(self):
        issue = {"version": self.version.name, "audience": "ISSUE_AUDIENCE_CARE_LEAVERS", "form": "ISSUE_FORM_EASY_READ",
                 "quantity": 60, "issued_on": day(-9)}
        made = self.officer.CreateIssue(parent=self.parent, issue_id="easy", issue=issue).issue
        self.assertEqual((made.name, made.version, made.acknowledged), (f"{self.parent}/issues/easy", self.version.name, 0))
        self.assertEqual(self.officer.AcknowledgeIssue(name=made.name, count=25, acknowledged_on=day(-3)).issue.acknowledged, 25)
        self.refused(Code.INVALID_ARGUMENT, self.officer.AcknowledgeIssue, name=made.name, count=36,
                     acknowledged_on=day(-3), field="count")
        self.refused(Code.NOT_FOUND, self.officer.AcknowledgeIssue, name=made.name + "x", count=1, acknowledged_on=day(0))
        self.refused(Code.PERMISSION_DENIED, self.agency.CreateIssue, parent=self.parent, issue_id="x", issue=issue)
        self.officer.CountAudience(parent=self.parent, audience="ISSUE_AUDIENCE_CARE_LEAVERS", counted_on=day(-20), count=80)
        pledge = f"{self.parent}/pledges/promise"
        reach = self.director.GetReach(name=pledge)
        told = {promotion_pb2.IssueAudience.Name(r.audience): r for r in reach.audiences}
        self.assertEqual((reach.version, len(told)), (1, 6))
        leavers = told["ISSUE_AUDIENCE_CARE_LEAVERS"]
        self.assertEqual((leavers.issued, leavers.acknowledged, leavers.population, leavers.coverage_percent,
                          leavers.last_issued_on, leavers.reissue_due), (60, 25, 80, 75, day(-9), False))
        self.assertEqual(told["ISSUE_AUDIENCE_CARERS"].coverage_percent, -1)
        before = self.director.GetReach(name=pledge, as_at=day(-10)).audiences
        self.assertEqual(sum(r.issued for r in before), 0)
        for number in range(3):
            self.officer.CreateIssue(parent=self.parent, issue_id=f"more-{number}", issue=issue)
        first = self.officer.ListIssues(parent=self.parent, page_size=2)
        rest = self.officer.ListIssues(parent=self.parent, page_size=2, page_token=first.next_page_token)
        self.assertEqual([i.name.rsplit("/", 1)[1] for i in (*first.issues, *rest.issues)],
                         ["more-2", "more-1", "more-0", "easy"])
        event = self.officer.CreateLaunchEvent(parent=self.parent, launch_event_id="launch", launch_event={
            "version": self.version.name, "title": "Launch at the town hall", "held_on": day(-8), "attendance": 90})
        self.assertEqual([event.launch_event], list(self.officer.ListLaunchEvents(parent=self.parent).launch_events))

    def command(self, *arguments):
        return subprocess.run(
            [os.path.join(harness.BUILD, "client/cli/pledge"), *arguments, "--address", f"127.0.0.1:{self.daemon.port}",
             "--ca", os.path.join(harness.CA, "ca.pem"), "--identity", harness.identity("derby-officer")],
            capture_output=True, text=True, env=dict(os.environ, COLUMNS="80"), timeout=60)

    def test_the_command_line(self):
        for arguments, says in (
                (("issue", "count", "derby", "members", "51", "--on", day(-5)), "Recorded"),
                (("issue", "add", "derby", "so", "--version", "promise/1", "--to", "members", "--form", "translation",
                  "--language", "so", "--copies", "51", "--on", day(-4)), "is recorded"),
                (("issue", "acknowledge", "derby", "so", "17", "--on", day(-2)), "17 of 51"),
                (("issue", "list", "derby"), "translation"), (("issue", "reach", "derby", "promise"), "100 %"),
                (("launch", "add", "derby", "party", "--version", "promise/1", "--title", "Party", "--on", day(9)),
                 "is recorded"), (("launch", "list", "derby"), "Party")):
            done = self.command(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(says, done.stdout)
            self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 80, done.stdout)
        for arguments in (("issue", "count", "derby", "cats", "1", "--on", day(0)),
                          ("issue", "acknowledge", "derby", "so", "many", "--on", day(0)),
                          ("issue", "add", "derby", "x", "--version", "promise/1", "--to", "members", "--copies", "1")):
            self.assertEqual(self.command(*arguments).returncode, 2, arguments)


if __name__ == "__main__":
    harness.main()
