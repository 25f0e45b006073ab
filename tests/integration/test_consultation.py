# SPDX-License-Identifier: Apache-2.0
"""Consultations over the wire: codes that lead to nobody, counting, concerns, amendments, the command line."""

import hashlib
import os
import re
import subprocess

import grpc
import harness
from council import SmallCouncil, day, statement
from pledge.v1 import consultation_pb2

Code = grpc.StatusCode
SERVICE = "pledge.v1.ConsultationService/"
CONCERN = "Somebody at home hurts me."


class Asked(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.member("derby", "derby-worker", "ROLE_SUPPORT_WORKER")
        cls.safeguarding = cls.member("derby", "derby-safeguarding", "ROLE_SAFEGUARDING_OFFICER")
        cls.administrator = cls.member("derby", "derby-administrator", "ROLE_COUNCIL_ADMINISTRATOR")
        cls.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        cls.stranger = cls.member("halton", "halton-worker", "ROLE_SUPPORT_WORKER")
        cls.nobody = harness.Api(cls.daemon, None)
        cls.officer.CreatePledge(parent=cls.parent, pledge_id="next", pledge={"title": "Our next promise"})
        cls.officer.CreateVersion(
            parent=f"{cls.parent}/pledges/next", version_id="1",
            version={"title": "Draft", "outcomes": [{"outcome_id": "be-heard", "title": "Be heard"}],
                     "statements": [statement(n) for n in (1, 2, 3)]})

    def consultation(self, identifier):
        """Open today, for 40 children and 3 carers, with a question of each kind; its name."""
        name = self.officer.CreateConsultation(
            parent=self.parent, consultation_id=identifier, consultation={
                "title": "What matters", "version": f"{self.parent}/pledges/next/versions/1",
                "opens_on": day(-1), "closes_on": day(5), "groups": [
                    {"group_id": "young", "kind": "CONSULTED_KIND_CHILDREN_IN_CARE", "age_from": 8, "age_to": 12,
                     "invited_count": 40},
                    {"group_id": "carers", "kind": "CONSULTED_KIND_CARERS", "invited_count": 3}]}).consultation.name
        for kind, more in (("RATING", {}), ("CHOICE", {"options": [{"label": "Home"}, {"label": "School"}]}),
                           ("RANKING", {}), ("FREE_TEXT", {})):
            self.officer.CreateQuestion(parent=name, question={
                "kind": f"QUESTION_KIND_{kind}", "prompt": f"A {kind}?", **more})
        return name

    def answers(self, rating=5, choice=1, ranking=(2, 1), text="A bike shed."):
        return {"ratings": [{"question": 1, "rating": rating}], "choices": [{"question": 2, "option": choice}],
                "preferences": [{"question": 3, "place": p, "option": o} for p, o in enumerate(ranking, 1)],
                "texts": [{"question": 4, "text": text}] if text else []}

    def cli(self, name, *arguments, code=0, wide=False):
        environment = {**os.environ, "PLEDGE_ADDRESS": f"127.0.0.1:{self.daemon.port}", "COLUMNS": "80",
                       "PLEDGE_CA": os.path.join(harness.CA, "ca.pem"), "PLEDGE_IDENTITY": harness.identity(name)}
        done = subprocess.run([os.path.join(harness.BUILD, "client/cli/pledge"), *arguments], env=environment,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        if not wide:
            self.assertLessEqual(max(map(len, done.stdout.splitlines()), default=0), 80, done.stdout)
        return done.stdout + done.stderr

    def psql(self, sql):
        return harness.psql(self.daemon.database, sql)


class Consultation(Asked):
    def test_a_response_by_code_leads_to_nobody(self):
        name = self.consultation("unknown")
        codes = list(self.worker.CreateResponseCodes(parent=name, group_id="young", count=30).codes)
        self.assertEqual(len(set(codes)), 30)
        before = int(self.psql("SELECT last FROM pledge.audit_head WHERE authority_id = 'derby'"))
        asked = self.nobody.GetQuestionsByCode(code=codes[0].lower())
        self.assertEqual([q.most_ranked for q in asked.questions], [0, 0, 10, 0])
        self.nobody.RespondToConsultation(code=codes[0], validate_only=True, **self.answers())
        used = codes[:20]
        requests = []
        for number, code in enumerate(used):
            fields = self.answers(text=f"Words of {number:02}.")
            requests.append(consultation_pb2.RespondToConsultationRequest(code=code, **fields).SerializeToString())
            self.nobody.RespondToConsultation(code=code, **fields)
        again = lambda: self.nobody.RespondToConsultation(code=used[0], **self.answers())
        self.refused(Code.NOT_FOUND, again, field="code")
        self.refused(Code.NOT_FOUND, lambda: self.nobody.GetQuestionsByCode(code=used[0]), field="code")

        dump = subprocess.run(["pg_dump", self.daemon.database], check=True, capture_output=True, text=True).stdout
        self.assertIn("Words of 07.", dump)
        for code, request in zip(used, requests):
            plain = code.replace("-", "")
            self.assertNotIn(code, dump)
            for text in (code, plain, code.lower()):
                self.assertNotIn(hashlib.sha256(text.encode()).hexdigest(), dump)
            self.assertNotIn(hashlib.sha256(request).hexdigest(), dump)
        for code in codes[20:]:
            self.assertIn(hashlib.sha256(code.replace("-", "").encode()).hexdigest(), dump)
        # The order in which the rows lie is not the order in which they came.
        order = [int(n) for n in re.findall(r"Words of (\d\d)\.", dump)]
        self.assertEqual(sorted(order), list(range(20)))
        self.assertNotEqual(order, sorted(order))
        # A transaction's number is on many rows, or on none of those that it added.
        shared = self.psql("SELECT count(*) FROM (SELECT xmin FROM pledge.response_text GROUP BY xmin) AS t")
        self.assertLess(int(shared), 20)
        entries = [e for e in self.administrator.ListAuditEntries(parent=self.parent, after=before).entries
                   if e.method == SERVICE + "RespondToConsultation"]
        self.assertEqual({(e.kind, e.principal, e.role, e.peer, e.request_id, e.request_hash, len(e.changes))
                          for e in entries}, {("write", "", "", "", "", "", 0)})
        self.assertEqual({e.recorded_at[10:] for e in entries}, {"T00:00:00.000000Z"})
        self.assertEqual(len(entries), 20)
        trail = os.path.join(harness.WORK, "consultation-audit.jsonl")
        with open(trail, "w", encoding="utf-8") as file:
            printed = self.cli("derby-administrator", "audit", "export", "derby", wide=True)
            file.writelines(line + "\n" for line in printed.splitlines() if line.startswith("{"))
        self.cli("derby-administrator", "audit", "verify", trail, wide=True)

    def test_a_certificate_that_is_shown_is_not_kept(self):
        name = self.consultation("certified")
        (code,) = self.worker.CreateResponseCodes(parent=name, group_id="young", count=1).codes
        self.director.RespondToConsultation(code=code, **self.answers())
        self.assertEqual(self.psql("SELECT principal || role || peer FROM pledge.audit_entry"
                                   f" WHERE method = '{SERVICE}RespondToConsultation' ORDER BY number DESC LIMIT 1"), "")
        self.assertEqual(self.psql("SELECT count(*) FROM pledge.response WHERE consultation_id = 'certified'"
                                   " AND principal_id IS NOT NULL"), "0")

    def test_it_is_extended_and_its_questions_reworded(self):
        name = self.consultation("changing")
        before = self.officer.GetConsultation(name=name).consultation

        def update(paths, **fields):
            return self.officer.UpdateConsultation(consultation={"name": name, **fields},
                                                   update_mask={"paths": paths}).consultation
        longer = update(["title", "closes_on"], title="What matters most", closes_on=day(20), etag=before.etag)
        self.assertEqual((longer.title, longer.opens_on, longer.closes_on), ("What matters most", day(-1), day(20)))
        self.refused(Code.ABORTED, update, ["title"], title="X", etag=before.etag, field="consultation.etag")
        self.refused(Code.FAILED_PRECONDITION, update, ["opens_on"], opens_on=day(2), field="consultation.opens_on")
        self.refused(Code.FAILED_PRECONDITION, update, ["closes_on"], closes_on=day(-1), field="consultation.closes_on")
        self.refused(Code.INVALID_ARGUMENT, update, ["closes_on"], closes_on="", field="consultation.closes_on")
        self.refused(Code.INVALID_ARGUMENT, update, ["version"], field="update_mask")
        self.refused(Code.PERMISSION_DENIED, self.director.UpdateConsultation, consultation={"name": name, "title": "X"})
        self.assertEqual(update(["closes_on"], closes_on=day(0)).closes_on, day(0))
        ahead = self.officer.CreateConsultation(parent=self.parent, consultation_id="ahead", consultation={
            "title": "Ahead", "version": before.version, "opens_on": day(3), "closes_on": day(9),
            "groups": [{"group_id": "young", "kind": "CONSULTED_KIND_CARE_LEAVERS"}]}).consultation
        moved = {"name": ahead.name, "opens_on": day(5)}
        self.assertEqual(self.officer.UpdateConsultation(consultation=moved, update_mask={"paths": ["opens_on"]})
                         .consultation.opens_on, day(5))
        reword = lambda **more: self.officer.RewordQuestion(**{"parent": name, "question": 1, "prompt": "How is it?", **more})
        self.assertEqual([q.prompt for q in reword().questions][:2], ["How is it?", "A CHOICE?"])
        self.refused(Code.NOT_FOUND, reword, question=9, field="question")
        self.refused(Code.INVALID_ARGUMENT, reword, prompt=" ", field="prompt")
        self.assertIn("title", self.cli("derby-officer", "consultation", "update", "derby", "changing", "--title", "Mine"))
        self.cli("derby-officer", "consultation", "update", "derby", "changing", code=2)
        self.assertIn("Well?", self.cli("derby-officer", "consultation", "reword", "derby", "changing", "1", "--prompt",
                                        "Well?"))
        self.worker.EnterResponse(parent=name, group_id="young", **self.answers())
        self.refused(Code.FAILED_PRECONDITION, reword, field="parent")
        self.worker.CloseConsultation(name=name)
        self.refused(Code.FAILED_PRECONDITION, update, ["closes_on"], closes_on=day(30), field="consultation.name")

    def test_results_and_small_numbers(self):
        name = self.consultation("results")
        for rating in (5, 5, 5, 5, 5, 5, 1):
            self.worker.EnterResponse(parent=name, group_id="young", **self.answers(rating, ranking=(2, 1)))
        self.worker.EnterResponse(parent=name, group_id="carers", **self.answers(3, ranking=(1,)))
        self.refused(Code.INVALID_ARGUMENT, self.worker.EnterResponse, parent=name, group_id="young",
                     field="ratings[0].rating", **self.answers(9))
        self.refused(Code.PERMISSION_DENIED, self.officer.EnterResponse, parent=name, group_id="young")
        results = self.officer.GetConsultationResults(name=name)
        self.assertEqual([c.count for c in results.tallies[0].counts], [1, 0, 1, 0, 6])
        ranking = results.rankings[0]
        self.assertEqual((ranking.ranking_count, ranking.option_count), (8, 3))
        self.assertEqual([(o.place, o.option, o.score, o.statement_id) for o in ranking.borda],
                         [(1, 2, 14.5, "2"), (2, 1, 9.0, "1"), (3, 3, 0.5, "3")])
        self.assertEqual([(o.place, o.option, o.score) for o in ranking.schulze], [(1, 2, 2), (2, 1, 1), (3, 3, 0)])
        self.refused(Code.FAILED_PRECONDITION, self.director.GetConsultationResults, name=name, field="name")
        self.worker.CloseConsultation(name=name)
        told = self.director.GetConsultationResults(name=name)
        self.assertEqual([(g.group_id, g.responding_count, g.suppressed) for g in told.groups],
                         [("young", 7, False), ("carers", 0, True)])
        self.assertEqual([(c.count, c.suppressed) for c in told.tallies[0].counts], [(0, True)] * 4 + [(6, False)])
        self.refused(Code.PERMISSION_DENIED, self.stranger.GetConsultationResults, name=name)

    def everything(self, api, name):
        """All that a caller can hear of texts."""
        said = []
        for call, fields in ((api.ListTexts, {}), (api.ListTextsToModerate, {}),
                             (api.ListTextsToModerate, {"state": "TEXT_STATE_SHOWN"}),
                             (api.ListTextsToModerate, {"state": "TEXT_STATE_HIDDEN"}),
                             (api.ListTextsToModerate, {"state": "TEXT_STATE_CONCERN"})):
            try:
                said += [text.text for text in call(parent=name, **fields).texts]
            except grpc.RpcError as error:
                self.assertEqual(error.code(), Code.PERMISSION_DENIED)
        return said

    def test_a_concern_leaves_every_list_at_once(self):
        name = self.consultation("concern")
        for text in (CONCERN, "More trips."):
            self.worker.EnterResponse(parent=name, group_id="young", **self.answers(text=text))
        self.assertEqual(self.everything(self.director, name), [])
        waiting = {t.text: t for t in self.worker.ListTextsToModerate(parent=name).texts}
        for text in waiting.values():
            self.worker.ModerateText(name=text.name, state="TEXT_STATE_SHOWN")
        self.assertEqual(set(self.everything(self.director, name)), {CONCERN, "More trips."})
        changes = self.psql("SELECT last FROM pledge.change_count WHERE authority_id = 'derby'")
        marked = waiting[CONCERN].name
        self.refused(Code.INVALID_ARGUMENT, self.worker.ModerateText, name=marked, state="TEXT_STATE_CONCERN",
                     field="reason")
        self.worker.ModerateText(name=marked, state="TEXT_STATE_CONCERN", reason="Harm at home")
        self.assertEqual(self.psql("SELECT last FROM pledge.change_count WHERE authority_id = 'derby'"), changes)
        for api in (self.worker, self.officer, self.director, self.agency, self.administrator, self.safeguarding,
                    self.stranger):
            self.assertNotIn(CONCERN, self.everything(api, name))
        for api in (self.worker, self.officer, self.director, self.administrator, self.admin, self.stranger):
            self.refused(Code.PERMISSION_DENIED, api.ListSafeguardingConcerns, parent=self.parent)
        self.refused(Code.NOT_FOUND, self.worker.ModerateText, name=marked, state="TEXT_STATE_SHOWN")
        (concern,) = self.safeguarding.ListSafeguardingConcerns(parent=self.parent).concerns
        self.assertEqual((concern.text, concern.reason, concern.group_id, concern.was_shown),
                         (CONCERN, "Harm at home", "young", True))
        read = self.psql(f"SELECT count(*) FROM pledge.audit_entry WHERE method = '{SERVICE}ListSafeguardingConcerns'"
                         " AND kind = 'read'")
        self.assertEqual(read, "1")
        told = self.cli("derby-safeguarding", "consultation", "concerns", "derby")
        self.assertIn(CONCERN, told)
        self.assertNotIn(CONCERN, self.cli("derby-worker", "consultation", "texts", "derby", "concern"))

    def test_the_command_line_from_end_to_end(self):
        worker = lambda *words, code=0: self.cli("derby-worker", *words, code=code)
        self.assertIn("is added", worker(
            "consultation", "create", "derby", "summer", "--title", "Summer", "--version", "next/1", "--opens", day(0),
            "--closes", day(9), "--group", "young=children-in-care,8-12,40", "--group", "carers=carers,7"))
        for kind, more in (("rating", ()), ("ranking", ()), ("free-text", ())):
            worker("consultation", "question", "derby", "summer", "--kind", kind, "--prompt", f"A {kind}?", *more)
        shown = worker("consultation", "show", "derby", "summer")
        self.assertIn("children in care", shown)
        self.assertIn("2. (ranking, up to 10)", shown)
        codes = re.findall(r"\w{5}-\w{5}-\w{5}", worker("consultation", "codes", "derby", "summer", "young", "2"))
        self.assertIn("A ranking?", self.cli("derby-worker", "consultation", "respond", codes[0]))
        self.assertIn("Thank you", self.cli("derby-worker", "consultation", "respond", codes[0], "--answer", "1=4",
                                            "--answer", "2=3,1+2", "--answer", "3=More trips"))
        self.cli("derby-worker", "consultation", "respond", codes[0], code=1)
        self.cli("derby-worker", "consultation", "respond", codes[1], "--answer", "1=x", code=2)
        self.assertIn("Thank you", worker("consultation", "enter", "derby", "summer", "young", "--answer", "2=3,2"))
        results = worker("consultation", "results", "derby", "summer")
        self.assertRegex(results, r"2 rankings of 3 options\n")
        self.assertRegex(results, r"1 +Promise 3 +4\b")
        text = re.search(r"[0-9a-f-]{36}", worker("consultation", "texts", "derby", "summer", "--state", "waiting"))[0]
        worker("consultation", "moderate", "derby", "summer", text, "--as", "shown")
        self.assertIn("More trips", self.cli("housing-director", "consultation", "texts", "derby", "summer"))
        worker("amendment", "propose", "derby", "summer", "1", "--statement", "1", "--words", "We will do",
               "--instead", "We do", "--group", "young")
        worker("amendment", "propose", "derby", "summer", "2", "--statement", "1", "--words", "Nothing", code=1)
        worker("amendment", "decide", "derby", "summer", "1", "--accept", "--reason", "It is a promise.")
        self.assertIn("accepted", worker("amendment", "list", "derby", "summer"))
        worker("said-done", "add", "derby", "summer", "--said", "Say what you do", "--done", "We changed it",
               "--amendment", "1")
        self.assertNotIn("changed", self.cli("housing-director", "said-done", "list", "derby", "summer"))
        worker("said-done", "publish", "derby", "summer", "1")
        self.assertIn("changed", self.cli("housing-director", "said-done", "list", "derby", "summer"))
        self.assertIn("closed for good", worker("consultation", "close", "derby", "summer"))
        self.assertIn("closed", worker("consultation", "list", "derby"))
        self.cli("halton-worker", "consultation", "show", "derby", "summer", code=1)
        called = self.cli("derby-worker", "call", "ConsultationService/GetConsultation",
                          '{"name": "authorities/derby/consultations/summer"}')
        self.assertIn('"title": "Summer"', called)


if __name__ == "__main__":
    harness.main()
