# SPDX-License-Identifier: Apache-2.0
"""One council's officer cannot read or change another's, even when an SQL file forgets its WHERE."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import tempfile
import time

import grpc
import harness

Code = grpc.StatusCode


def careless_sql():
    """A copy of the RPCs in which reads of departments ask for everything there is."""
    directory = tempfile.mkdtemp(prefix="pledge-careless-")
    target = os.path.join(directory, "rpc")
    shutil.copytree(os.path.join(harness.ROOT, "sql/rpc"), target)
    path = os.path.join(target, "AuthorityService/ListDepartments.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write("""-- rpc: pledge.v1.AuthorityService/ListDepartments
-- permission: authority.read
-- tx: read
-- into: departments
SELECT 'authorities/' || authority_id || '/departments/' || owner_id AS name, display_name,
       director_post, create_time, update_time, '' AS etag
FROM owner
-- into: .
SELECT '' AS next_page_token
""")
    return target


class TwoCouncils(harness.Case):
    """Derby and Halton, with an officer each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officers = {}
        for name in ("derby", "halton"):
            cls.admin.CreateAuthority(authority_id=name, authority={"display_name": name.title()})
            cls.officers[name] = cls.member(name, f"{name}-officer", "ROLE_OFFICER")


class Tenancy(TwoCouncils):
    settings = {"sql_directory": None}

    @classmethod
    def setUpClass(cls):
        cls.settings = {"sql_directory": careless_sql()}
        super().setUpClass()
        for name, officer in cls.officers.items():
            officer.CreateDepartment(
                parent=f"authorities/{name}", department_id=f"{name}-housing",
                department={"display_name": "Housing"})

    def test_a_forgotten_where_shows_nothing_of_others(self):
        """The table holds both councils' rows; the careless statement asks for all of them."""
        self.assertEqual(harness.psql(self.daemon.database, "SELECT count(*) FROM pledge.owner"), "2")
        for name, officer in self.officers.items():
            found = [d.name for d in officer.ListDepartments(parent=f"authorities/{name}").departments]
            self.assertEqual(found, [f"authorities/{name}/departments/{name}-housing"])

    def test_neighbours_in_one_pipeline_never_mix(self):
        """Two councils' careless reads share segments with failing ones while backends are cut off."""
        from pledge.v1 import authority_pb2
        path = "/pledge.v1.AuthorityService/"
        calls = []
        for turn in range(60):
            for name in ("derby", "halton"):
                channel = self.daemon.channel(f"{name}-officer")
                wanted = authority_pb2.ListDepartmentsRequest(parent=f"authorities/{name}")
                broken = authority_pb2.ListBodiesRequest(parent=f"authorities/{name}", page_token="x")
                for _ in range(10):
                    calls.append((name, channel.unary_unary(path + "ListDepartments").future(
                        wanted.SerializeToString(), timeout=30)))
                channel.unary_unary(path + "ListBodies").future(broken.SerializeToString(), timeout=30)
            if turn % 10 == 5:
                harness.psql(self.daemon.database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                             "WHERE usename = 'pledged' ORDER BY random() LIMIT 1")
        answered = 0
        for name, call in calls:
            if call.code() == Code.OK:
                answered += 1
                reply = authority_pb2.ListDepartmentsResponse.FromString(call.result())
                self.assertEqual([d.name for d in reply.departments],
                                 [f"authorities/{name}/departments/{name}-housing"])
            else:
                self.assertEqual(call.code(), Code.UNAVAILABLE)
        self.assertGreater(answered, len(calls) * 9 // 10)

    def test_another_council_is_out_of_reach(self):
        derby = self.officers["derby"]
        missing = self.refused(Code.PERMISSION_DENIED, derby.GetAuthority, name="authorities/nowhere")
        other = self.refused(Code.PERMISSION_DENIED, derby.GetAuthority, name="authorities/halton")
        self.assertEqual(missing.details(), other.details())
        for call, fields in (
                (derby.GetDepartment, {"name": "authorities/halton/departments/halton-housing"}),
                (derby.ListMembers, {"parent": "authorities/halton"}),
                (derby.ListCommitments, {"parent": "authorities/halton"}),
                (derby.GetMonitor, {"parent": "authorities/halton"}),
                (derby.CreateDepartment, {"parent": "authorities/halton", "department_id": "x",
                                          "department": {"display_name": "X"}})):
            self.refused(Code.PERMISSION_DENIED, call, **fields)

    def test_a_field_that_names_another_council_is_refused(self):
        self.refused(Code.PERMISSION_DENIED, self.officers["derby"].CreateCommitment,
                     parent="authorities/derby", commitment_id="c",
                     commitment={"owner": "authorities/derby/departments/derby-housing", "summary": "x",
                                 "statements": ["authorities/halton/pledges/p/versions/1/statements/1"]},
                     field="commitment.statements[0]")
        self.refused(Code.PERMISSION_DENIED, self.officers["derby"].CreateBody,
                     parent="authorities/derby", body_id="b",
                     body={"display_name": "B", "parent_body": "authorities/halton/bodies/c"},
                     field="body.parent_body")

    def test_no_certificate_no_data(self):
        nobody = harness.Api(self.daemon, None)
        stranger = harness.Api(self.daemon, "stranger")
        for api in (nobody, stranger):
            for call, fields in ((api.GetSelf, {}), (api.ListAuthorities, {}),
                                 (api.GetAuthority, {"name": "authorities/derby"})):
                self.refused(Code.UNAUTHENTICATED, call, **fields)

    def test_the_host_administrator_sees_no_content(self):
        for call, fields in (
                (self.admin.ListPledges, {"parent": "authorities/derby"}),
                (self.admin.ListCommitments, {"parent": "authorities/derby"}),
                (self.admin.GetMonitor, {"parent": "authorities/derby"})):
            self.refused(Code.PERMISSION_DENIED, call, **fields)

    def test_an_officer_does_not_run_the_host(self):
        self.refused(Code.PERMISSION_DENIED, self.officers["derby"].CreateAuthority,
                     authority_id="new", authority={"display_name": "New"})

    def test_the_daemons_role_owns_and_bypasses_nothing(self):
        database = self.daemon.database
        self.assertEqual(harness.psql(
            database, "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
            "WHERE rolname = 'pledged'"), "f|f|f|f")
        self.assertEqual(harness.psql(
            database, "SELECT count(*) FROM pg_class WHERE relowner = 'pledged'::regrole"), "0")
        self.assertEqual(harness.psql(database, "SELECT count(*) FROM pledge.owner", user="pledged"), "0")
        for sql in ("SET row_security = off; SELECT count(*) FROM pledge.owner",
                    "UPDATE pledge.progress SET narrative = 'x'",
                    "DELETE FROM pledge.owner",
                    "SELECT * FROM pledge.credential",
                    "ALTER TABLE pledge.owner DISABLE ROW LEVEL SECURITY",
                    "SELECT pledge.host_administrator_add('\\x00', 'me')",
                    "SET ROLE postgres"):
            with self.subTest(sql=re.sub(r"\s+", " ", sql)):
                with self.assertRaises(RuntimeError):
                    harness.psql(database, sql, user="pledged")


class Writers(TwoCouncils):
    settings = {"PLEDGED_LOOPS": "1", "PLEDGED_WRITE_CONNECTIONS": "4"}

    def create(self, council, number):
        return self.officers[council].CreateDepartment(
            parent=f"authorities/{council}", department_id=f"d{number}", department={"display_name": f"D {number}"})

    def test_a_council_whose_writes_wait_leaves_others_a_connection(self):
        """Six writes of one council wait for a lock; at most three of four connections are theirs."""
        database = self.daemon.database
        with subprocess.Popen(["psql", "-qXAt", "-U", "postgres", database], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as holder, \
                concurrent.futures.ThreadPoolExecutor() as pool:
            holder.stdin.write("BEGIN; SELECT 'held' FROM pledge.change_count WHERE authority_id = 'derby'"
                               " FOR UPDATE;\n")
            holder.stdin.flush()
            self.assertIn("held", holder.stdout.readline())
            writes = [pool.submit(self.create, "derby", number) for number in range(6)]
            until = time.monotonic() + 3  # less than the daemon waits for a lock
            while harness.waiting_for_locks(database) < 3 and time.monotonic() < until:
                time.sleep(0.01)
            self.create("halton", 1)
            self.assertEqual(harness.waiting_for_locks(database), 3)
            self.assertFalse(any(write.done() for write in writes))
            holder.stdin.write("COMMIT;\n")
            holder.stdin.close()
            holder.wait()
            for write in writes:
                write.result()
        self.assertEqual(harness.psql(database, "SELECT count(*) FROM pledge.owner WHERE authority_id = 'derby'"), "6")

    def test_a_call_after_rights_have_ended_does_not_use_what_was_asked_before(self):
        """The database is asked who calls, somebody ends their place, and only then comes the second call."""
        name, database = "authorities/derby", self.daemon.database
        leaver = self.member("derby", "leaver", "ROLE_OFFICER")
        leaver.GetAuthority(name=name)
        usual = harness.psql(database, "SELECT pg_get_functiondef('pledge.identify(bytea)'::regprocedure)")
        harness.psql(database, re.sub(r"identify\b", "identify_quick", usual))
        harness.psql(database, """
            CREATE OR REPLACE FUNCTION pledge.identify(fingerprint bytea)
            RETURNS TABLE (principal_id uuid, display_name text, host_administrator boolean,
                           authority_id text, role text, owner_id text)
            LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp AS $$
            BEGIN
                RETURN QUERY SELECT * FROM identify_quick(fingerprint);
                PERFORM pg_sleep(1);
            END $$;
            SELECT pg_notify('pledge_change', '')""")
        try:
            with concurrent.futures.ThreadPoolExecutor() as pool:
                first = pool.submit(leaver.GetAuthority, name=name)
                time.sleep(0.4)
                harness.psql(database, "DELETE FROM pledge.member WHERE member_id = 'leaver'")
                time.sleep(0.2)
                self.refused(Code.PERMISSION_DENIED, leaver.GetAuthority, name=name)
                first.result()  # which came while they still had the place
        finally:
            harness.psql(database, usual)


if __name__ == "__main__":
    harness.main()
