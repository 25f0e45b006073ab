-- SPDX-License-Identifier: Apache-2.0
-- Meetings of a forum: quorum, parties, actions that carry over, and minutes within 72 columns.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;
SELECT body_member_add('panel', s, initcap(s), r, p, '', '2006-03-01', t::date)
  FROM (VALUES ('chair', 'chair', 'Blue', NULL), ('red', 'member', 'Red', NULL),
               ('left', 'member', 'Green', '2006-06-30'), ('clerk', 'adviser', '', NULL)) AS x (s, r, p, t);
SELECT meeting_create('panel', m, d::date) FROM (VALUES ('a', '2006-03-07'), ('b', '2006-07-04')) AS x (m, d);
SELECT meeting_create('panel', 'c', current_date + 1);

SELECT is((pg_temp.failure($$SELECT agenda_item_add('panel', 'x', 'theme', 'X')$$)).state, 'PL404', 'no meeting');
SELECT throws_ok($$SELECT agenda_item_add('panel', 'a', 'end', 'X')$$, '23514', NULL, 'an agenda has three parts');
SELECT lives_ok($$SELECT agenda_item_add('panel', 'c', 'theme', 'Health')$$, 'an agenda comes before its meeting');
SELECT is((pg_temp.failure(q)).state, 'PL412', 'what happens there does not: ' || q)
  FROM (VALUES ($$SELECT attendance_record('panel', 'c', '{chair}', '{present}', '{""}', '{""}')$$),
               ($$SELECT meeting_decision_record('panel', 'c', 1, 'X', 'Y', 0, 0, 0)$$),
               ($$SELECT action_add('panel', 'c', 1, 'X', '', 'chair', current_date + 9)$$)) AS t (q);
SELECT throws_ok($$SELECT quorum_set('panel', 0, '2006-03-01')$$, '23514', NULL, 'a quorum is one seat at least');
SELECT quorum_set('panel', 2, '2006-03-01'), quorum_set('panel', 3, '2006-07-01');
SELECT attendance_record('panel', m, '{chair,red,clerk}', '{present,present,present}', '{"","",""}', '{"","",""}')
  FROM unnest('{a,b}'::text[]) AS m;
SELECT is(ARRAY(SELECT concat_ws(' ', meeting_id, present_count, seat_count, quorum, quorate, parties::text)
                  FROM meeting_presence('panel', current_date, '9999-12-31') ORDER BY held_on),
          '{"a 2 3 2 t {Blue,Red}","b 2 2 3 f {Blue,Red}"}', 'each meeting has the seats and quorum of its day');
SELECT body_member_update('panel', 'red', '', 'Orange', NULL, '', '{party}');
SELECT is((SELECT parties FROM meeting_presence('panel', '2006-03-31', '9999-12-31')), '{Blue,Red}',
          'a party that is put right later was another at the meeting');

SELECT agenda_item_add('panel', 'a', 'theme', 'Health');
SELECT action_add('panel', 'a', 1, 'Ask', 'authorities/north/partnerAgencies/police', '', '2006-05-01'),
       action_add('panel', 'a', 1, 'Write', '', 'chair', '2006-05-01');
SELECT action_note_add('panel', 'a', '2', 'done', 'Written', '2006-07-04');
SELECT is(ARRAY(SELECT text || ' ' || state FROM matters_arising('panel', m, '9999-12-31')), r::text[], 'arising at ' || m)
  FROM (VALUES ('a', '{}'), ('b', '{"Ask open","Write done"}'), ('c', '{"Ask open"}')) AS t (m, r);
SELECT is(ARRAY(SELECT ret_on || ' ' || ret_planned FROM meeting_next('panel', 'c', '9999-12-31')),
          ARRAY[(current_date + 1 + interval '2 months')::date || ' false'], 'the next by the interval');
SELECT is((SELECT ret_on FROM meeting_next('panel', 'a', '9999-12-31')), '2006-07-04', 'or as planned');

-- Decisions on a pledge are minutes of the meeting, too.
SELECT version_create('promise', '2', 'Second', '', '{home}', '{Home}', '{1}', '{home}', '{Safe}', '{A safe home}',
    '{""}', '{""}', '{1,2,3}', '{1,"",""}', '{kept,dropped,dropped}', '{"",Done,Done}');
SELECT route_create('way', 'Way', '{panel}', '{panel}', '{0}', '{0}', '{panel}', '{approve}', '{approved}', '{""}',
    '{panel}', '{officer}');
SELECT endorsement_start('promise', '2', 'e', 'way', '2006-07-01');
SELECT decision_record('promise', '2', 'e', 'panel', 'b', 'approve', '7', 'To approve it.', false, 0, 0, 0, false, '', '');
SELECT matches(minutes_text('panel', 'b', '9999-12-31'),
               E'\nDecisions on the pledge\n-+\n - 7 Our promise, version 2: approve. To approve it.\n', 'are minuted');
SELECT is((SELECT count(*) FROM minute_lines('panel', 'b', current_date - 1) AS l WHERE l.text ~ 'approve it'), 0::bigint,
          'but not before they were recorded');

SELECT is(text_wrapped('one two three', 7, '- ', '  '), E'- one\n  two\n  three\n', 'wrapped');
SELECT is(text_wrapped(repeat('x', 12), 5, '- ', '  '), E'- xxx\n  xxx\n  xxx\n  xxx\n', 'also where it is one word');
SELECT is(text_wrapped('', 5, '- ', ''), E'- \n', 'nothing');
SELECT cmp_ok((SELECT max(char_length(l)) FROM generate_series(1, 90, 7) AS n,
                      string_to_table(text_wrapped(repeat(repeat('x', n) || ' ', 9), 72, ' - ', '   '), E'\n') AS l),
              '<=', 72, 'never wider');

SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is(ARRAY(SELECT text FROM action_standing(current_date, '9999-12-31')), '{Ask}', 'an agency sees its own actions');
SELECT is((pg_temp.failure($$SELECT action_note_add('panel', 'a', '2', 'open', 'X', NULL)$$)).state, 'PL404',
          'and notes on no other');
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM meeting_item) + (SELECT count(*) FROM meeting_action), 0::bigint,
          'nothing of another council');

SELECT * FROM finish();
ROLLBACK;
