-- SPDX-License-Identifier: Apache-2.0
-- Routes and endorsements: where each decision leads, how long a version waited, what was known when,
-- what is refused, and that nothing recorded changes.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE; -- both councils' changes are counted, so that one's own are told apart
SET CONSTRAINTS ALL DEFERRED;
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

-- Panel, then Council: every kind of decision at the panel.
CREATE FUNCTION pg_temp.way(p_days int[], p_leads text DEFAULT 'next') RETURNS void LANGUAGE sql AS $$
    SELECT route_create('way', 'Way', '{panel,council}', '{panel,council}', p_days, '{0,5}',
        '{panel,panel,panel,panel,panel,panel,council,council,council,council}',
        '{endorse,refer_on,amend,note,reject,refer_back,approve,amend,refer_back,reject}',
        ARRAY[p_leads, 'step', 'next', 'stay', 'rejected', 'back', 'approved', 'back', 'back', 'rejected'],
        '{"",council,"","","",panel,"",council,panel,""}', '{panel,panel,council}',
        '{officer,support_worker,officer}')
$$;
SELECT pg_temp.way('{30,0}');
SELECT is(ARRAY(SELECT leads_to || ' ' || to_step_id FROM route_move_resource WHERE route_id = 'way'
                 ORDER BY position),
          '{"next ","next ","next ","stay ","rejected ","back panel","approved ","back council",'
          '"back panel","rejected "}', 'moves read back as they were meant');
SELECT is(pg_temp.broken($$SELECT pg_temp.way('{30,0}')$$), '{route_id}', 'a route is there once');

-- Routes that do not hold together.
CREATE FUNCTION pg_temp.bad(p_steps text, p_bodies text, p_at text, p_decisions text, p_leads text,
    p_to text, p_recorders text DEFAULT '{a,b}', p_roles text DEFAULT '{officer,officer}')
RETURNS text[] LANGUAGE sql AS $$
    SELECT pg_temp.broken(format('SELECT route_create(''bad'', ''Bad'', %1$L, %2$L, array_fill(0,'
        ' ARRAY[cardinality(%1$L::text[])]), array_fill(0, ARRAY[cardinality(%1$L::text[])]), %3$L,'
        ' %4$L, %5$L, %6$L, %7$L, %8$L)', p_steps, p_bodies, p_at, p_decisions, p_leads, p_to, p_recorders, p_roles))
$$;
SELECT is(pg_temp.bad('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'), '{route.steps,route.moves}',
          'a route has steps, and a way to be approved');
SELECT is(pg_temp.bad('{a,b}', '{panel,none}', '{a,b}', '{approve,approve}', '{next,approved}', '{"",""}'),
          '{route.steps[1].body}', 'of bodies that there are');
SELECT is(pg_temp.bad('{a,b}', '{panel,panel}', '{a,b,b}', '{approve,approve,note}',
              '{next,approved,stay}', '{"","",""}', '{a}', '{officer}'), '{route.steps[1].step_id}',
          'somebody records the decisions');
SELECT is(pg_temp.bad('{a,b}', '{panel,panel}', '{a,b}', '{approve,approve}', '{next,next}', '{"",""}'),
          '{route.moves[1].leads_to,route.moves}', 'nothing is behind the last step');
SELECT is(pg_temp.bad('{a,b}', '{panel,panel}', '{a,b}', '{approve,approve}', '{back,approved}',
              '{a,""}'), '{route.moves[0].leads_to}', 'approval does not lead back');
SELECT is(pg_temp.bad('{a,b}', '{panel,panel}', '{a,a,b}', '{refer_on,amend,approve}',
              '{step,back,approved}', '{a,b,""}'),
          '{route.moves[0].to_step_id,route.moves[1].to_step_id}', 'on is on and back is back');
SELECT is(pg_temp.bad('{a,b}', '{panel,panel}', '{a,b}', '{approve,approve}', '{next,approved}',
              '{"",""}', '{a,b}', '{officer,inspector}'), '{route.recorders[1].role}',
          'inspectors record nothing');

-- Working days: over Easter 2010, over Christmas 2020 with a substitute day, and of a year that is not known.
SELECT is(ARRAY(SELECT working_days_after(d::date, n)::text FROM (VALUES
    ('2010-03-31', 1), ('2010-04-01', 1), ('2010-04-01', 5), ('2020-12-24', 1), ('2020-12-24', 3),
    ('2010-09-06', 0)) AS v (d, n)),
    '{2010-04-01,2010-04-06,2010-04-12,2020-12-29,2020-12-31,2010-09-06}', 'working days');
SELECT is((pg_temp.failure($$SELECT working_days_after('2090-01-01', 1)$$)).state, 'PL412',
          'of years whose bank holidays are known');

-- A draft on its way.
SELECT version_create('promise', '2', 'Second', '', '{home}', '{Home}', '{1,2,3}', '{home,home,home}',
    '{Safe,Near,Heard}', '{A safe home,A home nearby,We hear you}', '{"","",""}', '{"","",""}', '{1,2,3}',
    '{1,2,3}', '{kept,kept,reworded}', '{"","",""}');
SELECT meeting_create(b, 'm' || d, d::date) FROM (VALUES
    ('panel', '2020-01-31'), ('panel', '2020-02-01'), ('panel', '2020-03-02'), ('council', '2020-03-02'),
    ('council', '2020-03-03'), ('council', '2020-05-01'), ('council', '2019-01-01')) AS x (b, d);
SELECT endorsement_start('promise', '2', 'e', 'way', '2020-01-01');
CREATE FUNCTION pg_temp.decide(p_body text, p_day text, p_kind text, p_waiver text DEFAULT '')
RETURNS void LANGUAGE sql AS $$
    SELECT decision_record('promise', '2', 'e', p_body, 'm' || p_day, p_kind, '1', 'To agree', false, 0,
                           0, 0, false, p_waiver, '')
$$;
CREATE FUNCTION pg_temp.stood(p_day date, p_known date DEFAULT '9999-12-31') RETURNS text
LANGUAGE sql AS $$
    SELECT concat_ws(' ', state, step_id, days_waited, days_over) FROM endorsement_standing(p_day, p_known)
$$;
SELECT is(pg_temp.stood('2019-12-31'), NULL, 'before it began');
SELECT is(pg_temp.stood('2020-01-31'), 'under_way panel 30 0', 'the last day allowed is no stall');
SELECT is(pg_temp.stood('2020-02-01'), 'under_way panel 31 1', 'the day after it is');
SELECT is((SELECT body_display_name || days_over FROM stalls('2020-02-01')), 'Panel1',
          'with the body named');
SELECT is(pg_temp.stood('2020-02-01', current_date - 1), NULL, 'yesterday nobody knew of it');
SELECT pg_temp.decide('panel', '2020-01-31', 'note');
SELECT is(pg_temp.stood('2020-02-01'), 'under_way panel 31 1', 'a note moves nothing and stops no clock');
SELECT pg_temp.decide('panel', '2020-02-01', 'refer_back');
SELECT is(pg_temp.stood('2020-03-02'), 'under_way panel 30 0', 'sent back, the clock starts anew');
SELECT is(pg_temp.stood('2020-01-31'), 'under_way panel 30 0', 'and the past is as it was');
SELECT is((pg_temp.failure($$SELECT pg_temp.decide('council', '2020-03-02', 'approve')$$)).state,
          'PL412', 'the council waits its turn');
SELECT is((pg_temp.failure($$SELECT pg_temp.decide('panel', '2020-02-01', 'endorse')$$)).state,
          'PL409', 'a meeting decides once');
SELECT pg_temp.decide('panel', '2020-03-02', 'note');
SELECT decision_withdraw('promise', '2', 'e', 3, 'It was endorsed', '2020-03-04', '');
SELECT is((SELECT decision_count || ' ' || last_decision FROM endorsement_standing('2020-03-03', '9999-12-31')), '3 3',
          'until it is withdrawn a decision counts');
SELECT is((SELECT decision_count || ' ' || last_decision FROM endorsement_standing('2020-03-04', '9999-12-31')), '2 2',
          'from then on it does not');
SELECT is(ARRAY(SELECT coalesce(withdrawn_on::text, '') FROM endorsement_history('promise', 2, 'e',
              '2020-03-04', '9999-12-31') ORDER BY number), '{"","",2020-03-04}', 'and stays on record');
SELECT pg_temp.decide('panel', '2020-03-02', 'endorse');
SELECT is(pg_temp.stood('2025-01-01'), 'under_way council 1766 0',
          'where no days are set nothing is a stall');
SELECT is(pg_temp.broken($$SELECT pg_temp.decide('council', '2019-01-01', 'approve')$$),
          '{decision.meeting}', 'no decision from before its turn');
SELECT is(pg_temp.broken($$SELECT pg_temp.decide('council', '2020-03-03', 'endorse')$$),
          '{decision.kind}', 'no decision that the route has not');
SELECT is(pg_temp.broken($$SELECT decision_record('promise', '2', 'e', 'council', 'm2020-03-03', '', '',
          '', true, 0, 0, 0, true, '', '')$$),
          '{decision.kind,decision.minute_ref,decision.recommendation,decision.vote_taken,'
          'decision.key_decision}', 'every mistake at once');
SELECT pg_temp.act('north', 'support_worker');
SELECT is((pg_temp.failure($$SELECT pg_temp.decide('council', '2020-03-03', 'approve')$$)).state,
          'PL403', 'who may not record a decision');
SELECT pg_temp.act('north');

-- What a body amends is the next draft.
SELECT pg_temp.decide('council', '2020-03-03', 'amend');
UPDATE statement SET text = 'We listen and answer' WHERE version_number = 2 AND statement_id = '3';
UPDATE version SET note = 'Amended' WHERE version_number = 2;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT is(ARRAY(SELECT concat_ws(' ', draft, drafted_on, amended_by) FROM endorsement_draft
                 ORDER BY draft), '{1 2020-01-01,2 2020-03-03 5}', 'drafts');
SELECT is(ARRAY(SELECT kind || CASE WHEN earlier_text THEN ' earlier' ELSE '' END
                  FROM endorsement_history('promise', 2, 'e', current_date, '9999-12-31') ORDER BY number),
          '{"note earlier","refer_back earlier","note earlier","endorse earlier",amend}', 'who decided on another text');
SELECT is((SELECT bool_or(earlier_text) FROM endorsement_history('promise', 2, 'e', '2020-03-02',
           '9999-12-31')), false, 'before the amendment nobody had');
UPDATE version SET note = 'Amended' WHERE version_number = 2;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT is((SELECT count(*) FROM endorsement_draft), 2::bigint, 'the same text is no new draft');

-- Adoption waits for approval.
CREATE FUNCTION pg_temp.adopt(p_day date, p_by text) RETURNS void LANGUAGE sql AS $$
    SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2), p_day, p_by)
$$;
SELECT is(pg_temp.broken($$SELECT pg_temp.adopt('2020-05-01', 'council')$$), '{name}', 'not on its way');
SELECT pg_temp.decide('council', '2020-05-01', 'approve');
SELECT is(pg_temp.stood('2020-05-01'), 'approved  0 0', 'approved');
SELECT is((pg_temp.failure($$SELECT pg_temp.decide('council', '2020-05-01', 'approve')$$)).state,
          'PL412', 'the end is the end');
SELECT is(pg_temp.broken($$SELECT pg_temp.adopt('2020-05-01', 'council')$$), '{adopted_on}',
          'not in the days of call-in');
SELECT is(pg_temp.broken($$SELECT pg_temp.adopt('2020-05-06', 'panel')$$), '{adopted_by}',
          'by no other body');
SELECT lives_ok($$SELECT pg_temp.adopt('2020-05-06', 'council')$$, 'then it is adopted');

-- Nothing that is recorded changes, and nobody else sees it.
SELECT throws_ok(format(c, t), '42501', NULL, format(c, t))
  FROM unnest('{UPDATE %I SET authority_id = authority_id,DELETE FROM %I}'::text[]) AS c, unnest('{route,route_step,route_move,route_recorder,meeting,endorsement,endorsement_draft,'
              'endorsement_notice,endorsement_decision,endorsement_withdrawal,endorsement_call_in,endorsement_call_in_outcome}'::text[]) AS t;
SELECT pg_temp.act('south');
SELECT is(pg_temp.stood(current_date), NULL, 'another council sees no endorsement');
SELECT is((SELECT count(*) FROM endorsement_history('promise', 2, 'e', current_date, current_date)),
          0::bigint, 'no decision');
SELECT is((pg_temp.failure($$SELECT pg_temp.decide('council', '2020-05-01', 'approve')$$)).state,
          'PL404', 'and records none');

SELECT * FROM finish();
ROLLBACK;
