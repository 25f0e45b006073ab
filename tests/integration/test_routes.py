# SPDX-License-Identifier: Apache-2.0
"""Seats on bodies, and versions on their routes: what is refused, what counts once, how it stood on a day.

test_histories.py has the ways of four councils from beginning to end.
"""

import concurrent.futures
import uuid

import grpc
import harness
from council import day, statement
from pledge.v1 import endorsement_pb2, route_pb2

Code = grpc.StatusCode
UNDER_WAY, APPROVED = endorsement_pb2.ENDORSEMENT_STATE_UNDER_WAY, endorsement_pb2.ENDORSEMENT_STATE_APPROVED


def route(name, *steps, recorders=("ROLE_OFFICER",)):
    """A route of (body, days allowed): all but the last endorse and pass on, the last approves."""
    last = steps[-1][0]
    moves = []
    for body, _ in steps:
        forward = "MOVE_TARGET_APPROVED" if body == last else "MOVE_TARGET_NEXT"
        for decision in ("ENDORSE", "APPROVE") if body == last else ("ENDORSE", "APPROVE", "REFER_ON"):
            moves.append({"step_id": body, "decision": f"DECISION_KIND_{decision}", "leads_to": forward})
        moves += [{"step_id": body, "decision": "DECISION_KIND_NOTE", "leads_to": "MOVE_TARGET_STAY"},
                  {"step_id": body, "decision": "DECISION_KIND_AMEND", "leads_to": "MOVE_TARGET_BACK",
                   "to_step_id": steps[0][0]},
                  {"step_id": body, "decision": "DECISION_KIND_REJECT", "leads_to": "MOVE_TARGET_REJECTED"}]
    return lambda parent: {
        "display_name": name, "moves": moves,
        "steps": [{"step_id": body, "body": f"{parent}/bodies/{body}", "days_allowed": days} for body, days in steps],
        "recorders": [{"step_id": body, "role": role} for body, _ in steps for role in recorders]}


class Council(harness.Case):
    """An authority with bodies and a pledge; subclasses say which."""

    authority, bodies = "derby", {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parent = f"authorities/{cls.authority}"
        cls.admin.CreateAuthority(authority_id=cls.authority, authority={"display_name": cls.authority.title()})
        cls.officer = cls.member(cls.authority, f"{cls.authority}-officer", "ROLE_OFFICER")
        for body, more in cls.bodies.items():
            cls.officer.CreateBody(parent=cls.parent, body_id=body, body={"display_name": body.title(), **more})
        cls.officer.CreatePledge(parent=cls.parent, pledge_id="pledge", pledge={"title": "The pledge"})

    def make_route(self, identifier, made):
        return self.officer.CreateRoute(parent=self.parent, route_id=identifier, route=made(self.parent)).route

    def draft(self, number, *texts):
        lineage = [{"to_statement_id": str(i), "change": "CHANGE_NEW"} for i, _ in enumerate(texts, 1)]
        if number > 1:
            before = self.officer.GetVersion(name=f"{self.parent}/pledges/pledge/versions/{number - 1}").version
            lineage += [{"from_statement_id": s.statement_id, "change": "CHANGE_DROPPED", "reason": "Rewritten"}
                        for s in before.statements]
        return self.officer.CreateVersion(
            parent=f"{self.parent}/pledges/pledge", version_id=str(number),
            version={"title": f"Version {number}", "outcomes": [{"outcome_id": "be-heard", "title": "Be heard"}],
                     "statements": [{**statement(i), "text": text} for i, text in enumerate(texts, 1)],
                     "lineage": lineage if number > 1 else []}).version

    def start(self, version, identifier, route_id, on):
        return self.officer.StartEndorsement(
            parent=version.name, endorsement_id=identifier,
            endorsement={"route": f"{self.parent}/routes/{route_id}", "started_on": on}).endorsement

    def meeting(self, body, on):
        return self.officer.CreateMeeting(parent=f"{self.parent}/bodies/{body}", meeting_id=on,
                                          meeting={"held_on": on}).meeting.name

    def decision(self, body, on, kind, **more):
        """The decision of a new meeting."""
        return {"meeting": self.meeting(body, on), "kind": f"DECISION_KIND_{kind}", "minute_ref": "6",
                "recommendation": "To agree the pledge", **more}

    def decide(self, endorsement, body, on, kind, **more):
        return self.officer.RecordDecision(parent=endorsement.name,
                                           decision=self.decision(body, on, kind, **more)).endorsement

    def adopt(self, version, on, by):
        etag = self.officer.GetVersion(name=version.name).version.etag
        return self.officer.AdoptVersion(name=version.name, etag=etag, adopted_on=on,
                                         adopted_by=f"{self.parent}/bodies/{by}").version

    def at(self, endorsement, on):
        return self.officer.GetEndorsement(name=endorsement.name, as_at=on).endorsement

    def order(self, endorsement, on=""):
        return [(d.decided_on, d.body.split("/")[-1], route_pb2.DecisionKind.Name(d.kind).split("_", 2)[2])
                for d in self.at(endorsement, on).decisions]


class Rules(Council):
    """What is refused, what counts once, and how earlier bodies see an amendment."""

    authority = "north"
    bodies = {"council": {}, "cabinet": {}, "panel": {"established_on": "2006-03-01"}}
    number = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.member("north", "north-worker", "ROLE_SUPPORT_WORKER")
        cls.officer.CreateDepartment(parent=cls.parent, department_id="housing",
                                     department={"display_name": "Housing"})

    def begin(self, on="2020-01-01", texts=("We listen",), **steps):
        """A new pledge on a new route of panel and cabinet."""
        Rules.number += 1
        name = f"p{Rules.number}"
        self.officer.CreatePledge(parent=self.parent, pledge_id=name, pledge={"title": name})
        version = self.officer.CreateVersion(
            parent=f"{self.parent}/pledges/{name}", version_id="1",
            version={"title": name, "outcomes": [{"outcome_id": "be-heard", "title": "Be heard"}],
                     "statements": [{**statement(i), "text": t} for i, t in enumerate(texts, 1)]}).version
        made = route(name, ("panel", 30), ("cabinet", 30))(self.parent)
        made["steps"][1].update(steps)
        self.officer.CreateRoute(parent=self.parent, route_id=name, route=made)
        return version, self.start(version, "e", name, on)

    def meeting(self, body, on):
        identifier = f"{on}-{uuid.uuid4().hex[:6]}"
        return self.officer.CreateMeeting(parent=f"{self.parent}/bodies/{body}", meeting_id=identifier,
                                          meeting={"held_on": on}).meeting.name

    def test_it_is_adopted_as_the_last_body_decided(self):
        version, way = self.begin()
        self.decide(way, "panel", "2020-01-15", "ENDORSE")
        self.refused(Code.FAILED_PRECONDITION, self.adopt, version, "2020-01-20", "cabinet", field="name",
                     says="waits for Cabinet")
        self.assertEqual(self.decide(way, "cabinet", "2020-01-20", "APPROVE").effective_on, "2020-01-20")
        self.refused(Code.INVALID_ARGUMENT, self.adopt, version, "2020-01-19", "cabinet", field="adopted_on")
        self.refused(Code.INVALID_ARGUMENT, self.adopt, version, "2020-01-20", "panel", field="adopted_by")
        pledge = version.name.rsplit("/versions", 1)[0]
        self.assertEqual(self.officer.GetPledge(name=pledge).pledge.current_version, 0)
        self.adopt(version, "2020-01-20", "cabinet")
        self.assertEqual(self.officer.GetPledge(name=pledge).pledge.current_version, 1)
        self.refused(Code.INVALID_ARGUMENT, self.officer.GetEndorsement, name=way.name, as_at=day(1), field="as_at")
        known = self.officer.GetEndorsement(name=way.name, as_at="2020-01-20", known_on=day(0)).endorsement
        self.assertEqual(known.decision_count, 2)
        self.refused(Code.NOT_FOUND, self.officer.GetEndorsement, name=way.name, as_at="2020-01-20",
                     known_on=day(-2))  # nothing of it was recorded yet
        # An adopted version is endorsed anew by the newest revision, and not amended.
        made = self.officer.GetRoute(name=way.route).route
        revised = {**route("Panel alone", ("panel", 30))(self.parent), "name": made.name, "etag": made.etag}
        self.assertEqual(self.officer.UpdateRoute(route=revised).route.revision, 2)
        self.refused(Code.ABORTED, self.officer.UpdateRoute, route=revised, field="route.etag")
        self.assertEqual(self.at(way, "2020-01-20").route_revision, 1)
        self.assertEqual([s.step_id for s in self.officer.GetRoute(name=made.name, revision=1).route.steps],
                         ["panel", "cabinet"])
        again = self.start(version, "again", way.route.rsplit("/", 1)[1], "2020-02-01")
        self.assertEqual((again.route_revision, again.body), (2, f"{self.parent}/bodies/panel"))
        self.refused(Code.FAILED_PRECONDITION, self.decide, again, "panel", "2020-02-20", "AMEND",
                     field="decision.kind", says="adopted")
        ways = self.officer.ListEndorsements(parent=self.parent, as_at="2020-02-01").endorsements
        self.assertEqual([(w.name.split("/")[-1], w.state) for w in ways if w.version == version.name],
                         [("again", UNDER_WAY), ("e", APPROVED)])

    def test_a_decision_that_was_recorded_wrongly(self):
        version, way = self.begin()
        self.decide(way, "panel", "2020-01-10", "NOTE")
        wrong = self.decide(way, "panel", "2020-01-15", "ENDORSE")
        withdraw = lambda **more: self.officer.WithdrawDecision(**{"name": way.name, "number": 2,
                                                                  "reason": "It was rejected", **more}).endorsement
        for code, field, more in (
                (Code.INVALID_ARGUMENT, "withdrawn_on", {"withdrawn_on": "2020-01-14"}),
                (Code.INVALID_ARGUMENT, "withdrawn_on", {"withdrawn_on": day(1)}),
                (Code.INVALID_ARGUMENT, "reason", {"reason": " "}), (Code.NOT_FOUND, "number", {"number": 3}),
                (Code.FAILED_PRECONDITION, "number", {"number": 1}), (Code.ABORTED, "etag", {"etag": way.etag})):
            with self.subTest(field=field, **more):
                self.refused(code, withdraw, field=field, **more)
        self.refused(Code.PERMISSION_DENIED, self.worker.WithdrawDecision, name=way.name, number=2, reason="x",
                     says="may not withdraw decisions of Panel")
        self.assertEqual(withdraw(validate_only=True).decision_count, 1)
        request = str(uuid.uuid4())
        now = withdraw(withdrawn_on="2020-01-20", request_id=request, etag=wrong.etag)
        self.assertEqual(withdraw(withdrawn_on="2020-01-20", request_id=request, etag=wrong.etag), now)
        self.refused(Code.FAILED_PRECONDITION, withdraw, field="number", says="withdrawn already")
        self.assertEqual((now.body, now.waiting_since, now.decision_count), (f"{self.parent}/bodies/panel", "2020-01-01", 1))
        self.assertEqual([(d.number, d.withdrawn_on, d.withdrawal_reason) for d in now.decisions],
                         [(1, "", ""), (2, "2020-01-20", "It was rejected")])
        # until then it counted, and nothing was known of its withdrawal
        before = self.at(way, "2020-01-19")
        self.assertEqual((before.body, before.decision_count, before.decisions[1].withdrawn_on),
                         (f"{self.parent}/bodies/cabinet", 2, ""))
        # the same meeting is recorded anew; then nothing before it can be withdrawn
        right = self.officer.RecordDecision(parent=way.name, decision={
            "meeting": wrong.decisions[1].meeting, "kind": "DECISION_KIND_ENDORSE", "minute_ref": "7",
            "recommendation": "To agree"}).endorsement
        self.assertEqual((right.decisions[2].number, right.decision_count), (3, 2))
        self.refused(Code.FAILED_PRECONDITION, withdraw, field="number")
        self.assertEqual(self.decide(way, "cabinet", "2020-02-01", "APPROVE").state, APPROVED)
        self.refused(Code.FAILED_PRECONDITION, withdraw, number=3, field="number", says="moved on")
        withdraw(number=4)
        self.refused(Code.FAILED_PRECONDITION, self.adopt, version, "2020-02-01", "cabinet", says="waits for Cabinet")
        self.decide(way, "cabinet", "2020-02-03", "APPROVE")
        self.adopt(version, "2020-02-03", "cabinet")
        self.refused(Code.FAILED_PRECONDITION, withdraw, number=5, field="number", says="adopted by it")

    def test_a_decision_that_is_called_in(self):
        version, way = self.begin(call_in_days=5)
        self.decide(way, "panel", "2020-01-10", "ENDORSE")
        done = self.decide(way, "cabinet", "2020-01-20", "APPROVE")
        self.assertEqual((done.state, done.effective_on), (APPROVED, "2020-01-25"))
        council = f"{self.parent}/bodies/council"
        call = {"name": way.name, "number": 2, "called_in_on": "2020-01-23", "called_by": "Chair of scrutiny and four members",
                "reason": "The cost was not told", "body": council}
        for code, field, more in (
                (Code.INVALID_ARGUMENT, "called_in_on", {"called_in_on": "2020-01-26"}),
                (Code.INVALID_ARGUMENT, "called_in_on", {"called_in_on": ""}),
                (Code.INVALID_ARGUMENT, "called_by", {"called_by": ""}), (Code.NOT_FOUND, "body", {"body": f"{council}s"}),
                (Code.FAILED_PRECONDITION, "number", {"number": 1}), (Code.NOT_FOUND, "number", {"number": 3}),
                (Code.ABORTED, "etag", {"etag": way.etag})):
            with self.subTest(field=field, **more):
                self.refused(code, self.officer.CallInDecision, field=field, **{**call, **more})
        self.refused(Code.PERMISSION_DENIED, self.worker.CallInDecision, **call)
        halted = self.officer.CallInDecision(**call).endorsement
        self.assertEqual((halted.state, halted.body, halted.waiting_since, halted.effective_on),
                         (UNDER_WAY, council, "2020-01-23", ""))
        self.assertEqual((self.at(way, "2020-01-22").state, self.at(way, "2020-01-23").state), (APPROVED, UNDER_WAY))
        self.refused(Code.FAILED_PRECONDITION, self.officer.CallInDecision, field="number", says="already", **call)
        self.refused(Code.FAILED_PRECONDITION, self.officer.WithdrawDecision, name=way.name, number=2, reason="x",
                     says="called in")
        self.refused(Code.FAILED_PRECONDITION, self.adopt, version, "2020-01-25", "cabinet", says="waits for Council")
        self.refused(Code.FAILED_PRECONDITION, self.decide, way, "council", "2020-01-24", "APPROVE", says="called in")
        decide = {"name": way.name, "number": 2, "outcome": "CALL_IN_OUTCOME_REFERRED_BACK", "minute_ref": "4",
                  "meeting": self.meeting("council", "2020-02-04")}
        for code, field, more in (
                (Code.FAILED_PRECONDITION, "meeting", {"meeting": self.meeting("panel", "2020-02-04")}),
                (Code.INVALID_ARGUMENT, "meeting", {"meeting": self.meeting("council", "2020-01-22")}),
                (Code.INVALID_ARGUMENT, "outcome", {"outcome": "CALL_IN_OUTCOME_UNSPECIFIED"}),
                (Code.INVALID_ARGUMENT, "minute_ref", {"minute_ref": ""})):
            with self.subTest(field=field, **more):
                self.refused(code, self.officer.DecideCallIn, field=field, **{**decide, **more})
        back = self.officer.DecideCallIn(**decide).endorsement
        self.assertEqual((back.body, back.waiting_since, back.days_allowed), (f"{self.parent}/bodies/cabinet", "2020-02-04", 30))
        self.assertEqual((back.decisions[1].called_in_by, back.decisions[1].call_in_decided_on,
                          self.at(way, "2020-02-03").decisions[1].call_in_decided_on), (call["called_by"], "2020-02-04", ""))
        self.refused(Code.FAILED_PRECONDITION, self.officer.DecideCallIn, field="number", **decide)
        # the cabinet decides anew; called in once more, it stands and takes effect on the day of that
        self.decide(way, "cabinet", "2020-02-10", "APPROVE")
        self.officer.CallInDecision(**{**call, "number": 3, "called_in_on": "2020-02-15"})
        stands = self.officer.DecideCallIn(**{**decide, "number": 3, "outcome": "CALL_IN_OUTCOME_STANDS",
                                              "meeting": self.meeting("council", "2020-02-20")}).endorsement
        self.assertEqual((stands.state, stands.ended_on, stands.effective_on), (APPROVED, "2020-02-10", "2020-02-20"))
        self.refused(Code.INVALID_ARGUMENT, self.adopt, version, "2020-02-19", "cabinet", field="adopted_on")
        self.adopt(version, "2020-02-20", "cabinet")

    def test_a_vote_is_kept(self):
        _, way = self.begin()
        voted = self.decide(way, "panel", "2020-01-15", "ENDORSE", vote_taken=True, votes_for=40, votes_abstained=2)
        self.assertEqual((voted.decisions[0].votes_for, voted.decisions[0].votes_abstained), (40, 2))

    def test_a_decision_counts_once(self):
        _, way = self.begin()
        request = {"parent": way.name, "decision": self.decision("panel", "2020-01-15", "ENDORSE"),
                   "request_id": str(uuid.uuid4())}
        first = self.officer.RecordDecision(**request).endorsement
        self.assertEqual(self.officer.RecordDecision(**request).endorsement, first)
        self.assertEqual(self.order(way), [("2020-01-15", "panel", "ENDORSE")])
        self.refused(Code.ABORTED, self.officer.RecordDecision, parent=way.name, etag=way.etag, field="etag",
                     decision=self.decision("cabinet", "2020-01-20", "APPROVE"))

    def test_two_decisions_at_once_are_one(self):
        _, way = self.begin()
        decisions = [self.decision("panel", "2020-01-15", kind) for kind in ("ENDORSE", "REJECT") * 4]

        def record(decision):
            try:
                self.officer.RecordDecision(parent=way.name, decision=decision)
                return Code.OK
            except grpc.RpcError as error:
                return error.code()
        with concurrent.futures.ThreadPoolExecutor(len(decisions)) as pool:
            codes = list(pool.map(record, decisions))
        self.assertEqual(codes.count(Code.OK), 1, codes)
        self.assertLessEqual(set(codes), {Code.OK, Code.FAILED_PRECONDITION, Code.ABORTED, Code.ALREADY_EXISTS})
        self.assertEqual(len(self.order(way)), 1)

    def test_validate_only_records_nothing(self):
        _, way = self.begin()
        seen = self.officer.RecordDecision(parent=way.name, validate_only=True,
                                           decision=self.decision("panel", "2020-01-15", "ENDORSE")).endorsement
        self.assertEqual(seen.decision_count, 1)
        self.assertEqual(self.order(way), [])

    def test_an_amendment_is_a_new_draft_that_earlier_bodies_see(self):
        version, way = self.begin(texts=("We listen",))
        self.decide(way, "panel", "2020-01-10", "ENDORSE")
        self.assertFalse(self.at(way, "").decisions[0].earlier_text)
        amended = self.decide(way, "cabinet", "2020-01-20", "AMEND")
        self.assertEqual((amended.step_id, amended.last_draft), ("panel", 1))
        self.officer.UpdateVersion(version={"name": version.name, "statements": [
            {**statement(1), "text": "We listen and answer"}]}, update_mask={"paths": ["statements"]})
        stood = self.at(way, "")
        self.assertEqual((stood.last_draft, [(d.draft, d.drafted_on, d.amended_by) for d in stood.drafts]),
                         (2, [(1, "2020-01-01", 0), (2, "2020-01-20", 2)]))
        panel, cabinet = stood.decisions
        self.assertEqual((panel.draft, panel.earlier_text), (1, True))
        self.assertEqual((cabinet.draft, cabinet.amended_draft, cabinet.earlier_text), (1, 2, False))
        self.assertEqual((panel.content_hash, cabinet.amended_hash), (stood.drafts[0].content_hash,
                                                                      stood.content_hash))
        self.assertFalse(self.at(way, "2020-01-19").decisions[0].earlier_text)
        text = self.officer.GetDraft(name=way.name, draft=1)
        self.assertIn("\tWe listen\t", text.content.decode())
        self.assertIn("\tWe listen and answer\t", self.officer.GetDraft(name=way.name, draft=2).content.decode())
        self.decide(way, "panel", "2020-02-01", "ENDORSE")
        self.assertEqual(self.decide(way, "cabinet", "2020-02-02", "APPROVE").state, APPROVED)
        # What was approved is what is adopted.
        self.officer.UpdateVersion(version={"name": version.name, "title": "Other"},
                                   update_mask={"paths": ["title"]})
        self.refused(Code.FAILED_PRECONDITION, self.adopt, version, "2020-02-02", "cabinet", field="name",
                     says="not the one that Cabinet approved")

    def test_what_the_route_does_not_allow(self):
        version, way = self.begin()
        bad = self.decision
        for code, field, decision in (
                (Code.FAILED_PRECONDITION, "decision.meeting", bad("cabinet", "2020-01-15", "APPROVE")),
                (Code.FAILED_PRECONDITION, "decision.kind", bad("panel", "2020-01-15", "REFER_BACK")),
                (Code.INVALID_ARGUMENT, "decision.meeting", bad("panel", "2019-12-31", "ENDORSE")),
                (Code.INVALID_ARGUMENT, "decision.meeting", bad("panel", day(1), "ENDORSE")),
                (Code.INVALID_ARGUMENT, "decision.kind", bad("panel", "2020-01-15", "UNSPECIFIED")),
                (Code.INVALID_ARGUMENT, "decision.minute_ref", bad("panel", "2020-01-15", "NOTE", minute_ref="")),
                (Code.INVALID_ARGUMENT, "decision.recommendation",
                 bad("panel", "2020-01-15", "NOTE", recommendation=" ")),
                (Code.INVALID_ARGUMENT, "decision.vote_taken", bad("panel", "2020-01-15", "NOTE", votes_for=1)),
                (Code.INVALID_ARGUMENT, "decision.votes_against",
                 bad("panel", "2020-01-15", "ENDORSE", vote_taken=True, votes_for=1, votes_against=2)),
                (Code.INVALID_ARGUMENT, "decision.call_in_waiver",
                 bad("panel", "2020-01-15", "ENDORSE", call_in_waiver="Urgent"))):
            with self.subTest(field=field, kind=decision["kind"]):
                self.refused(code, self.officer.RecordDecision, parent=way.name, decision=decision, field=field)
        self.refused(Code.PERMISSION_DENIED, self.worker.RecordDecision, parent=way.name,
                     decision=bad("panel", "2020-01-15", "ENDORSE"), says="may not record decisions of Panel")
        self.assertEqual(self.order(way), [])
        self.refused(Code.FAILED_PRECONDITION, self.start, version, "f", f"p{Rules.number}", "2020-02-01",
                     field="parent", says="under way already")
        self.decide(way, "panel", "2020-01-15", "REJECT")
        self.refused(Code.FAILED_PRECONDITION, self.adopt, version, "2020-01-16", "panel", field="name",
                     says="rejected by Panel")
        self.refused(Code.INVALID_ARGUMENT, self.start, version, "f", f"p{Rules.number}", "2020-01-14",
                     field="endorsement.started_on")
        self.assertEqual(self.start(version, "f", f"p{Rules.number}", "2020-01-16").body,
                         f"{self.parent}/bodies/panel")

    def test_key_decisions_forward_plan_and_call_in(self):
        version, way = self.begin(call_in_days=5)
        self.decide(way, "panel", "2020-01-10", "ENDORSE")
        soon, later = self.meeting("cabinet", "2020-02-10"), self.meeting("cabinet", "2020-03-10")
        give = self.officer.GiveNotice
        self.refused(Code.INVALID_ARGUMENT, give, parent=way.name, field="notice.urgency_reason", says="has 28 days",
                     notice={"meeting": soon, "published_on": "2020-01-14"})
        given = give(parent=way.name, notice={"meeting": soon, "published_on": "2020-01-13"}).notice
        self.assertEqual((given.days_of_notice, given.held_on, given.body_display_name), (28, "2020-02-10", "Cabinet"))
        give(parent=way.name, notice={"meeting": later, "published_on": "2020-03-01", "urgency_reason": "An order"})

        def plan(on):
            return [n.meeting for n in self.officer.ListForwardPlan(parent=self.parent, as_at=on).notices]
        self.assertEqual([plan(on) for on in ("2020-01-12", "2020-01-13", "2020-02-10", "2020-03-01")],
                         [[], [soon], [soon], [later]])
        said = {"kind": "DECISION_KIND_APPROVE", "minute_ref": "9", "recommendation": "To approve"}
        self.refused(Code.INVALID_ARGUMENT, self.officer.RecordDecision, parent=way.name, field="decision.key_decision",
                     decision=self.decision("cabinet", "2020-02-09", "APPROVE", key_decision=True))
        self.refused(Code.INVALID_ARGUMENT, self.officer.RecordDecision, parent=way.name, field="decision.key_decision",
                     decision={**said, "meeting": soon})
        done = self.officer.RecordDecision(parent=way.name, decision={**said, "meeting": soon, "key_decision": True}
                                           ).endorsement
        self.assertEqual((done.state, done.ended_on, done.effective_on), (APPROVED, "2020-02-10", "2020-02-15"))
        self.assertEqual((done.decisions[1].notice_on, done.decisions[1].key_decision), ("2020-01-13", True))
        self.assertEqual(plan("2020-02-10"), [])
        self.refused(Code.INVALID_ARGUMENT, self.adopt, version, "2020-02-14", "cabinet", field="adopted_on")
        self.assertEqual(self.adopt(version, "2020-02-15", "cabinet").adopted_on, "2020-02-15")
        _, worked = self.begin(call_in_days=5, working_days=True)
        self.decide(worked, "panel", "2020-01-10", "ENDORSE")
        self.assertEqual(self.decide(worked, "cabinet", "2020-04-09", "APPROVE").effective_on, "2020-04-20")  # Easter
        step = self.officer.GetRoute(name=worked.route).route.steps[1]
        self.assertEqual((step.call_in_days, step.working_days), (5, True))
        _, urgent = self.begin(call_in_days=5)
        self.decide(urgent, "panel", "2020-01-10", "ENDORSE")
        done = self.decide(urgent, "cabinet", "2020-01-11", "APPROVE", call_in_waiver="A court waits for it")
        self.assertEqual(done.effective_on, "2020-01-11")

    def test_a_route_that_does_not_hold_together(self):
        made = route("Bad", ("panel", 30), ("cabinet", 30))(self.parent)
        made["moves"][0].update(step_id="none")
        made["moves"][1].update(leads_to="MOVE_TARGET_STEP")
        made["recorders"].pop()
        error = self.refused(Code.INVALID_ARGUMENT, self.officer.CreateRoute, parent=self.parent, route_id="bad",
                             route=made)
        self.assertEqual(sorted(harness.violations(error)),
                         ["route.moves[0].step_id", "route.moves[1].to_step_id", "route.steps[1].step_id"])
        good = self.make_route("good", route("Good", ("panel", 30), ("cabinet", 30)))
        self.assertEqual(self.officer.UpdateRoute(route=good).route.moves, good.moves)
        renamed = self.officer.UpdateRoute(route={"name": good.name, "display_name": "Better"},
                                           update_mask={"paths": ["display_name"]}).route
        self.assertEqual((renamed.display_name, renamed.steps, renamed.moves, renamed.recorders),
                         ("Better", good.steps, good.moves, good.recorders))
        self.assertEqual([(r.name, r.revision) for r in self.officer.ListRoutes(parent=self.parent).routes
                          if r.name == good.name], [(good.name, 3)])

    def test_who_sat_on_a_body_on_a_day(self):
        parent = f"{self.parent}/bodies/panel"
        for identifier, seat in {
                "chair": {"role": "BODY_ROLE_CHAIR", "party": "Blue", "sits_from": "2006-03-01",
                          "sits_to": "2010-05-05"},
                "chair-2": {"role": "BODY_ROLE_CHAIR", "party": "Red", "sits_from": "2010-05-06"},
                "housing": {"role": "BODY_ROLE_ADVISER", "sits_from": "2008-01-01",
                            "owner": f"{self.parent}/departments/housing"}}.items():
            self.officer.AddBodyMember(parent=parent, body_member_id=identifier,
                                       body_member={"display_name": "Lead member", **seat})

        def sat(on, **more):
            return [m.name.split("/")[-1] for m in
                    self.worker.ListBodyMembers(parent=parent, as_at=on, **more).body_members]
        self.assertEqual([sat(on) for on in ("2006-02-28", "2008-01-01", "2010-05-05", "2010-05-06", "")],
                         [[], ["chair", "housing"], ["chair", "housing"], ["chair-2", "housing"],
                          ["chair", "chair-2", "housing"]])
        page = self.worker.ListBodyMembers(parent=parent, page_size=2)
        self.assertEqual(sat("", page_token=page.next_page_token), ["housing"])
        seat = self.officer.UpdateBodyMember(
            body_member={"name": f"{parent}/members/housing", "sits_to": "2012-01-31"},
            update_mask={"paths": ["sits_to"]}).body_member
        self.assertEqual((seat.sits_to, seat.owner_display_name), ("2012-01-31", "Housing"))
        self.assertEqual(sat("2012-02-01"), ["chair-2"])
        self.refused(Code.INVALID_ARGUMENT, self.officer.UpdateBodyMember, field="update_mask.paths[0]",
                     body_member={"name": seat.name, "role": "BODY_ROLE_CHAIR"}, update_mask={"paths": ["nothing"]})
        self.refused(Code.INVALID_ARGUMENT, self.officer.AddBodyMember, parent=parent, body_member_id="x",
                     field="body_member.role", body_member={"display_name": "X", "sits_from": "2010-01-01"})
        self.refused(Code.INVALID_ARGUMENT, self.officer.AddBodyMember, parent=parent, body_member_id="x",
                     field="body_member.sits_from",
                     body_member={"display_name": "X", "role": "BODY_ROLE_MEMBER", "sits_from": "2006-02-28"})
        self.refused(Code.INVALID_ARGUMENT, self.worker.ListBodyMembers, parent=parent, as_at="2010", field="as_at")


if __name__ == "__main__":
    harness.main()
