-- SPDX-License-Identifier: Apache-2.0
-- The register names every column that may hold personal data; an export shows it; an erasure takes it
-- away and leaves the chains whole.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;

-- A new column that can hold words, bytes or somebody's number belongs into one of both lists.
CREATE TEMP TABLE holder AS
SELECT c.relname::text AS table_name, a.attname::text AS column_name
  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind IN ('r', 'p', 'm')
   AND a.atttypid IN ('text'::regtype, 'bytea'::regtype, 'jsonb'::regtype, 'json'::regtype,
                      'varchar'::regtype, 'uuid'::regtype, 'inet'::regtype, 'text[]'::regtype);
CREATE FUNCTION pg_temp.is_none(h holder) RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM personal_none AS n WHERE n.table_name IN ('*', h.table_name)
                      AND n.column_name IN ('*', h.column_name))
$$;
SELECT is_empty($$SELECT table_name, column_name FROM holder AS h
    WHERE NOT pg_temp.is_none(h) AND NOT EXISTS (SELECT FROM personal_field AS f
          WHERE f.table_name = h.table_name AND f.column_name = h.column_name)$$,
    'every column is in the register, or known to hold nothing of people');
SELECT is_empty($$SELECT table_name, column_name FROM holder AS h
    WHERE pg_temp.is_none(h) AND EXISTS (SELECT FROM personal_field AS f
          WHERE f.table_name = h.table_name AND f.column_name = h.column_name)$$,
    'and in one of them only');
SELECT is_empty($$SELECT table_name, column_name FROM personal_field
    EXCEPT SELECT table_name, column_name FROM holder$$, 'the register names columns that are there');
SELECT is_empty($$SELECT table_name, column_name FROM personal_none AS n
    WHERE NOT EXISTS (SELECT FROM holder AS h WHERE n.table_name IN ('*', h.table_name)
                         AND n.column_name IN ('*', h.column_name))$$, 'and so does the other list');
SELECT is(ARRAY(SELECT concat_ws(' ', column_name, kind) FROM personal_field
                 WHERE table_name LIKE 'response_text%' AND kind IS NOT NULL ORDER BY 1),
          '{"reason consultation_text","reason young_words","text consultation_text","text young_words"}',
          'words of young people go by one period or the other');
CREATE TABLE pledge.later (voice text);
INSERT INTO holder VALUES ('later', 'voice');
SELECT ok(NOT pg_temp.is_none(('later', 'voice')::holder), 'a new column is in neither');

-- Alex has a place in north by user name and everything that one can have.
CREATE FUNCTION pg_temp.principal_of(p_authority text, p_member text) RETURNS uuid LANGUAGE sql AS $$
    SELECT principal_id FROM pledge.member WHERE authority_id = p_authority AND member_id = p_member
$$;
CREATE FUNCTION pg_temp.furnish(p_authority text, p_member text, p_user_name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := pg_temp.principal_of(p_authority, p_member);
    v_tag bytea := convert_to(p_user_name, 'UTF8');
BEGIN
    INSERT INTO password (principal_id, hash, code_secret, code_step)
    VALUES (v_id, 'argon-of-' || p_user_name, 'sealed-' || v_tag, 1);
    INSERT INTO recovery_code VALUES (sha256('c1' || v_tag), v_id, NULL), (sha256('c2' || v_tag), v_id, now());
    INSERT INTO device (token_hash, principal_id) VALUES (sha256('d' || v_tag), v_id);
    INSERT INTO invitation VALUES (sha256('i' || v_tag), v_id, NULL, now() + interval '1 day');
    PERFORM signin_begin(p_user_name, NULL), signin_begin(p_user_name, sha256('d' || v_tag));
    PERFORM session_begin(v_id, NULL, 'password', sha256('s' || v_tag), 600, 6000,
        'pledge.v1.SessionService/SignIn', '192.0.2.7:1234');
    PERFORM session_begin(v_id, p_authority, 'identity_provider', sha256('t' || v_tag), 600, 6000,
        'pledge.v1.SessionService/SignInWithToken', '192.0.2.8:1234');
END
$$;
SELECT pg_temp.act('north', 'council_administrator');
SELECT member_create('administrator', 'Administrator', 'council_administrator', '', repeat('ad', 32), '');
SELECT member_create('alex', 'Alex Doe', 'officer', '', repeat('a7', 32), '', 'alex@north');
SELECT pg_temp.furnish('north', 'alex', 'alex@north');
SELECT set_config('test.alex', pg_temp.principal_of('north', 'alex')::text, true),
       set_config('test.administrator', pg_temp.principal_of('north', 'administrator')::text, true);
SELECT pg_temp.act('north', 'officer', '', current_setting('test.alex'));
SELECT pg_temp.commit_to('c1', 'housing', '{1}');
SELECT pg_temp.open_round('now', -5, 5);
SELECT pg_temp.send('now', 'housing', '{c1}', 'green');
SELECT request_begin('7f1c1c4e-0d4c-4f5b-9a51-6f0d7a1f2b3c', 'm', 'h');
SELECT pg_temp.as_new();
SELECT audit_write('pledge.v1.X/Y', '192.0.2.9:1', '', ''::bytea);
SELECT pg_temp.act('', '', '', current_setting('test.alex'));
SELECT audit_denied('nowhere', 'pledge.v1.X/Z', 'PERMISSION_DENIED', '192.0.2.10:1', 0);

-- The export.
SELECT pg_temp.act('north', 'officer');
SET LOCAL ROLE pledged;
SELECT is((pg_temp.failure($$SELECT personal_export('alex')$$)).state, 'PL403', 'an officer exports nobody');
SELECT pg_temp.act('south', 'council_administrator');
SELECT is((pg_temp.failure($$SELECT personal_export('alex')$$)).state, 'PL404', 'nor does another council');
SELECT throws_ok(format('SELECT %s', f), '42501', NULL, f)
  FROM unnest(ARRAY['personal_rows(app_principal(), NULL)', 'personal_of_principal(app_principal(), NULL)',
      'personal_of_place(app_principal(), ''north'')', 'audit_peers_clear(''north'', app_principal())',
      'personal_may(''alex'')', 'retention_apply()', 'retention_remove(''member'')']) AS f;
SELECT pg_temp.act('north', 'council_administrator', '', current_setting('test.administrator'));
CREATE TEMP TABLE told AS SELECT * FROM personal_export('alex');
SELECT is(ARRAY(SELECT DISTINCT table_name FROM told ORDER BY 1),
          '{attempt,audit_entry,credential,device,invitation,login,member,password,principal,recovery_code,'
          'request,return_submission,session}', 'an export has rows of every table');
SELECT set_has('SELECT value FROM told', 'VALUES (''alex@north''), (''Alex Doe''), (''192.0.2.7:1234''),'
          '(''a password is set''), (''1 not used, 1 used'')', 'with what is held');
SELECT is((SELECT count(*) FROM told WHERE value ~ 'argon|sealed' OR value = ANY (
              SELECT encode(sha256((t || 'alex@north')::bytea), 'hex') FROM unnest('{c1,c2,d,i,s,t}'::text[]) AS t)),
          0::bigint, 'and no secret, not even as a hash');
SELECT is(ARRAY(SELECT value || ' ' || resource FROM told WHERE table_name = 'audit_entry' ORDER BY place),
          ARRAY['sign-in pledge.v1.SessionService/SignIn OK officer from 192.0.2.7:1234 authorities/north/auditEntries/1',
                'sign-in pledge.v1.SessionService/SignInWithToken OK officer from 192.0.2.8:1234 authorities/north/auditEntries/2',
                'write pledge.v1.X/Y OK officer from 192.0.2.9:1 authorities/north/auditEntries/3'],
          'with the entries of the authority''s own chain');
SELECT is(ARRAY(SELECT place FROM told ORDER BY place), ARRAY(SELECT generate_series(1, (SELECT count(*) FROM told))),
          'in an order that pages go by');
SELECT is(app_authority(), 'north', 'and the call is still its authority''s');
SELECT pg_temp.act('north', 'host_administrator');
SELECT is((SELECT count(*) FROM personal_export('alex')), (SELECT count(*) FROM told), 'a host administrator may');
SELECT pg_temp.act('', '', '', current_setting('test.alex'));
SELECT is((SELECT count(*) FROM personal_export_own()), (SELECT count(*) + 1 FROM told),
          'one''s own export has the host''s entries, too');
SELECT is(app_authority(), NULL, 'and leaves the call without an authority');
SELECT pg_temp.act('', '', '', '');
SELECT is_empty('SELECT personal_export_own()', 'nothing is held on nobody');

-- The erasure.
SELECT pg_temp.act('north', 'officer');
SELECT is((pg_temp.failure($$SELECT personal_erase_member('alex')$$)).state, 'PL403', 'an officer erases nobody');
SELECT pg_temp.act('south', 'council_administrator');
SELECT is((pg_temp.failure($$SELECT personal_erase_member('alex')$$)).state, 'PL404', 'nor does another council');
SELECT pg_temp.act('north', 'council_administrator', '', current_setting('test.administrator'));
SELECT pg_temp.as_new();
SELECT lives_ok($$SELECT personal_erase_member('alex')$$, 'a council administrator erases its own');
SELECT audit_write('pledge.v1.PersonalDataService/ErasePersonalData', '192.0.2.1:1', '', '\x01'::bytea);
SELECT is(ARRAY(SELECT table_name || ' ' || erasure || ' ' || count FROM erasure ORDER BY table_name),
          '{"attempt deleted 2","audit_entry cleared 4","credential revoked 1","device deleted 1",'
          '"invitation deleted 1","login deleted 1","member replaced 1","password deleted 1",'
          '"principal replaced 1","recovery_code deleted 2","request deleted 1","session deleted 2"}',
          'it is recorded what was erased');
SELECT is((SELECT display_name || role || expires_on || coalesce(user_name, '-') FROM member
            WHERE member_id = 'alex'), 'Erasedofficer' || current_date - 1 || '-', 'the place is over and names nobody');
SELECT is((SELECT cardinality(changes) || split_part(changes[1], E'\t', 2) FROM audit_resource
            ORDER BY number DESC LIMIT 1), '1authorities/north/members/alex', 'the entry of the erasure says whose');
SELECT is(hash, pg_temp.expected('north', number), 'entry ' || number || ' still holds')
  FROM audit_entry ORDER BY number;
SELECT is(ARRAY(SELECT number FROM audit_entry WHERE peer IS NULL ORDER BY 1), '{1,2,3}', 'its addresses are gone');
SELECT is((pg_temp.failure($$SELECT personal_erase_member('alex')$$)).state, 'PL412', 'it is done once');
SELECT is((pg_temp.failure($$SELECT member_update('alex', 'Alex', '', '', '', '', '', '{display_name}')$$)).state,
          'PL412', 'and nobody brings it back');
SELECT is((pg_temp.failure($$SELECT member_create('b', 'B', 'officer', '', repeat('a7', 32), '')$$)).state, 'PL412',
          'the certificate is never taken again');
SELECT lives_ok($$SELECT member_create('alex-2', 'Post', 'officer', '', '', '', 'alex@north')$$,
                'somebody may come again as somebody new');
SELECT isnt(pg_temp.principal_of('north', 'alex-2')::text, current_setting('test.alex'), 'who has nothing of before');
SELECT is(ARRAY(SELECT table_name || '.' || field || ' ' || split_part(value, ',', 1) FROM personal_export('alex')
                 WHERE table_name IN ('principal', 'member', 'login', 'session') AND field <> 'principal_id'
                 ORDER BY 1), ARRAY['member.display_name Erased', 'member.expires_on ' || current_date - 1,
              'member.fingerprint ' || repeat('a7', 32), 'member.member_id alex', 'member.role officer',
              'principal.display_name Erased'], 'an export shows what stayed');
RESET ROLE;
SELECT is((SELECT count(*) FROM return_submission WHERE principal_id = current_setting('test.alex')::uuid),
          1::bigint, 'what was reported stays');
SELECT is((SELECT count(*) FROM audit_entry WHERE authority_id = '' AND peer IS NOT NULL), 0::bigint,
          'the host''s chain has no address of it');
SELECT is_empty(format('SELECT FROM %I AS t WHERE t::text ~ %L', relname, 'Alex|alex@north|192\.0\.2\.(7|8|9|10)'),
                relname || ' names nobody')
  FROM pg_class WHERE relnamespace = 'pledge'::regnamespace AND relkind = 'r' AND relname NOT IN ('login', 'member');
SELECT is((SELECT count(*) FROM member AS m WHERE m::text ~ 'Alex|alex@north' AND member_id <> 'alex-2')
          + (SELECT count(*) FROM login WHERE principal_id = current_setting('test.alex')::uuid), 0::bigint,
          'nor do member and login, but the new one');

-- With a place elsewhere only a host administrator may, and each chain has its own changes.
SELECT pg_temp.act('north', 'host_administrator');
SELECT member_create('both', 'Both', 'officer', '', repeat('b0', 32), '', 'both@somewhere');
SELECT pg_temp.act('south', 'host_administrator');
SELECT member_create('both', 'Both', 'support_worker', '', '', '', 'both@somewhere');
SELECT pg_temp.furnish('south', 'both', 'both@somewhere');
SET LOCAL ROLE pledged;
SELECT pg_temp.act('north', 'council_administrator');
SELECT is(pg_temp.failure($$SELECT personal_erase_member('both')$$),
          ROW('PL403'::text, '[{"field": "name", "description": "The member has a place in another authority, too: ask the'
              ' host administrator."}]'::jsonb), 'not from one council, with a place in another');
SELECT is(ARRAY(SELECT value FROM personal_export('both') WHERE table_name = 'member' AND field = 'role'), '{officer}',
          'an export of one council shows no place of another');
SELECT is((SELECT count(*) FROM personal_export('both') WHERE resource LIKE 'authorities/south/%' OR value ~ 'south'),
          0::bigint, 'nor anything else of it');
SELECT pg_temp.act('south', 'host_administrator');
SELECT pg_temp.as_new();
SELECT lives_ok($$SELECT personal_erase_member('both')$$, 'a host administrator erases both');
SELECT audit_write('pledge.v1.PersonalDataService/ErasePersonalData', '192.0.2.1:1', '', '\x01'::bytea);
SELECT is((SELECT split_part(changes[1], E'\t', 2) || cardinality(changes) FROM audit_resource ORDER BY number DESC LIMIT 1),
          'authorities/south/members/both1', 'the call''s chain has its own change');
SELECT is(hash, pg_temp.expected('south', number), 'entry ' || number || ' still holds') FROM audit_entry ORDER BY number;
SELECT pg_temp.act('north');
SELECT is((SELECT split_part(changes[1], E'\t', 2) || cardinality(changes) || method FROM audit_resource
            ORDER BY number DESC LIMIT 1),
          'authorities/north/members/both1pledge.v1.PersonalDataService/ErasePersonalData', 'and so has the other''s');
SELECT is(hash, pg_temp.expected('north', number), 'entry ' || number || ' still holds') FROM audit_entry ORDER BY number;
SELECT is(ARRAY(SELECT DISTINCT display_name FROM member WHERE member_id = 'both'), '{Erased}', 'both places name nobody');

-- An inspector's last day is bound to the last change.
SELECT pg_temp.act('north', 'council_administrator');
SELECT member_create('inspector', 'Inspector', 'inspector', '', repeat('1e', 32), (current_date + 300)::text);
SELECT lives_ok($$SELECT personal_erase_member('inspector')$$, 'an inspector is erased');
SELECT throws_ok(q, '42501', NULL, q)
  FROM unnest(ARRAY['UPDATE erasure SET count = 0', 'DELETE FROM erasure', 'DELETE FROM personal_field',
                    'UPDATE member SET erase_time = NULL']) AS q;

SELECT * FROM finish();
ROLLBACK;
