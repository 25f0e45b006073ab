-- SPDX-License-Identifier: Apache-2.0
-- Strategies and services: reviews due and overdue, and statements carried along their lineage.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

CREATE FUNCTION pg_temp.add(p_id text, p_due date, p_statements text[], p_owner text DEFAULT 'departments/housing')
RETURNS void LANGUAGE sql AS $$
    SELECT strategy_create(p_id, 'strategy', initcap(p_id), '', 'authorities/north/' || p_owner, '2017-01-01', '2020-12-31',
        p_due, array_fill('promise'::text, ARRAY[cardinality(p_statements)]),
        array_fill('1'::text, ARRAY[cardinality(p_statements)]), p_statements)
$$;
CREATE FUNCTION pg_temp.stands(p_as_at date, p_known_on date DEFAULT '9999-12-31') RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', strategy_id, review_state, days_over, review_due_on, outcome)
                   FROM strategy_standing(p_as_at, p_known_on) ORDER BY place COLLATE "C")
$$;

SELECT is(pg_temp.broken($$SELECT strategy_create('A', '', '', repeat('x', 2001), 'authorities/north/departments/none', NULL,
              '2016-01-01', NULL, '{promise,promise,promise}', '{1,1,2}', '{1,1,1}')$$),
          '{strategy_id,strategy.kind,strategy.title,strategy.summary,strategy.owner,strategy.runs_from,'
          '"strategy.statements[1]","strategy.statements[2]"}', 'every mistake is told at once');
SELECT is(pg_temp.broken($$SELECT strategy_create('a', 'service', 'A', '', 'authorities/north/departments/housing', '2017-01-01',
              '2016-01-01', '2016-01-01', '{}', '{}', '{}')$$), '{strategy.runs_to,strategy.review_due_on}', 'days in order');
SELECT is((pg_temp.failure($$SELECT pg_temp.add('a', NULL, '{1}', '../south/departments/housing')$$)).state, 'PL400', 'whose it is');
SELECT is((pg_temp.failure($$SELECT strategy_create('a', 'service', '', '', 'authorities/south/departments/housing', NULL, NULL,
              NULL, '{}', '{}', '{}')$$)).state, 'PL403', 'not another council''s');
SELECT pg_temp.add('plan', '2019-12-31', '{1,2}'), pg_temp.add('group', '2020-06-30', '{3}', 'partnerAgencies/police'),
       pg_temp.add('open', NULL, '{1}');
SELECT is((pg_temp.failure($$SELECT pg_temp.add('plan', NULL, '{1}')$$)).state, 'PL409', 'an identifier is taken once');
SELECT is(pg_temp.stands('2020-01-27'), '{"plan overdue 27 2019-12-31 ","group due 0 2020-06-30 ","open none 0 "}',
          'the first due first, what has no day last');
SELECT is(pg_temp.stands('2019-12-31'), '{"plan due 0 2019-12-31 ","group due 0 2020-06-30 ","open none 0 "}',
          'on its day it is due, not overdue');
SELECT is(pg_temp.stands('2016-12-31'), '{}', 'nothing before it began');
SELECT is(ARRAY(SELECT concat_ws(' ', owner_id, title, state, due_on) FROM strategy_review_due ORDER BY due_on),
          '{"housing Plan overdue 2019-12-31","police Group overdue 2020-06-30"}', 'what is to be reviewed today');

-- Reviews
SELECT is(pg_temp.broken($$SELECT strategy_review_record('plan', current_date + 1, '', '', '2016-01-01')$$),
          '{review.reviewed_on,review.outcome,review.note,review.next_due_on}', 'every mistake is told at once');
SELECT is(pg_temp.broken($$SELECT strategy_review_record('plan', '2020-03-01', 'ended', 'Over', '2021-01-01')$$),
          '{review.next_due_on}', 'what ended has no next review');
SELECT is((pg_temp.failure($$SELECT strategy_review_record('none', NULL, 'ended', 'Over', NULL)$$)).state, 'PL404', 'no such one');
SELECT strategy_review_record('plan', '2020-03-01', 'continued', 'To be written anew', '2020-12-31');
SELECT is((pg_temp.stands('2020-12-31'))[2], 'plan due 0 2020-12-31 continued', 'a review sets the day of the next');
SELECT is((pg_temp.stands('2020-02-29'))[1], 'plan overdue 60 2019-12-31 ', 'and changes no day before it');
SELECT is(pg_temp.broken($$SELECT strategy_review_record('plan', '2020-02-01', 'ended', 'Over', NULL)$$), '{review.reviewed_on}',
          'reviews are in the order of their days');
SELECT is((pg_temp.failure($$SELECT strategy_update('plan', '', '', NULL, '2030-01-01', '{}', '{}', '{}', '', '{review_due_on}')$$)).state,
          'PL412', 'from then on a review says when the next is due');
SELECT strategy_review_record('plan', '2020-12-31', 'replaced', 'By another', NULL);
SELECT is(ARRAY(SELECT strategy_id FROM strategy_standing(current_date, '9999-12-31') WHERE review_state = 'none' ORDER BY 1),
          '{open,plan}', 'what was replaced is not reviewed again');

-- Statements, along their lineage
CREATE FUNCTION pg_temp.carrying(p_number int, p_statement text) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT DISTINCT strategy_id FROM strategy_carries WHERE authority_id = app_authority()
                    AND version_number = p_number AND statement_id = p_statement ORDER BY 1)
$$;
SELECT version_create('promise', '2', 'Second', '', '{home}', '{Home}', '{a,b}', '{home,home}', '{Safe,Heard}',
    '{A safe home near you,We listen}', '{"",""}', '{"",""}', '{1,2,3}', '{a,a,b}', '{merged,merged,kept}', '{"","",""}');
SELECT is(pg_temp.carrying(2, 'a'), '{}', 'a draft is carried by nothing yet');
SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2), '2016-01-01', 'panel');
SELECT is(pg_temp.carrying(2, 'a'), '{open,plan}', 'what became of a statement is carried, too');
SELECT is(pg_temp.carrying(2, 'b'), '{group}', 'each its own');
SELECT is(pg_temp.carrying(1, '2'), '{plan}', 'and the statement itself still');
SELECT is(ARRAY(SELECT concat_ws(' ', strategy_id, cardinality(statements), array_length(carried_statements, 1))
                  FROM strategy_standing(current_date, '9999-12-31') ORDER BY strategy_id), '{"group 1 1","open 1 1","plan 2 1"}',
          'carried once where two were merged');
SELECT strategy_update('plan', '', '', NULL, NULL, '{promise}', '{2}', '{b}', '', '{statements}');
SELECT is(pg_temp.carrying(2, 'a'), '{open}', 'it can carry others');
SELECT is(pg_temp.carrying(2, 'b'), '{group,plan}', 'then those');
SELECT is((SELECT count(*) FROM strategy_statement WHERE strategy_id = 'plan' AND ended_at IS NOT NULL), 2::bigint,
          'that it carried others before is kept');
SELECT is(pg_temp.broken($$SELECT strategy_update('plan', '', '', NULL, NULL, '{promise}', '{2}', '{none}', '', '{statements}')$$),
          '{"strategy.statements[0]"}', 'they must be there');
SELECT is(pg_temp.broken($$SELECT strategy_update('open', ' ', repeat('x', 2001), '2016-12-31', '2016-12-31', '{promise}', '{2}',
              '{none}', '', '{}')$$), '{strategy.title,strategy.summary,strategy.runs_to,strategy.review_due_on,"strategy.statements[0]"}',
          'every mistake is told at once');
SELECT is(pg_temp.broken($$SELECT strategy_update('open', ' ', repeat('x', 2001), NULL, NULL, '{}', '{}', '{}', '', '{title}')$$),
          '{strategy.title}', 'of what is to be changed');

-- Who may
SELECT throws_ok($$UPDATE strategy_review SET note = 'X'$$, '42501', NULL, 'what a review found stays');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is((pg_temp.failure($$SELECT strategy_review_record('open', NULL, 'continued', 'X', NULL)$$)).state, 'PL403',
          'an agency reviews no other''s');
SELECT lives_ok($$SELECT strategy_review_record('group', NULL, 'continued', 'Goes on', NULL)$$, 'but its own');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT lives_ok($$SELECT strategy_review_record('open', NULL, 'changed', 'More rooms', current_date + 1)$$, 'a director, too');
SELECT is(ARRAY(SELECT role::text FROM role_permission WHERE permission = 'strategy.write' ORDER BY 1),
          '{officer,support_worker}', 'who writes');
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM strategy) + (SELECT count(*) FROM strategy_carries) + (SELECT count(*) FROM strategy_review_due),
          0::bigint, 'nothing of another council');

SELECT * FROM finish();
ROLLBACK;
