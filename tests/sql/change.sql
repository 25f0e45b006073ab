-- SPDX-License-Identifier: Apache-2.0
-- Changes are counted and told to those who may read the resource.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
-- What waits for a commit is done now: here there is none.
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

SELECT is((SELECT last FROM change_count WHERE authority_id = 'north'),
          (SELECT count(*) FROM pledge.change WHERE authority_id = 'north'),
          'an authority counts its changes without a gap');
SELECT set_eq($$SELECT DISTINCT authority_id FROM change$$, $$VALUES ('north')$$,
              'and nobody sees those of another');

CREATE FUNCTION pg_temp.latest(OUT kind text, OUT name text) LANGUAGE sql AS $$
    SELECT kind, name FROM pledge.change WHERE authority_id = app_authority() AND told
     ORDER BY number DESC LIMIT 1
$$;
SELECT body_create('sub', 'Sub', 'council', 1, '{}', NULL);
SELECT row_eq($$SELECT * FROM pg_temp.latest()$$,
              ROW('created'::text, 'authorities/north/bodies/sub'::text), 'a body is created');
UPDATE body SET display_name = 'Subcommittee' WHERE body_id = 'sub';
SELECT row_eq($$SELECT * FROM pg_temp.latest()$$,
              ROW('created'::text, 'authorities/north/bodies/sub'::text),
              'what a transaction does to a resource in a row is told once');
SELECT is((SELECT count(*) FROM change WHERE name = 'authorities/north/bodies/sub'), 2::bigint,
          'and recorded each time');
SELECT set_config('pledge.changed', '', true); -- as the next transaction would find it
UPDATE body SET display_name = 'Subcommittee of two' WHERE body_id = 'sub';
SELECT row_eq($$SELECT * FROM pg_temp.latest()$$,
              ROW('updated'::text, 'authorities/north/bodies/sub'::text), 'and updated');
SELECT owner_create('partner_agency', 'health', 'Health', 'Lead Nurse');
SELECT row_eq($$SELECT * FROM pg_temp.latest()$$,
              ROW('created'::text, 'authorities/north/partnerAgencies/health'::text),
              'an owner goes by its kind');

-- What is read of an authority may be kept until its count goes up, so whatever can change must
-- count. The others come with one that does: a return's lines with its submission, counts with their entry,
-- what an indicator aims at with its revision, weights with their rule, what ended with the commitment, findings with
-- their visit, so that nobody can count one that is a concern, what a programme proposes with the programme,
-- the statements that an item of the work programme serves with its revision, what was owed and
-- how it stood with the closing of the round, what was erased with the member. Responses and their codes
-- do not, so that no time leads to them; nor do tries to send a return. What reads them is never told from
-- memory.
SELECT set_eq($$
    SELECT c.relname::text FROM pg_class AS c
     WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'r'
       AND EXISTS (SELECT FROM pg_attribute AS a
                    WHERE a.attrelid = c.oid AND a.attname = 'authority_id' AND NOT a.attisdropped)
       AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid
                          AND t.tgfoid = 'pledge.change_record()'::regprocedure)$$,
    '{commitment_turn,roll_up_weight,progress,population_count,indicator_standard,indicator_statement,programme_area,proposal,work_item_statement,version_edit,commitment_carried,round_commitment,round_standing,request,change,change_count,audit_head,audit_entry,'
        'erasure,visit_finding,response_code,response,response_answer,response_text,'
        'response_text_move,return_attempt}'::text[],
    'every table of an authority counts its changes');

SELECT is(change_after(''), (SELECT last FROM change_count), 'no cursor begins at the end');
SELECT is(change_after('c1'), 1::bigint, 'a cursor goes on after its number');
SELECT is(pg_temp.broken($$SELECT change_after('c999999')$$), '{cursor}', 'not beyond the last');
SELECT is(pg_temp.broken($$SELECT change_after('1')$$), '{cursor}', 'nor in another form');
SELECT throws_ok($$INSERT INTO change (authority_id, number, kind, name, permission)
                   VALUES ('south', 99999, 'created', 'x', 'authority.read')$$,
                 '42501', NULL, 'a change is recorded in one''s own authority only');
SELECT throws_ok($$UPDATE change SET kind = 'deleted'$$, '42501', NULL,
                 'what was recorded stays');
SELECT throws_ok($$DELETE FROM change$$, '42501', NULL, 'for good');

SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is((SELECT count(*) FROM change WHERE name LIKE '%/members/%'), 0::bigint,
          'an agency may not read members, so it hears of none');
SELECT isnt((SELECT count(*) FROM change WHERE name LIKE '%/bodies/%'), 0::bigint,
            'but of bodies');

SELECT * FROM finish();
ROLLBACK;
