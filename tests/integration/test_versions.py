# SPDX-License-Identifier: Apache-2.0
"""Drafts: tracked edits, two officers at once, comparison word by word; over the wire and on the terminal."""

import os
import subprocess

import grpc

import harness
from council import SmallCouncil

Code = grpc.StatusCode
OUTCOMES = [{"outcome_id": "be-heard", "title": "Be heard"}]


def statement(number, text, **more):
    return {"statement_id": str(number), "outcome_id": "be-heard", "title": f"Promise {number}", "text": text, **more}


class Versions(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.member("derby", "derby-writer", "ROLE_OFFICER")
        cls.draft = cls.officer.CreateVersion(
            parent="authorities/derby/pledges/promise", version_id="2", version={
                "title": "Our promise", "outcomes": OUTCOMES,
                "statements": [statement(1, "We will do thing 1."), statement(2, "We will do thing 2.")],
                "lineage": [{"from_statement_id": "1", "to_statement_id": "1", "change": "CHANGE_KEPT"},
                            {"from_statement_id": "2", "to_statement_id": "2", "change": "CHANGE_KEPT"},
                            {"from_statement_id": "3", "change": "CHANGE_DROPPED", "reason": "It is done."}]}).version

    def write(self, api, texts, etag, **more):
        statements = [statement(n, text, **more) for n, text in enumerate(texts, 1)]
        return api.UpdateVersion(version={"name": self.draft.name, "statements": statements, "etag": etag},
                                 update_mask={"paths": ["statements"]}).version

    def command(self, *arguments):
        done = subprocess.run(
            [os.path.join(harness.BUILD, "client/cli/pledge"), *arguments, "--address", f"127.0.0.1:{self.daemon.port}",
             "--ca", os.path.join(harness.CA, "ca.pem"), "--identity", harness.identity("derby-officer")],
            capture_output=True, text=True, env=dict(os.environ, COLUMNS="80"), timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_two_officers_at_one_draft_lose_nothing(self):
        read = self.officer.GetVersion(name=self.draft.name).version
        first = self.write(self.officer, ["We will always do thing 1, with you.", "We will do thing 2."], read.etag)
        self.refused(Code.ABORTED, self.write, self.other, ["Mine.", "We will do thing 2."], read.etag)
        self.write(self.other, ["We will always do thing 1, with you.", "We will do thing 2 soon."], first.etag)
        edits = list(self.officer.ListVersionEdits(parent=self.draft.name).edits)
        self.assertEqual([(e.number, e.part_id, e.field, e.edited_by) for e in edits],
                         [(1, "1", "text", "derby-officer"), (2, "2", "text", "derby-writer")])
        self.assertEqual([(run.change, run.text) for run in edits[1].words],
                         [(1, "We will do thing"), (2, "2."), (3, "2 soon.")])
        page = self.officer.ListVersionEdits(parent=self.draft.name, page_size=1)
        rest = self.officer.ListVersionEdits(parent=self.draft.name, page_size=1, page_token=page.next_page_token)
        self.assertEqual([page.edits[0], rest.edits[0]], edits)
        self.assertEqual(list(self.officer.ListVersionEdits(parent=self.version.name).edits), [])
        self.refused(Code.NOT_FOUND, self.officer.ListVersionEdits, parent=self.draft.name[:-1] + "9")
        told = self.command("pledge", "edits", "derby", "promise", "2")
        self.assertIn("We will [+always+] do thing [-1.-] [+1, with you.+]", " ".join(told.split()))
        self.assertIn("derby-writer", told)
        lineage = [{"from_statement_id": str(n), "to_statement_id": str(n), "change": "CHANGE_REWORDED"} for n in (1, 2)]
        self.officer.UpdateVersion(version={"name": self.draft.name, "lineage": lineage + [
            {"from_statement_id": "3", "change": "CHANGE_DROPPED", "reason": "It is done."}]},
            update_mask={"paths": ["lineage"]})
        compared = self.officer.CompareVersions(name=self.draft.name).changes
        self.assertEqual([len(change.words) for change in compared], [5, 3, 0])
        told = self.command("pledge", "compare", "derby", "promise", "2")
        self.assertIn("[-2.-] [+2 soon.+]", told)
        self.assertLessEqual(max(len(line) for line in told.splitlines()), 80)

    def test_what_was_undertaken_shows_under_the_successor(self):
        """Progress follows lineage: the owner of an old commitment answers for what its statement became."""
        parent = "authorities/derby"
        self.officer.CreatePledge(parent=parent, pledge_id="charter", pledge={"title": "Our charter"})
        first = self.officer.CreateVersion(parent=f"{parent}/pledges/charter", version_id="1", version={
            "title": "One", "outcomes": OUTCOMES, "statements": [statement(1, "A."), statement(2, "B.")]}).version
        self.officer.AdoptVersion(name=first.name, etag=first.etag, adopted_on="2015-01-05",
                                  adopted_by=f"{parent}/bodies/committee")
        self.officer.CreateCommitment(parent=parent, commitment_id="old", commitment={
            "owner": f"{parent}/departments/housing", "summary": "Do it",
            "statements": [f"{first.name}/statements/2"]})
        second = self.officer.CreateVersion(parent=f"{parent}/pledges/charter", version_id="2", version={
            "title": "Two", "outcomes": OUTCOMES, "statements": [statement(7, "A and B.")],
            "lineage": [{"from_statement_id": str(n), "to_statement_id": "7", "change": "CHANGE_MERGED"}
                        for n in (1, 2)]}).version
        second = self.officer.AdoptVersion(name=second.name, etag=second.etag, adopted_on="2016-01-05",
                                           adopted_by=f"{parent}/bodies/committee").version
        self.officer.CreateRound(parent=parent, round_id="after", round={
            "title": "After", "version": second.name, "observed_from": "2016-01-06", "observed_to": "2016-03-31",
            "opens_on": "2016-04-01", "due_on": harness.psql(self.daemon.database, "SELECT current_date + 5"),
            "closes_on": harness.psql(self.daemon.database, "SELECT current_date + 9")})
        self.assertEqual([r.owner for r in self.officer.ListExpectedReturns(parent=f"{parent}/rounds/after")
                          .expected_returns], [f"{parent}/departments/housing"])
        self.director.SubmitReturn(parent=f"{parent}/rounds/after", owner_return=self.report(
            "housing", [self.line("old", "RATING_AMBER", reason="Slow.")]))
        shown = self.officer.GetMonitor(parent=parent, round_id="after").statements
        self.assertEqual([(s.statement_id, [o.owner for o in s.owners]) for s in shown],
                         [("7", [f"{parent}/departments/housing"])])

    def test_whom_it_is_for_and_what_it_serves(self):
        made = self.write(self.officer, ["We will do thing 1.", "We will do thing 2."], "", age_from=16, age_to=25,
                          principles="bcg")
        self.assertEqual([(s.age_from, s.age_to, s.principles) for s in made.statements], [(16, 25, "bcg")] * 2)
        content = self.officer.GetVersionContent(name=self.draft.name).content.decode()
        self.assertIn("\t16\t25\tbcg\n", content)
        self.refused(Code.INVALID_ARGUMENT, self.write, self.officer, ["A"], "", age_from=9, age_to=8,
                     field="version.statements[0].age_to")
        self.refused(Code.INVALID_ARGUMENT, self.write, self.officer, ["A"], "", principles="cb",
                     field="version.statements[0].principles")


if __name__ == "__main__":
    harness.main()
