# SPDX-License-Identifier: Apache-2.0
"""Replies of costly reads are kept, and never told once anything changed."""

import re
import time
import urllib.request
import uuid

import grpc
import harness
from council import SmallCouncil, statement

Code = grpc.StatusCode


class Recall(SmallCouncil):
    """The monitor is made slow, so that its replies are worth keeping and it takes the heavy lane."""

    settings = {"PLEDGED_LOOPS": "1", "PLEDGED_METRICS_LISTEN": "127.0.0.1:0"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = next(cls.daemon.events("metrics"))["port"]
        harness.psql(cls.daemon.database, """
            ALTER FUNCTION pledge.monitor_round_before(text) RENAME TO monitor_round_before_quick;
            CREATE FUNCTION pledge.monitor_round_before(p_id text) RETURNS text
            LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp AS $$
            BEGIN
                PERFORM pg_sleep(0.02);
                RETURN monitor_round_before_quick(p_id);
            END $$;
            GRANT EXECUTE ON FUNCTION pledge.monitor_round_before(text) TO pledged""")

    def runs(self):
        """How often the heavy lane worked something out."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=20) as answer:
            found = re.search(r'pledged_database_jobs_total{loop="0",lane="heavy"} (\d+)', answer.read().decode())
        return int(found[1])

    def end_sessions(self):
        """Ends the daemon's sessions and waits until it has noticed and has others."""
        harness.psql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     f" WHERE datname = '{self.daemon.database}' AND usename = 'pledged'")
        time.sleep(0.5)
        self.daemon.wait_serving(name="derby-officer")

    def monitor(self, api=None):
        return (api or self.officer).GetMonitor(parent=self.parent)

    def settle(self):
        """Asks until the usual cost is known and the reply is kept."""
        for _ in range(60):
            before = self.runs()
            reply = self.monitor()
            if self.runs() == before:
                return reply
        self.fail("the monitor was worked out every time")

    def test_a_kept_reply_is_the_same(self):
        self.assertEqual(self.settle(), self.monitor())

    def test_what_a_call_that_was_given_up_had_of_it_is_not_kept(self):
        """Its first rows come at once and fill what the database sends together; the last come after its time."""
        def pause(seconds):
            harness.psql(self.daemon.database, f"""
                CREATE OR REPLACE FUNCTION pledge.pause() RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_sleep({seconds}); RETURN true; END $$;
                GRANT EXECUTE ON FUNCTION pledge.pause() TO pledged""")

        numbers = [str(n) for n in range(1, 60)]
        large = self.officer.CreateVersion(
            parent=f"{self.parent}/pledges/promise", version_id="2", version={
                "title": "Large", "outcomes": [{"outcome_id": "be-heard", "title": "Be heard"}],
                "statements": [{**statement(n), "text": "word " * 300 + n} for n in numbers],
                "lineage": [{"from_statement_id": n, "to_statement_id": n, "change": "CHANGE_REWORDED"}
                            if n in ("1", "2", "3") else {"to_statement_id": n, "change": "CHANGE_NEW"} for n in numbers],
            }).version.name
        pause(0.02)
        view = harness.psql(self.daemon.database, "SELECT pg_get_viewdef('pledge.lineage_resource'::regclass)")
        harness.psql(self.daemon.database, f"""
            CREATE OR REPLACE VIEW pledge.lineage_resource WITH (security_invoker = true) AS
            SELECT l.* FROM (SELECT pledge.pause() AS paused OFFSET 0) AS p
             CROSS JOIN LATERAL (SELECT * FROM ({view.strip().rstrip(';')}) AS q WHERE p.paused OFFSET 0) AS l""")
        for _ in range(30):
            whole = self.officer.GetVersion(name=large).version
        self.assertEqual((len(whole.statements), len(whole.lineage)), (59, 59))
        pause(0.4)  # the database stops what takes longer than half a second
        self.officer.UpdateBody(body={"name": f"{self.parent}/bodies/committee", "display_name": "Another"},
                                update_mask={"paths": ["display_name"]})
        self.refused(Code.DEADLINE_EXCEEDED, self.officer.GetVersion, name=large, timeout=0.25)
        time.sleep(1)
        self.assertEqual(self.officer.GetVersion(name=large).version, whole)

    def test_every_change_is_seen_at_once(self):
        name = "r" + uuid.uuid4().hex[:8]
        round_name = f"{self.parent}/rounds/{name}"
        self.settle()
        opened = self.round(name, opens=0, due=10, closes=20)
        self.assertEqual(self.settle().round, round_name)
        sent = self.officer.SubmitReturn(parent=round_name, owner_return=self.report(
            "leisure", [self.line("l1", "RATING_RED", reason="None left.")])).owner_return
        self.assertEqual(self.monitor().received_count, 1)
        self.settle()
        self.officer.QueryReturn(name=sent.name, query="Why?")
        self.assertEqual(self.monitor().queried_count, 1)
        self.settle()
        self.officer.CreateCommitment(
            parent=self.parent, commitment_id="c" + name,
            commitment={"owner": f"{self.parent}/departments/housing", "summary": "More",
                        "statements": [f"{self.version.name}/statements/3"]})
        third = [s for s in self.monitor().statements if s.statement_id == "3"][0]
        self.assertEqual(len(third.owners), 1)
        self.settle()
        self.officer.UpdateRound(round={"name": round_name, "title": "Renamed", "etag": opened.etag},
                                 update_mask={"paths": ["title"]})
        self.assertEqual(self.monitor().round_title, "Renamed")
        self.settle()
        self.officer.CloseRound(name=round_name)
        self.assertEqual(self.monitor().missing_count, 2)

    def test_another_request_or_caller_is_not_answered_with_it(self):
        name = "r" + uuid.uuid4().hex[:8]
        self.round(name, opens=-30, due=-10, closes=20)
        latest = self.settle()
        other = self.officer.GetMonitor(parent=self.parent, round_id=name)
        self.assertEqual(other.round, f"{self.parent}/rounds/{name}")
        self.assertNotEqual(other, latest)
        before = self.runs()
        self.monitor(self.director)
        self.assertGreater(self.runs(), before)

    def test_a_reply_of_another_day_is_not_told(self):
        """The day is part of what is asked: days late and missing returns follow from it."""
        self.settle()
        before = self.runs()
        harness.psql(self.daemon.database, f"ALTER ROLE pledged IN DATABASE {self.daemon.database}"
                     " SET TimeZone = 'Pacific/Kiritimati'")
        far = harness.psql("postgres", "SET TimeZone = 'Pacific/Kiritimati'; SELECT current_date")
        here = harness.psql("postgres", "SELECT current_date")
        if far == here:
            harness.psql(self.daemon.database, f"ALTER ROLE pledged IN DATABASE {self.daemon.database}"
                         " SET TimeZone = 'Etc/GMT+12'")
            far = harness.psql("postgres", "SET TimeZone = 'Etc/GMT+12'; SELECT current_date")
        self.assertNotEqual(far, here)
        self.end_sessions()
        self.assertEqual(self.monitor().as_at, far)
        self.assertGreater(self.runs(), before)
        harness.psql(self.daemon.database,
                     f"ALTER ROLE pledged IN DATABASE {self.daemon.database} RESET TimeZone")
        self.end_sessions()


if __name__ == "__main__":
    harness.main()
