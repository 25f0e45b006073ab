# SPDX-License-Identifier: Apache-2.0
"""Meetings of a forum: agenda, attendance, quorum, parties, decisions, actions that carry over, minutes."""

import uuid

import grpc
import harness
from council import SmallCouncil, day
from test_cli import Cli

Code = grpc.StatusCode
WHO = "derby-officer"


class Forum(Cli, SmallCouncil):
    """A forum like Leicester's, every two months since March 2006, with seats of three parties."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.councillor = cls.member("derby", "derby-councillor", "ROLE_ELECTED_MEMBER")
        cls.administrator = cls.member("derby", "derby-administrator", "ROLE_COUNCIL_ADMINISTRATOR")
        cls.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        cls.stranger = cls.member("halton", "halton-officer", "ROLE_OFFICER")

    def forum(self, body):
        """A body with four seats and an adviser's; its name."""
        name = f"{self.parent}/bodies/{body}"
        self.officer.CreateBody(parent=self.parent, body_id=body, body={
            "display_name": "Corporate Parenting Forum", "meeting_interval_months": 2, "established_on": "2006-03-01"})
        for seat, role, party in (("chair", "CHAIR", "Blue"), ("red", "MEMBER", "Red"), ("green", "MEMBER", "Green"),
                                  ("blue", "MEMBER", "Blue"), ("clerk", "ADVISER", "")):
            self.officer.AddBodyMember(parent=name, body_member_id=seat, body_member={
                "display_name": f"Seat of {seat}", "role": f"BODY_ROLE_{role}", "party": party,
                "sits_from": "2006-03-01"})
        return name

    def meeting(self, body, on):
        return self.officer.CreateMeeting(parent=body, meeting_id=on, meeting={"held_on": on}).meeting.name

    def attend(self, meeting, **seats):
        return self.officer.RecordAttendance(parent=meeting, attendance=[
            {"seat_id": seat, "attendance": f"ATTENDANCE_{how.split()[0]}",
             **({"substitute": "Ward councillor", "party": how.split()[1]} if " " in how else {})}
            for seat, how in seats.items()]).attendance

    def item(self, meeting, part="THEME", title="Health"):
        return self.officer.AddAgendaItem(parent=meeting, agenda_item={"part": f"AGENDA_PART_{part}", "title": title}
                                          ).agenda_item.item

    def action(self, meeting, text, owner="departments/housing", due="2006-04-30", **more):
        return self.officer.AddAction(parent=meeting, action={
            "text": text, "owner": owner and f"{self.parent}/{owner}", "due_on": due, "item": 1, **more}).action


class Meetings(Forum):
    def test_quorum_and_parties_over_time(self):
        body = self.forum("quorum")
        first, second = self.meeting(body, "2006-03-07"), self.meeting(body, "2006-05-02")
        self.officer.SetQuorum(parent=body, quorum={"quorum": 3, "from_on": "2006-05-01"})
        self.attend(first, chair="PRESENT", red="ABSENT", clerk="PRESENT")
        self.attend(second, chair="PRESENT", red="SUBSTITUTE Orange", green="APOLOGIES", clerk="PRESENT")
        of = lambda **more: [(r.held_on, r.present_count, r.seat_count, r.quorum, r.quorate, list(r.parties)) for r in
                             self.councillor.ListRepresentation(parent=body, **more).representation]
        self.assertEqual(of(), [("2006-05-02", 2, 4, 3, False, ["Blue", "Orange"]),
                                ("2006-03-07", 1, 4, 0, False, ["Blue"])])
        self.attend(second, green="PRESENT")  # a correction stands
        self.assertEqual(of()[0], ("2006-05-02", 3, 4, 3, True, ["Blue", "Green", "Orange"]))
        self.assertEqual(len(of(as_at="2006-05-01")), 1)
        self.assertEqual(of(known_on=day(-1)), [])
        bad = self.refused(Code.INVALID_ARGUMENT, self.officer.RecordAttendance, parent=second, attendance=[
            {"seat_id": "nobody", "attendance": "ATTENDANCE_PRESENT"}, {"seat_id": "red"},
            {"seat_id": "red", "attendance": "ATTENDANCE_SUBSTITUTE"},
            {"seat_id": "blue", "attendance": "ATTENDANCE_PRESENT", "party": "Red"}])
        self.assertEqual(list(harness.violations(bad)), [
            "attendance[0].seat_id", "attendance[1].attendance", "attendance[2].seat_id", "attendance[2].substitute",
            "attendance[3].party"])
        planned = self.meeting(body, day(30))
        self.refused(Code.FAILED_PRECONDITION, self.attend, planned, chair="PRESENT")
        self.refused(Code.PERMISSION_DENIED, self.stranger.ListRepresentation, parent=body)
        for api in (self.agency, self.admin):
            self.refused(Code.PERMISSION_DENIED, api.ListRepresentation, parent=body)

    def test_a_repeated_request_is_told_of_its_own(self):
        """Also when another of the kind has come since."""
        meeting = self.meeting(self.forum("repeats"), "2006-03-07")
        owner = {"owner": f"{self.parent}/departments/housing", "due_on": "2006-04-01"}
        for call, field, one in (
                (self.officer.AddAgendaItem, "agenda_item", {"part": "AGENDA_PART_THEME", "title": "Health"}),
                (self.officer.AddPaper, "paper", {"item": 1, "title": "A paper", "author": "Nurse", "reference": "A1"}),
                (self.officer.RecordMeetingDecision, "decision", {"item": 1, "text": "To ask.", "proposer": "Chair"}),
                (self.officer.AddAction, "action", {"item": 1, "text": "Ask", **owner})):
            once = str(uuid.uuid4())
            done = call(parent=meeting, request_id=once, **{field: one})
            text = "title" if "title" in one else "text"
            other = call(parent=meeting, **{field: {**one, text: "Another"}})
            self.assertNotEqual(other, done)
            self.assertEqual(call(parent=meeting, request_id=once, **{field: one}), done, field)

    def test_open_actions_carry_over_by_themselves(self):
        body = self.forum("actions")
        first, second, third = (self.meeting(body, on) for on in ("2006-03-07", "2006-05-02", "2006-07-04"))
        self.refused(Code.INVALID_ARGUMENT, self.action, first, "Nothing", field="action.item")
        self.item(first)
        dentist = self.action(first, "Report on dentists")
        police = self.action(first, "Map risks", owner="partnerAgencies/police", due="2006-06-30")
        chair = self.action(first, "Write to the minister", owner="", seat_id="chair")
        self.refused(Code.INVALID_ARGUMENT, self.action, first, "Both", seat_id="chair", field="action.owner")
        self.refused(Code.INVALID_ARGUMENT, self.action, first, "Late", due="2006-03-01", field="action.due_on")
        note = lambda api, name, state, on, text="Done as asked.": api.NoteAction(
            name=name, state=f"ACTION_STATE_{state}", text=text, noted_on=on).action
        note(self.director, dentist.name, "DONE", "2006-04-20")
        note(self.officer, chair.name, "OPEN", "2006-04-20", "A draft is written.")
        note(self.officer, chair.name, "DONE", "2006-05-02")
        self.refused(Code.PERMISSION_DENIED, note, self.director, chair.name, "DROPPED", "2006-05-03")
        self.refused(Code.NOT_FOUND, note, self.agency, dentist.name, "OPEN", "2006-05-03")
        self.refused(Code.INVALID_ARGUMENT, note, self.officer, chair.name, "OPEN", "2006-05-01", field="noted_on")
        arising = lambda name: [(a.text, a.state, a.note) for a in
                                self.councillor.GetMeetingRecord(name=name).record.matters_arising]
        self.assertEqual(arising(first), [])
        self.assertEqual(arising(second), [("Map risks", 1, ""), ("Write to the minister", 2, "Done as asked.")])
        self.assertEqual(arising(third), [("Map risks", 1, "")])
        mine = lambda api, **more: [(a.text, a.state, a.days_over) for a in api.ListActions(
            parent=self.parent, **more).actions if "/bodies/actions/" in a.name]
        self.assertEqual(mine(self.agency, as_at="2006-07-02"), [("Map risks", 1, 2)])
        self.assertEqual(mine(self.councillor, as_at="2006-04-30", open_only=True),
                         [("Write to the minister", 1, 0), ("Map risks", 1, 0)])
        self.assertEqual(mine(self.councillor, known_on=day(-1)), [])
        note(self.agency, police.name, "DROPPED", "2006-07-01", "Others do it.")
        self.assertEqual(arising(third), [])

    def test_a_record_and_its_minutes(self):
        body = self.forum("minutes")
        earlier, held = self.meeting(body, "2006-03-07"), self.meeting(body, "2006-05-02")
        self.item(earlier)
        self.action(earlier, "Map risks", owner="partnerAgencies/police", due="2006-06-30")
        self.officer.SetQuorum(parent=body, quorum={"quorum": 2, "from_on": "2006-03-01"})
        self.item(held, "NATIONAL_DEVELOPMENTS", "The *white* paper")
        self.item(held, "THEME", "Health of children in care, who move between doctors more often than others do")
        paper = {"item": 2, "title": "Health checks", "author": "Designated nurse", "reference": "A1"}
        self.refused(Code.INVALID_ARGUMENT, self.officer.AddPaper, parent=held, paper={**paper, "content_hash": "x"},
                     field="paper.content_hash")
        self.officer.AddPaper(parent=held, paper={**paper, "content_hash": "a" * 64})
        self.attend(held, chair="PRESENT", red="SUBSTITUTE Orange", green="APOLOGIES")
        decide = lambda **more: self.officer.RecordMeetingDecision(parent=held, decision={
            "item": 2, "text": "To ask for a yearly report.", "proposer": "Lead member", **more})
        self.refused(Code.INVALID_ARGUMENT, decide, votes_against=2, votes_for=1, field="decision.votes_against")
        decide(votes_for=2)
        self.action(held, "Report every year", due="2007-05-01", item=2)
        record = self.administrator.GetMeetingRecord(name=held).record
        self.assertEqual(([i.item for i in record.items], record.next_on, record.next_planned),
                         ([2, 1], "2006-07-02", False))
        self.assertEqual((record.papers[0].author, record.decisions[0].votes_for, record.actions[0].state),
                         ("Designated nurse", 2, 1))
        made = self.councillor.GetMinutes(name=held)
        self.assertLessEqual(max(map(len, made.text.splitlines())), 72)
        self.assertEqual(made.text, """\
DERBY: CORPORATE PARENTING FORUM
Minutes of the meeting of 2 May 2006

Present
-------
 - Seat of chair (chair, Blue)
 - Ward councillor for Seat of red (Orange)

Apologies
---------
 - Seat of green (Green)

Quorum
------
2 of 4 seats were taken. The quorum is 2: the meeting had it. Parties
present: Blue, Orange.

Matters arising
---------------
 - Map risks (Police, of 7 March 2006, due 30 June 2006): open

Theme
-----

1. Health of children in care, who move between doctors more often than
   others do
 - Paper: Health checks, by Designated nurse (A1)
 - Decided: To ask for a yearly report. Proposed by Lead member. Votes:
   2 for, 0 against, 0 abstained.
 - Action: Report every year (Housing, by 1 May 2007)

National developments
---------------------

2. The *white* paper

Next meeting
------------
About 2 July 2006, by the body's interval.
""")
        self.assertIn("# Derby: Corporate Parenting Forum\n", made.markdown)
        self.assertIn(r"### 2. The \*white\* paper", made.markdown)
        self.meeting(body, "2006-07-04")
        self.assertIn("\n4 July 2006.\n", self.councillor.GetMinutes(name=held).text)
        self.assertIn("Nobody's attendance", self.councillor.GetMinutes(name=earlier).text)
        self.refused(Code.NOT_FOUND, self.councillor.GetMinutes, name=f"{body}/meetings/none")
        self.refused(Code.PERMISSION_DENIED, self.agency.GetMinutes, name=held)

    def test_the_command_line_from_end_to_end(self):
        self.forum("desk")

        def show(*arguments, identity=WHO):
            told = self.good(identity, *arguments)
            self.fits(told)
            self.plain(told)
            return told

        held = ("derby", "desk", "2007-06-19")
        show("body", "meet", *held)
        show("meeting", "quorum", "derby", "desk", "2", "--from", "2006-03-01")
        self.bad(WHO, "meeting", "item", *held, "--part", "end", "--title", "X", code=2, says="work-programme")
        self.assertIn("Item 1", show("meeting", "item", *held, "--part", "work-programme", "--title", "Placements"))
        show("meeting", "paper", *held, "--item", "1", "--title", "Homes", "--author", "Head of service", "--reference", "B")
        told = show("meeting", "attend", *held, "--present", "chair", "--apologies", "green", "--substitute",
                    "red=Ward councillor,Orange")
        self.assertRegex(told, r"Seat of red +member +substitute +Ward councillor +Orange")
        self.bad(WHO, "meeting", "attend", *held, "--substitute", "red", code=2, says="SEAT=POST")
        self.bad(WHO, "meeting", "decide", *held, "--item", "1", "--text", "X", code=2, says="--proposer is missing")
        show("meeting", "decide", *held, "--item", "1", "--text", "To see homes.", "--proposer", "Chair", "--votes", "2/0/0")
        told = show("meeting", "action", *held, "--item", "1", "--text", "Plan visits", "--owner", "housing", "--due",
                    "2007-07-01")
        self.assertIn("Plan visits", told)
        self.assertIn("Plan visits", show("meeting", "actions", "derby", "--open"))
        self.assertIn("done", show("meeting", "note", *held, "1", "--state", "done", "--text", "Two are planned.",
                                   identity="housing-director"))
        self.assertNotIn("Plan visits", show("meeting", "actions", "derby", "--open"))
        self.assertRegex(show("meeting", "parties", "derby", "desk"), r"19 Jun 2007 +2 +4 +2 +yes +Blue, Orange")
        self.assertIn(" - Decided: To see homes.", show("meeting", "minutes", *held, identity="derby-councillor"))
        self.assertIn("To see homes", show("meeting", "show", *held, identity="derby-councillor"))
        self.assertIn("## Quorum\n\n2 of 4 seats", self.good(WHO, "meeting", "minutes", *held, "--markdown"))


del Cli, Forum, SmallCouncil  # the loader would take them for tests of this program

if __name__ == "__main__":
    harness.main()
