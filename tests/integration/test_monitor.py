# SPDX-License-Identifier: Apache-2.0
"""The monitor on past days, per outcome, owner and theme, by either rule, and across versions."""

import os
import subprocess

import grpc

import harness
from council import SmallCouncil, day, statement

Code = grpc.StatusCode
OUTCOMES = [{"outcome_id": "be-heard", "title": "Be heard"}]


def standings(reply):
    return {one.statement_id: one.standing for one in reply.statements}


class Monitor(SmallCouncil):
    """The round before was answered by housing in time, by police late; leisure never did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer.UpdateCommitment(commitment={"name": f"{cls.parent}/commitments/h1", "theme": "Homes"},
                                     update_mask={"paths": ["theme"]})
        cls.round("before", opens=-100, due=-80, closes=-60)
        cls.send("housing", ["h1", "h2"], "RATING_GREEN", -85)
        cls.send("police", ["p1"], "RATING_AMBER", -70, reason="Two are still without a bed.")

    @classmethod
    def send(cls, owner, commitments, rating, received, **more):
        lines = [cls.line(cls, commitment, rating, **more) for commitment in commitments]
        return cls.officer.SubmitReturn(parent=f"{cls.parent}/rounds/before",
                                        owner_return=cls.report(cls, owner, lines, received_on=day(received)))

    def monitor(self, **more):
        return self.officer.GetMonitor(parent=self.parent, round_id="before", **more)

    def command(self, *arguments, code=0):
        done = subprocess.run(
            [os.path.join(harness.BUILD, "client/cli/pledge"), *arguments, "--address", f"127.0.0.1:{self.daemon.port}",
             "--ca", os.path.join(harness.CA, "ca.pem"), "--identity", harness.identity("derby-officer")],
            capture_output=True, text=True, env=dict(os.environ, COLUMNS="80"), timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        return done.stdout + done.stderr

    def test_a_past_day_is_shown_as_it_was(self):
        named = {"red": 1, "missing": 2, "amber": 3, "no_commitment": 4, "awaited": 5, "green": 6}
        for offset, expected, counts in (
                (0, "amber missing no_commitment", (3, 2, 1, 1)),
                (-71, "missing missing no_commitment", (3, 1, 0, 2)),
                (-80, "green green no_commitment", (3, 1, 0, 0)),
                (-86, "awaited awaited no_commitment", (3, 0, 0, 0))):
            reply = self.monitor(as_at=day(offset))
            self.assertEqual(standings(reply), {str(n): named[word] for n, word in enumerate(expected.split(), 1)}, offset)
            self.assertEqual((reply.expected_count, reply.received_count, reply.late_count, reply.missing_count), counts,
                             offset)
            self.assertEqual((reply.as_at, reply.known_on), (day(offset), day(0)))
        self.assertEqual(self.monitor(as_at=day(-86)).round_state, 2)
        self.assertEqual(self.monitor(as_at=day(-60)).round_state, 3)
        yesterday = self.monitor(known_on=day(-1))
        self.assertEqual((set(standings(yesterday).values()), yesterday.expected_count), ({named["no_commitment"]}, 0))
        self.assertEqual(self.officer.GetMonitor(parent=self.parent, as_at=day(-21)).round, f"{self.parent}/rounds/before")
        self.refused(Code.INVALID_ARGUMENT, self.monitor, as_at=day(1), field="as_at")
        self.refused(Code.INVALID_ARGUMENT, self.monitor, as_at="2016-02-30", field="as_at")
        self.refused(Code.NOT_FOUND, self.officer.GetMonitor, parent=self.parent, as_at="2001-01-01", field="as_at")

    def test_groups_stand_by_their_own_commitments(self):
        def groups(grouping, **more):
            reply = self.officer.GetMonitorSummary(parent=self.parent, round_id="before", grouping=grouping, **more)
            return [(g.title, g.standing, [(c.standing, c.count) for c in g.statement_counts], g.commitment_count,
                     g.missing_count, g.late_count) for g in reply.groups]
        self.assertEqual(groups("MONITOR_GROUPING_OUTCOME"), [("Be heard", 2, [(2, 1), (3, 1), (4, 1)], 4, 1, 1)])
        self.assertEqual(groups("MONITOR_GROUPING_OWNER"),
                         [("Housing", 6, [(6, 2)], 2, 0, 0), ("Leisure", 2, [(2, 1)], 1, 1, 0), ("Police", 3, [(3, 1)], 1, 0, 1)])
        self.assertEqual(groups("MONITOR_GROUPING_THEME"), [("", 2, [(2, 1), (3, 1)], 3, 1, 1), ("Homes", 6, [(6, 1)], 1, 0, 0)])
        self.assertEqual(groups("MONITOR_GROUPING_THEME", as_at=day(-86))[1][1], 5)
        self.refused(Code.INVALID_ARGUMENT, self.officer.GetMonitorSummary, parent=self.parent, field="grouping")
        told = self.command("monitor", "derby", "--round", "before", "--by", "owner")
        self.assertIn("1 commitment, 1 missing", told)
        self.assertIn("(no theme)", self.command("monitor", "derby", "--round", "before", "--by", "theme"))
        self.assertIn("--by takes outcome, owner or theme", self.command("monitor", "derby", "--by", "colour", code=2))

    def test_the_rule_is_chosen_and_hides_nothing(self):
        name = {"name": self.parent}
        first = self.officer.GetRollUp(**name).roll_up
        self.assertEqual((first.rule, first.HasField("update_time")), (1, False))
        parent = {"parent": self.parent}
        weighted = {"rule": "ROLL_UP_RULE_WEIGHTED", "green_from": 70, "amber_from": 40,
                    "weights": [{"owner": f"{self.parent}/departments/housing", "weight": 3}]}
        self.refused(Code.PERMISSION_DENIED, self.director.SetRollUp, **parent, roll_up=weighted)
        self.refused(Code.INVALID_ARGUMENT, self.officer.SetRollUp, **parent, roll_up={**weighted, "amber_from": 70},
                     field="roll_up.amber_from")
        self.refused(Code.INVALID_ARGUMENT, self.officer.SetRollUp, **parent, roll_up={}, field="roll_up.rule")
        self.refused(Code.ABORTED, self.officer.SetRollUp, **parent, roll_up={**weighted, "etag": "r9"}, field="roll_up.etag")
        self.officer.SetRollUp(**parent, roll_up=weighted, validate_only=True)
        self.assertEqual(self.officer.GetRollUp(**name).roll_up, first)
        said = self.command("roll-up", "set", "derby", "weighted", "--green-from", "70", "--amber-from", "40", "--weight",
                            "housing=3")
        self.assertIn("departments/housing counts 3 times", said)
        reply = self.monitor()
        self.assertEqual([(s.statement_id, s.standing, s.score) for s in reply.statements],
                         [("2", 2, 100), ("3", 4, 0), ("1", 6, 88)])
        self.assertEqual((reply.roll_up.rule, reply.roll_up.weights[0].weight), (2, 3))
        self.assertIn("green from 70, amber from 40", self.command("monitor", "derby", "--round", "before"))
        self.assertEqual(standings(self.monitor(as_at=day(-1)))["1"], 3, "the rule of that day")
        self.assertIn("The worst that was said stands", self.command("roll-up", "set", "derby", "worst"))
        self.assertEqual(standings(self.monitor())["1"], 3)
        self.assertIn("The worst", self.command("roll-up", "show", "derby"))

    def test_a_round_is_held_against_one_of_the_version_before(self):
        officer = self.officer
        draft = officer.CreateVersion(parent=f"{self.parent}/pledges/promise", version_id="2", version={
            "title": "Our promise", "outcomes": OUTCOMES,
            "statements": [{**statement(1), "text": "We will do things 1 and 2."}, statement(4)],
            "lineage": [{"from_statement_id": "1", "to_statement_id": "1", "change": "CHANGE_MERGED", "reason": "One thing."},
                        {"from_statement_id": "2", "to_statement_id": "1", "change": "CHANGE_MERGED", "reason": "One thing."},
                        {"from_statement_id": "3", "change": "CHANGE_DROPPED", "reason": "It is done."},
                        {"to_statement_id": "4", "change": "CHANGE_NEW"}]}).version
        officer.AdoptVersion(name=draft.name, etag=draft.etag, adopted_on=day(-10),
                             adopted_by=f"{self.parent}/bodies/committee")
        officer.CreateRound(parent=self.parent, round_id="later", round={
            "title": "Later", "version": draft.name, "observed_from": day(-9), "observed_to": day(-2), "opens_on": day(-1),
            "due_on": day(9), "closes_on": day(9)})
        reply = officer.CompareMonitor(parent=self.parent, round_id="later", against_round_id="before")
        self.assertEqual((reply.version, reply.against_version), (2, 1))
        self.assertEqual([(s.statement_id, s.standing, s.trend, [(e.statement_id, e.change, e.standing) for e in s.earlier])
                          for s in reply.statements],
                         [("1", 5, 0, [("1", 3, 3), ("2", 3, 2)]), ("4", 4, 0, [])])
        self.assertEqual([(d.statement_id, d.standing, d.reason) for d in reply.dropped], [("3", 4, "It is done.")])
        told = self.command("monitor", "derby", "--round", "later", "--against", "before")
        self.assertIn("2 Promise 2 (merged): ○ missing", told)
        self.assertIn("Without a successor:\n    3 Promise 3 (dropped)", told)
        self.assertIn("against Now, version 1", self.command("monitor", "derby", "--round", "later", "--compare"))
        self.refused(Code.NOT_FOUND, officer.CompareMonitor, parent=self.parent, round_id="before", field="against_round_id")
        self.refused(Code.INVALID_ARGUMENT, officer.CompareMonitor, parent=self.parent, round_id="before",
                     against_round_id="later", field="against_round_id")
        self.assertIn("choose one of", self.command("monitor", "derby", "--compare", "--by", "owner", code=2))


if __name__ == "__main__":
    harness.main()
