# SPDX-License-Identifier: Apache-2.0
"""Hostile SQL as the daemon's database role: what an injected statement could do, were there a way to inject one.

Row-level security believes the settings of the transaction, so a statement that may set them could act as
another council. That none can is the engine's doing (prepared statements, bound parameters); here is tried what
the role itself allows.
"""

import os
import re
import subprocess

import harness
from council import SmallCouncil

AS_OFFICER = ("SELECT set_config('pledge.authority', 'halton', false), set_config('pledge.role', 'officer', false),"
              " set_config('pledge.principal', '00000000-0000-0000-0000-000000000001', false)")

# Each must fail.
REFUSED = (
    # out of the role
    "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "RESET SESSION AUTHORIZATION; SET ROLE postgres",
    "ALTER ROLE pledged SUPERUSER", "ALTER ROLE pledged BYPASSRLS", "CREATE ROLE other", "GRANT postgres TO pledged",
    "ALTER ROLE postgres PASSWORD 'x'", "SELECT * FROM pg_authid",
    # round row-level security
    "SET row_security = off; SELECT count(*) FROM pledge.owner",
    "ALTER TABLE pledge.owner DISABLE ROW LEVEL SECURITY", "ALTER TABLE pledge.owner NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY owner_tenant ON pledge.owner", "CREATE POLICY all_of_it ON pledge.owner USING (true)",
    "CREATE FUNCTION pledge.mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION pledge.app_authority() RETURNS text LANGUAGE sql AS $$ SELECT 'derby' $$",
    "CREATE VIEW pledge.all_owners AS SELECT * FROM pledge.owner", "CREATE RULE r AS ON SELECT TO pledge.owner DO INSTEAD NOTHING",
    "CREATE TRIGGER t BEFORE INSERT ON pledge.owner EXECUTE FUNCTION pledge.touch()",
    "ALTER TABLE pledge.owner OWNER TO pledged", "LOCK TABLE pledge.owner IN ACCESS EXCLUSIVE MODE",
    # who is who
    "SELECT * FROM pledge.credential", "SELECT * FROM pledge.principal", "INSERT INTO pledge.principal (display_name) VALUES ('x')",
    "INSERT INTO pledge.role_permission VALUES ('officer', 'member.write')", "DELETE FROM pledge.role_permission",
    "SELECT pledge.host_administrator_add('\\x00', 'me')", "SELECT pledge.member_principal(repeat('0', 64), '', 'x')",
    "SELECT pledge.certificate_member('officer')",
    "UPDATE pledge.member SET role = 'council_administrator'", "DELETE FROM pledge.member",
    "SELECT pledge.member_create('x', 'X', 'officer', '', repeat('0', 64), '')",
    "SELECT pledge.certificate_add('derby-officer', repeat('0', 64), '')",
    *(f"SELECT * FROM pledge.{table}" for table in (
        "login", "password", "recovery_code", "device", "attempt", "invitation", "session", "token_used")),
    "INSERT INTO pledge.session (token_hash) VALUES ('\\x00')", "UPDATE pledge.session SET end_time = NULL",
    "SELECT pledge.session_begin(gen_random_uuid(), NULL, 'password', '\\x00', 60, 60, 'm', 'p')",
    "SELECT pledge.sessions_end(gen_random_uuid(), NULL)", "SELECT pledge.sessions_of(gen_random_uuid())",
    "SELECT pledge.invitation_make(gen_random_uuid())", "SELECT pledge.member_invite('derby-officer')",
    "SELECT pledge.host_administrator_invite('me', 'Me')", "SELECT pledge.device_remember(gen_random_uuid(), '\\x00')",
    "SELECT pledge.signin_audit(gen_random_uuid(), NULL, 'm', 'OK', 'p')",
    "SELECT pledge.principal_is_ours(NULL, ''), 1 / 0", "SELECT pledge.member_sign_out('derby-officer')",
    # facts
    "UPDATE pledge.progress SET narrative = 'x'", "DELETE FROM pledge.progress", "TRUNCATE pledge.progress",
    "UPDATE pledge.return_submission SET content_hash = repeat('0', 64)", "DELETE FROM pledge.return_move",
    "UPDATE pledge.statement SET text = 'x' WHERE authority_id = 'derby'; SELECT 1 / 0",
    "UPDATE pledge.audit_entry SET role = 'x'", "DELETE FROM pledge.audit_entry", "TRUNCATE pledge.audit_entry",
    "UPDATE pledge.audit_entry SET peer = NULL, peer_salt = NULL",
    "SELECT pledge.audit_peers_clear('derby', gen_random_uuid())", "DELETE FROM pledge.erasure",
    "DELETE FROM pledge.personal_field", "UPDATE pledge.retention SET days = 0", "DELETE FROM pledge.retention_run",
    "SELECT pledge.retention_apply()", "SELECT pledge.retention_remove('member')", "SELECT pledge.retention_apply_now()",
    "SELECT pledge.retention_update('session', 1)", "SELECT pledge.personal_erase_member('derby-officer')",
    "SELECT pledge.personal_erase(ARRAY(SELECT m FROM pledge.member AS m), 'asked', 'm')",
    "SELECT pledge.personal_export('derby-officer')", "SELECT pledge.personal_rows(gen_random_uuid(), NULL)",
    "INSERT INTO pledge.audit_head VALUES ('derby', 0, '')",
    "SELECT pledge.audit_append('derby', 'write', '', '', '', '', '', 0, NULL, NULL)",
    "UPDATE pledge.change SET name = 'x'", "UPDATE pledge.change_count SET authority_id = 'derby'",
    # another council's rows
    "INSERT INTO pledge.owner (authority_id, owner_id, kind, display_name) VALUES ('derby', 'x', 'department', 'X')",
    "INSERT INTO pledge.change (authority_id, number, kind, name, permission) VALUES ('derby', 99, 'created', 'x', 'x')",
    "INSERT INTO pledge.request (principal_id, request_id, authority_id, method, request_hash)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'derby', '', '')",
    # out of the database
    "COPY pledge.owner TO PROGRAM 'cat'", "COPY (SELECT 1) TO '/tmp/out-of-pledge'", "COPY pledge.owner FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('/')", "SELECT lo_import('/etc/passwd')",
    "CREATE EXTENSION dblink", "CREATE EXTENSION postgres_fdw", "LOAD 'auto_explain'", "ALTER SYSTEM SET fsync = off",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()"
    " UNION ALL SELECT pg_reload_conf()",
    "CREATE SCHEMA evil", "DROP SCHEMA pledge CASCADE", "CREATE TABLE pledge.mine (x int)", "DROP TABLE pledge.owner",
    "DO LANGUAGE plpython3u 'import os'", "CREATE DATABASE other", "VACUUM FULL pledge.owner; SELECT 1 / 0",
)

# Each shows nothing of derby to halton's officer: (statement, what it may print).
NOTHING = (
    "SELECT count(*) FROM pledge.{table} WHERE authority_id = 'derby'",
    "SELECT count(*) FROM pledge.{table} AS t WHERE EXISTS (SELECT FROM pledge.{table} AS u"
    " WHERE u.authority_id = 'derby')",
    "WITH x AS (SELECT * FROM pledge.{table}) SELECT count(*) FROM x WHERE authority_id <> 'halton'",
)


class HostileSql(SmallCouncil):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director.SubmitReturn(parent=f"{cls.parent}/rounds/now", owner_return={
            "owner": f"{cls.parent}/departments/housing", "progress": [
                {"commitment_id": name, "rating": "RATING_GREEN", "narrative": "Done."} for name in ("h1", "h2")]})
        cls.admin.CreateAuthority(authority_id="halton", authority={"display_name": "Halton"})
        cls.member("halton", "halton-officer", "ROLE_OFFICER")
        database = cls.daemon.database
        cls.before = cls.counts()
        cls.tables = harness.psql(database, """
            SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'authority_id'
             WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind IN ('r', 'v')
               AND has_table_privilege('pledged', c.oid, 'SELECT') ORDER BY 1""").split()

    @classmethod
    def counts(cls):
        """How many rows each table has, and a hash over all of them."""
        tables = harness.psql(cls.daemon.database, "SELECT relname FROM pg_class WHERE relkind = 'r'"
                              " AND relnamespace = 'pledge'::regnamespace ORDER BY 1").split()
        return {table: harness.psql(cls.daemon.database, f"SELECT count(*) || ':' || coalesce(md5(string_agg(t::text, ''"
                                    f" ORDER BY t::text)), '') FROM pledge.{table} AS t") for table in tables}

    def hostile(self, sql):
        """Runs SQL as the daemon's role with the settings of an officer of halton; (worked, what it printed)."""
        done = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-U", "pledged", "-d", self.daemon.database,
                               "-c", AS_OFFICER + ";" + sql], capture_output=True, text=True,
                              env={**os.environ, "PGOPTIONS": "-c statement_timeout=20s"})
        return done.returncode == 0, done.stdout.strip().split("\n")[-1], done.stderr

    def test_what_the_role_may_not_do(self):
        for sql in REFUSED:
            with self.subTest(sql=re.sub(r"\s+", " ", sql)):
                worked, printed, _ = self.hostile(sql)
                self.assertFalse(worked, printed)
        after = self.counts()
        self.assertEqual({table: after[table] for table in after if after[table] != self.before[table]}, {})
        self.assertFalse(os.path.exists("/tmp/out-of-pledge"))

    def test_another_councils_rows_cannot_be_seen(self):
        self.assertGreater(len(self.tables), 30)
        for table in self.tables:
            for sql in NOTHING:
                with self.subTest(table=table, sql=sql):
                    worked, printed, errors = self.hostile(sql.format(table=table))
                    self.assertTrue(worked, errors)
                    self.assertEqual(printed, "0")

    def test_a_function_of_ones_own_shadows_none_of_the_schemas(self):
        worked, printed, errors = self.hostile(
            "CREATE FUNCTION pg_temp.app_authority() RETURNS text LANGUAGE sql AS $$ SELECT 'derby' $$;"
            "CREATE TEMP TABLE owner (authority_id text);"
            "SELECT count(*) FROM pledge.owner WHERE authority_id = 'derby'")
        self.assertTrue(worked, errors)
        self.assertEqual(printed, "0")


if __name__ == "__main__":
    harness.main()
