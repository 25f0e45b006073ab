# SPDX-License-Identifier: Apache-2.0
"""Watching an authority: every change in order, no gap after a break, nothing of what may not be read."""

import threading
import uuid

import grpc
import harness
from council import SmallCouncil
from pledge.v1 import watch_pb2

Code = grpc.StatusCode
PATH = "/pledge.v1.WatchService/Watch"
SECONDS = 20


class Watch(SmallCouncil):
    def watch(self, who="derby-officer", cursor="", parent=None, timeout=SECONDS):
        return self.daemon.stream(who, PATH, watch_pb2.WatchRequest(parent=parent or self.parent, cursor=cursor),
                                  watch_pb2.WatchResponse, timeout)

    def begin(self, who="derby-officer"):
        """A watch and the cursor where it begins."""
        stream = self.watch(who)
        first = next(stream)
        self.assertEqual((first.name, first.kind), ("", 0))
        return stream, first.cursor

    def body(self, identifier=None):
        identifier = identifier or "b" + uuid.uuid4().hex[:8]
        return self.officer.CreateBody(parent=self.parent, body_id=identifier,
                                       body={"display_name": "A body"}).body

    def test_changes_come_as_they_are_recorded(self):
        stream, _ = self.begin()
        body = self.body()
        seen = next(stream)
        self.assertEqual((seen.name, seen.kind), (body.name, watch_pb2.CHANGE_KIND_CREATED))
        self.officer.UpdateBody(body={"name": body.name, "display_name": "Another"},
                                update_mask={"paths": ["display_name"]})
        seen = next(stream)
        self.assertEqual((seen.name, seen.kind), (body.name, watch_pb2.CHANGE_KIND_UPDATED))
        stream.cancel()

    def test_a_return_is_a_change_with_each_move(self):
        name = "r" + uuid.uuid4().hex[:8]
        self.round(name, opens=-20, due=10, closes=20)
        stream, _ = self.begin()
        sent = self.officer.SubmitReturn(
            parent=f"{self.parent}/rounds/{name}",
            owner_return=self.report("leisure", [self.line("l1")])).owner_return
        self.assertEqual(next(stream).name, sent.name)
        self.officer.CertifyReturn(name=sent.name, etag=sent.etag)
        seen = next(stream)
        self.assertEqual((seen.name, seen.kind), (sent.name, watch_pb2.CHANGE_KIND_UPDATED))
        stream.cancel()

    def test_what_is_only_checked_or_refused_is_no_change(self):
        stream, _ = self.begin()
        taken = self.body()
        self.assertEqual(next(stream).name, taken.name)
        self.refused(Code.ALREADY_EXISTS, self.officer.CreateBody, parent=self.parent,
                     body_id=taken.name.split("/")[-1], body={"display_name": "Twice"})
        self.officer.CreateBody(parent=self.parent, body_id="only-checked", validate_only=True,
                                body={"display_name": "Checked"})
        after = self.body()
        self.assertEqual(next(stream).name, after.name)
        stream.cancel()

    def test_a_cursor_goes_on_without_a_gap(self):
        """Writers in parallel, a watcher that is cut off after every few changes."""
        _, cursor = self.begin()
        made = []

        def write():
            for _ in range(15):
                made.append(self.body().name)

        writers = [threading.Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        seen = []
        while len(seen) < 60:
            stream = self.watch(cursor=cursor)
            for _ in range(min(7, 60 - len(seen))):
                change = next(stream)
                seen.append(change.name)
                cursor = change.cursor
            stream.cancel()
        for writer in writers:
            writer.join()
        self.assertEqual(sorted(seen), sorted(made))

    def test_a_database_that_comes_back_is_followed(self):
        stream, _ = self.begin()
        harness.psql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     f" WHERE datname = '{self.daemon.database}' AND usename = 'pledged'")
        harness.psql(self.daemon.database, "SELECT 1")
        self.daemon.wait_serving(name="derby-officer")
        body = self.body()
        self.assertEqual(next(stream).name, body.name)
        stream.cancel()

    def test_an_agency_hears_of_its_own_returns_only(self):
        name = "r" + uuid.uuid4().hex[:8]
        stream, _ = self.begin("police-agency")
        self.round(name, opens=-20, due=10, closes=20)
        self.assertEqual(next(stream).name, f"{self.parent}/rounds/{name}")
        for owner, line in (("leisure", "l1"), ("police", "p1")):
            self.officer.SubmitReturn(parent=f"{self.parent}/rounds/{name}",
                                      owner_return=self.report(owner, [self.line(line)]))
        self.assertEqual(next(stream).name, f"{self.parent}/rounds/{name}/returns/police")
        stream.cancel()

    def test_who_may_not_watch(self):
        self.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        for who, parent, code in (("derby-officer", "authorities/halton", Code.PERMISSION_DENIED),
                                  ("derby-officer", "derby", Code.INVALID_ARGUMENT),
                                  ("nobody-known", self.parent, Code.UNAUTHENTICATED)):
            with self.subTest(who=who, parent=parent), self.assertRaises(grpc.RpcError) as caught:
                next(self.watch(who, parent=parent))
            self.assertEqual(caught.exception.code(), code, caught.exception.details())

    def test_a_foreign_cursor_is_refused(self):
        for cursor in ("x", "c999999999", "c1'", "c" * 64):
            with self.subTest(cursor=cursor), self.assertRaises(grpc.RpcError) as caught:
                next(self.watch(cursor=cursor))
            self.assertEqual(caught.exception.code(), Code.INVALID_ARGUMENT)
            self.assertIn("cursor", harness.violations(caught.exception))

    def test_rights_that_end_end_the_watch(self):
        self.member("derby", "leaver", "ROLE_DIRECTOR", f"{self.parent}/departments/leisure")
        stream, _ = self.begin("leaver")
        harness.psql(self.daemon.database, "DELETE FROM pledge.member WHERE member_id = 'leaver'")
        with self.assertRaises(grpc.RpcError) as caught:
            for _ in stream:
                pass
        self.assertEqual(caught.exception.code(), Code.PERMISSION_DENIED)

    def test_a_deadline_ends_a_watch(self):
        stream = self.watch(timeout=1)
        next(stream)
        with self.assertRaises(grpc.RpcError) as caught:
            next(stream)
        self.assertEqual(caught.exception.code(), Code.DEADLINE_EXCEEDED)



if __name__ == "__main__":
    harness.main()
