-- SPDX-License-Identifier: Apache-2.0
-- Returns: every check, all at once, and the moves from receipt to acceptance.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SELECT pg_temp.commit_to('h1', 'housing', '{1}');
SELECT pg_temp.commit_to('h2', 'housing', '{2,3}');
SELECT pg_temp.commit_to('h3', 'housing', '{3}');
SELECT pg_temp.commit_to('p1', 'police', '{3}');
UPDATE commitment SET withdrawn = true WHERE authority_id = 'north' AND commitment_id = 'h3';
SELECT pg_temp.open_round('now', -5, 5);
SELECT pg_temp.open_round('past', -100, -60);
SELECT pg_temp.open_round('next', 5, 9);
SET LOCAL ROLE pledged;

-- The commitment's own rules.
SELECT is(pg_temp.broken($$SELECT commitment_create('x', 'authorities/north/departments/housing',
    '{promise,promise,promise,other}', '{1,1,1,1}', '{1,1,9,1}', 'S', '', '', '', '', NULL, '',
    '{}', false)$$),
    '{commitment.statements[1],commitment.statements[2],commitment.statements[3],'
    'commitment.statements[3]}', 'statements that a commitment cannot serve');
SELECT is(pg_temp.broken($$SELECT pg_temp.commit_to('h1', 'housing', '{1}')$$),
          '{commitment_id}', 'a commitment is there once');
SELECT is(pg_temp.broken(format($$SELECT commitment_create('x', %L, '{promise}', '{1}', '{1}',
    'S', '', '', '', '', NULL, '', '{}', false)$$, o)), '{commitment.owner}', 'owner ' || o)
  FROM unnest('{"",housing,authorities/south/departments/housing,
      authorities/north/departments/police,authorities/north/departments/none}'::text[]) AS o;

-- The codes are all in the table, and each breach of a line is told.
SELECT is(pg_temp.broken(format($$SELECT return_submit('now',
    'authorities/north/departments/housing', %L, '',
    ARRAY['h1','h1','','none','p1','h3'], ARRAY['amber','green','','red','green','green'],
    ARRAY['','','','',repeat('n',4001),''], ARRAY['  ','','',repeat('r',2001),'',''],
    ARRAY['','','','','',repeat('m',201)],
    ARRAY['','2016-13-01','',(current_date + 1)::text,'',''],
    ARRAY['','','','','',repeat('e',1001)])$$, current_date + 1)),
    '{"owner_return.progress[0].reason R012","owner_return.progress[1].commitment_id R006",'
    '"owner_return.progress[1].actual_on R021","owner_return.progress[2].commitment_id R002",'
    '"owner_return.progress[2].rating R010","owner_return.progress[3].commitment_id R003",'
    '"owner_return.progress[3].reason R013","owner_return.progress[3].actual_on R020",'
    '"owner_return.progress[4].commitment_id R004","owner_return.progress[4].narrative R011",'
    '"owner_return.progress[5].commitment_id R005","owner_return.progress[5].measure_value R014",'
    '"owner_return.progress[5].evidence R015","owner_return.progress R007",'
    '"owner_return.received_on R030"}', 'every breach of a return is told at once');
SELECT is((SELECT count(*) FROM return_submission), 0::bigint, 'and nothing is recorded');
SELECT is(pg_temp.broken($$SELECT pg_temp.send('now', 'housing', '{}', 'green', '', 'today')$$),
    '{"owner_return.progress R001","owner_return.progress R007","owner_return.progress R007",'
    '"owner_return.received_on R032"}', 'an empty return');
RESET ROLE;
SELECT ok((SELECT count(*) > 0 FROM return_check AS c WHERE c.code = m[1]), m[1] || ' is listed')
  FROM pg_proc AS p, regexp_matches(p.prosrc, '''(R[0-9]{3})''', 'g') AS m
 WHERE p.pronamespace = 'pledge'::regnamespace;
SELECT ok(EXISTS (SELECT FROM pg_proc AS p WHERE p.pronamespace = 'pledge'::regnamespace
                     AND strpos(p.prosrc, '''' || c.code || '''') > 0), c.code || ' is checked')
  FROM return_check AS c;
SET LOCAL ROLE pledged;

-- Who, when and where.
CREATE FUNCTION pg_temp.told(p_sql text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', f.state, f.detail -> 0 ->> 'field', f.detail -> 0 ->> 'reason')
      FROM pg_temp.failure(p_sql) AS f
$$;
SELECT is(pg_temp.told(format('SELECT pg_temp.send(%L, %L, %L, ''green'', '''', %L)', r, o, c,
              d)), t, concat_ws(' ', r, o, d))
  FROM (VALUES
    ('none', 'police', '{p1}', '', 'PL404 parent'),
    ('past', 'police', '{p1}', '', 'PL412 parent R051'),
    ('next', 'police', '{p1}', '', 'PL412 parent R050'),
    ('past', 'police', '{p1}', (current_date - 101)::text, 'PL412 parent R050'),
    ('now', 'learning', '{p1}', '', 'PL412 owner_return.owner R040'),
    ('now', 'none', '{p1}', '', 'PL400 owner_return.owner')) AS x (r, o, c, d, t);
SELECT pg_temp.act('north', 'director', 'housing');
SELECT is(pg_temp.told($$SELECT pg_temp.send('now', 'police', '{p1}', 'green')$$),
          'PL403 owner_return.owner', 'a director answers for the own department');
SELECT is(pg_temp.told(format($$SELECT pg_temp.send('now', 'housing', '{h1,h2}', 'green', '',
    %L)$$, current_date - 1)), 'PL400 owner_return.received_on R031',
    'an earlier day is an officer''s to give');
SELECT is(pg_temp.told(format($$SELECT pg_temp.send('past', 'housing', '{h1,h2}', 'green', '',
    %L)$$, current_date - 70)), 'PL412 parent R051', 'and opens no round that is over');

-- From receipt to acceptance.
SELECT lives_ok($$SELECT pg_temp.send('now', 'housing', '{h2,h1}', 'red', 'A reason')$$,
                'a director sends a return');
SELECT is((SELECT submission || state || etag FROM owner_return WHERE round_id = 'now'),
          '1submitteds1m0', 'it is received');
SELECT is(ARRAY(SELECT commitment_id::text FROM progress ORDER BY position), '{h2,h1}',
          'in the order it was sent');
SELECT is(pg_temp.told($$SELECT pg_temp.send('now', 'housing', '{h1,h2}', 'green')$$),
          'PL409 owner_return.etag R060', 'a second return needs the etag of the first');
SELECT is(pg_temp.told($$SELECT pg_temp.send('now', 'housing', '{h1,h2}', 'green', '', '', 's0')
    $$), 'PL410 owner_return.etag R061', 'and not another');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'accepted', 's1m0', '')$$),
          'PL403 name', 'a director accepts nothing');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'certified', '', '')$$),
          'PL400 etag', 'what is certified is what was read');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'police', 'certified', 's1m0', '')$$),
          'PL404 name', 'what did not come is not certified');
SELECT lives_ok($$SELECT return_move_add('now', 'housing', 'certified', 's1m0', '')$$,
                'the director certifies');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'certified', 's1m1', '')$$),
          'PL412 name', 'once');
SELECT pg_temp.act('north', 'director', 'learning');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'certified', 's1m1', '')$$),
          'PL403 name', 'and no other director does');
SELECT pg_temp.act('north');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'queried', '', ' ')$$),
          'PL400 query', 'a query asks something');
SELECT lives_ok($$SELECT return_move_add('now', 'housing', 'queried', '', 'Which homes?')$$,
                'an officer queries');
SELECT is((SELECT state || query FROM owner_return WHERE round_id = 'now'),
          'queriedWhich homes?', 'it is queried');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', k, 's1m2', '')$$
              || ' FROM (VALUES (''' || k || ''')) AS x (k)'), 'PL412 name', 'not ' || k)
  FROM unnest('{accepted,certified}'::text[]) AS k;
SELECT lives_ok($$SELECT pg_temp.send('now', 'housing', '{h1,h2}', 'green', '', '', 's1m2')$$,
                'it is sent again');
SELECT is((SELECT submission || state || query FROM owner_return WHERE round_id = 'now'),
          '2submitted', 'and is as new');
SELECT lives_ok($$SELECT return_move_add('now', 'housing', 'certified', 's2m0', '')$$, 'signed');
SELECT lives_ok($$SELECT return_move_add('now', 'housing', 'accepted', 's2m1', '')$$, 'accepted');
SELECT is(pg_temp.told($$SELECT pg_temp.send('now', 'housing', '{h1,h2}', 'green', '', '',
    's2m2')$$), 'PL412 owner_return.etag R062', 'and then not replaced');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'queried', '', 'Why?')$$),
          'PL412 name', 'nor queried');
SELECT is((SELECT count(*) FROM progress), 4::bigint, 'the first submission is still there');

-- Partner agencies, paper, and the end of a round.
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT lives_ok($$SELECT pg_temp.send('now', 'police', '{p1}', 'green')$$, 'an agency sends');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'police', 'certified', 's1m0', '')$$),
          'PL403 name', 'an officer certifies for it');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'certified', 's2m0', '')$$),
          'PL404 name', 'and it knows of no other return');
SELECT pg_temp.act('north');
SELECT lives_ok($$SELECT return_move_add('now', 'police', 'certified', 's1m0', '')$$, 'so it is');
SELECT lives_ok(format($$SELECT pg_temp.send('past', 'housing', '{h1,h2}', 'green', '', %L)$$,
    current_date - 55), 'an officer records a return from paper');
SELECT is((SELECT days_late FROM expected_return WHERE round_id = 'past'
             AND owner_id = 'housing'), 5, 'with the days it was late');
SELECT is((SELECT state || days_late FROM expected_return WHERE round_id = 'past'
             AND owner_id = 'police'), 'missing10', 'days are counted while a round takes returns');
SELECT round_close('past', '');
SELECT is(pg_temp.told(format($$SELECT pg_temp.send('past', 'police', '{p1}', 'green', '', %L)$$,
    current_date - 55)), 'PL412 parent R051', 'a closed round takes nothing');
SELECT is((pg_temp.failure($$SELECT round_close('past', '')$$)).state, 'PL412', 'closed once');
SELECT is((pg_temp.failure($$SELECT round_update('past', 'X', NULL, NULL, NULL, NULL, NULL, '',
    '{title}')$$)).state, 'PL412', 'and for good');
SELECT pg_temp.commit_to('p2', 'police', '{1}');
SELECT is(ARRAY(SELECT round_id::text || commitment_count FROM expected_return
                 WHERE owner_id = 'police' ORDER BY 1), '{next2,now2,past1}',
          'what is committed later was not owed in a closed round');
SELECT throws_ok($$SELECT round_create('x', 'X', 'promise', '1', '2016-02-01', '2016-01-01',
    NULL, NULL, NULL)$$, '23514', NULL, 'a round has days, in order');
SELECT is(ARRAY(SELECT round_id || round_state(opens_on, due_on, closes_on, close_time)
                  FROM round ORDER BY 1), '{nextscheduled,nowopen,pastclosed}', 'states');

SELECT * FROM finish();
ROLLBACK;
