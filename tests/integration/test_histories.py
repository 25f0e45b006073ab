# SPDX-License-Identifier: Apache-2.0
"""Four councils' pasts from draft to issued pledge: the sample data, replayed by the command line, as at chosen days.

tests/data/history has the data and says where its days come from.
"""

import os
import subprocess

import grpc
import harness
from pledge.v1 import endorsement_pb2, pledge_pb2, promotion_pb2, route_pb2, sign_up_pb2
from test_cli import PLEDGE, Cli

Code = grpc.StatusCode
STATES = endorsement_pb2.EndorsementState
HISTORY = os.path.join(harness.ROOT, "tests/tools/history.sh")
DATA = os.path.join(harness.ROOT, "tests/data/history")
LOAD_SECONDS = 280


def last(name):
    return name.split("/")[-1]


class History(Cli, harness.Case):
    """A council with its whole past; subclasses say which."""

    authority = None
    settings = {"PLEDGED_SECRET_KEY": harness.secret_key()}

    @classmethod
    def setUpClass(cls):
        if cls.authority is None:
            return
        super().setUpClass()
        cls.parent = f"authorities/{cls.authority}"
        cls.admin.CreateAuthority(authority_id=cls.authority, authority={"display_name": cls.authority.title()})
        cls.officer = cls.member(cls.authority, f"{cls.authority}-officer", "ROLE_OFFICER")
        cls.worker = cls.member(cls.authority, f"{cls.authority}-worker", "ROLE_SUPPORT_WORKER")
        cls.councillor = cls.member(cls.authority, f"{cls.authority}-councillor", "ROLE_ELECTED_MEMBER")
        cls.loaded = cls.load()

    @classmethod
    def tearDownClass(cls):
        if cls.authority is not None:
            super().tearDownClass()

    @classmethod
    def load(cls):
        done = subprocess.run([HISTORY, cls.authority], capture_output=True, text=True, timeout=LOAD_SECONDS,
                              env=cls.environment(PLEDGE=PLEDGE, IDENTITIES=os.path.join(harness.WORK, "identities")))
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def way(self, version, identifier, on="", known_on=""):
        name = f"{self.parent}/pledges/{version.replace('/', '/versions/')}/endorsements/{identifier}"
        return self.officer.GetEndorsement(name=name, as_at=on, known_on=known_on).endorsement

    def where(self, version, identifier, on):
        """(state, body whose turn it is, days waited, stalled) on a day."""
        stood = self.way(version, identifier, on)
        return STATES.Name(stood.state)[18:], last(stood.body), stood.days_waited, stood.stalled

    def order(self, version, identifier, on=""):
        return [(d.decided_on, last(d.body), route_pb2.DecisionKind.Name(d.kind)[14:])
                for d in self.way(version, identifier, on).decisions]

    def version(self, name):
        return self.officer.GetVersion(name=f"{self.parent}/pledges/{name.replace('/', '/versions/')}").version

    def adopted(self, name):
        version = self.version(name)
        return version.adopted_on, last(version.adopted_by), version.statement_count

    def lineage(self, name):
        """How many statements each change touches, of CompareVersions."""
        found = {}
        for change in self.officer.CompareVersions(name=self.version(name).name).changes:
            word = pledge_pb2.Change.Name(change.change)[7:]
            found[word] = found.get(word, 0) + 1
        return found

    def reach(self, pledge, on):
        """{audience: (issued, acknowledged, due again)} of audiences that anything was issued to, and the version."""
        told = self.officer.GetReach(name=f"{self.parent}/pledges/{pledge}", as_at=on)
        return told.version, {promotion_pb2.IssueAudience.Name(r.audience)[15:]: (r.issued, r.acknowledged, r.reissue_due)
                              for r in told.audiences if r.last_issued_on}

    def results(self, consultation):
        return self.councillor.GetConsultationResults(name=f"{self.parent}/consultations/{consultation}")

    def everything(self):
        """What a second run must leave as it is."""
        seen = [str(self.officer.ListEndorsements(parent=self.parent)), str(self.officer.ListRoutes(parent=self.parent)),
                str(self.officer.ListIssues(parent=self.parent)), str(self.officer.ListLaunchEvents(parent=self.parent))]
        for round_ in self.officer.ListConsultations(parent=self.parent).consultations:
            seen += [str(self.officer.GetConsultationResults(name=round_.name)),
                     str(self.officer.ListAmendments(parent=round_.name)), str(self.officer.ListSaidDone(parent=round_.name)),
                     str(self.officer.ListQuestions(parent=round_.name))]
        seen += [str(self.officer.GetWorkItem(name=item.name)) for item in
                 self.officer.ListWorkItems(parent=self.parent).work_items]
        seen += [str(self.officer.ListProposals(parent=programme.name, page_size=1000)) for programme in
                 self.officer.ListProgrammes(parent=self.parent).programmes]
        for pledge in self.officer.ListPledges(parent=self.parent).pledges:
            for version in self.officer.ListVersions(parent=pledge.name).versions:
                seen.append(str(self.officer.ListSignatures(parent=version.name)))
        for way in self.officer.ListEndorsements(parent=self.parent).endorsements:
            seen.append(str(self.officer.GetEndorsement(name=way.name)))
        for body in self.officer.ListBodies(parent=self.parent).bodies:
            seen += [str(self.officer.ListMeetings(parent=body.name)), str(self.officer.ListBodyMembers(parent=body.name))]
        return seen

    def signed(self, version, on):
        """The kinds of signature, how many young people signed, and the event, of a version that was signed on a day."""
        listed = self.officer.ListSignatures(parent=self.version(version).name)
        events = {last(s.event): s.signed_at for s in listed.signatures}
        self.assertEqual(set(events.values()), {on})
        self.assertEqual({s.earlier_wording for s in listed.signatures}, {False})
        return sorted({sign_up_pb2.SignatureKind.Name(s.kind)[15:] for s in listed.signatures}), listed.young_people, \
            list(events)

    def seen_on(self, *arguments):
        """What a person reads at 80 columns."""
        told = self.good(f"{self.authority}-officer", *arguments, COLUMNS="80")
        self.assertLessEqual(max(map(len, told.splitlines())), 80, told)
        return told


class Leicester(History):
    authority = "leicester"

    def test_the_way_of_2010(self):
        self.assertEqual(self.adopted("pledge/1"), ("2010-09-06", "cabinet", 55))
        self.assertEqual(self.where("pledge/1", "2010", "2010-06-01"), ("UNDER_WAY", "childrens-scrutiny", 0, False))
        self.assertEqual(self.where("pledge/1", "2010", "2010-08-30"), ("UNDER_WAY", "childrens-scrutiny", 90, False))
        self.assertEqual(self.where("pledge/1", "2010", "2010-08-31"), ("UNDER_WAY", "cabinet", 0, False))
        self.assertEqual(self.where("pledge/1", "2010", "2010-09-06"), ("APPROVED", "", 0, False))
        self.assertEqual(self.order("pledge/1", "2010"), [("2010-08-31", "childrens-scrutiny", "REFER_ON"),
                                                          ("2010-09-06", "cabinet", "APPROVE")])
        self.assertEqual(self.order("pledge/1", "2010", "2010-09-05"), [("2010-08-31", "childrens-scrutiny", "REFER_ON")])
        self.refused(Code.NOT_FOUND, self.way, "pledge/1", "2010", "2010-05-31")
        self.refused(Code.NOT_FOUND, self.way, "pledge/1", "2010", "2010-09-06", "2010-09-06")  # recorded long after
        self.assertIn("Cabinet", self.seen_on("endorsement", "show", "leicester", "pledge/1"))

    def test_the_population_of_2007(self):
        seen = self.officer.GetPopulation(name=f"{self.parent}/populations/2007-09-30").population
        self.assertEqual((seen.total, [h.percent for h in seen.headlines]), (441, [75, 69, 11]))
        shown = self.seen_on("population", "show", "leicester")
        self.assertIn("441 in care\n75 % on care orders · 69 % in foster care · 11 % in children's homes", shown)
        self.assertIn("30 Jun 2007", self.seen_on("population", "show", "leicester", "--as-at", "2007-09-29"))
        values = self.officer.ListIndicatorValues(parent=f"{self.parent}/indicators/in-childrens-homes").values
        self.assertEqual([(v.value, v.rating, v.trend) for v in values], [(11.1, 2, 1), (12.1, 2, 1), (12.9, 2, 0)])
        self.assertIn("▲ better", self.seen_on("indicator", "list", "leicester"))

    def test_what_six_months_of_consultation_changed(self):
        amendments = self.officer.ListAmendments(parent=f"{self.parent}/consultations/pledge-2010").amendments
        self.assertEqual([(a.statement_id, a.state) for a in amendments], [("6-6", 2), ("4-8", 2), ("1-7", 2), ("5-3", 3)])
        texts = {s.statement_id: s.text for s in self.version("pledge/1").statements}
        for amendment in amendments:
            said = amendment.proposed_words if amendment.state == 2 else amendment.exact_words
            self.assertIn(said, texts[amendment.statement_id])
        edits = self.officer.ListVersionEdits(parent=self.version("pledge/1").name).edits
        self.assertEqual(sorted(e.part_id for e in edits), ["1-7", "4-8", "6-6"])
        self.assertEqual(self.way("pledge/1", "2010").last_draft, 1)
        told = self.results("pledge-2010")
        self.assertEqual({g.group_id: g.responding_count for g in told.groups}["young-people-13-17"], 40)
        self.assertIn("An answer to a complaint", self.seen_on("said-done", "list", "leicester", "pledge-2010"))

    def test_who_sat_on_the_forum(self):
        body = f"{self.parent}/bodies/corporate-parenting-forum"
        sat = {day: len(self.officer.ListBodyMembers(parent=body, as_at=day).body_members)
               for day in ("2006-02-28", "2006-03-01", "2007-06-19", "2008-01-01")}
        self.assertEqual(sat, {"2006-02-28": 0, "2006-03-01": 8, "2007-06-19": 9, "2008-01-01": 9})
        self.assertEqual(self.officer.GetBody(name=body).body.meeting_interval_months, 2)
        self.assertEqual(len(self.officer.GetBody(name=body).body.terms_of_reference), 19)
        seat = self.officer.ListBodyMembers(parent=body).body_members[0]
        self.assertEqual(self.officer.GetBodyMember(name=seat.name).body_member, seat)
        self.refused(Code.NOT_FOUND, self.officer.GetBodyMember, name=seat.name + "x")
        for words, says in (("show", "Terms of reference"), ("members", "Lead member"), ("member", "2007"),
                            ("meetings", "4 Sep 2007")):
            told = self.seen_on("body", words, "leicester", "corporate-parenting-forum",
                                *(["rights-officer"] if words == "member" else []))
            self.assertIn(says, told)

    def test_who_was_briefed(self):
        sessions = {b.held_on: b for b in self.councillor.ListBriefings(parent=self.parent, as_at="2007-06-30").briefings}
        self.assertEqual((sessions["2007-06-19"].planned, sessions["2007-10-25"].planned), (False, True))
        reached = lambda on: {p.party: (p.covered_count, p.member_count) for p in self.councillor.GetBriefingCoverage(
            name=f"{self.parent}/bodies/all-members", as_at=on).coverage.parties}
        self.assertEqual(reached("2007-06-19"), {"Majority group": (3, 5), "First minority group": (1, 3),
                                                 "Second minority group": (0, 2)})
        self.assertEqual(reached("2007-10-25"), {"Majority group": (5, 5), "First minority group": (2, 3),
                                                 "Second minority group": (0, 2)})
        self.assertIn("19 Jun 2007", self.seen_on("briefing", "list", "leicester"))
        self.assertRegex(self.seen_on("briefing", "coverage", "leicester", "all-members"), r"Second minority group +2 +0 +Ward")

    def test_it_was_signed(self):
        self.assertEqual(self.signed("pledge/1", "2010-06-01"), (["PAPER"], 7, ["signing-2010"]))

    def test_it_was_issued(self):
        self.assertEqual(self.reach("pledge", "2010-09-05"), (0, {}))
        self.assertEqual(self.reach("pledge", "2010-10-10")[1],
                         {"CHILDREN_IN_CARE": (420, 0, False), "CARE_LEAVERS": (96, 0, False), "MEMBERS": (54, 49, False)})
        version, told = self.reach("pledge", "2010-12-31")
        self.assertEqual((version, told["CHILDREN_IN_CARE"]), (1, (420, 275, False)))
        self.assertEqual([last(e.name) for e in self.officer.ListLaunchEvents(parent=self.parent).launch_events],
                         ["signing-2010"])

    def test_the_work_programme_and_the_white_paper(self):
        told = self.officer.GetProgramme(name=f"{self.parent}/programmes/white-paper-2007", as_at="2008-12-31")
        self.assertEqual([(a.title, a.counts.proposals) for a in told.areas], [
            ("Corporate parenting", 14), ("Family and parenting support", 14), ("Care placements", 22), ("Education", 24),
            ("Health and well-being", 16), ("Transition to adulthood", 16), ("The role of the practitioner", 10),
            ("Next steps", 6)])
        counts = told.programme.counts
        self.assertEqual((counts.proposals, counts.taken_up, counts.not_taken_up, counts.set_aside, counts.done, counts.late),
                         (122, 9, 113, 2, 4, 0))
        requests = self.councillor.ListWorkItems(parent=self.parent, source="WORK_SOURCE_YOUNG_PEOPLE").work_items
        self.assertEqual(sorted(i.heading for i in requests), list(range(1, 8)))
        late = self.councillor.ListWorkItems(parent=self.parent, overdue_only=True).work_items
        self.assertLessEqual({"see-the-home-first", "supported-lodgings"}, {last(i.name) for i in late})
        passes = self.councillor.GetWorkItem(name=f"{self.parent}/workItems/leisure-pass")
        self.assertEqual((passes.work_item.state, len(passes.milestones), len(passes.offers), len(passes.achievements)),
                         (4, 2, 2, 2))
        before = self.councillor.GetWorkItem(name=f"{self.parent}/workItems/leisure-pass", as_at="2007-12-31")
        self.assertEqual((before.work_item.rating, before.work_item.reached_count, len(before.achievements)), (2, 1, 0))
        self.assertIn("all areas", self.seen_on("programme", "show", "leicester", "white-paper-2007"))
        self.assertIn("Coaches who give", self.seen_on("work", "show", "leicester", "leisure-pass"))
        with open(os.path.join(DATA, "leicester-programme.csv"), encoding="utf-8") as file:
            loaded = file.read().splitlines()
        exported = self.good("leicester-officer", "programme", "export", "leicester", "white-paper-2007").splitlines()
        self.assertEqual(len(exported), 5 + 122)
        decided = [line for line in exported if line.endswith('"2008-01-14"') and line not in loaded]
        self.assertEqual([line.split(",")[0] for line in decided], ['"61"', '"107"'])  # set aside since

    def test_a_second_run_changes_nothing(self):
        before = self.everything()
        self.assertIn("nothing to change", self.load())
        self.assertEqual(self.everything(), before)


class Halton(History):
    authority = "halton"

    def test_from_2007_to_2020(self):
        self.assertEqual(self.officer.GetBody(name=f"{self.parent}/bodies/children-in-care-council").body.established_on,
                         "2007-12-01")
        self.assertEqual((self.adopted("promise/1")[:2], self.adopted("promise/2")[:2]),
                         (("2009-07-01", "executive-board"), ("2013-10-16", "council")))
        self.assertEqual(self.where("promise/1", "2008", "2009-04-30"), ("UNDER_WAY", "children-in-care-council", 211, False))
        self.assertEqual(self.where("promise/1", "2008", "2009-06-30"), ("UNDER_WAY", "executive-board", 60, False))
        self.assertEqual(self.where("promise/2", "2013", "2013-07-30"), ("UNDER_WAY", "children-in-care-council", 179, False))
        self.assertEqual(self.where("promise/2", "2013", "2013-10-15"), ("UNDER_WAY", "council", 76, False))
        self.assertEqual(self.where("promise/2", "2013", "2013-10-16"), ("APPROVED", "", 0, False))
        self.assertEqual(self.where("promise/2", "2020", "2020-01-26"), ("UNDER_WAY", "policy-performance-board", 20, False))
        self.assertEqual(self.where("promise/2", "2020", "2020-03-27"), ("UNDER_WAY", "executive-board", 60, False))
        self.assertEqual(self.where("promise/2", "2020", "2020-03-28"), ("UNDER_WAY", "executive-board", 61, True))
        everything = [e for v, w in (("1", "2008"), ("2", "2013"), ("2", "2017"), ("2", "2020"))
                      for e in self.order(f"promise/{v}", w)]
        self.assertEqual(everything, [
            ("2009-05-01", "children-in-care-council", "APPROVE"), ("2009-07-01", "executive-board", "ENDORSE"),
            ("2013-07-31", "children-in-care-council", "ENDORSE"), ("2013-10-16", "council", "ENDORSE"),
            ("2017-01-01", "children-in-care-council", "ENDORSE"), ("2017-01-01", "partnership-board", "ENDORSE"),
            ("2020-01-27", "policy-performance-board", "ENDORSE")])
        self.assertEqual([self.way("promise/1", "2008").route_revision, self.way("promise/2", "2013").route_revision,
                          self.way("promise/2", "2020").route_revision], [1, 2, 3])

    def test_what_carries_the_pledge(self):
        listed = lambda **more: [last(s.name) for s in self.councillor.ListStrategies(
            parent=self.parent, as_at="2020-01-27", **more).strategies]
        self.assertEqual(listed(review="REVIEW_STATE_OVERDUE"), ["children-in-care-2017"])
        self.assertEqual(listed(review="REVIEW_STATE_DUE", within_days=180),
                         ["care-leaver-session", "placements-2017"])
        # the session was begun for the promise of 2009 to teach skills, which the one of 2013 kept
        self.assertEqual(listed(statement=f"{self.parent}/pledges/promise/versions/2/statements/18"), ["care-leaver-session"])
        self.assertIn("27", self.seen_on("strategy", "list", "halton", "--as-at", "2020-01-27"))

    def test_young_inspectors(self):
        self.assertEqual([(f.provider, f.days_over) for f in self.councillor.ListFindings(
            parent=self.parent, as_at="2020-01-27", follow_up="FOLLOW_UP_STATE_OVERDUE").findings], [("Harbour House", 27)])
        visits = {v.visited_on: v for v in self.councillor.ListVisits(parent=self.parent).visits}
        self.assertEqual([(v.inspectors, v.suppressed, v.finding_count) for _, v in sorted(visits.items())],
                         [(7, False, 3), (0, True, 2), (6, False, 0)])
        self.assertEqual([v.waiting_count for v in self.worker.ListVisits(parent=self.parent).visits], [2, 0, 0])
        self.assertIn("The lock was changed", self.seen_on("visit", "show", "halton", "2019-09-17"))

    def test_it_was_signed(self):
        self.assertEqual(self.signed("promise/2", "2013-10-16"), (["PAPER"], 7, ["signing-2013"]))

    def test_the_review_of_2013(self):
        told = self.results("review-2013")
        self.assertEqual([(g.group_id, g.age_from, g.responding_count) for g in told.groups],
                         [("children-8-11", 8, 22), ("young-people-12-17", 12, 40), ("care-leavers", 0, 19)])
        self.assertEqual(told.rankings[0].ranking_count, 80)
        self.assertEqual(told.rankings[0].option_count, 19)
        self.assertEqual(self.version("promise/2").statement_count, 19)
        self.assertTrue({"KEPT", "REWORDED", "MERGED", "SPLIT", "NEW"} <= set(self.lineage("promise/2")))

    def test_an_earlier_version_is_due_again(self):
        self.assertEqual(self.reach("promise", "2013-10-15"), (1, {"CHILDREN_IN_CARE": (128, 74, False)}))
        self.assertEqual(self.reach("promise", "2013-10-16"), (2, {"CHILDREN_IN_CARE": (0, 0, True)}))
        self.assertEqual(self.reach("promise", "2013-11-04")[1]["CHILDREN_IN_CARE"], (131, 0, False))


class Derby(History):
    authority = "derby"

    def test_from_28_to_10(self):
        self.assertEqual((self.adopted("promise/1")[2], self.adopted("promise/2")),
                         (28, ("2016-01-26", "corporate-parenting-committee", 10)))
        told = self.results("priorities-2015")
        self.assertEqual((told.rankings[0].ranking_count, told.rankings[0].option_count), (53, 28))
        wanted = {"A named social worker", "A choice of where you live", "Brothers and sisters", "A good school place",
                  "Somebody to talk to", "Reviews run your way", "Apprenticeships", "A leisure pass", "A first home",
                  "Well done"}
        self.assertEqual({o.label for o in told.rankings[0].borda}, wanted)
        # every one of the ten that matter most went on into the new version
        carried = {c.from_statement_id for c in self.officer.CompareVersions(name=self.version("promise/2").name).changes
                   if c.to_statement_id}
        options = {s.title: s.statement_id for s in self.version("promise/1").statements}
        self.assertLessEqual({options[label] for label in wanted}, carried)

    def test_a_round_of_ten_beside_one_of_28(self):
        told = self.officer.CompareMonitor(parent=self.parent, round_id="2016-07")
        self.assertEqual((last(told.against_round), told.against_version, told.version), ("2013-07", 1, 2))
        self.assertEqual(len(told.statements), 10)
        earlier = {e.statement_id for s in told.statements for e in s.earlier} | {e.statement_id for e in told.dropped}
        self.assertEqual(earlier, {str(n) for n in range(1, 29)}, "each of the 28 is told of")
        homes = {s.statement_id: s for s in told.statements}["2"]
        self.assertEqual([(e.statement_id, e.standing) for e in homes.earlier], [(str(n), 3) for n in range(1, 6)])
        self.assertEqual({e.statement_id: bool(e.reason) for e in told.dropped}, {"13": True, "18": True, "23": True})
        work = {s.statement_id: s for s in told.statements}["3"]
        self.assertEqual([e.standing for e in work.earlier], [2, 2], "nobody answered for either")

    def test_it_was_signed(self):
        self.assertEqual(self.signed("promise/2", "2016-03-02"), (["PAPER"], 7, ["press-2016"]))

    def test_from_2015_to_2016(self):
        committee = "corporate-parenting-committee"
        self.assertEqual(self.where("promise/2", "2015", "2015-08-30"), ("UNDER_WAY", "children-in-care-council", 90, False))
        self.assertEqual(self.where("promise/2", "2015", "2016-01-25"), ("UNDER_WAY", committee, 147, False))
        self.assertEqual(self.where("promise/2", "2015", "2016-01-26"), ("APPROVED", "", 0, False))
        self.assertEqual(self.where("promise/2", "2016", "2016-02-22"), ("UNDER_WAY", committee, 27, False))
        self.assertEqual(self.order("promise/2", "2015") + self.order("promise/2", "2016"), [
            ("2015-08-31", "children-in-care-council", "ENDORSE"), ("2016-01-26", committee, "APPROVE"),
            ("2016-02-23", committee, "APPROVE")])
        self.assertEqual(self.way("promise/2", "2016").decisions[0].minute_ref, "6")
        self.assertEqual([(last(e.name), e.held_on) for e in
                          self.officer.ListLaunchEvents(parent=self.parent).launch_events],
                         [("press-2016", "2016-03-02"), ("launch-2016", "2016-01-26")])
        self.assertEqual(self.reach("promise", "2016-03-20")[1]["CARE_LEAVERS"], (60, 25, False))

    def test_calls_from_a_file_are_held_against_the_service_first(self):
        def refused(calls, *says):
            path = os.path.join(harness.WORK, "calls.json")
            with open(path, "w", encoding="utf-8") as file:
                file.write(calls)
            self.bad("derby-officer", "call", "--each", path, says=says)
        meeting = '{"method": "EndorsementService/CreateMeeting", "request": {"parent": "%s/bodies/cabinet",' \
                  ' "meetingId": "2099-01-01", "meeting": {"heldOn": "2099-01-01"}}}' % self.parent
        form = '{"format": "pledge.calls/1", "calls": [%s, %s]}'
        refused("[", "is no JSON")
        refused('{"format": "pledge.apply/1", "calls": []}', "pledge.calls/1")
        refused(form % (meeting, '{"method": "EndorsementService/Meet"}'), "has no method Meet", "calls[1]")
        refused(form % (meeting, '{"request": {}}'), "calls[1] needs a method")
        refused(form % (meeting, '{"method": "RoundService/GetRound", "times": 0}'), "1 to 1000 times")
        refused(form % (meeting, '{"method": "RoundService/GetRound", "twice": 1}'), "nothing else")
        refused(form % (meeting, '{"method": "RoundService/GetRound", "request": {"nom": 1}}'), "calls[1]")
        refused(form % (meeting, '{"method": "WatchService/Watch"}'), "streams")
        held = [m.held_on for m in self.officer.ListMeetings(parent=f"{self.parent}/bodies/cabinet").meetings]
        self.assertNotIn("2099-01-01", held)
        refused(form % (meeting, '{"method": "RoundService/GetRound", "request": {"name": "%s/rounds/none"}}'
                        % self.parent), "calls[1], RoundService/GetRound")
        held = [m.held_on for m in self.officer.ListMeetings(parent=f"{self.parent}/bodies/cabinet").meetings]
        self.assertIn("2099-01-01", held)


class Peterborough(History):
    authority = "peterborough"

    def stalls(self, on):
        return [(last(s.body), s.waiting_since, s.days_waited, s.days_over)
                for s in self.officer.ListStalls(parent=self.parent, as_at=on).stalls]

    def test_the_ten_months_are_a_stall(self):
        self.assertEqual(self.adopted("pledge/1")[:2], ("2010-10-01", "council"))
        self.assertEqual(self.adopted("pledge/2")[:2], ("2013-07-10", "council"))
        self.assertEqual(self.where("pledge/2", "2012", "2012-08-30"), ("UNDER_WAY", "children-in-care-council", 90, False))
        self.assertEqual(self.where("pledge/2", "2012", "2012-11-30"), ("UNDER_WAY", "council", 90, False))
        self.assertEqual(self.where("pledge/2", "2012", "2012-12-01"), ("UNDER_WAY", "council", 91, True))
        self.assertEqual(self.stalls("2012-11-30"), [])
        self.assertEqual(self.stalls("2012-12-01"), [("council", "2012-09-01", 91, 1)])
        self.assertEqual(self.stalls("2013-07-09"), [("council", "2012-09-01", 311, 221)])
        self.assertEqual(self.stalls("2013-07-10"), [])
        decided = self.way("pledge/2", "2012").decisions[-1]
        self.assertEqual((decided.minute_ref, decided.days_waited, decided.days_allowed, decided.stalled),
                         ("14(b)", 312, 90, True))
        self.assertEqual(self.order("pledge/1", "2010") + self.order("pledge/2", "2012"), [
            ("2010-10-01", "council", "APPROVE"), ("2012-08-31", "children-in-care-council", "ENDORSE"),
            ("2012-09-01", "corporate-parenting-panel", "APPROVE"), ("2013-07-10", "council", "APPROVE")])
        self.assertIn("311", self.seen_on("endorsement", "stalls", "peterborough", "--as-at", "2013-07-09"))
        self.assertIn("14(b)", self.seen_on("endorsement", "show", "peterborough", "pledge/2"))
        self.assertIn("10 Jul 2013", self.seen_on("body", "meetings", "peterborough", "council"))
        draft = self.good("peterborough-officer", "endorsement", "draft", "peterborough", "pledge/2", "1")
        self.assertIn("\tWe will help you with worries before they grow.\t", draft)
        self.assertIn("Worries", self.seen_on("statement", "show", "peterborough", "pledge/2", "12"))
        self.assertIn("before they grow", self.seen_on("statement", "list", "peterborough", "pledge/2"))

    def test_it_was_signed(self):
        self.assertEqual(self.signed("pledge/1", "2010-10-13"), (["PAPER"], 7, ["signing-2010"]))

    def test_two_pledges_were_issued(self):
        self.assertEqual(self.reach("pledge", "2013-07-09"), (1, {"CHILDREN_IN_CARE": (300, 140, False),
                                                                  "CARERS": (120, 80, False)}))
        version, told = self.reach("pledge", "2013-09-02")
        self.assertEqual((version, told["CARERS"]), (2, (0, 0, True)))
        self.assertEqual(sorted(set(self.lineage("pledge/2"))), ["DROPPED", "KEPT", "NEW", "REWORDED"])


if __name__ == "__main__":
    harness.main()
