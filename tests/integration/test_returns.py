# SPDX-License-Identifier: Apache-2.0
"""Returns: every rule, all at once; nothing half written; and what the monitor makes of them."""

import hashlib
import os
import subprocess
import time
import uuid

import grpc
import harness
from council import SmallCouncil, day
from pledge.v1 import return_pb2, round_pb2

Code = grpc.StatusCode


class Returns(SmallCouncil):
    def setUp(self):
        self.round_id = "r" + uuid.uuid4().hex[:8]
        self.name = f"{self.parent}/rounds/{self.round_id}"
        self.round(self.round_id, opens=-20, due=10, closes=20)

    def submit(self, api, owner, lines, request=None, **more):
        return api.SubmitReturn(parent=self.name, owner_return=self.report(owner, lines, **more),
                                **(request or {})).owner_return

    def nothing_recorded(self):
        self.assertEqual(list(self.officer.ListReturns(parent=self.name).returns), [])

    def test_a_department_and_an_agency_send_theirs(self):
        sent = self.submit(self.director, "housing", [self.line("h1"), self.line("h2")])
        self.assertEqual(sent.submission, 1)
        self.assertEqual(len(sent.content_hash), 64)
        self.submit(self.agency, "police", [self.line("p1", "RATING_AMBER", reason="Two posts are open.")])
        self.assertEqual(len(self.officer.ListReturns(parent=self.name).returns), 2)
        read = self.director.GetReturn(name=sent.name).owner_return
        self.assertEqual([p.commitment_id for p in read.progress], ["h1", "h2"])

    def test_an_agency_sees_and_sends_only_its_own(self):
        self.submit(self.director, "housing", [self.line("h1"), self.line("h2")])
        self.submit(self.agency, "police", [self.line("p1")])
        self.assertEqual([r.name for r in self.agency.ListReturns(parent=self.name).returns],
                         [f"{self.name}/returns/police"])
        self.refused(Code.NOT_FOUND, self.agency.GetReturn, name=f"{self.name}/returns/housing")
        self.refused(Code.PERMISSION_DENIED, self.submit, self.agency, "leisure", [self.line("l1")])
        self.refused(Code.PERMISSION_DENIED, self.submit, self.director, "leisure", [self.line("l1")])
        self.refused(Code.PERMISSION_DENIED, self.agency.GetMonitor, parent=self.parent)

    def test_every_problem_is_told_at_once(self):
        lines = [self.line("h1", "RATING_AMBER"),
                 self.line("nothing", actual_on=day(1)),
                 self.line("l1", actual_on="31/07/2016"),
                 self.line("h1", "RATING_UNSPECIFIED"),
                 self.line("", narrative="x" * 4001)]
        error = self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", lines)
        found = harness.violations(error)
        for field, code in (("progress[0].reason", "R012"), ("progress[1].commitment_id", "R003"),
                            ("progress[1].actual_on", "R020"), ("progress[2].commitment_id", "R004"),
                            ("progress[2].actual_on", "R021"), ("progress[3].commitment_id", "R006"),
                            ("progress[3].rating", "R010"), ("progress[4].commitment_id", "R002"),
                            ("progress[4].narrative", "R011"), ("progress", "R007")):
            self.assertEqual(found.get("owner_return." + field, ("", ""))[1], code, field)
        self.nothing_recorded()

    def test_fifty_wrong_lines_name_fifty_lines(self):
        lines = [self.line(f"x{n}", "RATING_RED") for n in range(50)]
        error = self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", lines)
        found = harness.violations(error)
        self.assertEqual(sum(1 for field in found if field.endswith("].reason")), 50)
        self.assertEqual(sum(1 for field in found if field.endswith("].commitment_id")), 50)
        self.nothing_recorded()

    def test_more_problems_than_fit_name_the_first_of_them(self):
        lines = [self.line(f"x{n}", "RATING_RED") for n in range(500)]
        error = self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", lines,
                             says="1002 rules")
        self.assertGreater(len(harness.violations(error)), 300)
        self.nothing_recorded()

    def test_what_the_checks_ask_is_confirmed_and_told(self):
        earlier = "e" + uuid.uuid4().hex[:8]
        self.round(earlier, opens=-4, due=10, closes=20)
        self.officer.SubmitReturn(parent=f"{self.parent}/rounds/{earlier}", owner_return=self.report(
            "police", [self.line("p1", measure_value="10 %")]))
        self.round_id += "x"
        self.name += "x"
        self.round(self.round_id, opens=-3, due=10, closes=20)
        lines = [self.line("p1", "RATING_RED", reason="The post went.", measure_value="45 %", confirmation="")]
        error = self.refused(Code.INVALID_ARGUMENT, self.submit, self.agency, "police", lines)
        found = harness.violations(error)
        self.assertEqual({code for _, code in found.values()}, {"R101", "R110"})
        self.assertIn("found red, green in round " + earlier, found["owner_return.progress[0].rating"][0])
        lines[0]["confirmation"] = "The post went, and so did what it counted."
        sent = self.submit(self.agency, "police", lines)
        read = self.officer.GetReturn(name=sent.name).owner_return
        self.assertEqual(read.progress[0].confirmation, lines[0]["confirmation"])

    def test_the_document_of_checks_is_what_the_service_checks(self):
        checks = self.agency.ListReturnChecks(page_size=1000).return_checks
        layers = {layer: return_pb2.CheckLayer.Name(layer)[12:].lower() for layer in range(5)}
        rows = ["| code | layer | | field | rule | what to do |", "|---|---|---|---|---|---|"]
        rows += [f"| {c.code} | {layers[c.layer]} | {'asks' if c.asks else 'refuses'} | {c.field} | {c.rule} | {c.remedy} |"
                 for c in checks]
        with open(os.path.join(harness.ROOT, "proto/RETURN_CHECKS.md"), encoding="utf-8") as file:
            told = file.read()
        self.assertEqual(told[told.index("| code"):], "\n".join(rows) + "\n")

    def test_a_return_for_another_period(self):
        lines = [self.line("p1")]
        error = self.refused(Code.INVALID_ARGUMENT, self.submit, self.agency, "police", lines,
                             observed_to="2016-07-31")
        self.assertEqual(harness.violations(error)["owner_return.observed_to"][1], "R052")
        self.nothing_recorded()
        observed_to = self.officer.GetRound(name=self.name).round.observed_to
        self.submit(self.agency, "police", lines, observed_to=observed_to)

    def test_a_draft_tells_what_is_wrong_until_it_is_sent(self):
        name = f"{self.name}/returns/police"

        def standing():
            rows = self.officer.ListExpectedReturns(parent=self.name)
            state = next(row.state for row in rows.expected_returns if row.owner.endswith("/police"))
            return round_pb2.ReturnState.Name(state), rows.control.draft_count

        def draft(**more):
            return {"owner": f"{self.parent}/partnerAgencies/police", **more}

        self.assertEqual(standing(), ("RETURN_STATE_NOT_STARTED", 0))
        wrong = [self.line("p1", "RATING_RED", reason="")]
        tried = self.agency.SaveReturnDraft(parent=self.name, draft=draft(progress=wrong), validate_only=True)
        self.assertEqual([(p.code, p.line, p.commitment_id, p.field, p.asks) for p in tried.problems],
                         [("R012", 1, "p1", "owner_return.progress[0].reason", False)])
        self.assertIn("red", tried.problems[0].expected)
        self.assertTrue(tried.problems[0].remedy)
        self.assertEqual(standing(), ("RETURN_STATE_NOT_STARTED", 0))
        saved = self.agency.SaveReturnDraft(parent=self.name, draft=draft(progress=wrong))
        self.assertEqual(standing(), ("RETURN_STATE_DRAFT", 1))
        self.refused(Code.ABORTED, self.agency.SaveReturnDraft, parent=self.name, draft=draft(etag="r9"))
        self.refused(Code.PERMISSION_DENIED, self.director.SaveReturnDraft, parent=self.name, draft=draft())
        again = self.agency.SaveReturnDraft(parent=self.name, draft=draft(
            progress=[self.line("p1")], etag=saved.draft.etag))
        self.assertEqual((list(again.problems), standing()), ([], ("RETURN_STATE_CHECKED", 1)))
        read = self.agency.GetReturnDraft(name=name)
        self.assertEqual(read.draft.progress[0].narrative, "Done.")
        self.refused(Code.NOT_FOUND, self.director.GetReturnDraft, name=f"{self.name}/returns/housing")
        self.submit(self.agency, "police", [self.line("p1")])
        self.assertEqual(standing(), ("RETURN_STATE_SUBMITTED", 0))
        self.refused(Code.NOT_FOUND, self.agency.GetReturnDraft, name=name)

    def test_every_try_is_kept_and_a_receipt_can_be_checked(self):
        request = {"request_id": str(uuid.uuid4())}
        wrong = [self.line("h1", "RATING_AMBER"), self.line("h1")]
        self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", wrong, request)
        self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", wrong, {"validate_only": True})
        self.refused(Code.PERMISSION_DENIED, self.submit, self.agency, "housing", wrong)
        lines = [self.line("h1", "RATING_AMBER", reason="Tab\there, line\nthere, back\\slash."), self.line("h2")]
        sent = self.submit(self.director, "housing", lines, request)  # mended, under the same request_id
        self.submit(self.director, "housing", lines, request)
        self.refused(Code.ALREADY_EXISTS, self.submit, self.director, "housing", lines)
        tries = list(self.director.ListReturnAttempts(parent=sent.name).attempts)
        self.assertEqual([(t.attempt, t.status, t.submission, list(t.codes), t.line_count) for t in tries],
                         [(3, "ALREADY_EXISTS", 0, ["R060"], 2), (2, "OK", 1, [], 2),
                          (1, "INVALID_ARGUMENT", 0, ["R006", "R007", "R012"], 2)])
        self.assertEqual(tries[1].member, f"{self.parent}/members/housing-director")
        first = self.director.ListReturnAttempts(parent=sent.name, page_size=2)
        rest = self.director.ListReturnAttempts(parent=sent.name, page_size=2, page_token=first.next_page_token)
        self.assertEqual(list(first.attempts) + list(rest.attempts), tries)
        self.refused(Code.NOT_FOUND, self.agency.ListReturnAttempts, parent=sent.name)

        receipt = self.director.GetReturnReceipt(name=sent.name).receipt
        self.assertEqual(hashlib.sha256(receipt.content.encode()).hexdigest(), receipt.content_hash)
        self.assertEqual((receipt.content_hash, receipt.create_time, receipt.line_count),
                         (sent.content_hash, sent.create_time, 2))
        self.assertIn("Tab\\there, line\\nthere, back\\\\slash.", receipt.content)
        self.refused(Code.NOT_FOUND, self.director.GetReturnReceipt, name=sent.name, submission=2)
        self.refused(Code.NOT_FOUND, self.agency.GetReturnReceipt, name=sent.name)

    def test_a_try_is_kept_though_its_caller_has_gone(self):
        request = return_pb2.SubmitReturnRequest(
            parent=self.name, owner_return=self.report("housing", [self.line("h1", "RATING_AMBER"), self.line("h2")]))
        submit = self.daemon.channel("housing-director").unary_unary(
            "/pledge.v1.ReturnService/SubmitReturn", request_serializer=lambda m: m.SerializeToString())
        with subprocess.Popen(["psql", "-qXAt", "-U", "postgres", self.daemon.database], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as holder:
            holder.stdin.write(f"BEGIN; SELECT 'held' FROM pledge.round WHERE round_id = '{self.round_id}' FOR UPDATE;\n")
            holder.stdin.flush()
            self.assertIn("held", holder.stdout.readline())
            call = submit.future(request)
            until = time.monotonic() + 3
            while time.monotonic() < until and harness.waiting_for_locks(self.daemon.database) != 1:
                time.sleep(0.01)
            call.cancel()
            time.sleep(0.2)
            holder.stdin.write("COMMIT;\n")
            holder.stdin.close()
            holder.wait()
        for _ in range(100):
            tries = list(self.director.ListReturnAttempts(parent=f"{self.name}/returns/housing").attempts)
            if tries:
                break
            time.sleep(0.05)
        self.assertEqual([(t.status, list(t.codes)) for t in tries], [("INVALID_ARGUMENT", ["R012"])])

    def test_a_refused_stream_is_a_try_of_each_return(self):
        rows = [return_pb2.ImportReturnsRequest(
                    parent=self.name, owner=f"{self.parent}/departments/{owner}",
                    progress=self.line(commitment, "RATING_RED", reason=""))
                for owner, commitment in (("housing", "h1"), ("leisure", "l1"), ("housing", "h2"))]
        with self.assertRaises(grpc.RpcError):
            self.daemon.gather("derby-officer", "/pledge.v1.ReturnService/ImportReturns", rows,
                               return_pb2.ImportReturnsResponse)
        for owner, lines in (("housing", 2), ("leisure", 1)):
            tries = self.officer.ListReturnAttempts(parent=f"{self.name}/returns/{owner}").attempts
            self.assertEqual([(t.status, list(t.codes), t.line_count) for t in tries],
                             [("INVALID_ARGUMENT", ["R012"], lines)])

    def test_what_was_certified_counts_until_another_is(self):
        sent = self.submit(self.director, "housing", [self.line("h1"), self.line("h2")])
        certified = self.director.CertifyReturn(name=sent.name, etag=sent.etag).owner_return
        worse = [self.line("h1", "RATING_RED", reason="It fell through."), self.line("h2")]
        again = self.submit(self.director, "housing", worse, etag=certified.etag)
        self.assertEqual(again.state, round_pb2.RETURN_STATE_RESUBMITTED)

        def rating():
            monitor = self.officer.GetMonitor(parent=self.parent, round_id=self.round_id)
            return {owner.rating for line in monitor.statements for owner in line.owners
                    if owner.owner.endswith("/housing")}

        self.assertEqual(rating(), {return_pb2.RATING_GREEN})
        certified = self.director.CertifyReturn(name=again.name, etag=again.etag).owner_return
        self.assertIn(return_pb2.RATING_RED, rating())
        self.refused(Code.PERMISSION_DENIED, self.director.PublishReturn, name=again.name, etag=certified.etag)
        self.refused(Code.FAILED_PRECONDITION, self.officer.PublishReturn, name=again.name, etag=certified.etag)
        accepted = self.officer.AcceptReturn(name=again.name, etag=certified.etag).owner_return
        published = self.officer.PublishReturn(name=again.name, etag=accepted.etag).owner_return
        self.assertEqual(published.state, round_pb2.RETURN_STATE_PUBLISHED)
        moves = self.director.GetReturn(name=sent.name).owner_return.moves
        self.assertEqual([(m.submission, round_pb2.ReturnState.Name(m.state)[13:], m.member.split("/")[-1])
                          for m in moves],
                         [(1, "SUBMITTED", "housing-director"), (1, "CERTIFIED", "housing-director"),
                          (2, "RESUBMITTED", "housing-director"), (2, "CERTIFIED", "housing-director"),
                          (2, "ACCEPTED", "derby-officer"), (2, "PUBLISHED", "derby-officer")])

    def test_more_time_for_one_owner(self):
        late = "x" + uuid.uuid4().hex[:8]
        name = f"{self.parent}/rounds/{late}"
        self.round(late, opens=-20, due=-5, closes=-1)
        police = f"{self.parent}/partnerAgencies/police"
        report = self.report("police", [self.line("p1")])
        self.refused(Code.FAILED_PRECONDITION, self.agency.SubmitReturn, parent=name, owner_return=report)
        fields = {"name": name, "owner": police, "reason": "Their system was down."}
        self.refused(Code.INVALID_ARGUMENT, self.officer.ExtendReturn, due_on=day(-5), field="due_on", **fields)
        self.refused(Code.PERMISSION_DENIED, self.agency.ExtendReturn, due_on=day(3), **fields)
        row = self.officer.ExtendReturn(due_on=day(3), **fields).expected_return
        self.assertEqual((row.state, row.days_late, row.due_on, row.extension_reason),
                         (round_pb2.RETURN_STATE_NOT_STARTED, 0, day(3), "Their system was down."))
        control = self.officer.ListExpectedReturns(parent=name, page_size=1).control
        self.assertEqual((control.expected_count, control.missing_count, control.not_started_count,
                          control.extended_count), (3, 2, 1, 1))
        self.agency.SubmitReturn(parent=name, owner_return=report)
        control = self.officer.ListExpectedReturns(parent=name).control
        self.assertEqual((control.submitted_count, control.late_count), (1, 0))

    def test_the_same_return_twice(self):
        lines = [self.line("h1"), self.line("h2")]
        request = {"request_id": str(uuid.uuid4())}
        first = self.submit(self.director, "housing", lines, request)
        again = self.submit(self.director, "housing", lines, request)
        self.assertEqual(again, first)
        error = self.refused(Code.ALREADY_EXISTS, self.submit, self.director, "housing", lines,
                             field="owner_return.etag")
        self.assertEqual(harness.violations(error)["owner_return.etag"][1], "R060")
        self.refused(Code.ABORTED, self.submit, self.director, "housing", lines, etag="s9m9",
                     field="owner_return.etag")
        second = self.submit(self.director, "housing", lines, etag=first.etag)
        self.assertEqual(second.submission, 2)

    def test_validate_only_gives_the_same_answer_and_writes_nothing(self):
        bad = [self.line("h1", "RATING_RED"), self.line("h2")]
        checked = self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", bad,
                               {"validate_only": True})
        sent = self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", bad)
        self.assertEqual(harness.violations(checked), harness.violations(sent))
        self.submit(self.director, "housing", [self.line("h1"), self.line("h2")], {"validate_only": True})
        self.nothing_recorded()

    def test_rounds_open_and_close(self):
        self.round(self.round_id + "-next", opens=5, due=10, closes=20)
        self.round(self.round_id + "-past", opens=-40, due=-30, closes=-10)
        lines = [self.line("h1"), self.line("h2")]
        for suffix, code in (("-next", "R050"), ("-past", "R051")):
            error = self.refused(
                Code.FAILED_PRECONDITION, self.director.SubmitReturn,
                parent=self.name + suffix, owner_return=self.report("housing", lines), field="parent")
            self.assertEqual(harness.violations(error)["parent"][1], code)
        self.officer.CloseRound(name=self.name)
        self.refused(Code.FAILED_PRECONDITION, self.submit, self.director, "housing", lines, field="parent",
                     says="closed")
        self.nothing_recorded()

    def test_days_of_receipt(self):
        lines = [self.line("h1"), self.line("h2")]
        self.refused(Code.INVALID_ARGUMENT, self.submit, self.officer, "housing", lines,
                     received_on=day(1), field="owner_return.received_on")
        self.refused(Code.INVALID_ARGUMENT, self.submit, self.director, "housing", lines,
                     received_on=day(-1), field="owner_return.received_on")
        self.assertEqual(self.submit(self.officer, "housing", lines, received_on=day(-3)).received_on, day(-3))

    def test_the_moves_of_a_return(self):
        sent = self.submit(self.director, "housing", [self.line("h1"), self.line("h2")])
        self.refused(Code.FAILED_PRECONDITION, self.officer.AcceptReturn, name=sent.name, etag=sent.etag)
        self.refused(Code.PERMISSION_DENIED, self.director.QueryReturn, name=sent.name, query="Why?")
        queried = self.officer.QueryReturn(name=sent.name, query="Which posts?").owner_return
        self.assertEqual(queried.query, "Which posts?")
        self.refused(Code.ABORTED, self.director.CertifyReturn, name=sent.name, etag=sent.etag)
        again = self.submit(self.director, "housing", [self.line("h1"), self.line("h2")], etag=queried.etag)
        certified = self.director.CertifyReturn(name=sent.name, etag=again.etag).owner_return
        accepted = self.officer.AcceptReturn(name=sent.name, etag=certified.etag).owner_return
        self.assertGreater(accepted.state, certified.state)
        self.refused(Code.FAILED_PRECONDITION, self.submit, self.director, "housing",
                     [self.line("h1"), self.line("h2")], etag=accepted.etag)

    def test_the_monitor_never_calls_a_missing_return_green(self):
        late = self.round_id + "-late"
        self.round(late, opens=-40, due=-12, closes=20)
        self.officer.SubmitReturn(
            parent=f"{self.parent}/rounds/{late}",
            owner_return=self.report("police", [self.line("p1")], received_on=day(-15)))
        self.director.SubmitReturn(
            parent=f"{self.parent}/rounds/{late}",
            owner_return=self.report("housing", [self.line("h1", "RATING_RED", reason="No money."),
                                                 self.line("h2")]))
        monitor = self.officer.GetMonitor(parent=self.parent, round_id=late)
        shown = {s.statement_id: s for s in monitor.statements}
        from pledge.v1 import monitor_pb2 as m
        self.assertEqual([s.statement_id for s in monitor.statements], ["1", "2", "3"])
        self.assertEqual(shown["1"].standing, m.STANDING_RED)
        self.assertEqual(shown["2"].standing, m.STANDING_MISSING)
        self.assertEqual(shown["3"].standing, m.STANDING_NO_COMMITMENT)
        self.assertEqual((monitor.expected_count, monitor.received_count, monitor.late_count,
                          monitor.missing_count), (3, 2, 1, 1))
        owners = {o.owner.rsplit("/", 1)[1]: o for o in shown["2"].owners}
        self.assertEqual(owners["leisure"].days_late, 12)
        self.assertEqual(shown["1"].owners[0].reason, "No money.")
        due = self.officer.ListExpectedReturns(parent=f"{self.parent}/rounds/{late}").expected_returns
        self.assertEqual({e.owner.rsplit("/", 1)[1]: e.days_late for e in due},
                         {"housing": 12, "leisure": 12, "police": 0})


class Versions(SmallCouncil):
    def test_an_adopted_version_never_changes(self):
        self.refused(Code.FAILED_PRECONDITION, self.officer.UpdateVersion,
                     version={"name": self.version.name, "title": "Other"}, update_mask={"paths": ["title"]})
        content = self.officer.GetVersionContent(name=self.version.name)
        import hashlib
        self.assertEqual(hashlib.sha256(content.content).hexdigest(), self.version.content_hash)
        self.assertEqual(content.content_hash, self.version.content_hash)

    def test_a_new_version_says_what_became_of_each_statement(self):
        from council import statement
        parent = f"{self.parent}/pledges/promise"
        draft = {"title": "Second", "outcomes": [{"outcome_id": "be-heard", "title": "Be heard"}],
                 "statements": [statement(1), dict(statement(2), text="We will do both, and better.")],
                 "lineage": [{"from_statement_id": "1", "to_statement_id": "1", "change": "CHANGE_KEPT"}]}
        made = self.officer.CreateVersion(parent=parent, version_id="2", version=draft).version
        error = self.refused(Code.FAILED_PRECONDITION, self._adopt, made)
        self.assertIn("lineage", " ".join(harness.violations(error)))
        draft["lineage"] += [
            {"from_statement_id": "2", "to_statement_id": "2", "change": "CHANGE_MERGED"},
            {"from_statement_id": "3", "to_statement_id": "2", "change": "CHANGE_MERGED"}]
        made = self.officer.UpdateVersion(
            version=dict(draft, name=made.name, etag=made.etag),
            update_mask={"paths": ["lineage"]}).version
        self._adopt(made)
        changes = self.officer.CompareVersions(name=made.name).changes
        self.assertEqual([(c.from_statement_id, c.to_statement_id) for c in changes],
                         [("1", "1"), ("2", "2"), ("3", "2")])
        self.assertEqual(self.officer.GetPledge(name=parent).pledge.current_version, 2)

    def _adopt(self, version):
        return self.officer.AdoptVersion(name=version.name, etag=version.etag, adopted_on="2020-01-01",
                                         adopted_by=f"{self.parent}/bodies/committee")


if __name__ == "__main__":
    harness.main()
