-- SPDX-License-Identifier: Apache-2.0
-- No council sees or writes another's rows, in any table that has an authority.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql

-- Rows of both councils in every tenant table.
CREATE FUNCTION pg_temp.fill(p_id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.act(p_id, 'council_administrator');
    PERFORM identity_provider_set('https://id.example', 'pledge', '', '', '{}', '{}', '');
    PERFORM pg_temp.act(p_id);
    PERFORM version_create('promise', '2', 'Second', '', '{home}', '{Home}', '{1}', '{home}',
        '{Safe}', '{A safe home}', '{""}', '{""}', '{1,2,3}', '{1,"",""}', '{kept,dropped,dropped}',
        '{"",Done,Done}');
    PERFORM version_update('promise', '2', 'Second, edited', '', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
        '{}', '{}', '{}', '{}', '{}', '', '{title}');
    PERFORM pg_temp.commit_to('c0', 'learning', '{1}');
    PERFORM body_member_add('panel', 'chair', 'Lead member', 'chair', 'Blue', '', '2012-05-01', NULL);
    PERFORM pg_temp.commit_to('c1', 'housing', '{1,2}');
    PERFORM pg_temp.commit_to('c2', 'police', '{3}');
    UPDATE commitment SET withdrawn = true WHERE commitment_id = 'c0';
    UPDATE commitment SET withdrawn = false WHERE commitment_id = 'c0';
    PERFORM roll_up_set('weighted', 75, 40, ARRAY['authorities/' || app_authority() || '/departments/housing'],
        '{2}', '');
    PERFORM pg_temp.open_round('now', -5, 5);
    PERFORM pg_temp.send('now', 'housing', '{c1}', 'green');
    PERFORM pg_temp.send('now', 'police', '{c2}', 'red', 'A reason');
    PERFORM return_move_add('now', 'housing', 'queried', '', 'Why?');
    PERFORM return_move_add('now', 'police', 'queried', '', 'Why?');
    PERFORM return_draft_save('now', 'authorities/' || app_authority() || '/partnerAgencies/police', '', '',
        '{p1}', '{green}', '{""}', '{""}', '{""}', '{""}', '{""}', '{""}');
    PERFORM round_extend('now', 'authorities/' || app_authority() || '/partnerAgencies/police',
        current_date + 60, 'More time');
    PERFORM reminder_rules_set('{soon}', '{due}', '{90}', '{owner}', '');
    PERFORM reminder_address_set('owner', 'authorities/' || app_authority() || '/partnerAgencies/police',
        'police@example.org');
    PERFORM reminder_rules_set('{asked}', '{queried}', '{0}', '{owner}', '');
    PERFORM reminder_make(app_authority());
    PERFORM round_close('now', '');
    PERFORM route_create('way', 'Way', '{panel}', '{panel}', '{30}', '{5}', '{panel}', '{approve}',
        '{approved}', '{""}', '{panel}', '{officer}');
    PERFORM meeting_create('panel', 'm1', '2020-02-01');
    PERFORM endorsement_start('promise', '2', 'e1', 'way', '2020-01-01');
    PERFORM notice_give('promise', '2', 'e1', 'panel', 'm1', '2020-01-01', '');
    PERFORM decision_record('promise', '2', 'e1', 'panel', 'm1', 'approve', '1', 'To approve', false, 0,
        0, 0, true, '', '');
    PERFORM decision_withdraw('promise', '2', 'e1', 1, 'Not minuted', NULL, '');
    PERFORM decision_record('promise', '2', 'e1', 'panel', 'm1', 'approve', '2', 'To approve', false, 0,
        0, 0, true, '', '');
    PERFORM decision_call_in('promise', '2', 'e1', 2, '2020-02-03', 'Three members', 'Too fast', 'panel', '');
    PERFORM meeting_create('panel', 'm2', '2020-02-10');
    PERFORM call_in_decide('promise', '2', 'e1', 2, 'stands', 'panel', 'm2', '3', '');
    PERFORM consultation_create('asked', 'Asked', 'promise', '2', current_date, current_date,
        '{young}', '{children_in_care}', '{8}', '{17}', '{40}');
    PERFORM question_create('asked', 'ranking', 'Order?', '{"",""}', '{A,B}', 0);
    PERFORM question_create('asked', 'free_text', 'What else?', '{}', '{}', 0);
    PERFORM response_codes_make('asked', 'young', 1);
    PERFORM response_enter('asked', 'young', '{}', '{}', '{}', '{}', '{1}', '{1}', '{2}', '{2}',
        '{More}');
    PERFORM response_text_moderate('asked', (SELECT t.text_id::text FROM response_text AS t
        WHERE t.authority_id = p_id), 'shown', '');
    PERFORM amendment_propose('asked', '1', '1', 'safe', 'warm', '', 'young', '');
    PERFORM amendment_decide('asked', '1', 'accepted', 'It is better.', NULL);
    PERFORM said_done_create('asked', 'Warm', 'Warm', 2, '1');
    PERFORM quorum_set('panel', 1, '2020-01-01');
    PERFORM agenda_item_add('panel', 'm1', 'theme', 'Health');
    PERFORM paper_add('panel', 'm1', 1, 'Health of children', 'Head of service', 'A1', '');
    PERFORM attendance_record('panel', 'm1', '{chair}', '{present}', '{""}', '{""}');
    PERFORM meeting_decision_record('panel', 'm1', 1, 'To see a dentist.', 'Lead member', 0, 0, 0);
    PERFORM action_add('panel', 'm1', 1, 'Ask dentists', 'authorities/' || p_id || '/partnerAgencies/police', '',
        '2020-03-01');
    PERFORM action_note_add('panel', 'm1', '1', 'done', 'Asked', '2020-02-20');
    PERFORM programme_import('paper', 'White paper', 'Department', '2020-01-01', '{1}', '{Education}', '{A school}',
        '{high}', '{police}', '{""}', '{""}', '{0}', '{2020-01-02}');
    PERFORM work_item_create('school', '', '', 'national', '', '', '', 'paper', '1', '', '', '', 0, '{promise}', '{1}',
        '{1}', '2020-06-01', '2020-02-01');
    PERFORM work_milestone_add('school', 'Begun', '2020-03-01');
    PERFORM work_milestone_mark_add('school', '1', 'reached', '2020-03-01', '');
    PERFORM work_progress_add('school', 'done', 'green', 'Done', '', '2020-05-01');
    PERFORM work_offer_add('school', 'police', 'A visit', '2020-02-10', NULL);
    PERFORM work_achievement_add('school', 'A school', '2020-05-01', 'A letter');
    PERFORM cicc_setting_set(10, '{money}', '{Money}', '', '{}');
    PERFORM make_up_record('first', '2020-01-01', 15, '{age,age}', '{young,old}', '{7,8}');
    PERFORM body_create('cicc', 'Children in Care Council', '', 2, '{}', NULL);
    PERFORM cicc_session_record('cicc', 's1', '2020-02-01', 12, '{money}');
    PERFORM ratings_record('cicc', 's1', 'promise', '1', '{1}', '{7}', '{0}', '{0}', '{0}', '{1}', '{Yes}');
    PERFORM pg_temp.act(p_id, 'director', 'learning');
    PERFORM rating_reply_add('promise', '1', '1', '1', 'Thank you');
    PERFORM pg_temp.act(p_id);
    PERFORM issue_raise('late', 'cicc', 's1', 'housing', 'panel', 'chair', 'It is late');
    PERFORM issue_move('late', 'answered', 'It is not', NULL, '');
    PERFORM briefing_create('first', 'briefing', 'The pledge', '', '2020-01-01', '{panel}');
    PERFORM briefing_attend('first', '{panel}', '{chair}', '{present}', ARRAY['authorities/' || p_id
        || '/departments/housing'], '{3}');
    PERFORM strategy_create('plan', 'strategy', 'Plan', '', 'authorities/' || p_id || '/departments/housing',
        '2017-01-01', '2020-12-31', '2019-12-31', '{promise}', '{1}', '{1}');
    PERFORM strategy_review_record('plan', '2020-01-27', 'continued', 'To be written anew', '2020-06-30');
    PERFORM visit_record('home', 'Home', 'A place to live', 'authorities/' || p_id || '/departments/housing',
        '2020-01-01', 3, '{improvement,urgent}', '{"No garden","No lock"}', '{promise,""}', '{1,""}', '{1,""}',
        '{2020-02-01,2020-01-05}');
    PERFORM words_moderate((SELECT t.text_id::text FROM response_text AS t WHERE t.authority_id = p_id
        AND t.text = 'No lock'), 'shown', '');
    PERFORM visit_answer_add('home', (SELECT f.finding_id FROM visit_finding AS f WHERE f.authority_id = p_id
        AND f.kind = 'urgent'), 'Ordered', '2020-01-04', NULL);
    PERFORM request_begin(gen_random_uuid(), 'm', 'h');
    PERFORM version_adopt('promise', '2', pg_temp.etag_of('promise', 2), current_date, 'panel');
    PERFORM issue_create('leaflet', 'promise', '2', 'carers', 'leaflet', '', 40, current_date);
    PERFORM issue_acknowledge('leaflet', 7, current_date);
    PERFORM audience_counted('carers', current_date, 80);
    PERFORM population_record('2016-03-31', 441, 'by_hand', '{legal_status,legal_status}', '{care_order,unknown}',
        '{331,110}');
    PERFORM indicator_create('fostered', 'In foster care', '%', 'higher', 'by_hand', '', '{}', '{2016-01-01}', '{70}',
        '{70}', '{60}', '{0}', '{0}', '{promise}', '{1}', '{1}');
    PERFORM indicator_record('fostered', '2016-03-31', 69);
    PERFORM launch_event_create('launch', 'promise', '2', 'Launch', current_date, 30);
    PERFORM signing_event_create('signing', 'promise', '2', 'Signing', 'Hall', current_date, 'launch');
    PERFORM pg_temp.act(p_id, 'support_worker', '', (SELECT m.principal_id::text FROM member AS m
        WHERE m.authority_id = p_id AND m.member_id = 'officer'));
    PERFORM signing_key_register('own', sha256(convert_to(p_id, 'UTF8')));
    PERFORM signing_key_revoke('own', 'Lost');
    PERFORM signature_record('promise', '2', 'p1', 'paper', version_hash('promise', 2), 'signing', '',
        'Director of Housing', 'director', '', '', '', '', '', '', '', 'Town hall', 'officer', '2016-03-02', '',
        sha256('service'), sha512('attested'));
    PERFORM signature_withdraw('promise', '2', 'p1', current_date, 'A slip');
    PERFORM pg_temp.act(p_id, 'council_administrator');
    PERFORM member_create('gone', 'Gone', 'officer', '', '', '', 'gone@' || p_id);
    PERFORM personal_erase_member('gone');
    PERFORM pg_temp.act(p_id);
END
$$;
SELECT pg_temp.fill('north');
SET CONSTRAINTS ALL IMMEDIATE; -- what waits for a commit is done now: here there is none
SET CONSTRAINTS ALL DEFERRED;
SELECT pg_temp.fill('south');
SET CONSTRAINTS ALL IMMEDIATE;

CREATE TEMP TABLE tenant_table AS
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_class AS c
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'authority_id'
 WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'r';
GRANT SELECT ON tenant_table TO pledged;
CREATE TEMP TABLE tenant_view AS
SELECT c.relname FROM pg_class AS c
 WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'v';
GRANT SELECT ON tenant_view TO pledged;

SELECT cmp_ok((SELECT count(*) FROM tenant_table), '>=', 16::bigint, 'tenant tables are found');
SELECT cmp_ok((SELECT count(*) FROM tenant_view), '>=', 15::bigint, 'views are found');
SELECT ok(relrowsecurity AND relforcerowsecurity, relname || ' forces row-level security')
  FROM tenant_table;
SELECT ok((SELECT bool_or(p.qual ~ 'app_authority\(\)')
                  AND (bool_or(p.with_check ~ 'app_authority\(\)')
                       OR NOT has_table_privilege('pledged', 'pledge.' || relname, 'INSERT'))
             FROM pg_policies AS p WHERE p.schemaname = 'pledge' AND p.tablename = relname),
          relname || ' has a policy on its authority')
  FROM tenant_table;
SELECT ok((SELECT bool_and('security_invoker=true' = ANY (coalesce(c.reloptions, '{}')))
             FROM pg_class AS c
            WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'v'),
          'every view asks with the rights of its caller');

CREATE FUNCTION pg_temp.seen(p_table text, p_where text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM pledge.%I WHERE %s', p_table, p_where) INTO v_count;
    RETURN v_count;
END
$$;

SELECT pg_temp.act('south');
SELECT pg_temp.as_new();
SELECT audit_write('pledge.v1.X/Y', '127.0.0.1:1', '', ''::bytea);
SELECT pg_temp.act('north');
SELECT pg_temp.as_new();
SELECT audit_write('pledge.v1.X/Y', '127.0.0.1:1', '', ''::bytea);
SET LOCAL ROLE pledged;
SELECT cmp_ok(pg_temp.seen(relname, 'true'), '>', 0::bigint, relname || ' shows own rows')
  FROM tenant_table;
SELECT is(pg_temp.seen(relname, 'authority_id <> ''north'''), 0::bigint,
          relname || ' shows no other council''s rows')
  FROM tenant_table;
SELECT cmp_ok(pg_temp.seen(relname, 'true'), '>', 0::bigint, relname || ' shows own rows')
  FROM tenant_view;
SELECT is(pg_temp.seen(relname, 'authority_id <> ''north'''), 0::bigint,
          relname || ' shows no other council''s rows')
  FROM tenant_view;

SELECT pg_temp.act('', '', '', '');
SELECT is(pg_temp.seen(relname, 'true'), 0::bigint, relname || ' shows nothing to nobody')
  FROM tenant_table;
SELECT is(pg_temp.seen(relname, 'true'), 0::bigint, relname || ' shows nothing to nobody')
  FROM tenant_view;

-- Writing into another council fails whatever the table is.
SELECT pg_temp.act('north');
SELECT throws_ok($$INSERT INTO owner (authority_id, owner_id, kind, display_name)
    VALUES ('south', 'x', 'department', 'X')$$, '42501', NULL, 'no owner for another council');
SELECT throws_ok($$INSERT INTO body (authority_id, body_id, display_name)
    VALUES ('south', 'x', 'X')$$, '42501', NULL, 'no body for another council');
SELECT throws_ok($$INSERT INTO pledge (authority_id, pledge_id, title)
    VALUES ('south', 'x', 'X')$$, '42501', NULL, 'no pledge for another council');
SELECT throws_ok($$INSERT INTO round (authority_id, round_id, title, pledge_id, version_number)
    VALUES ('south', 'x', 'X', 'promise', 1)$$, '42501', NULL, 'no round for another council');
SELECT throws_ok($$INSERT INTO return_move (authority_id, round_id, owner_id, submission, move,
    kind, principal_id) VALUES ('south', 'now', 'housing', 1, 9, 'accepted', app_principal())$$,
    '42501', NULL, 'no move for another council');
SELECT throws_ok($$INSERT INTO authority (authority_id, display_name) VALUES ('x', 'X')$$,
    '42501', NULL, 'officers set up no authority');
UPDATE owner SET display_name = 'Taken';
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM owner WHERE display_name = 'Taken'), 0::bigint,
          'an UPDATE without WHERE stays at home');

-- A partner agency sees its own returns only.
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is(ARRAY(SELECT DISTINCT owner_id FROM return_submission), '{police}', 'own submissions');
SELECT is(ARRAY(SELECT DISTINCT owner_id FROM progress), '{police}', 'own progress');
SELECT is(ARRAY(SELECT DISTINCT owner_id FROM return_move), '{police}', 'own moves');
SELECT is(ARRAY(SELECT owner_id FROM expected_return), '{police}', 'own expected return');
SELECT throws_ok($$INSERT INTO return_submission (authority_id, round_id, owner_id, submission,
    received_on, content_hash, principal_id) VALUES ('north', 'now', 'learning', 1, current_date,
    repeat('0', 64), app_principal())$$, '42501', NULL, 'no submission for another owner');

-- Who sees which authority.
SELECT pg_temp.act('', 'host_administrator');
SELECT is(ARRAY(SELECT authority_id FROM authority ORDER BY 1) @> '{north,south}', true,
          'a host administrator sees all authorities');
RESET ROLE;
SELECT pg_temp.act('', '', '', (SELECT principal_id::text FROM identify(
    decode(repeat('b2', 32), 'hex'))));
SET LOCAL ROLE pledged;
SELECT is(ARRAY(SELECT authority_id FROM authority), '{south}', 'a member sees its own');
SELECT is(ARRAY(SELECT authority_id || role FROM member), '{southofficer}', 'and its place');

SELECT * FROM finish();
ROLLBACK;
