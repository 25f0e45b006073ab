# SPDX-License-Identifier: Apache-2.0
"""Many returns over one stream: recorded as if each had been sent by itself, or not at all."""

import uuid

import grpc
import harness
from council import SmallCouncil, day
from pledge.v1 import return_pb2

Code = grpc.StatusCode
PATH = "/pledge.v1.ReturnService/ImportReturns"


class Import(SmallCouncil):
    def setUp(self):
        self.round_id = "r" + uuid.uuid4().hex[:8]
        self.name = f"{self.parent}/rounds/{self.round_id}"
        self.round(self.round_id, opens=-20, due=-10, closes=20)

    def row(self, owner, commitment, rating="RATING_GREEN", parent=None, **more):
        collection = "partnerAgencies" if owner == "police" else "departments"
        fields = {key: more.pop(key) for key in ("received_on", "observed_to", "request_id", "validate_only") if key in more}
        return return_pb2.ImportReturnsRequest(
            parent=parent or self.name, owner=f"{self.parent}/{collection}/{owner}",
            progress=self.line(commitment, rating, **more), **fields)

    def send(self, rows, who="derby-officer", **more):
        return self.daemon.gather(who, PATH, rows, return_pb2.ImportReturnsResponse, **more)

    def rows(self):
        return [self.row("housing", "h1"), self.row("police", "p1", "RATING_AMBER", reason="Nearly."),
                self.row("housing", "h2", "RATING_RED", reason="None left."), self.row("leisure", "l1")]

    def recorded(self):
        return len(self.officer.ListReturns(parent=self.name).returns)

    def test_it_is_as_if_each_had_been_sent_by_itself(self):
        answer = self.send(self.rows())
        self.assertEqual((answer.return_count, answer.line_count), (3, 4))
        housing = self.officer.GetReturn(name=self.name + "/returns/housing").owner_return
        self.assertEqual([(p.commitment_id, p.reason) for p in housing.progress],
                         [("h1", ""), ("h2", "None left.")])
        self.assertEqual((housing.submission, housing.received_on, housing.days_late), (1, day(0), 10))

    def test_the_hash_is_that_of_the_same_return_sent_alone(self):
        self.send(self.rows(), timeout=20)
        by_stream = self.officer.GetReturn(name=self.name + "/returns/housing").owner_return.content_hash
        content = harness.psql(self.daemon.database, f"""
            SET search_path = pledge; SET pledge.authority = 'derby';
            SELECT content_hash(return_content_head('{self.round_id}', 'housing', 1, current_date)
                || content_line('progress', 'h1', 'green', 'Done.', '', '', '', '', 'Yes.')
                || content_line('progress', 'h2', 'red', 'Done.', 'None left.', '', '', '', 'Yes.'))""")
        self.assertEqual(by_stream, content)
        other = "r" + uuid.uuid4().hex[:8]
        self.round(other, opens=-20, due=-10, closes=20)
        alone = self.officer.SubmitReturn(
            parent=f"{self.parent}/rounds/{other}", owner_return=self.report("housing", [
                self.line("h1"), self.line("h2", "RATING_RED", reason="None left.")])).owner_return
        expected = harness.psql(self.daemon.database, f"""
            SET search_path = pledge; SET pledge.authority = 'derby';
            SELECT content_hash(return_content_head('{other}', 'housing', 1, current_date)
                || content_line('progress', 'h1', 'green', 'Done.', '', '', '', '', 'Yes.')
                || content_line('progress', 'h2', 'red', 'Done.', 'None left.', '', '', '', 'Yes.'))""")
        self.assertEqual(alone.content_hash, expected)

    def test_rounds_of_the_past_on_the_day_they_came(self):
        old = "r" + uuid.uuid4().hex[:8]
        self.round(old, opens=-400, due=-380, closes=-350)
        self.send([self.row("leisure", "l1", parent=f"{self.parent}/rounds/{old}", received_on=day(-375)),
                   self.row("leisure", "l1")])
        late = self.officer.GetReturn(name=f"{self.parent}/rounds/{old}/returns/leisure").owner_return
        self.assertEqual((late.received_on, late.days_late), (day(-375), 5))

    def test_one_bad_line_among_many_records_nothing(self):
        rows = self.rows() + [self.row("leisure", "l1", "RATING_AMBER")]
        error = self.refused(Code.INVALID_ARGUMENT, self.send, rows, field="requests[4].progress.reason")
        self.assertEqual(harness.violations(error)["requests[4].progress.reason"][1], "R012")
        self.assertIn("requests[4].progress.commitment_id", harness.violations(error))
        self.assertEqual(self.recorded(), 0)

    def test_every_kind_of_breach_has_its_place_and_code(self):
        for rows, field, code in (
                ([self.row("housing", "h1")], "requests[0].progress", "R007"),
                ([self.row("leisure", "")], "requests[0].progress.commitment_id", "R002"),
                ([self.row("leisure", "l9")], "requests[0].progress.commitment_id", "R003"),
                ([self.row("leisure", "h1")], "requests[0].progress.commitment_id", "R004"),
                ([self.row("leisure", "l1", "RATING_UNSPECIFIED")], "requests[0].progress.rating", "R010"),
                ([self.row("leisure", "l1", actual_on=day(1))], "requests[0].progress.actual_on", "R020"),
                ([self.row("leisure", "l1", actual_on="soon")], "requests[0].progress.actual_on", "R021"),
                ([self.row("leisure", "l1", received_on=day(1))], "requests[0].received_on", "R030"),
                ([self.row("leisure", "l1", received_on="1.2.16")], "requests[0].received_on", "R032")):
            with self.subTest(code=code):
                error = self.refused(Code.INVALID_ARGUMENT, self.send, rows, field=field)
                self.assertEqual(harness.violations(error)[field][1], code)
        self.assertEqual(self.recorded(), 0)

    def test_a_return_that_is_there_is_not_replaced(self):
        self.officer.SubmitReturn(parent=self.name, owner_return=self.report("leisure", [self.line("l1")]))
        error = self.refused(Code.INVALID_ARGUMENT, self.send, [self.row("leisure", "l1")],
                             field="requests[0].owner")
        self.assertEqual(harness.violations(error)["requests[0].owner"][1], "R060")

    def test_names_are_checked(self):
        self.refused(Code.NOT_FOUND, self.send, [self.row("leisure", "l1", parent=self.parent + "/rounds/none")])
        self.refused(Code.INVALID_ARGUMENT, self.send, [self.row("nobody", "l1")], field="requests[0].owner")
        self.refused(Code.INVALID_ARGUMENT, self.send,
                     self.rows() + [self.row("leisure", "l1", parent="authorities/halton/rounds/x")],
                     field="requests[4].parent")
        self.refused(Code.INVALID_ARGUMENT, self.send, [self.row("leisure", "l1", parent="derby")], field="parent")
        self.assertEqual(self.recorded(), 0)

    def test_others_act_for_their_own_owner_only(self):
        self.assertEqual(self.send([self.row("police", "p1")], "police-agency").return_count, 1)
        self.refused(Code.PERMISSION_DENIED, self.send, [self.row("leisure", "l1")], "police-agency")
        self.refused(Code.INVALID_ARGUMENT, self.send,
                     [self.row("housing", "h1", received_on=day(-5)), self.row("housing", "h2", received_on=day(-5))],
                     "housing-director", field="requests[0].received_on")
        self.refused(Code.UNAUTHENTICATED, self.send, [self.row("leisure", "l1")], "nobody-known")
        self.assertEqual(self.recorded(), 1)

    def test_a_stream_repeated_counts_once(self):
        request = str(uuid.uuid4())
        rows = [self.row("housing", "h1", request_id=request), self.row("housing", "h2")]
        self.assertEqual(self.send(rows), self.send(rows))
        self.assertEqual(self.recorded(), 1)
        self.refused(Code.INVALID_ARGUMENT, self.send, rows[:1], field="request_id")

    def test_a_check_writes_nothing(self):
        answer = self.send([self.row("leisure", "l1", validate_only=True)])
        self.assertEqual((answer.return_count, self.recorded()), (1, 0))

    def test_an_empty_stream(self):
        self.refused(Code.INVALID_ARGUMENT, self.send, [])

    def test_a_stream_that_breaks_off_records_nothing(self):
        def broken():
            yield self.row("leisure", "l1")
            raise ConnectionError

        with self.assertRaises(grpc.RpcError):
            self.send(broken())
        self.assertEqual(self.recorded(), 0)
        self.assertEqual(self.send([self.row("leisure", "l1")]).return_count, 1)

    def test_there_is_a_limit(self):
        row = self.row("leisure", "l1")
        self.refused(Code.RESOURCE_EXHAUSTED, self.send, (row for _ in range(200001)), timeout=120)


if __name__ == "__main__":
    harness.main()
