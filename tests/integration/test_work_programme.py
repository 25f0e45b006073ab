# SPDX-License-Identifier: Apache-2.0
"""The work programme and national programmes: loaded from CSV, decided on, taken up, tracked; by gRPC and command line."""

import os
import uuid

import grpc
import harness
from council import SmallCouncil, day
from test_cli import Cli

Code = grpc.StatusCode
WHO = "derby-officer"
AREAS = ("Care", "School", "Health", "Homes", "Money", "Family", "Work", "Next")


class WorkCouncil(Cli, SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.member("derby", "derby-worker", "ROLE_SUPPORT_WORKER")
        cls.councillor = cls.member("derby", "derby-councillor", "ROLE_ELECTED_MEMBER")
        cls.leisure = cls.member("derby", "leisure-director", "ROLE_DIRECTOR", f"{cls.parent}/departments/leisure")
        cls.officer.CreateMeeting(parent=f"{cls.parent}/bodies/committee", meeting_id="m", meeting={"held_on": "2007-06-19"})
        cls.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        cls.stranger = cls.member("halton", "halton-officer", "ROLE_OFFICER")

    def item(self, identifier, api=None, **more):
        item = {"title": "Do it", "source": "WORK_SOURCE_OWN", "owner": f"{self.parent}/departments/housing",
                "added_on": "2007-10-25", **more}
        return (api or self.officer).CreateWorkItem(parent=self.parent, work_item_id=identifier, work_item=item).work_item

    def progress(self, api, item, state, on, rating="", reason="", **more):
        return api.RecordWorkProgress(parent=item, progress={
            "state": f"WORK_STATE_{state}", "rating": f"RATING_{rating or 'UNSPECIFIED'}", "reason": reason,
            "narrative": "So it is.", "happened_on": on}, **more).progress

    def listed(self, api=None, **more):
        return [i.name.split("/")[-1] for i in (api or self.councillor).ListWorkItems(parent=self.parent, **more).work_items]


class Work(WorkCouncil):
    def test_an_item_from_end_to_end(self):
        item = self.item("lodgings", source="WORK_SOURCE_FORUM", meeting=f"{self.parent}/bodies/committee/meetings/m",
                         priority="WORK_PRIORITY_HIGH", resource_note="Rent", cost_pence=125050, due_on="2008-03-31",
                         statements=[f"{self.version.name}/statements/1"])
        self.assertEqual((item.state, item.days_over > 0, item.etag, item.cost_pence), (1, True, "r1", 125050))
        first = self.officer.AddMilestone(parent=item.name, milestone={"title": "Six", "due_on": "2008-01-31"}).milestone
        self.officer.AddMilestone(parent=item.name, milestone={"title": "Twelve", "due_on": "2008-03-15"})
        self.progress(self.director, item.name, "UNDER_WAY", "2008-01-10", "AMBER", "Checks take long.")
        self.director.MarkMilestone(name=first.name, state="MILESTONE_STATE_REACHED", marked_on="2008-02-05")
        self.agency.RecordPartnerOffer(parent=item.name, offer={
            "agency": f"{self.parent}/partnerAgencies/police", "text": "Quick checks", "offered_on": "2008-01-15"})
        self.director.RecordAchievement(parent=item.name, achievement={
            "text": "Six places", "achieved_on": "2008-02-05", "evidence": "Register"})
        of = lambda **more: self.councillor.GetWorkItem(name=item.name, **more)
        seen = [(of(as_at=on).work_item.state, of(as_at=on).work_item.rating, of(as_at=on).work_item.days_over,
                 of(as_at=on).work_item.reached_count) for on in ("2008-01-09", "2008-02-04", "2008-02-05", "2008-04-05")]
        self.assertEqual(seen, [(1, 0, 0, 0), (3, 2, 4, 0), (3, 2, 0, 1), (3, 2, 21, 1)])
        told = of()
        self.assertEqual(([m.title for m in told.milestones], told.offers[0].agency_display_name, told.offers[0].ready_on,
                          told.achievements[0].evidence, told.progress[0].reason),
                         (["Six", "Twelve"], "Police", "2008-01-15", "Register", "Checks take long."))
        self.refused(Code.NOT_FOUND, of, as_at="2007-10-24")
        self.refused(Code.NOT_FOUND, of, known_on=day(-1))
        self.refused(Code.INVALID_ARGUMENT, of, as_at=day(1), field="as_at")
        self.refused(Code.PERMISSION_DENIED, self.stranger.GetWorkItem, name=item.name)
        self.refused(Code.ABORTED, self.officer.UpdateWorkItem, work_item={"name": item.name, "title": "X", "etag": "r7"})
        changed = self.officer.UpdateWorkItem(work_item={"name": item.name, "title": "Homes", "etag": "r1"},
                                              update_mask={"paths": ["title"]}).work_item
        self.assertEqual((changed.title, changed.cost_pence, changed.due_on, changed.etag, len(changed.statements)),
                         ("Homes", 125050, "2008-03-31", "r2", 1))
        self.progress(self.director, item.name, "DONE", "2008-05-01", "GREEN")
        self.assertEqual((of().work_item.state, of().work_item.days_over), (4, 0))

    def test_everything_that_is_wrong_at_once_and_nothing_written(self):
        item = self.item("rules")
        bad = self.refused(Code.INVALID_ARGUMENT, self.item, "Bad", title="", heading="REQUEST_HEADING_FINANCE",
                           meeting=f"{self.parent}/bodies/committee/meetings/none", cost_pence=-1,
                           owner=f"{self.parent}/departments/none", due_on="2007-10-24",
                           statements=[f"{self.version.name}/statements/9"])
        self.assertEqual(list(harness.violations(bad)), [
            "work_item_id", "work_item.heading", "work_item.meeting", "work_item.due_on", "work_item.title",
            "work_item.owner", "work_item.cost_pence", "work_item.statements[0]"])
        bad = self.refused(Code.INVALID_ARGUMENT, self.progress, self.officer, item.name, "DROPPED", day(1), "RED")
        self.assertEqual(list(harness.violations(bad)), ["progress.reason", "progress.happened_on"])
        self.assertEqual(len(self.officer.GetWorkItem(name=item.name).progress), 0)
        self.refused(Code.NOT_FOUND, self.officer.GetWorkItem, name=f"{self.parent}/workItems/bad")

    def test_who_may_do_what(self):
        item, bare = self.item("homes"), self.item("bare", owner="")
        for api in (self.leisure, self.agency):
            self.refused(Code.PERMISSION_DENIED, self.progress, api, item.name, "DONE", "2008-01-01")
        for api in (self.councillor, self.worker):
            self.refused(Code.PERMISSION_DENIED, self.progress, api, item.name, "DONE", "2008-01-01")
        self.refused(Code.FAILED_PRECONDITION, self.progress, self.officer, bare.name, "AGREED", "2008-01-01")
        self.refused(Code.PERMISSION_DENIED, self.item, "x", self.worker)
        self.refused(Code.PERMISSION_DENIED, self.item, "x", self.director)
        asked = self.item("bikes", self.worker, source="WORK_SOURCE_YOUNG_PEOPLE", owner="",
                          heading="REQUEST_HEADING_HEALTH_AND_LIFESTYLE")
        self.assertEqual(asked.heading, 1)
        offer = {"agency": f"{self.parent}/partnerAgencies/police", "text": "Bicycles"}
        self.refused(Code.PERMISSION_DENIED, self.leisure.RecordPartnerOffer, parent=item.name, offer=offer)
        self.director.RecordPartnerOffer(parent=item.name, offer=offer)
        self.refused(Code.INVALID_ARGUMENT, self.officer.RecordPartnerOffer, parent=item.name, offer={
            **offer, "agency": f"{self.parent}/partnerAgencies/none"}, field="offer.agency")
        self.refused(Code.PERMISSION_DENIED, self.officer.CreateWorkItem, parent=self.parent, work_item_id="x", work_item={
            "title": "X", "source": "WORK_SOURCE_OWN", "owner": "authorities/halton/departments/housing"})

    def test_a_repeated_request_counts_once(self):
        item, once = self.item("once"), str(uuid.uuid4())
        for _ in range(2):
            self.progress(self.director, item.name, "AGREED", "2008-01-01", request_id=once)
        self.progress(self.director, item.name, "DONE", "2008-01-01", validate_only=True)
        self.assertEqual([p.state for p in self.officer.GetWorkItem(name=item.name).progress], [2])

    def test_a_repeated_request_is_told_of_its_own(self):
        """Also when another of the kind has come since."""
        item = self.item("told")
        offer = {"agency": f"{self.parent}/partnerAgencies/police", "text": "Bicycles"}
        first = {"narrative": "Begun.", "state": "WORK_STATE_AGREED", "happened_on": "2008-01-01"}
        for call, field, one, other in (
                (self.officer.AddMilestone, "milestone", {"title": "One", "due_on": "2008-01-01"},
                 {"title": "Two", "due_on": "2008-01-01"}),
                (self.officer.RecordPartnerOffer, "offer", offer, {**offer, "text": "Tricycles"}),
                (self.officer.RecordWorkProgress, "progress", first, {**first, "narrative": "Over.", "state": "WORK_STATE_DONE"}),
                (self.officer.RecordAchievement, "achievement", {"text": "Six places", "evidence": "Register"},
                 {"text": "Twelve places", "evidence": "Register"})):
            once = str(uuid.uuid4())
            done = call(parent=item.name, request_id=once, **{field: one})
            call(parent=item.name, **{field: other})
            self.assertEqual(call(parent=item.name, request_id=once, **{field: one}), done, field)

    def test_what_is_to_be_done_comes_in_pages(self):
        for name in ("p-one", "p-two", "p-three"):
            self.item(name, due_on="2008-01-01")
        whole = self.officer.ListTasks(parent=self.parent, page_size=1000)
        self.assertEqual(whole.next_page_token, "")
        self.assertLessEqual({f"{self.parent}/workItems/p-{n}" for n in ("one", "two", "three")}, {t.name for t in whole.tasks})
        pages, token = [], ""
        while not pages or token:
            page = self.officer.ListTasks(parent=self.parent, page_size=2, page_token=token)
            pages.append(page)
            token = page.next_page_token
        self.assertEqual([task for page in pages for task in page.tasks], list(whole.tasks))
        self.assertEqual({len(page.tasks) for page in pages[:-1]}, {2})
        self.refused(Code.INVALID_ARGUMENT, self.officer.ListTasks, parent=self.parent, page_token="x", field="page_token")

    def test_a_list_is_filtered_and_paged(self):
        self.item("f-late", due_on="2008-01-01", source="WORK_SOURCE_FORUM")
        self.item("f-leisure", due_on="2008-01-02", source="WORK_SOURCE_FORUM", owner=f"{self.parent}/departments/leisure")
        self.item("f-done", due_on="2008-01-03", source="WORK_SOURCE_FORUM")
        self.item("f-ahead", due_on=day(30), source="WORK_SOURCE_FORUM")
        self.item("f-young", source="WORK_SOURCE_YOUNG_PEOPLE", heading="REQUEST_HEADING_BELONGING", due_on="2008-01-04")
        self.progress(self.officer, f"{self.parent}/workItems/f-done", "DONE", "2008-01-01")
        forum = lambda **more: [i for i in self.listed(**more) if i.startswith("f-")]
        self.assertEqual(forum(source="WORK_SOURCE_FORUM"), ["f-late", "f-leisure", "f-done", "f-ahead"])
        self.assertEqual(forum(overdue_only=True), ["f-late", "f-leisure", "f-young"])
        self.assertEqual(forum(open_only=True), ["f-late", "f-leisure", "f-young", "f-ahead"])
        self.assertEqual(forum(state="WORK_STATE_DONE"), ["f-done"])
        self.assertEqual(forum(owner=f"{self.parent}/departments/leisure"), ["f-leisure"])
        self.assertEqual(forum(heading="REQUEST_HEADING_BELONGING"), ["f-young"])
        self.assertEqual(forum(as_at="2007-10-24"), [])
        for owner, code in ((f"{self.parent}/departments/none", Code.INVALID_ARGUMENT),
                            ("authorities/halton/departments/housing", Code.PERMISSION_DENIED)):
            self.refused(code, self.councillor.ListWorkItems, parent=self.parent, owner=owner)
            self.refused(code, self.councillor.ListWorkItems, parent=self.parent, owner=owner, as_at="2000-01-01")
        pages, token = [], ""
        while token or not pages:
            page = self.councillor.ListWorkItems(parent=self.parent, page_size=2, page_token=token)
            pages, token = pages + [i.name.split("/")[-1] for i in page.work_items], page.next_page_token
        self.assertEqual(pages, self.listed())

    def test_the_command_line(self):
        def show(*arguments, identity=WHO):
            told = self.good(identity, *arguments)
            self.fits(told)
            self.plain(told)
            return told

        desk = ("derby", "desk")
        self.bad(WHO, "work", "add", *desk, code=2, says="--source is missing")
        self.bad(WHO, "work", "add", *desk, "--source", "teddy", code=2, says="young-people")
        self.bad(WHO, "work", "add", *desk, "--source", "own", "--cost", "much", code=2, says="in pounds")
        self.bad(WHO, "work", "add", *desk, "--source", "own", "--statement", "promise/1", code=2)
        self.bad(WHO, "work", "add", *desk, "--source", "forum", "--meeting", "m", code=2, says="BODY/DAY")
        told = show("work", "add", *desk, "--source", "forum", "--meeting", "committee/m", "--title", "A desk for everybody",
                    "--cost", "£1,250.50", "--resources", "Desks", "--priority", "high", "--owner", "housing", "--due",
                    "2008-01-31", "--added-on", "2007-10-25", "--statement", "promise/1/2")
        self.assertRegex(told, r"meeting +committee/m\n(.*\n)+costs +£1,250\.50")
        self.assertIn("r2", self.good(WHO, "--json", "work", "update", *desk, "--priority", "low", "--due", "2008-02-29"))
        self.bad(WHO, "work", "update", *desk, code=2, says="nothing to change")
        self.assertIn("Milestone 1 is recorded", show("work", "milestone", *desk, "--title", "Ten", "--due", "2007-12-31"))
        self.assertIn("It is recorded", show("work", "mark", *desk, "1", "--state", "reached", "--on", "2008-01-02",
                                             identity="housing-director"))
        self.bad("housing-director", "work", "progress", *desk, "--state", "under-way", "--rating", "red", "--text", "X",
                 says="progress.reason")
        self.assertIn("could be recorded (dry run)", show("work", "progress", *desk, "--state", "done", "--text", "X",
                                                          "--dry-run", identity="housing-director"))
        show("work", "progress", *desk, "--state", "under-way", "--rating", "red", "--text", "Two of ten are there.",
             "--reason", "The maker is late.", "--on", "2008-01-10", identity="housing-director")
        show("work", "offer", *desk, "--agency", "police", "--text", "Six used desks", "--on", "2008-01-05", "--ready",
             "2008-02-01", identity="police-agency")
        show("work", "achieve", *desk, "--text", "Two desks", "--evidence", "Photographs", "--on", "2008-01-10")
        told = show("work", "show", *desk, identity="derby-councillor")
        for says in ("A desk for everybody", "The maker is late.", "Six used desks", "Photographs", "serves     pledges/promise",
                     "Milestones\n", "reached"):
            self.assertIn(says, told)
        self.assertRegex(show("work", "list", "derby", "--overdue"), r"desk +29 Feb 2008 +\d+ +under way +red +Housing")
        self.assertIn("No items", show("work", "list", "derby", "--heading", "finance"))


class Programmes(WorkCouncil):
    def lines(self, count=122):
        return [{"number": n, "area": AREAS[(n - 1) * len(AREAS) // count], "text": f"Proposal {n}"}
                for n in range(1, count + 1)]

    def load(self, identifier, lines, **more):
        return self.officer.ImportProgramme(parent=self.parent, programme_id=identifier, programme={
            "title": "White paper", "publisher": "Department", "published_on": "2007-06-21"}, proposals=lines, **more)

    def counts(self, identifier, **more):
        told = self.councillor.GetProgramme(name=f"{self.parent}/programmes/{identifier}", **more)
        of = lambda c: (c.proposals, c.taken_up, c.not_taken_up, c.set_aside, c.under_way, c.done, c.late)
        return of(told.programme.counts), {a.title: of(a.counts) for a in told.areas if of(a.counts)[1:] != (0, a.counts.proposals, 0, 0, 0, 0)}

    def test_122_proposals_tracked_from_end_to_end(self):
        made = self.load("paper", [{**line, **({"priority": "WORK_PRIORITY_HIGH", "owner_id": "housing", "cost_pence": 700,
                                               "decided_on": "2007-11-05"} if line["number"] == 1 else {})}
                                   for line in self.lines()])
        self.assertEqual(([a.title for a in made.areas], sum(a.counts.proposals for a in made.areas)), (list(AREAS), 122))
        name = f"{self.parent}/programmes/paper"
        self.assertEqual(self.counts("paper"), ((122, 0, 122, 0, 0, 0, 0), {}))
        decided = self.officer.DecideProposal(name=f"{name}/proposals/2", decision={
            "priority": "WORK_PRIORITY_LOW", "owner": f"{self.parent}/partnerAgencies/police", "target": "All",
            "decided_on": "2007-11-05"}).proposal
        self.assertEqual((decided.owner_display_name, decided.state, decided.area_title), ("Police", 1, "Care"))
        self.officer.DecideProposal(name=f"{name}/proposals/122", decision={
            "set_aside": True, "reason": "Done", "decided_on": "2007-12-01"})
        take = lambda identifier, n, **more: self.officer.CreateWorkItem(
            parent=self.parent, work_item_id=identifier, work_item={
                "source": "WORK_SOURCE_NATIONAL", "proposal": f"{name}/proposals/{n}", "added_on": "2007-12-01", **more}).work_item
        home, watch = take("home", 1, due_on="2008-06-30"), take("watch", 2)
        self.assertEqual((home.title, home.priority, home.owner, home.cost_pence), (
            "Proposal 1", 1, f"{self.parent}/departments/housing", 700))
        self.refused(Code.ALREADY_EXISTS, take, "again", 1, field="work_item.proposal")
        self.refused(Code.FAILED_PRECONDITION, take, "last", 122, field="work_item.proposal")
        self.refused(Code.INVALID_ARGUMENT, take, "none", 123, field="work_item.proposal")
        self.progress(self.director, home.name, "UNDER_WAY", "2008-01-01", "GREEN")
        self.progress(self.agency, watch.name, "DONE", "2008-01-01")
        self.assertEqual(self.counts("paper", as_at="2008-06-30"), (
            (122, 2, 120, 1, 1, 1, 0), {"Care": (16, 2, 14, 0, 1, 1, 0), "Next": (15, 0, 15, 1, 0, 0, 0)}))
        self.assertEqual(self.counts("paper", as_at="2008-07-01")[0], (122, 2, 120, 1, 1, 1, 1))
        self.assertEqual(self.counts("paper", as_at="2007-11-30")[0], (122, 0, 122, 0, 0, 0, 0))
        self.assertEqual(self.counts("paper", as_at="2007-06-21")[0][0], 122)
        self.refused(Code.NOT_FOUND, self.counts, "paper", as_at="2007-06-20")
        self.refused(Code.NOT_FOUND, self.councillor.ListProposals, parent=f"{self.parent}/programmes/paper", as_at="2007-06-20")
        before = self.councillor.ListProgrammes(parent=self.parent, as_at="2007-06-20", page_size=1)
        self.assertEqual((list(before.programmes), before.next_page_token), ([], ""))
        self.refused(Code.NOT_FOUND, self.counts, "paper", known_on=day(-1))
        of = lambda **more: [p.number for p in self.councillor.ListProposals(parent=name, **more).proposals]
        self.assertEqual((of(overdue_only=True), of(state="PROPOSAL_STATE_DONE"), of(state="PROPOSAL_STATE_SET_ASIDE")),
                         ([1], [2], [122]))
        self.assertEqual(len(of(area=8)), 15)
        self.assertEqual(len(of(page_size=1000)), 122)
        self.assertEqual([i for i in self.listed(programme=name, area=1)], ["home", "watch"])
        self.assertIn(name, [p.name for p in self.councillor.ListProgrammes(parent=self.parent).programmes])
        self.refused(Code.PERMISSION_DENIED, self.stranger.ListProposals, parent=name)
        for api in (self.director, self.worker, self.agency):
            self.refused(Code.PERMISSION_DENIED, api.DecideProposal, name=f"{name}/proposals/3")

    def test_all_problems_at_once_and_nothing_loaded(self):
        lines = self.lines(4)
        lines[1].update(number=1, owner_id="nobody")
        lines[2].update(text="", cost_pence=-5)
        lines[3].update(decided_on="2007-06-20", target="x" * 501)
        bad = self.refused(Code.INVALID_ARGUMENT, self.load, "bad", lines)
        self.assertEqual(list(harness.violations(bad)), [
            "proposals[1].number", "proposals[1].owner_id", "proposals[2].cost_pence", "proposals[2].text",
            "proposals[3].decided_on", "proposals[3].target"])
        self.refused(Code.NOT_FOUND, self.counts, "bad")
        self.refused(Code.INVALID_ARGUMENT, self.load, "bad", [], field="proposals")
        self.load("bad", self.lines(4), validate_only=True)
        self.refused(Code.NOT_FOUND, self.counts, "bad")

    def test_a_repeated_import_counts_once(self):
        once = str(uuid.uuid4())
        first = self.load("once", self.lines(), request_id=once)
        self.assertEqual(self.load("once", self.lines(), request_id=once), first)
        self.refused(Code.ALREADY_EXISTS, self.load, "once", self.lines(), field="programme_id")
        self.assertEqual(harness.psql(self.daemon.database,
                                      "SELECT count(*) FROM pledge.proposal WHERE programme_id = 'once'"), "122")

    def file(self, text):
        path = os.path.join(harness.WORK, "programme.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_the_command_line_from_file_to_item(self):
        head = "# programme: desk\n# title: White paper, \"of 2007\"\n# publisher: Department\n# published_on: 2007-06-21\n"
        path = self.file(head + "number;area;proposal;priority;owner;cost\n"
                         "x;Care;;urgent;housing;5\n\n2;Care;\"Two; with a mark\";high;nobody;much\n2;Care;Again;;;\n3;Care;More;;;;\n")
        told = self.bad(WHO, "programme", "import", "derby", path).stdout
        self.fits(told)
        for line, column in ((6, "number"), (6, "priority"), (6, "proposal"), (8, "cost"), (8, "owner"), (9, "number"),
                             (10, "row")):
            self.assertRegex(told, rf"line {line} +{column} ")
        self.assertIn("7 problems", told)
        self.bad(WHO, "programme", "show", "derby", "desk", says="See: pledge programme list derby")
        for text, says in (("", "no header row"), ("\xff", "no such column"), (head + "number,area\n", "the column is missing"),
                           ("number,area,proposal\n1,A,B\n", "whole  title")):
            self.bad(WHO, "programme", "import", "derby", self.file(text), says=says)
        rows = [f'"{n}","{AREAS[n % 8]}","Proposal ""{n}"", and more","","","","","",""' for n in range(1, 123)]
        rows[4] = '"5","Money","Five","low","police","All of them","1250.50","A post","2007-11-05"'
        text = head + "number,area,proposal,priority,owner,target,cost,resources,decided_on\n" + "\n".join(rows) + "\n"
        path = self.file(text)
        self.assertIn("could be loaded (dry run)", self.good(WHO, "programme", "import", "derby", path, "--dry-run"))
        told = self.good(WHO, "programme", "import", "derby", path)
        self.fits(told)
        self.assertIn("122 proposals are loaded", told)
        self.assertEqual(self.good(WHO, "programme", "import", "derby", path), told)  # the same file counts once
        self.assertEqual(self.good(WHO, "programme", "export", "derby", "desk"), text)
        self.bad(WHO, "programme", "import", "derby", self.file(text + "\n"), says="already a programme desk")
        self.assertIn("recorded", self.good(WHO, "programme", "decide", "derby", "desk", "7", "--priority", "high", "--owner",
                                            "leisure", "--cost", "300", "--on", "2007-12-01"))
        self.bad(WHO, "programme", "decide", "derby", "desk", "8", "--set-aside", says="decision.reason")
        self.good(WHO, "programme", "decide", "derby", "desk", "8", "--set-aside", "--reason", "Others do it")
        self.assertRegex(self.good(WHO, "programme", "take-up", "derby", "desk", "7", "seven", "--due", "2008-01-31",
                                   "--added-on", "2007-12-01"), r"proposal +desk/7\n(.*\n)*costs +£300\n")
        self.good("leisure-director", "work", "progress", "derby", "seven", "--state", "under-way", "--rating", "green",
                  "--text", "Begun", "--on", "2008-01-02")
        told = self.good("derby-councillor", "programme", "show", "derby", "desk")
        self.fits(told)
        self.assertRegex(told, r"all areas +122 +1 +121 +1 +0 +1\n")
        self.assertIn("1 is set aside", told)
        told = self.good("derby-councillor", "programme", "proposals", "derby", "desk", "--overdue")
        self.fits(told)
        self.assertRegex(told, r"7 +\d+ +high +Leisure +under way +seven +\d+\n")
        self.bad(WHO, "programme", "proposals", "derby", "desk", "--area", "x", code=2)
        template = self.good(WHO, "programme", "template")
        self.good(WHO, "programme", "import", "derby", self.file(template.replace('"learning"', '"housing"')), "--dry-run")


del Cli, SmallCouncil, WorkCouncil  # the loader would take them for tests of this program

if __name__ == "__main__":
    harness.main()
