-- SPDX-License-Identifier: Apache-2.0
-- Sessions of briefing and training: who was there, and coverage of members by party on a day.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;
SELECT body_member_add('panel', s, initcap(s), r, p, '', f::date, t::date)
  FROM (VALUES ('chair', 'chair', 'Blue', '2006-03-01', NULL), ('red', 'member', 'Red', '2006-03-01', NULL),
               ('rose', 'vice_chair', 'Red', '2007-05-04', NULL), ('left', 'member', 'Green', '2006-03-01', '2007-06-30'),
               ('free', 'member', '', '2006-03-01', NULL), ('clerk', 'adviser', '', '2006-03-01', NULL),
               ('young', 'co_opted', '', '2006-03-01', NULL)) AS x (s, r, p, f, t);

-- Adding one
SELECT is(pg_temp.broken($$SELECT briefing_create('A b', '', ' ', repeat('x', 201), NULL, '{panel,panel,none}')$$),
          '{briefing_id,briefing.kind,briefing.title,briefing.topic,briefing.held_on,"briefing.bodies[1]","briefing.bodies[2]"}',
          'every mistake is told at once');
SELECT is(pg_temp.broken($$SELECT briefing_create('a', 'briefing', 'A', '', '2007-06-19', '{}')$$), '{briefing.bodies}',
          'a session is for a body');
SELECT briefing_create('june', 'briefing', 'The pledge', 'Health', '2007-06-19', '{panel}'),
       briefing_create('may', 'training', 'Listening', '', '2007-05-15', '{panel,council}'),
       briefing_create('next', 'briefing', 'Homes', '', current_date + 30, '{panel}');
SELECT is((pg_temp.failure($$SELECT briefing_create('june', 'briefing', 'A', '', '2007-06-19', '{panel}')$$)).state,
          'PL409', 'an identifier is taken once');

-- Who was there
SELECT is(pg_temp.broken($$SELECT briefing_attend('june', '{panel,panel,panel,panel,panel}', '{clerk,young,red,red,chair}',
              '{present,present,present,absent,""}', '{authorities/north/departments/none,
              authorities/north/departments/housing,authorities/north/departments/housing}', '{1,-1,2}')$$),
          '{"attendance[0].seat","attendance[1].seat","attendance[3].seat","attendance[4].attendance",'
          '"headcounts[0].owner","headcounts[1].people","headcounts[2].owner"}',
          'only members'' seats of that day, once each, and others of owners');
SELECT is((pg_temp.failure($$SELECT briefing_attend('june', '{}', '{}', '{}', '{authorities/south/departments/housing}',
              '{1}')$$)).state, 'PL403', 'of another council''s nobody');
SELECT is((pg_temp.failure(q)).state, s, q)
  FROM (VALUES ($$SELECT briefing_attend('next', '{panel}', '{chair}', '{present}', '{}', '{}')$$, 'PL412'),
               ($$SELECT briefing_attend('none', '{panel}', '{chair}', '{present}', '{}', '{}')$$, 'PL404'),
               ($$SELECT briefing_attend('june', '{}', '{}', '{}', '{}', '{}')$$, 'PL400'),
               ($$SELECT briefing_attend('june', '{council}', '{chair}', '{present}', '{}', '{}')$$, 'PL400')) AS t (q, s);
SELECT briefing_attend('may', '{panel,panel}', '{chair,left}', '{present,present}', '{}', '{}'),
       briefing_attend('june', '{panel,panel,panel}', '{chair,red,rose}', '{present,present,apologies}',
           '{authorities/north/departments/housing,authorities/north/partnerAgencies/police}', '{4,2}');
SELECT is((SELECT concat_ws(' ', member_count, present_count, parties::text, people_count, planned)
             FROM briefings('2007-06-19', '9999-12-31') WHERE briefing_id = 'june'), '5 2 {Blue,Red} 6 f', 'told together');
SELECT is((SELECT concat_ws(' ', member_count, present_count, parties::text, people_count, planned)
             FROM briefings('2007-06-18', '9999-12-31') WHERE briefing_id = 'june'), '5 0 {} 0 t', 'nobody was there the day before');
SELECT briefing_attend('june', '{panel}', '{red}', '{absent}', '{authorities/north/departments/housing}', '{3}');
SELECT is((SELECT concat_ws(' ', present_count, parties::text, people_count)
             FROM briefings(current_date, '9999-12-31') WHERE briefing_id = 'june'), '1 {Blue} 5', 'what was recorded last stands');
SELECT is((SELECT count(*) FROM briefings(current_date, current_date - 1)), 0::bigint, 'nothing was known before');
SELECT body_member_update('panel', 'chair', '', 'Orange', NULL, '', '{party}');
SELECT is(ARRAY(SELECT party FROM briefing_seats('june', '9999-12-31') WHERE seat_id IN ('chair', 'rose')), '{Blue,Red}',
          'the party is the one of that day');
SELECT body_member_update('panel', 'chair', '', 'Blue', NULL, '', '{party}');

-- Moving one
SELECT is((pg_temp.failure($$SELECT briefing_update('june', '', '', '2007-06-20', '', '{held_on}')$$)).state, 'PL412',
          'what was held stays on its day');
SELECT lives_ok($$SELECT briefing_update('next', 'Safe homes', '', current_date + 60, 'r1', '{title,held_on}')$$, 'what is planned moves');
SELECT is((SELECT concat_ws(' ', title, held_on - current_date, planned, etag) FROM briefings(current_date, '9999-12-31')
            WHERE briefing_id = 'next'), 'Safe homes 60 t r2', 'and is another then');
SELECT is((pg_temp.failure($$SELECT briefing_update('next', 'X', '', NULL, 'r1', '{title}')$$)).state, 'PL410', 'an old etag is refused');
SELECT is(pg_temp.broken($$SELECT briefing_update('next', ' ', repeat('x', 201), NULL, '', '{}')$$),
          '{briefing.title,briefing.topic,briefing.held_on}', 'every mistake is told at once');
SELECT is(pg_temp.broken($$SELECT briefing_update('next', ' ', repeat('x', 201), NULL, '', '{title}')$$), '{briefing.title}',
          'of what is to be changed');

-- Coverage: Blue 1 of 1; Red was absent or sent apologies; Green left on 30 June; one has no party
CREATE FUNCTION pg_temp.covered(p_kind text, p_from date, p_as_at date) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', party, covered_count || '/' || member_count, not_covered::text)
                   FROM briefing_coverage('panel', p_kind, p_from, p_as_at, '9999-12-31'))
$$;
SELECT is(pg_temp.covered('', NULL, '2007-06-19'),
          '{"Blue 1/1 {}","Green 1/1 {}","Red 0/2 {Red,Rose}"," 0/1 {Free}"}', 'party by party, without advisers and co-opted');
SELECT is(pg_temp.covered('', NULL, '2007-07-01'), '{"Blue 1/1 {}","Red 0/2 {Red,Rose}"," 0/1 {Free}"}', 'who left is not asked for');
SELECT is(pg_temp.covered('briefing', NULL, '2007-06-19'),
          '{"Blue 1/1 {}","Green 0/1 {Left}","Red 0/2 {Red,Rose}"," 0/1 {Free}"}', 'of one kind');
SELECT is(pg_temp.covered('', '2007-06-20', '2007-06-30'),
          '{"Blue 0/1 {Chair}","Green 0/1 {Left}","Red 0/2 {Red,Rose}"," 0/1 {Free}"}', 'in a period');
SELECT is(pg_temp.covered('', NULL, '2007-05-14'), '{"Blue 0/1 {Chair}","Green 0/1 {Left}","Red 0/2 {Red,Rose}"," 0/1 {Free}"}',
          'before any session');

-- Who may
SELECT throws_ok($$UPDATE briefing_attendance SET attendance = 'absent'$$, '42501', NULL, 'what was recorded stays');
SELECT throws_ok($$DELETE FROM briefing$$, '42501', NULL, 'nothing is deleted');
SELECT is(ARRAY(SELECT role::text FROM role_permission WHERE permission = 'briefing.write' ORDER BY 1),
          '{officer,support_worker}', 'who writes');
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM briefings(current_date, '9999-12-31')) + (SELECT count(*) FROM briefing_attendance),
          0::bigint, 'nothing of another council');

SELECT * FROM finish();
ROLLBACK;
