-- SPDX-License-Identifier: Apache-2.0
-- Who is who, and who may say so.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('', '', '', '');
SELECT host_administrator_add(decode(repeat('ee', 32), 'hex'), 'Regional host');
SELECT lives_ok($$SELECT host_administrator_add(decode(repeat('ee', 32), 'hex'), 'Host')$$,
                'a host administrator can be added again');
SELECT is((pg_temp.failure($$SELECT host_administrator_add(decode(repeat('a1', 32), 'hex'),
    'Officer')$$)).state, 'PL412', 'a member is no host administrator');
SET LOCAL ROLE pledged;

SELECT is(ARRAY(SELECT display_name || host_administrator || authority_id || role || owner_id
                  FROM identify(decode(repeat('ee', 32), 'hex'))), '{Hosttrue}',
          'a principal without places has one row');
SELECT is_empty($$SELECT FROM identify(decode(repeat('00', 32), 'hex'))$$,
                'an unknown certificate has none');
SELECT throws_ok($$SELECT host_administrator_add('x', 'X')$$, '42501', NULL,
                 'the daemon makes no host administrator');

CREATE FUNCTION pg_temp.add(p_id text, p_role text, p_owner text, p_byte text,
                            p_last_day text DEFAULT '') RETURNS void
LANGUAGE sql AS $$
    SELECT member_create(p_id, 'Post', p_role, p_owner, repeat(p_byte, 32), p_last_day)
$$;
SELECT pg_temp.act('north');
SELECT is((pg_temp.failure($$SELECT pg_temp.add('d', 'officer', '', 'c3')$$)).state, 'PL403',
          'officers add no members');
SELECT throws_ok($$UPDATE member SET role = 'director'$$, '42501', NULL, 'nor in secret');
SELECT pg_temp.act('nowhere', 'host_administrator');
SELECT is((pg_temp.failure($$SELECT pg_temp.add('d', 'officer', '', 'c3')$$)).state, 'PL404',
          'no members of an authority that is none');
SELECT pg_temp.act('north', 'host_administrator');
SELECT is(pg_temp.broken(format('SELECT pg_temp.add(%L, %L, %L, %L)', i, r, o, b)), ARRAY[f],
          concat_ws(' ', i, r, o, b))
  FROM (VALUES
    ('x', 'host_administrator', '', 'c3', 'member.role'), ('x', '', '', 'c3', 'member.role'),
    ('x', 'officer', 'authorities/north/departments/housing', 'c3', 'member.owner'),
    ('x', 'director', '', 'c3', 'member.owner'),
    ('x', 'director', 'authorities/north/partnerAgencies/police', 'c3', 'member.owner'),
    ('x', 'director', 'authorities/south/departments/housing', 'c3', 'member.owner'),
    ('x', 'director', 'authorities/north/departments/police', 'c3', 'member.owner'),
    ('x', 'partner_agency', 'authorities/north/departments/housing', 'c3', 'member.owner'),
    ('x', 'officer', '', 'zz', 'member.certificate_sha256'),
    ('x', 'officer', '', 'ee', 'member.certificate_sha256'),
    ('officer', 'officer', '', 'c3', 'member_id')) AS t (i, r, o, b, f);
SELECT throws_ok($$SELECT pg_temp.add('x', 'officer', '', 'a1')$$, '23505', NULL,
                 'a certificate has one place in an authority');
SELECT lives_ok($$SELECT pg_temp.add('d', 'director', 'authorities/north/departments/housing',
    'b2')$$, 'a certificate known elsewhere has another place here');
SELECT is(ARRAY(SELECT authority_id || role || owner_id
                  FROM identify(decode(repeat('b2', 32), 'hex'))),
          '{northdirectorhousing,southofficer}', 'one principal, two places');
SELECT is(pg_temp.broken($$SELECT member_update('d', 'X', 'officer', '', '', '', '', '{role}')$$),
          '{member.owner}', 'a role does not change under its owner');
SELECT lives_ok($$SELECT member_update('d', 'X', 'partner_agency',
    'authorities/north/partnerAgencies/police', repeat('d4', 32), '', 'r1', '{}')$$, 'all at once');
SELECT is((SELECT owner_name || encode(fingerprint, 'hex') FROM member WHERE member_id = 'd'),
          'authorities/north/partnerAgencies/police' || repeat('d4', 32), 'all is changed');
SELECT is((pg_temp.failure($$SELECT member_update('d', 'X', '', '', '', '', 'r1', '{display_name}')
    $$)).state, 'PL410', 'a stale etag');

SELECT is(pg_temp.broken(format('SELECT pg_temp.add(%L, %L, %L, %L, %L)', 'y', r, '', 'd5', d)),
          '{member.expires_on}', concat_ws(' ', r, d))
  FROM (VALUES ('inspector', ''), ('inspector', (current_date + 400)::text),
               ('inspector', (current_date - 1)::text), ('elected_member', '2026-02-30'),
               ('officer', (current_date - 1)::text)) AS t (r, d);
SELECT lives_ok(format('SELECT pg_temp.add(%L, %L, %L, %L, %L)', replace(r, '_', '-'), r, '', b, d),
                r || ' is added')
  FROM (VALUES ('council_administrator', 'd6', ''), ('elected_member', 'd7', ''),
               ('support_worker', 'd8', (current_date + 800)::text),
               ('inspector', 'd9', (current_date + 30)::text)) AS t (r, b, d);
SELECT pg_temp.act('south', 'host_administrator');
SELECT is((pg_temp.failure($$SELECT pg_temp.add('z', 'officer', '', 'd9')$$)).state, 'PL412',
          'an inspector has no second authority');
SELECT is((pg_temp.failure(format('SELECT pg_temp.add(%L, %L, %L, %L, %L)', 'z', 'inspector', '',
    'd8', current_date + 30))).state, 'PL412', 'nor is who has another place an inspector');
SELECT pg_temp.act('north', 'council_administrator');
SELECT lives_ok(format('SELECT pg_temp.add(%L, %L, %L, %L)', 'by-administrator', 'officer', '', 'da'),
                'a council administrator adds members');
RESET ROLE;
UPDATE member SET expires_on = current_date - 1 WHERE member_id = 'elected-member';
SELECT is(ARRAY(SELECT authority_id FROM identify(decode(repeat('d7', 32), 'hex'))), '{""}',
          'a place that has expired is none');

SELECT * FROM finish();
ROLLBACK;
