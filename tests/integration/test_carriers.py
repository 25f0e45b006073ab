# SPDX-License-Identifier: Apache-2.0
"""Who was briefed and trained, strategies and services that carry statements, and visits of Young Inspectors."""

import grpc
import harness
from council import SmallCouncil, day
from pledge.v1 import strategy_pb2, visit_pb2
from test_cli import Cli

Code = grpc.StatusCode
WHO = "derby-officer"


class Carriers(Cli, SmallCouncil):
    """The small council with a forum of three parties."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.member("derby", "derby-worker", "ROLE_SUPPORT_WORKER")
        cls.councillor = cls.member("derby", "derby-councillor", "ROLE_ELECTED_MEMBER")
        cls.safeguarding = cls.member("derby", "derby-safeguarding", "ROLE_SAFEGUARDING_OFFICER")
        cls.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        cls.stranger = cls.member("halton", "halton-officer", "ROLE_OFFICER")
        cls.forum = f"{cls.parent}/bodies/forum"
        cls.officer.CreateBody(parent=cls.parent, body_id="forum", body={"display_name": "Forum"})
        for seat, role, party in (("chair", "CHAIR", "Blue"), ("red", "MEMBER", "Red"), ("green", "MEMBER", "Green"),
                                  ("clerk", "ADVISER", "")):
            cls.officer.AddBodyMember(parent=cls.forum, body_member_id=seat, body_member={
                "display_name": f"Seat of {seat}", "role": f"BODY_ROLE_{role}", "party": party, "sits_from": "2006-03-01"})

    def show(self, *arguments, identity=WHO):
        told = self.good(identity, *arguments)
        self.fits(told)
        self.plain(told)
        return told


class Briefings(Carriers):
    def briefing(self, identifier, on, **more):
        return self.officer.CreateBriefing(parent=self.parent, briefing_id=identifier, briefing={
            "kind": "BRIEFING_KIND_BRIEFING", "title": "The pledge", "held_on": on, "bodies": [self.forum], **more}).briefing

    def attend(self, name, *others, **seats):
        return self.officer.RecordBriefingAttendance(
            parent=name, headcounts=[{"owner": f"{self.parent}/{owner}", "people": n} for owner, n in others],
            attendance=[{"seat": f"{self.forum}/members/{seat}", "attendance": f"BRIEFING_PRESENCE_{how}"}
                        for seat, how in seats.items()])

    def test_sessions_and_coverage_by_party(self):
        june = self.briefing("june", "2007-06-19")
        october = self.briefing("october", "2007-10-25", kind="BRIEFING_KIND_TRAINING")
        self.assertEqual((june.member_count, june.present_count), (3, 0))
        told = self.attend(june.name, ("departments/housing", 4), chair="PRESENT", red="APOLOGIES")
        self.assertEqual([(a.display_name, a.party, a.attendance) for a in told.attendance],
                         [("Seat of chair", "Blue", 1), ("Seat of green", "Green", 0), ("Seat of red", "Red", 2)])
        self.assertEqual([(h.owner_display_name, h.people) for h in told.headcounts], [("Housing", 4)])
        listed = self.councillor.ListBriefings(parent=self.parent, as_at="2007-06-30").briefings
        self.assertEqual([(b.held_on, b.planned, b.present_count, b.people_count) for b in listed if b.held_on < "2008"],
                         [("2007-10-25", True, 0, 0), ("2007-06-19", False, 1, 4)])
        page = self.councillor.ListBriefings(parent=self.parent, page_size=1)
        rest = self.councillor.ListBriefings(parent=self.parent, page_size=1000, page_token=page.next_page_token)
        self.assertEqual(page.briefings[0].held_on >= rest.briefings[0].held_on, True)
        self.assertEqual({b.name for b in self.councillor.ListBriefings(parent=self.parent, kind="BRIEFING_KIND_TRAINING")
                          .briefings}, {october.name})
        of = lambda **more: [(p.party, p.covered_count, p.member_count, list(p.not_covered)) for p in
                             self.councillor.GetBriefingCoverage(name=self.forum, **more).coverage.parties]
        self.assertEqual(of(as_at="2007-12-31"), [("Blue", 1, 1, []), ("Green", 0, 1, ["Seat of green"]),
                                                  ("Red", 0, 1, ["Seat of red"])])
        self.attend(october.name, red="PRESENT")
        self.assertEqual([p[:2] for p in of(as_at="2007-12-31")], [("Blue", 1), ("Green", 0), ("Red", 1)])
        self.assertEqual([p[:2] for p in of(as_at="2007-10-24")], [("Blue", 1), ("Green", 0), ("Red", 0)])
        self.assertEqual([p[:2] for p in of(as_at="2007-12-31", from_on="2007-07-01")], [("Blue", 0), ("Green", 0), ("Red", 1)])
        self.assertEqual([p[1] for p in of(as_at="2007-12-31", known_on=day(-1))], [0, 0, 0])
        self.refused(Code.INVALID_ARGUMENT, self.councillor.GetBriefingCoverage, name=self.forum, as_at=day(1), field="as_at")
        self.refused(Code.NOT_FOUND, self.councillor.GetBriefingCoverage, name=f"{self.parent}/bodies/none")

    def test_what_is_refused(self):
        planned = self.briefing("planned", day(30))
        bad = self.refused(Code.INVALID_ARGUMENT, self.officer.CreateBriefing, parent=self.parent, briefing_id="bad", briefing={
            "held_on": "2007-06-19", "bodies": [self.forum, f"{self.parent}/bodies/none"]})
        self.assertEqual(list(harness.violations(bad)), ["briefing.kind", "briefing.title", "briefing.bodies[1]"])
        self.refused(Code.FAILED_PRECONDITION, self.attend, planned.name, chair="PRESENT")
        bad = self.refused(Code.INVALID_ARGUMENT, self.attend, self.briefing("held", "2007-01-09").name,
                           ("departments/none", 1), ("departments/housing", 1001), clerk="PRESENT", chair="UNSPECIFIED")
        self.assertEqual(list(harness.violations(bad)), ["attendance[0].seat", "attendance[1].attendance",
                                                         "headcounts[0].owner", "headcounts[1].people"])
        moved = self.worker.UpdateBriefing(briefing={"name": planned.name, "held_on": day(60), "etag": planned.etag},
                                           update_mask={"paths": ["held_on"]}).briefing
        self.assertEqual((moved.held_on, moved.planned), (day(60), True))
        self.refused(Code.ABORTED, self.worker.UpdateBriefing, briefing={"name": planned.name, "etag": planned.etag})
        self.refused(Code.PERMISSION_DENIED, self.stranger.GetBriefing, name=planned.name)
        for api in (self.agency, self.admin):
            self.refused(Code.PERMISSION_DENIED, api.ListBriefings, parent=self.parent)
        self.refused(Code.PERMISSION_DENIED, self.director.UpdateBriefing, briefing={"name": planned.name, "title": "X"})

    def test_the_same_request_counts_once(self):
        call = lambda: self.officer.CreateBriefing(
            parent=self.parent, briefing_id="once", request_id="5b0f8e52-33c6-4f0e-9d4c-2f4b7f3f8a10", briefing={
                "kind": "BRIEFING_KIND_TRAINING", "title": "Once", "held_on": day(400), "bodies": [self.forum]}).briefing
        self.assertEqual(call(), call())
        self.refused(Code.ALREADY_EXISTS, self.briefing, "once", day(400))

    def test_the_command_line(self):
        desk = ("derby", "desk")
        self.bad(WHO, "briefing", "add", *desk, "--kind", "talk", code=2, says="briefing or training")
        self.assertIn("dry run", self.show("briefing", "add", *desk, "--kind", "briefing", "--title", "Homes", "--on", day(9),
                                           "--body", "forum", "--dry-run"))
        self.show("briefing", "add", *desk, "--kind", "briefing", "--title", "Homes for children", "--topic", "Placements",
                  "--on", day(9), "--body", "forum")
        self.bad(WHO, "briefing", "change", *desk, code=2, says="--title, --topic or --on")
        self.assertRegex(self.show("briefing", "list", "derby"), r"desk +\d+ \w+ \d+ +briefing +yes +3 +0 +0\n +Homes for")
        self.show("briefing", "change", *desk, "--on", "2007-06-19")
        self.bad(WHO, "briefing", "attend", *desk, "--present", "chair", code=2, says="BODY/SEAT")
        told = self.show("briefing", "attend", *desk, "--present", "forum/chair", "--absent", "forum/red", "--count", "police=2")
        self.assertRegex(told, r"Seat of red +Red +absent")
        self.assertRegex(self.show("briefing", "show", *desk), r"Police +2")
        told = self.show("briefing", "coverage", "derby", "forum", "--kind", "briefing", identity="derby-councillor")
        self.assertIn("of 3 members were at a session", told)
        self.assertRegex(told, r"Red +1 +0 +Seat of red")


class Strategies(Carriers):
    def strategy(self, identifier, due="", statements=(1,), owner="departments/housing", **more):
        return self.officer.CreateStrategy(parent=self.parent, strategy_id=identifier, strategy={
            "kind": "STRATEGY_KIND_STRATEGY", "title": identifier.title(), "owner": f"{self.parent}/{owner}",
            "runs_from": "2017-01-01", "review_due_on": due,
            "statements": [f"{self.version.name}/statements/{n}" for n in statements], **more}).strategy

    def listed(self, api=None, **more):
        return [s.name.split("/")[-1] for s in (api or self.councillor).ListStrategies(parent=self.parent, **more).strategies]

    def test_reviews_due_and_overdue(self):
        self.strategy("plan", "2019-12-31", (1, 2), runs_to="2020-12-31")
        self.strategy("group", "2020-06-30", (3,), "partnerAgencies/police", kind="STRATEGY_KIND_SERVICE")
        self.strategy("open")
        self.assertEqual(self.listed(as_at="2020-01-27"), ["plan", "group", "open"])
        for review, days, expected in (("OVERDUE", 0, ["plan"]), ("DUE", 0, ["group"]), ("DUE", 155, ["group"]),
                                       ("DUE", 154, []), ("NONE", 0, ["open"])):
            self.assertEqual(self.listed(as_at="2020-01-27", review=f"REVIEW_STATE_{review}", within_days=days), expected)
        for days in (-1, 3651, 2147483647):
            self.refused(Code.INVALID_ARGUMENT, self.listed, review="REVIEW_STATE_NONE", within_days=days, field="within_days")
        for statement, expected in ((1, ["plan", "open"]), (2, ["plan"]), (3, ["group"])):
            self.assertEqual(self.listed(statement=f"{self.version.name}/statements/{statement}"), expected)
        pages, token = [], ""
        while True:
            page = self.councillor.ListStrategies(parent=self.parent, page_size=1, page_token=token)
            pages += [s.name for s in page.strategies]
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(len(set(pages)), len(pages))
        self.assertGreaterEqual(len(pages), 3)
        review = lambda api, name, **more: api.RecordStrategyReview(parent=f"{self.parent}/strategies/{name}", review={
            "outcome": "REVIEW_OUTCOME_CONTINUED", "note": "It still serves.", **more}).strategy
        told = review(self.director, "plan", reviewed_on="2020-02-01", next_due_on="2020-12-31")
        self.assertEqual((told.review_due_on, told.review_state, told.review_count),
                         ("2020-12-31", strategy_pb2.REVIEW_STATE_OVERDUE, 1))
        before = self.councillor.GetStrategy(name=told.name, as_at="2020-01-31")
        self.assertEqual((before.strategy.days_over, len(before.reviews)), (31, 0))
        self.assertEqual(self.councillor.GetStrategy(name=told.name).reviews[0].note, "It still serves.")
        review(self.agency, "group")
        for api in (self.agency, self.councillor, self.worker):
            self.refused(Code.PERMISSION_DENIED, review, api, "plan")
        bad = self.refused(Code.INVALID_ARGUMENT, review, self.officer, "plan", note="", reviewed_on="2020-01-01",
                           outcome="REVIEW_OUTCOME_ENDED", next_due_on="2021-01-01")
        self.assertEqual(list(harness.violations(bad)), ["review.reviewed_on", "review.note", "review.next_due_on"])
        self.refused(Code.PERMISSION_DENIED, self.stranger.ListStrategies, parent=self.parent)

    def test_statements_are_carried_into_the_next_version(self):
        pledge = self.officer.CreatePledge(parent=self.parent, pledge_id="other", pledge={"title": "Other"}).pledge.name

        def adopt(number, statements, lineage, on):
            made = self.officer.CreateVersion(parent=pledge, version_id=number, version={
                "title": number, "outcomes": [{"outcome_id": "o", "title": "O"}], "lineage": lineage,
                "statements": [{"statement_id": s, "outcome_id": "o", "title": s, "text": f"{number} {s}"} for s in statements]
            }).version
            self.officer.AdoptVersion(name=made.name, etag=made.etag, adopted_on=on, adopted_by=f"{self.parent}/bodies/committee")
            return made.name

        first = adopt("1", ("a", "b"), [], "2013-01-01")
        made = self.strategy("carried", statements=(), kind="STRATEGY_KIND_SERVICE")
        made = self.officer.UpdateStrategy(strategy={"name": made.name, "etag": made.etag, "statements": [
            f"{first}/statements/a"]}, update_mask={"paths": ["statements"]}).strategy
        self.assertEqual(made.carried_statements, [f"{first}/statements/a"])
        second = adopt("2", ("x", "y"), [
            {"from_statement_id": "a", "to_statement_id": "x", "change": "CHANGE_REWORDED"},
            {"from_statement_id": "b", "change": "CHANGE_DROPPED", "reason": "Done"},
            {"to_statement_id": "y", "change": "CHANGE_NEW"}], "2020-01-01")
        told = self.councillor.GetStrategy(name=made.name).strategy
        self.assertEqual((list(told.statements), list(told.carried_statements)),
                         ([f"{first}/statements/a"], [f"{second}/statements/x"]))
        self.assertEqual(self.councillor.GetStrategy(name=made.name, as_at="2019-12-31").strategy.carried_statements,
                         [f"{first}/statements/a"])
        self.assertEqual(self.listed(statement=f"{second}/statements/x"), ["carried"])
        self.assertEqual(self.listed(statement=f"{second}/statements/y"), [])
        bad = self.refused(Code.INVALID_ARGUMENT, self.officer.UpdateStrategy, strategy={
            "name": made.name, "statements": [f"{second}/statements/a"]}, update_mask={"paths": ["statements"]})
        self.assertEqual(list(harness.violations(bad)), ["strategy.statements[0]"])

    def test_the_command_line(self):
        plan = ("derby", "desk-plan")
        self.bad(WHO, "strategy", "add", *plan, "--kind", "strategy", "--owner", "housing", "--promise", "1", code=2,
                 says="PLEDGE/N/ID")
        self.bad(WHO, "strategy", "add", *plan, "--owner", "housing", code=2, says="strategy or service")
        self.show("strategy", "add", *plan, "--kind", "strategy", "--title", "Children in care and care leavers 2017 to 2020",
                  "--owner", "housing", "--from", "2017-04-01", "--to", "2020-03-31", "--review-due", "2019-09-30",
                  "--promise", "promise/1/1", "--promise", "promise/1/2")
        told = self.show("strategy", "list", "derby", "--review", "overdue", "--as-at", "2019-10-10")
        self.assertRegex(told, r"desk-plan +strategy +Housing +30 Sep 2019 +10\n +Children in care and care")
        self.assertIn("desk-plan", self.show("strategy", "list", "derby", "--promise", "promise/1/2"))
        self.assertNotIn("desk-plan", self.show("strategy", "list", "derby", "--promise", "promise/1/3"))
        self.assertIn("desk-plan", self.show("strategy", "list", "derby", "--within", "30", "--as-at", "2019-09-01"))
        self.show("strategy", "change", *plan, "--summary", "What we do for three years")
        self.bad(WHO, "strategy", "change", *plan, code=2, says="--title, --summary, --to, --review-due or --promise")
        self.bad(WHO, "strategy", "review", *plan, "--outcome", "fine", code=2, says="continued, changed")
        self.show("strategy", "review", *plan, "--outcome", "changed", "--note", "Written anew.", "--on", "2020-01-27",
                  "--next", "2022-12-31", identity="housing-director")
        told = self.show("strategy", "show", *plan)
        self.assertRegex(told, r"27 Jan 2020 +changed +31 Dec 2022")
        self.assertRegex(told, r"carries +1, 2")


class Visits(Carriers):
    def visit(self, identifier, findings, owner="departments/housing", inspectors=4, on="2020-01-05"):
        return self.worker.RecordVisit(parent=self.parent, visit_id=identifier, visit={
            "provider": "Harbour House", "provides": "A place to live", "owner": f"{self.parent}/{owner}", "visited_on": on,
            "inspectors": inspectors, "findings": [
                {"kind": f"FINDING_KIND_{kind}", "text": text, "follow_up_due_on": due, **more}
                for kind, text, due, more in findings]}).visit

    def moderate(self, finding, state="SHOWN", **more):
        self.worker.ModerateWords(name=finding.words, state=f"TEXT_STATE_{state}", **more)

    def found(self, api, name, **more):
        return {f.text: f for f in api.GetVisit(name=name, **more).visit.findings}

    def test_nobody_else_sees_a_finding_before_it_is_shown(self):
        made = self.visit("waits", [("STRENGTH", "Good food", "", {}), ("URGENT", "No lock", "2020-01-12", {
            "statement": f"{self.version.name}/statements/2"})])
        self.assertEqual((made.inspectors, made.suppressed, made.finding_count, made.waiting_count), (4, False, 2, 2))
        for api in (self.director, self.councillor):
            seen = api.GetVisit(name=made.name).visit
            self.assertEqual((seen.inspectors, seen.suppressed, len(seen.findings), seen.waiting_count), (0, True, 0, 0))
            self.assertEqual([f for f in api.ListFindings(parent=self.parent).findings if f.name.startswith(made.name)], [])
        self.refused(Code.NOT_FOUND, self.agency.GetVisit, name=made.name)
        lock = self.found(self.worker, made.name)["No lock"]
        self.refused(Code.NOT_FOUND, self.director.AnswerFinding, name=lock.name, text="Done.")
        self.refused(Code.FAILED_PRECONDITION, self.officer.AnswerFinding, name=lock.name, text="Done.")
        self.moderate(lock)
        self.assertEqual(list(self.found(self.councillor, made.name)), ["No lock"])
        waiting = lambda api: [f.text for f in api.ListFindings(parent=self.parent, state="TEXT_STATE_WAITING").findings
                               if f.name.startswith(made.name)]
        self.assertEqual((waiting(self.worker), waiting(self.councillor)), (["Good food"], []))
        self.moderate(self.found(self.worker, made.name)["Good food"], "HIDDEN", reason="Names a cook")
        self.assertEqual(list(self.found(self.director, made.name)), ["No lock"])
        of = self.councillor.ListFindings(parent=self.parent, statement=f"{self.version.name}/statements/2").findings
        self.assertEqual([(f.text, f.provider, f.state) for f in of], [("No lock", "Harbour House", 2)])
        self.assertEqual(self.councillor.GetVisit(name=self.visit("many", [("STRENGTH", "Kind", "", {})], inspectors=6).name)
                         .visit.inspectors, 6)

    def test_a_concern_is_in_no_list(self):
        made = self.visit("harm", [("IMPROVEMENT", "He hurts us", "2020-02-01", {}), ("STRENGTH", "Warm", "", {})])
        harm = self.found(self.worker, made.name)["He hurts us"]
        self.moderate(harm)
        self.director.AnswerFinding(name=harm.name, text="We look into it.")
        self.moderate(self.found(self.worker, made.name)["Warm"])
        self.director.GetVisit(name=made.name)  # what is kept in memory must not be told again
        self.moderate(harm, "CONCERN", reason="Harm at home")
        for api in (self.worker, self.officer, self.director, self.councillor):
            told = api.GetVisit(name=made.name)
            self.assertEqual(([f.text for f in told.visit.findings], told.visit.finding_count, len(told.answers)), (["Warm"], 1, 0))
            visit = [v for v in api.ListVisits(parent=self.parent).visits if v.name == made.name][0]
            self.assertEqual((visit.finding_count, visit.open_count, visit.waiting_count), (1, 0, 0))
            self.assertNotIn("He hurts us", [f.text for f in api.ListFindings(parent=self.parent).findings])
            self.assertEqual([f.text for f in api.ListFindings(parent=self.parent, state="TEXT_STATE_CONCERN").findings], [])
        self.refused(Code.NOT_FOUND, self.director.AnswerFinding, name=harm.name, text="Done.")
        for api in (self.safeguarding, self.admin):
            self.refused(Code.PERMISSION_DENIED, api.GetVisit, name=made.name)
        concern = [c for c in self.safeguarding.ListSafeguardingConcerns(parent=self.parent).concerns if c.text == "He hurts us"]
        self.assertEqual([(c.reason, c.prompt, c.was_shown) for c in concern],
                         [("Harm at home", "Visit of Young Inspectors to Harbour House on 2020-01-05", True)])

    def test_follow_up(self):
        made = self.visit("follow", [("URGENT", "Lamp broken", "2020-01-12", {}), ("STRENGTH", "Kind staff", "", {})], inspectors=9)
        shop = self.visit("shop", [("IMPROVEMENT", "Opens late", "2020-02-01", {})], "partnerAgencies/police", 7, "2020-01-20")
        for name in (made.name, shop.name):
            for finding in self.found(self.worker, name).values():
                self.moderate(finding)
        lamp = self.found(self.director, made.name)["Lamp broken"]
        overdue = lambda api, **more: [f.text for f in api.ListFindings(
            parent=self.parent, follow_up="FOLLOW_UP_STATE_OVERDUE", **more).findings
            if f.name.startswith((made.name, shop.name))]
        self.assertEqual(overdue(self.councillor), ["Lamp broken", "Opens late"])
        self.assertEqual(overdue(self.councillor, as_at="2020-01-31"), ["Lamp broken"])
        self.assertEqual(overdue(self.agency), ["Opens late"])
        self.assertEqual([v.name for v in self.agency.ListVisits(parent=self.parent).visits], [shop.name])
        answer = lambda api, finding, text="Ordered.", **more: api.AnswerFinding(name=finding.name, text=text, **more).finding
        told = answer(self.director, lamp, answered_on="2020-01-10")
        self.assertEqual((told.answer, told.answer_count, told.follow_up), ("Ordered.", 1, visit_pb2.FOLLOW_UP_STATE_OVERDUE))
        told = answer(self.officer, lamp, "It is in.", answered_on="2020-01-20", done_on="2020-01-19")
        self.assertEqual((told.done_on, told.follow_up, told.days_over), ("2020-01-19", visit_pb2.FOLLOW_UP_STATE_DONE, 0))
        self.assertEqual([(a.text, a.done_on) for a in self.councillor.GetVisit(name=made.name).answers],
                         [("Ordered.", ""), ("It is in.", "2020-01-19")])
        self.assertEqual(self.found(self.councillor, made.name, as_at="2020-01-15")["Lamp broken"].days_over, 3)
        self.assertEqual(self.found(self.councillor, made.name, known_on=day(0))["Lamp broken"].follow_up, 4)
        late = self.found(self.agency, shop.name)["Opens late"]
        self.refused(Code.PERMISSION_DENIED, answer, self.director, late)
        for api in (self.councillor, self.worker, self.stranger):
            self.refused(Code.PERMISSION_DENIED, answer, api, late)
        answer(self.agency, late, "Opens at eight now.", done_on=day(0))
        self.assertEqual(overdue(self.councillor), [])
        kind = self.found(self.director, made.name)["Kind staff"]
        self.refused(Code.FAILED_PRECONDITION, answer, self.director, kind)
        bad = self.refused(Code.INVALID_ARGUMENT, answer, self.director, lamp, "", answered_on="2020-01-01", done_on="2019-12-01")
        self.assertEqual(list(harness.violations(bad)), ["text", "answered_on", "done_on"])
        self.assertEqual(len(self.councillor.ListVisits(parent=self.parent, page_size=1).visits), 1)

    def test_what_is_refused(self):
        bad = self.refused(Code.INVALID_ARGUMENT, self.visit, "bad", [
            ("UNSPECIFIED", "", "", {}), ("URGENT", "Lock", "", {}), ("STRENGTH", "Good", "2019-12-31", {
                "statement": f"{self.version.name}/statements/99"})], inspectors=0, on=day(1))
        self.assertEqual(list(harness.violations(bad)), [
            "visit.visited_on", "visit.inspectors", "visit.findings[0].kind", "visit.findings[0].text",
            "visit.findings[1].follow_up_due_on", "visit.findings[2].statement", "visit.findings[2].follow_up_due_on"])
        self.refused(Code.NOT_FOUND, self.worker.GetVisit, name=f"{self.parent}/visits/bad")
        self.refused(Code.PERMISSION_DENIED, self.officer.RecordVisit, parent=self.parent, visit_id="x")

    def test_the_command_line(self):
        at = ("derby", "desk-visit")
        worker = "derby-worker"
        base = ("--provider", "Harbour House", "--provides", "A home for six", "--owner", "housing", "--on", "2019-11-05")
        self.bad(worker, "visit", "record", *at, *base, code=2, says="--inspectors is missing")
        self.bad(worker, "visit", "record", *at, *base, "--inspectors", "5", "--by", "2019-11-12", code=2, says="before it")
        told = self.show("visit", "record", *at, *base, "--inspectors", "5", "--strength", "Staff listen to us", "--urgent",
                         "The back door does not lock", "--by", "2019-11-12", "--promise", "promise/1/2", identity=worker)
        self.assertIn("5 Young Inspectors were there.", told)
        self.assertIn("2 wait to be moderated: pledge visit findings derby --state waiting", told)
        told = self.show("tasks", "derby", identity=worker)
        self.assertRegex(told, r"What Young Inspectors found at Harbour House waits to be +2\n +moderated")
        self.assertIn("First: pledge visit findings derby --state waiting\n", told)
        told = self.show("visit", "show", *at, identity="derby-councillor")
        self.assertIn("Fewer than 6 Young Inspectors were there.\n\nNo finding is shown yet.", told)
        told = self.show("visit", "findings", "derby", "--state", "waiting", identity=worker)
        self.assertIn("The back door does not lock", told)
        words = [f for f in self.found(self.worker, f"{self.parent}/visits/desk-visit").values()]
        for finding in words:
            self.show("cicc", "moderate", "derby", finding.words.split("/")[-1], "--as", "shown", identity=worker)
        told = self.show("visit", "findings", "derby", "--follow-up", "overdue", "--as-at", "2019-11-15",
                         identity="derby-councillor")
        self.assertRegex(told, r"urgent +2 +Harbour House +overdue +12 Nov 2019 +3\n +The back door does not lock")
        self.assertRegex(self.show("visit", "list", "derby"), r"desk-visit +5 Nov 2019 +Harbour House +2 +0 +1 +1")
        finding = [f for f in words if f.kind == visit_pb2.FINDING_KIND_URGENT][0].name.split("/")[-1]
        self.assertIn("done", self.show("visit", "answer", *at, finding, "--text", "The lock is new.", "--on", "2019-11-20",
                                        "--done", "2019-11-08", identity="housing-director"))
        self.assertRegex(self.show("visit", "show", *at), r"20 Nov 2019 +8 Nov 2019 +The lock is new")
        self.bad(WHO, "visit", "answer", *at, finding, code=2, says="--text is missing")


del Cli, Carriers, SmallCouncil  # the loader would take them for tests of this program

if __name__ == "__main__":
    harness.main()
