# SPDX-License-Identifier: Apache-2.0
"""The Children in Care Council over the wire and by `pledge`: counts, ratings, words, issues."""

import re

import grpc
import harness
from council import SmallCouncil, day
from pledge.v1 import children_in_care_council_pb2 as cicc_pb2
from pledge.v1 import monitor_pb2
from test_cli import Cli

Code = grpc.StatusCode
CONCERN = "Somebody at home hurts me."


class Watched(Cli, SmallCouncil):
    """Derby with a Children in Care Council, which had a session of nine and one of four."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.member("derby", "derby-worker", "ROLE_SUPPORT_WORKER")
        cls.councillor = cls.member("derby", "derby-councillor", "ROLE_ELECTED_MEMBER")
        cls.inspector = cls.admin.CreateMember(parent=cls.parent, member_id="inspector", member={
            "display_name": "Inspector", "role": "ROLE_INSPECTOR", "expires_on": day(30),
            "certificate_sha256": harness.fingerprint("derby-inspector")})
        cls.inspector = harness.Api(cls.daemon, "derby-inspector")
        cls.safeguarding = cls.member("derby", "derby-safeguarding", "ROLE_SAFEGUARDING_OFFICER")
        cls.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        cls.stranger = cls.member("halton", "halton-worker", "ROLE_SUPPORT_WORKER")
        cls.officer.CreateBody(parent=cls.parent, body_id="cicc", body={"display_name": "Voices in Action"})
        cls.sessions = [cls.worker.RecordCouncilSession(
            parent=f"{cls.parent}/bodies/cicc", session_id=on, session={
                "held_on": on, "participants": participants, "themes": ["being-in-care"]}).session
            for on, participants in (("2019-03-01", 9), ("2019-06-01", 4))]

    def rate(self, session, counts, words=(), **more):
        return self.worker.RecordRatings(
            parent=self.sessions[session].name, version=self.version.name,
            ratings=[{"statement_id": number, "keeping": k, "partly": p, "not_keeping": n, "cannot_say": c}
                     for number, (k, p, n, c) in counts.items()],
            words=[{"statement_id": number, "text": text} for number, text in words], **more).ratings

    def latest(self, api, **more):
        return {r.statement_id: r for r in api.ListLatestRatings(parent=self.version.name, **more).ratings}


class CouncilOfYoungPeople(Watched):
    def test_ratings_beside_one_another(self):
        self.rate(0, {"1": (8, 0, 1, 0), "2": (6, 1, 1, 1)}, validate_only=True)
        self.assertEqual(self.latest(self.worker), {})
        request = "6cfd2a3e-0a1b-4c4d-8e8f-000000000001"
        first = self.rate(0, {"1": (8, 0, 1, 0), "2": (3, 3, 3, 0)}, request_id=request)
        self.assertEqual(first, self.rate(0, {"1": (8, 0, 1, 0), "2": (3, 3, 3, 0)}, request_id=request))
        self.rate(1, {"1": (1, 0, 3, 0)})
        told = self.latest(self.worker)
        self.assertEqual([(told[n].prevailing, told[n].rated_on, told[n].participants) for n in "12"],
                         [(3, "2019-06-01", 4), (3, "2019-03-01", 9)])
        self.assertEqual([c.count for c in told["1"].counts], [1, 0, 3, 0])
        for api in (self.councillor, self.inspector, self.director):
            told = self.latest(api)
            self.assertEqual((told["1"].prevailing, told["1"].participants, told["1"].suppressed), (3, 0, True))
            self.assertEqual([(c.count, c.suppressed) for r in told.values() for c in r.counts], [(0, True)] * 8)
        before = self.latest(self.councillor, as_at="2019-05-31")["1"]
        self.assertEqual((before.prevailing, before.participants), (1, 9))
        self.assertEqual(self.latest(self.worker, known_on=day(-1)), {})
        self.assertEqual(set(self.latest(self.agency)), {"1"}, "an agency sees what it has a commitment to")
        name = told["1"].name
        self.refused(Code.PERMISSION_DENIED, self.worker.ReplyToRating, name=name, text="X")
        reply = self.director.ReplyToRating(name=name, text="Two more workers start in May.").reply
        self.assertEqual((reply.owner_display_name, reply.replied_on), ("Housing", day(0)))
        seen = self.councillor.ListRatings(parent=f"{self.version.name}/statements/1")
        self.assertEqual(([r.rated_on for r in seen.ratings], seen.ratings[0].reply_count, seen.replies[0].text),
                         (["2019-06-01", "2019-03-01"], 1, reply.text))
        for call in (self.stranger.ListLatestRatings, self.stranger.ListWords):
            self.refused(Code.PERMISSION_DENIED, call, parent=self.version.name)
        bad = self.refused(Code.INVALID_ARGUMENT, self.rate, 1, {"1": (5, 0, 0, 0), "9": (0, 0, 0, 0)})
        self.assertEqual(list(harness.violations(bad)), ["ratings[0].keeping", "ratings[1].statement_id",
                                                         "ratings[1].keeping"])

    def test_the_monitor_shows_both_side_by_side(self):
        self.rate(1, {"1": (1, 0, 3, 0), "2": (4, 0, 0, 0)})
        self.round("both", opens=-20, due=10, closes=20)
        self.director.SubmitReturn(parent=f"{self.parent}/rounds/both", owner_return=self.report(
            "housing", [self.line("h1", evidence="Minute 7"), self.line("h2")]))
        for api in (self.councillor, self.inspector):
            lines = {line.statement_id: line for line in api.GetMonitor(parent=self.parent, round_id="both").statements}
            told = {number: (monitor_pb2.Standing.Name(line.standing)[9:],
                             cicc_pb2.KeptAnswer.Name(line.young_rating)[12:], line.disagrees)
                    for number, line in lines.items()}
            green = next(number for number, line in lines.items() if line.standing == monitor_pb2.STANDING_GREEN)
            self.assertEqual(told["1"][1], "NOT_KEEPING")
            self.assertEqual(told["2"][1], "KEEPING")
            self.assertEqual(told[green][2], told[green][1] not in ("KEEPING", "UNSPECIFIED"), told)
            self.assertEqual({line.evidence_count for line in lines.values()}, {0, 1})
        self.assertEqual(lines["1"].young_rated_on, "2019-06-01")
        shown = self.good("derby-councillor", "monitor", "derby", "--round", "both")
        self.assertIn("✗ not keeping", shown)
        self.assertIn("young people", shown)
        self.fits(shown)
        self.assertIn("Young people: ✗ not keeping, 1 Jun 2019",
                      self.good("derby-councillor", "monitor", "derby", "--round", "both", "--promise", "1"))

    def everything(self, api):
        """All words that a caller can hear."""
        said = []
        for call, field, more in (
                (api.ListWords, "words", {"parent": self.version.name}),
                *((api.ListWordsToModerate, "words", {"parent": self.version.name, "state": f"TEXT_STATE_{state}"})
                  for state in ("WAITING", "SHOWN", "HIDDEN", "CONCERN")),
                (api.ListRaisedIssues, "raised_issues", {"parent": self.parent})):
            try:
                said += [item.text for item in getattr(call(**more), field)]
            except grpc.RpcError as error:
                self.assertEqual(error.code(), Code.PERMISSION_DENIED)
        return said

    def test_words_wait_and_a_concern_leaves_every_list_at_once(self):
        self.rate(0, {"3": (9, 0, 0, 0)}, [("3", CONCERN), ("3", "They listened.")])
        waiting = {w.text: w for w in self.worker.ListWordsToModerate(parent=self.version.name).words}
        self.assertEqual(set(waiting), {CONCERN, "They listened."})
        self.assertNotIn(CONCERN, self.everything(self.director))
        for words in waiting.values():
            self.worker.ModerateWords(name=words.name, state="TEXT_STATE_SHOWN")
        self.assertIn(CONCERN, self.everything(self.director))
        self.worker.RaiseIssue(parent=self.parent, raised_issue_id="harm", raised_issue={
            "session": self.sessions[1].name, "department": f"{self.parent}/departments/housing",
            "text": "It hurts there."})
        self.assertIn("It hurts there.", self.everything(self.director))
        issue = self.director.GetRaisedIssue(name=f"{self.parent}/raisedIssues/harm").raised_issue
        for name in (waiting[CONCERN].name, issue.words):
            self.refused(Code.INVALID_ARGUMENT, self.worker.ModerateWords, name=name, state="TEXT_STATE_CONCERN")
            self.worker.ModerateWords(name=name, state="TEXT_STATE_CONCERN", reason="Harm at home")
            self.refused(Code.NOT_FOUND, self.worker.ModerateWords, name=name, state="TEXT_STATE_SHOWN")
        for api in (self.worker, self.officer, self.director, self.agency, self.councillor, self.inspector,
                    self.safeguarding, self.stranger):
            said = self.everything(api)
            self.assertNotIn(CONCERN, said)
            self.assertNotIn("It hurts there.", said)
        for call in (self.director.GetRaisedIssue, self.worker.GetRaisedIssue):
            self.refused(Code.NOT_FOUND, call, name=issue.name)
        self.refused(Code.NOT_FOUND, self.director.AnswerIssue, name=issue.name, text="X")
        concerns = self.safeguarding.ListSafeguardingConcerns(parent=self.parent).concerns
        self.assertEqual({c.text for c in concerns}, {CONCERN, "It hurts there."})

    def test_an_issue_has_a_clock(self):
        raise_it = lambda **more: self.worker.RaiseIssue(
            parent=self.parent, raised_issue_id="bags", raised_issue={
                "session": self.sessions[0].name, "department": f"{self.parent}/departments/housing",
                "text": "Our things come in bin bags."}, **more).raised_issue
        name = raise_it(validate_only=True).name
        self.refused(Code.NOT_FOUND, self.worker.GetRaisedIssue, name=name)
        issue = raise_it()
        self.assertEqual((issue.raised_on, issue.due_on, issue.state), ("2019-03-01", "2019-03-21", 1))
        self.refused(Code.ALREADY_EXISTS, raise_it, field="raised_issue_id")
        self.refused(Code.PERMISSION_DENIED, self.councillor.AnswerIssue, name=name, text="X")
        self.refused(Code.PERMISSION_DENIED, self.agency.ListRaisedIssues, parent=self.parent)
        answered = self.director.AnswerIssue(name=name, text="You get suitcases.", happened_on="2019-03-25",
                                             etag=issue.etag).raised_issue
        self.assertEqual((answered.state, answered.answer_count), (2, 1))
        self.refused(Code.ABORTED, self.worker.RecordSatisfaction, name=name, satisfied=True, etag=issue.etag)
        self.officer.UpdateCouncilSettings(settings={"name": self.parent, "answer_days": 10},
                                           update_mask={"paths": ["answer_days"]})
        opened = self.worker.RecordSatisfaction(name=name, text="Two have none.", happened_on="2019-04-01").raised_issue
        self.assertEqual((opened.state, opened.due_on, opened.not_satisfied_count), (1, "2019-04-11", 1))
        self.assertEqual([e.kind for e in opened.history], [1, 3])
        (late,) = [i for i in self.councillor.ListRaisedIssues(parent=self.parent, as_at="2019-04-21").raised_issues
                   if i.name == name]
        self.assertEqual((late.days_over, late.state), (10, 1))
        (was,) = self.councillor.ListRaisedIssues(parent=self.parent, as_at="2019-03-24").raised_issues
        self.assertEqual((was.state, was.days_over, was.due_on), (1, 3, "2019-03-21"))
        stood = self.inspector.GetRaisedIssue(name=name, as_at="2019-03-31").raised_issue
        self.assertEqual((stood.state, len(stood.history)), (2, 1))

    def test_size_and_make_up(self):
        record = lambda **more: self.worker.RecordMakeUp(parent=self.parent, make_up_id="2019", make_up={
            "counted_on": "2019-01-01", "size": 15, "groups": [
                {"kind": "age", "label": label, "count": count}
                for label, count in (("under 12", 2), ("12 to 15", 7), ("16 and over", 6))], **more})
        bad = self.refused(Code.INVALID_ARGUMENT, record, size=14, counted_on=day(1))
        self.assertEqual(list(harness.violations(bad)), ["make_up.counted_on", "make_up.groups"])
        record()
        of = lambda api: [(g.count, g.suppressed) for g in api.ListMakeUps(parent=self.parent).make_ups[0].groups]
        self.assertEqual(of(self.worker), [(2, False), (7, False), (6, False)])
        self.assertEqual(of(self.councillor), [(0, True), (7, False), (0, True)])
        self.assertEqual(len(self.councillor.ListMakeUps(parent=self.parent, as_at="2018-12-31").make_ups), 0)
        self.refused(Code.PERMISSION_DENIED, self.agency.ListMakeUps, parent=self.parent)

    def test_no_child_has_a_seat(self):
        seat = lambda role: self.officer.AddBodyMember(
            parent=f"{self.parent}/bodies/cicc", body_member_id=role.lower(), body_member={
                "display_name": "Support worker", "role": f"BODY_ROLE_{role}", "sits_from": "2019-01-01"})
        self.refused(Code.FAILED_PRECONDITION, seat, "MEMBER", field="body_member.role")
        seat("ADVISER")
        told = [s.participants for s in self.councillor.ListCouncilSessions(parent=self.parent).sessions]
        self.assertEqual(told[-2:], [0, 9])

    def test_the_command_line_from_end_to_end(self):
        who = "derby-worker"

        def show(*arguments, identity=who):
            told = self.good(identity, *arguments)
            self.fits(told)
            self.plain(told)
            return told

        self.assertIn("within", show("cicc", "settings", "derby"))
        self.assertIn("Money", show("cicc", "settings", "derby", "--theme", "money=Money", "--answer-days", "10",
                                    identity="derby-officer"))
        show("cicc", "count", "derby", "2018-06-01", "--size", "15", "--group", "age=under 14,7", "--group",
             "age=14 and over,8")
        self.bad(who, "cicc", "count", "derby", "2018-07-01", "--size", "15", "--group", "age=7", code=2,
                 says="KIND=LABEL,N")
        self.assertIn("15 young people", show("cicc", "make-up", "derby", "--as-at", "2018-12-31"))
        self.assertIn("money", show("cicc", "session", "derby", "cicc", "2018-06-02", "--participants", "15", "--theme",
                                    "money"))
        self.assertIn("Voices in Action", show("cicc", "sessions", "derby", "--as-at", "2018-12-31",
                                               identity="derby-councillor"))
        self.assertRegex(show("cicc", "sessions", "derby", identity="derby-councillor"), "Voices in Action +under 6")
        rate = ("cicc", "rate", "derby", "promise/1", "--session", "cicc/2018-06-02")
        self.bad(who, *rate, "--rating", "2=many", code=2, says="2=many")
        told = show(*rate, "--rating", "2=12/1/2/0", "--words", "2=We were asked first.")
        self.assertIn("cicc words derby promise/1 --state waiting", told)
        self.assertRegex(show("cicc", "ratings", "derby", "promise/1", "--as-at", "2018-12-31"),
                         r"2 +2 Jun 2018 +keeping +12 +1 +2 +0 +0")
        self.assertRegex(show("cicc", "ratings", "derby", "promise/1", "--as-at", "2018-12-31",
                              identity="derby-councillor"), r"2 +2 Jun 2018 +keeping +– +– +– +– +0")
        number = self.latest(self.worker, as_at="2018-12-31")["2"].name.rsplit("/", 1)[1]
        self.assertIn("Housing", show("cicc", "reply", "derby", "promise/1", "2", number, "--text", "Thank you.",
                                      identity="housing-director"))
        self.assertIn("Thank you.", show("cicc", "ratings", "derby", "promise/1", "--promise", "2"))
        words = next(w.name for w in self.worker.ListWordsToModerate(parent=self.version.name).words
                     if w.text == "We were asked first.").rsplit("/", 1)[1]
        self.assertIn("pledge cicc words derby promise/1 --state waiting\n", show("tasks", "derby"))
        self.assertIn("asked first", show("cicc", "words", "derby", "promise/1", "--state", "waiting"))
        self.assertIn("Done", show("cicc", "moderate", "derby", words, "--as", "shown"))
        self.assertIn("asked first", show("cicc", "words", "derby", "promise/1", identity="derby-councillor"))
        show("raised-issue", "raise", "derby", "phones", "--session", "cicc/2018-06-02", "--department", "housing",
             "--text", "We want to keep our phones at night.")
        self.bad(who, "raised-issue", "answer", "derby", "phones", "--text", "No", says="role")
        show("raised-issue", "answer", "derby", "phones", "--text", "From May you may.", "--on", "2018-06-04",
             identity="housing-director")
        self.assertIn("not satisfied", show("raised-issue", "satisfied", "derby", "phones", "no", "--text",
                                            "May is late.", "--on", "2018-06-05"))
        self.assertRegex(show("raised-issue", "list", "derby", "--as-at", "2018-12-31"), "phones +2 Jun 2018 +Housing")
        self.assertIn("From May", show("raised-issue", "show", "derby", "phones"))
        harness.psql(self.daemon.database, "UPDATE pledge.response_text SET text = '', erased_on = current_date"
                     " WHERE raised_issue_id = 'phones'")
        for command in (("list", "derby"), ("show", "derby", "phones")):
            self.assertIn("(the words are no longer kept)", show("raised-issue", *command))


del Cli, SmallCouncil, Watched  # the loader would take them for tests of this program

if __name__ == "__main__":
    harness.main()
