-- SPDX-License-Identifier: Apache-2.0
-- Visits of Young Inspectors: moderation before anybody else sees a finding, concerns that nobody else hears of,
-- and follow-up by those who commission the provider.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north', 'support_worker');
SET LOCAL ROLE pledged;

CREATE FUNCTION pg_temp.seen() RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', text, state, follow_up) FROM visit_findings('2020-01-31', '9999-12-31')
                  ORDER BY follow_up_due_on, text)
$$;
CREATE FUNCTION pg_temp.words(p_text text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(words, '.*/', '') FROM visit_findings(current_date, '9999-12-31') WHERE text = p_text
$$;
CREATE FUNCTION pg_temp.finding(p_text text) RETURNS text LANGUAGE sql AS $$
    SELECT finding_id FROM visit_findings(current_date, '9999-12-31') WHERE text = p_text
$$;
CREATE FUNCTION pg_temp.count(p_role text, p_owner text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_told text;
BEGIN
    PERFORM pg_temp.act('north', p_role, p_owner);
    SELECT concat_ws(' ', v.inspectors, v.suppressed, v.finding_count, v.waiting_count, v.open_count, v.overdue_count)
      INTO v_told FROM visits('2020-01-31', '9999-12-31') AS v WHERE v.visit_id = 'home';
    PERFORM pg_temp.act('north', 'support_worker');
    RETURN v_told;
END
$$;

-- Recording one
SELECT is(pg_temp.broken($$SELECT visit_record('A', '', ' ', 'authorities/north/departments/none', current_date + 1, 0,
              '{"",urgent,strength}', '{"",Lock,Good}', '{"","",promise}', '{"","",1}', '{"","",9}', '{NULL,NULL,2020-01-01}')$$),
          '{visit_id,visit.provider,visit.provides,visit.owner,visit.visited_on,visit.inspectors,"visit.findings[0].kind",'
          '"visit.findings[0].text","visit.findings[1].follow_up_due_on","visit.findings[2].statement",'
          '"visit.findings[2].follow_up_due_on"}', 'every mistake is told at once');
SELECT is((pg_temp.failure($$SELECT visit_record('a', 'A', 'B', 'authorities/south/departments/housing', '2020-01-05', 3, '{}',
              '{}', '{}', '{}', '{}', '{}')$$)).state, 'PL403', 'not another council''s provider');
SELECT is(pg_temp.broken($$SELECT visit_record('a', 'A', 'B', 'authorities/north/departments/housing', '2020-01-05', 3, '{}',
              '{}', '{}', '{}', '{}', '{}')$$), '{visit.findings}', 'a visit finds something');
SELECT visit_record('home', 'Harbour House', 'A place to live', 'authorities/north/departments/housing', '2020-01-05', 3,
    '{strength,improvement,urgent,improvement}', '{"Good food","No garden","No lock","He shouts"}', '{"",promise,"",""}',
    '{"",1,"",""}', '{"",2,"",""}', '{NULL,2020-03-01,2020-01-12,2020-03-01}'),
    visit_record('shop', 'Advice shop', 'Advice', 'authorities/north/partnerAgencies/police', '2020-01-20', 8, '{improvement}',
    '{"Opens late"}', '{""}', '{""}', '{""}', '{2020-02-01}');
SELECT is((SELECT array_agg(DISTINCT visit_id || ' ' || received_on) FROM response_text),
          '{"home 2020-01-05","shop 2020-01-20"}', 'words are of the day of the visit');
SELECT is((pg_temp.failure($$SELECT visit_record('shop', 'A', 'B', 'authorities/north/departments/housing', '2020-01-05', 3,
              '{strength}', '{Good}', '{""}', '{""}', '{""}', '{NULL}')$$)).state, 'PL409', 'an identifier is taken once');

-- Waiting: the voice team's, and nobody else's
SELECT is(pg_temp.seen(), '{"No lock waiting overdue","Opens late waiting open","He shouts waiting open","No garden waiting open",'
          '"Good food waiting none"}', 'the voice team sees all');
SELECT is(pg_temp.count('officer'), '3 f 4 4 3 1', 'with how many were there');
SELECT is(pg_temp.count(r), '0 t 0 0 0 0', r || ' sees that there was a visit, without a small count')
  FROM unnest('{director,elected_member,council_administrator,inspector}'::text[]) AS r;
SELECT is((SELECT array_agg(name || ' ' || count ORDER BY name) FROM findings_waiting),
          '{"authorities/north/visits/home 4","authorities/north/visits/shop 1"}', 'how many wait');
SELECT is((SELECT count(*) FROM follow_up_due), 0::bigint, 'nothing is to be followed up that nobody may see');
SELECT pg_temp.act('north', 'elected_member');
SELECT is((SELECT count(*) FROM visit_finding) + (SELECT count(*) FROM findings_waiting), 0::bigint, 'nor counted');
SELECT pg_temp.act('north');
SELECT is((pg_temp.failure(format('SELECT visit_answer_add(%L, %L, %L, NULL, NULL)', 'home', pg_temp.finding('No lock'), 'Done'))).state,
          'PL412', 'and what is not shown is not answered');

-- Shown, hidden, a concern
SELECT words_moderate(pg_temp.words(t), 'shown', '') FROM unnest('{"Good food","No garden","No lock","Opens late"}'::text[]) AS t;
SELECT is(pg_temp.count('elected_member'), '0 t 3 0 2 1', 'what is shown is everybody''s');
SELECT is(ARRAY(SELECT concat_ws(' ', owner_id, title, due_on, state) FROM follow_up_due ORDER BY due_on),
          '{"housing Harbour House 2020-01-12 overdue","police Advice shop 2020-02-01 overdue","housing Harbour House 2020-03-01 overdue"}',
          'what is to be followed up today');
SELECT pg_temp.act('north', 'support_worker');
SELECT pg_temp.words('He shouts') AS said \gset
SELECT words_moderate(:'said', 'concern', 'Fear of an adult');
SELECT is(pg_temp.seen(), '{"No lock shown overdue","Opens late shown open","No garden shown open","Good food shown none"}',
          'a concern is in no list of the voice team either');
SELECT is(pg_temp.count('officer'), '3 f 3 0 2 1', 'and in no count');
SELECT is((SELECT count(*) FROM visit_finding), 4::bigint, 'no row of it');
SELECT is((pg_temp.failure(format('SELECT words_moderate(%L, %L, %L)', :'said', 'shown', ''))).state, 'PL404', 'there is no way back');
SELECT pg_temp.act('north', 'safeguarding_officer');
SELECT is(ARRAY(SELECT concat_ws(' | ', text, prompt, reason) FROM safeguarding_concerns()),
          '{"He shouts | Visit of Young Inspectors to Harbour House on 2020-01-05 | Fear of an adult"}',
          'the safeguarding officer hears what, and where');
SELECT pg_temp.act('north', 'support_worker');
SELECT is((SELECT count(*) FROM safeguarding_concerns()), 0::bigint, 'nobody else does');

-- Follow-up
SELECT pg_temp.act('north', 'director', 'learning');
SELECT is((pg_temp.failure(format('SELECT visit_answer_add(%L, %L, %L, NULL, NULL)', 'home', pg_temp.finding('No lock'), 'Done'))).state,
          'PL403', 'another director does not answer');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is(ARRAY(SELECT text FROM visit_findings(current_date, '9999-12-31')), '{"Opens late"}', 'an agency sees its own');
SELECT is((SELECT count(*) FROM visit), 1::bigint, 'visits, too');
SELECT lives_ok(format('SELECT visit_answer_add(%L, %L, %L, NULL, current_date)', 'shop', pg_temp.finding('Opens late'), 'Opens at 8'),
                'and answers it');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT pg_temp.finding('No lock') AS lock \gset
SELECT is((pg_temp.failure(format('SELECT visit_answer_add(%L, %L, %L, NULL, NULL)', 'home', pg_temp.finding('Good food'), 'Thanks'))).state,
          'PL412', 'where none is wanted there is none');
SELECT is(pg_temp.broken(format('SELECT visit_answer_add(%L, %L, %L, %L, %L)', 'home', :'lock', ' ', '2020-01-04', '2020-01-05')),
          '{text,answered_on,done_on}', 'every mistake is told at once');
SELECT visit_answer_add('home', :'lock', 'Ordered', '2020-01-10', NULL),
       visit_answer_add('home', :'lock', 'Mended', '2020-01-20', '2020-01-19');
SELECT is(pg_temp.broken(format('SELECT visit_answer_add(%L, %L, %L, %L, NULL)', 'home', :'lock', 'X', '2020-01-19')), '{answered_on}',
          'answers are in the order of their days');
SELECT is(ARRAY(SELECT concat_ws(' ', d, f.follow_up, f.days_over, f.answer)
                  FROM unnest('{2020-01-09,2020-01-12,2020-01-13,2020-01-20}'::date[]) AS d, visit_findings(d, '9999-12-31') AS f
                 WHERE f.text = 'No lock' ORDER BY d),
          '{"2020-01-09 open 0 ","2020-01-12 open 0 Ordered","2020-01-13 overdue 1 Ordered","2020-01-20 done 0 Mended"}',
          'as it stood on each day');
SELECT is((SELECT follow_up FROM visit_findings('2020-01-20', current_date - 1) WHERE text = 'No lock'), NULL, 'not known the day before');
SELECT is((SELECT count(*) FROM visit_answers('home', '', current_date, '9999-12-31')), 2::bigint, 'every answer is kept');
SELECT pg_temp.act('north', 'support_worker');
SELECT words_moderate(pg_temp.words('No lock'), 'concern', 'Somebody came in');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT is((SELECT count(*) FROM visit_answer WHERE visit_id = 'home') + (SELECT count(*) FROM visit_answers('home', '', current_date, '9999-12-31')), 0::bigint,
          'answers to a concern go with it');

-- What became of a statement
SELECT pg_temp.act('north');
SELECT version_create('promise', '2', 'Second', '', '{home}', '{Home}', '{a,b}', '{home,home}', '{Safe,Heard}',
    '{A safe home near you,We listen}', '{"",""}', '{"",""}', '{1,2,3}', '{a,a,b}', '{merged,merged,kept}', '{"","",""}');
SELECT is(ARRAY(SELECT regexp_replace(statement, '.*/versions/', '') FROM statement_origins('promise', 2, s) ORDER BY 1), o::text[],
          s || ' and what it was')
  FROM (VALUES ('a', '{1/statements/1,1/statements/2,2/statements/a}'), ('b', '{1/statements/3,2/statements/b}')) AS t (s, o);
SELECT is(ARRAY(SELECT regexp_replace(statement, '.*/versions/', '') FROM statement_origins('promise', 1, '2')), '{1/statements/2}',
          'not what it will be');

-- Who may
SELECT throws_ok($$UPDATE visit_answer SET text = 'X'$$, '42501', NULL, 'an answer stays');
SELECT throws_ok($$INSERT INTO visit_finding (authority_id, visit_id, finding_id, kind) VALUES ('north', 'home', 'x', 'strength')$$,
                 '42501', NULL, 'findings come with their visit');
SELECT is(ARRAY(SELECT role::text FROM role_permission WHERE permission = 'visit.record'), '{support_worker}', 'who records');
SELECT pg_temp.act('south', 'support_worker');
SELECT is((SELECT count(*) FROM visit) + (SELECT count(*) FROM visit_finding) + (SELECT count(*) FROM follow_up_due), 0::bigint,
          'nothing of another council');

SELECT * FROM finish();
ROLLBACK;
