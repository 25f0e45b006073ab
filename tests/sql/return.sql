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
    'authorities/north/departments/housing', %L, '1999-12-31', '',
    ARRAY['h1','h1','','none','p1','h3'], ARRAY['amber','green','','red','green','green'],
    ARRAY['','','','',repeat('n',4001),''], ARRAY['  ','','',repeat('r',2001),'',''],
    ARRAY['','','','','',repeat('m',201)],
    ARRAY['','2016-13-01','',(current_date + 1)::text,'',''],
    ARRAY['','','','','',repeat('e',1001)], ARRAY['','','','','',repeat('k',1001)])$$, current_date + 1)),
    '{"owner_return.progress[0].reason R012","owner_return.progress[1].commitment_id R006",'
    '"owner_return.progress[1].actual_on R021","owner_return.progress[2].commitment_id R002",'
    '"owner_return.progress[2].rating R010","owner_return.progress[3].commitment_id R003",'
    '"owner_return.progress[3].reason R013","owner_return.progress[3].actual_on R020",'
    '"owner_return.progress[4].commitment_id R004","owner_return.progress[4].narrative R011",'
    '"owner_return.progress[5].commitment_id R005","owner_return.progress[5].measure_value R014",'
    '"owner_return.progress[5].evidence R015","owner_return.progress[5].confirmation R016",'
    '"owner_return.progress R007","owner_return.observed_to R052","owner_return.received_on R030"}', 'every breach of a return is told at once');
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
          '2resubmitted', 'and waits again');
SELECT lives_ok($$SELECT return_move_add('now', 'housing', 'certified', 's2m0', '')$$, 'signed');
SELECT lives_ok($$SELECT return_move_add('now', 'housing', 'accepted', 's2m1', '')$$, 'accepted');
SELECT is(pg_temp.told($$SELECT pg_temp.send('now', 'housing', '{h1,h2}', 'green', '', '',
    's2m2')$$), 'PL412 owner_return.etag R062', 'and then not replaced');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'queried', '', 'Why?')$$),
          'PL412 name', 'nor queried');
SELECT is((SELECT count(*) FROM progress), 4::bigint, 'the first submission is still there');

-- What was certified counts until another is.
SELECT is((SELECT counts || '/' || submission FROM return_standing WHERE round_id = 'now'
             AND owner_id = 'housing'), '2/2', 'the accepted one counts');
RESET ROLE;
INSERT INTO return_submission (authority_id, round_id, owner_id, submission, received_on,
    content_hash, principal_id)
VALUES ('north', 'now', 'housing', 3, current_date, repeat('0', 64), gen_random_uuid());
SELECT is((SELECT counts || '/' || submission || state FROM return_standing
            WHERE round_id = 'now' AND owner_id = 'housing'), '2/3resubmitted',
          'a later one does not take its place by coming');
INSERT INTO return_move (authority_id, round_id, owner_id, submission, move, kind, principal_id)
VALUES ('north', 'now', 'housing', 3, 1, 'certified', gen_random_uuid());
SELECT is((SELECT counts FROM return_standing WHERE round_id = 'now' AND owner_id = 'housing'), 3,
          'but by being certified');
DELETE FROM return_move WHERE submission = 3;
DELETE FROM return_submission WHERE submission = 3;
SET LOCAL ROLE pledged;
SELECT lives_ok($$SELECT return_move_add('now', 'housing', 'published', 's2m2', '')$$, 'published');
SELECT is(pg_temp.told($$SELECT return_move_add('now', 'housing', 'published', 's2m3', '')$$),
          'PL412 name', 'once');
SELECT is(ARRAY(SELECT submission || state FROM return_event WHERE owner_id = 'housing'
                 ORDER BY submission, move), '{1submitted,1certified,1queried,2resubmitted,'
          '2certified,2accepted,2published}', 'every move is kept');
SELECT is((SELECT encode(sha256(convert_to(return_content('now', 'housing', s.submission), 'UTF8')),
                         'hex') = s.content_hash
             FROM return_submission AS s WHERE s.owner_id = 'housing' AND s.submission = n),
          true, 'the receipt of ' || n || ' says what the hash was made of')
  FROM unnest('{1,2}'::int[]) AS n;
SELECT is(ARRAY(SELECT submission || status || line_count FROM return_attempt ORDER BY attempt),
          '{1OK2,2OK2}', 'every return that was taken is a try');
SELECT lives_ok($$SELECT return_attempt_refused('now', 'authorities/north/departments/housing', 3,
    'INVALID_ARGUMENT', 'No.', '{R012,"",R012,R001}')$$, 'a refused try is kept');
SELECT is((SELECT attempt || status || codes::text FROM return_attempt WHERE submission IS NULL),
          '3INVALID_ARGUMENT{R001,R012}', 'with the codes, each once');
SELECT lives_ok(format($$SELECT return_attempt_refused(%L, %L, 1, 'ABORTED', '', '{}')$$, r, o),
                'no list for ' || r || ' ' || o)
  FROM (VALUES ('none', 'authorities/north/departments/housing'),
               ('now', 'authorities/south/departments/housing'), ('now', '')) AS t (r, o);
SELECT is((SELECT count(*) FROM return_attempt), 3::bigint, 'and none is written');

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
SELECT is(ARRAY(SELECT round_id || round_state(opens_on, due_on, closes_on, close_time, current_date)
                  FROM round ORDER BY 1), '{nextscheduled,nowopen,pastclosed}', 'states');

-- More time for one owner.
SELECT pg_temp.act('north');
SELECT is((pg_temp.failure(format('SELECT round_extend(%L, %L, %L, %L)', r, o, d, w))).state, s, t)
  FROM (VALUES
    ('none', 'police', current_date + 9, 'R', 'PL404', 'of no round'),
    ('past', 'police', current_date + 9, 'R', 'PL412', 'of a closed round'),
    ('now', 'learning', current_date + 9, 'R', 'PL412', 'for who owes nothing'),
    ('now', 'police', current_date + 5, 'R', 'PL400', 'not later than the day it is due')
  ) AS x (r, n, d, w, s, t), LATERAL (SELECT coalesce((SELECT resource_name FROM owner
    WHERE authority_id = 'north' AND owner_id = x.n), 'none')) AS y (o);
SELECT is((pg_temp.failure(format($$SELECT round_extend('now',
    'authorities/north/partnerAgencies/police', %L, ' ')$$, current_date + 6))).state, '23514',
    'it needs a reason');
SELECT lives_ok(format($$SELECT round_extend('now', 'authorities/north/partnerAgencies/police', %L,
    'The system changes over')$$, current_date + d), 'until ' || d)
  FROM unnest('{20,30}'::int[]) AS d;
SELECT is((SELECT due_on - current_date || extension_reason FROM expected_return
            WHERE round_id = 'now' AND owner_id = 'police'), '30The system changes over',
          'the latest stands');
SELECT is((SELECT due_on - current_date FROM expected_return WHERE round_id = 'now'
             AND owner_id = 'housing'), 5, 'and others have what they had');
RESET ROLE;
UPDATE round SET due_on = current_date - 3, opens_on = current_date - 5, closes_on = current_date - 1
 WHERE authority_id = 'north' AND round_id = 'now';
DELETE FROM return_move WHERE round_id = 'now' AND owner_id = 'police';
DELETE FROM progress WHERE round_id = 'now' AND owner_id = 'police';
DELETE FROM return_submission WHERE round_id = 'now' AND owner_id = 'police';
SET LOCAL ROLE pledged;
SELECT is((SELECT state || days_late FROM expected_return WHERE round_id = 'now'
             AND owner_id = 'police'), 'not_started0', 'with more time nothing is missing');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is(pg_temp.told($$SELECT pg_temp.send('now', 'police', '{p1}', 'green')$$),
          'PL400 owner_return.progress R007', 'nor is the round over');

-- Drafts.
CREATE FUNCTION pg_temp.draft(p_commitments text[], p_ratings text[], p_etag text DEFAULT '',
                              p_observed text DEFAULT '') RETURNS void
LANGUAGE sql AS $$
    SELECT return_draft_save('now', 'authorities/north/partnerAgencies/police', p_observed, p_etag,
        p_commitments, p_ratings, b.e, b.e, b.e, b.e, b.e, b.e)
      FROM (SELECT array_fill(''::text, ARRAY[cardinality(p_commitments)])) AS b (e)
$$;
CREATE FUNCTION pg_temp.drafted() RETURNS text LANGUAGE sql AS $$
    SELECT state FROM expected_return WHERE round_id = 'now' AND owner_id = 'police'
$$;
SELECT lives_ok($$SELECT pg_temp.draft('{p1,nothing}', '{purple,red}')$$, 'a draft may be anything');
SELECT is(pg_temp.drafted(), 'draft', 'it is a draft');
SELECT is(ARRAY(SELECT concat_ws(' ', code, layer, asks, line, commitment_id, found)
                  FROM return_draft_problems('now', 'police')),
    '{"R010 completeness f 1 p1 purple","R003 consistency f 2 nothing nothing",'
    '"R012 completeness f 2 nothing ","R007 completeness f 0 p2 p2"}', 'and what is wrong is told');
SELECT is((pg_temp.failure($$SELECT pg_temp.draft('{p1,p2}', '{green,green}', 'r9')$$)).state,
          'PL410', 'another draft came between');
SELECT lives_ok($$SELECT pg_temp.draft('{p1,p2}', '{green,green}', '', '1999-01-01')$$, 'mended');
SELECT is(pg_temp.drafted(), 'draft', 'for another period it is not checked');
SELECT lives_ok($$SELECT pg_temp.draft('{p1,p2}', '{green,green}')$$, 'mended again');
SELECT is(pg_temp.drafted(), 'checked', 'it is checked');
SELECT is(ARRAY(SELECT commitment_id || rating FROM return_draft_line ORDER BY position),
          '{p1green,p2green}', 'its lines are there');
SELECT pg_temp.act('north', 'partner_agency', 'clinic');
SELECT is((SELECT count(*) FROM return_draft), 0::bigint, 'no other agency sees it');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT lives_ok($$SELECT pg_temp.send('now', 'police', '{p1,p2}', 'green')$$, 'sent');
SELECT is((SELECT count(*) FROM return_draft), 0::bigint, 'there is no draft any more');

-- What is only asked, and confirmed.
SELECT pg_temp.act('north');
SELECT pg_temp.open_round('then', 6, 9);
RESET ROLE;
UPDATE round SET opens_on = current_date - 1 WHERE authority_id = 'north' AND round_id = 'then';
SET LOCAL ROLE pledged;
CREATE FUNCTION pg_temp.asked(p_narrative text, p_measure text, p_actual text, p_rating text,
                              p_confirmation text DEFAULT '') RETURNS text[]
LANGUAGE sql AS $$
    SELECT coalesce(array_agg(p.code ORDER BY p.n), '{}')
      FROM progress_problems(false, '{then}', '{police}', '{then,then}', '{police,police}',
               '{p1,p2}', ARRAY[p_rating, 'green'], ARRAY[p_narrative, ''], '{R,R}',
               ARRAY[p_measure, ''], ARRAY[p_actual, ''], '{"",""}', ARRAY[p_confirmation, ''])
           WITH ORDINALITY AS p (line, commitment_id, field, code, found, expected, n)
$$;
RESET ROLE;
UPDATE progress SET narrative = 'We met every young person who asked for it', measure_value = '40 %' WHERE round_id = 'now'
   AND owner_id = 'police' AND commitment_id = 'p1';
SET LOCAL ROLE pledged;
SELECT is(pg_temp.asked(n, m, d, r), w::text[], t)
  FROM (VALUES
    ('We met every young person who asked for it', '40 %', '', 'green', '{R102}', 'the same words'),
    ('We met every young person who asked for it!', '41', '', 'green', '{}', 'other words'),
    ('', '19.9%', '', 'green', '{R110}', 'less than half'),
    ('', '20%', '', 'green', '{}', 'half'),
    ('', '81', '', 'green', '{R110}', 'more than twice'),
    ('', '101 %', '', 'amber', '{R110,R111}', 'no share'),
    ('', 'forty', '', 'amber', '{}', 'words are not compared'),
    ('', '', '2001-01-01', 'red', '{R101,R112}', 'two steps, of long ago')) AS x (n, m, d, r, w, t);
SELECT is(pg_temp.asked('We met every young person who asked for it', '900 %', '2001-01-01', 'red', 'It is so'), '{}',
          'a confirmation answers it all');
SELECT is(pg_temp.asked('', '', '2999-01-01', 'blue', 'It is so'), '{R010,R020}', 'but no breach');
-- What is taken as plain at once breaks no rule either when it is looked at closely, as a line is whose
-- commitment was answered before.
CREATE FUNCTION pg_temp.codes(p_ids text[], p_rating text, p_narrative text, p_reason text,
                              p_measure text, p_actual text, p_confirmation text) RETURNS text[]
LANGUAGE sql AS $$
    SELECT coalesce(array_agg(p.code ORDER BY p.code), '{}')
      FROM (SELECT array_fill(''::text, ARRAY[cardinality(p_ids) - 1])) AS b (e)
     CROSS JOIN LATERAL progress_problems(false, '{then}', '{police}',
               array_fill('then'::text, ARRAY[cardinality(p_ids)]),
               array_fill('police'::text, ARRAY[cardinality(p_ids)]), p_ids,
               array_fill('green'::text, ARRAY[cardinality(p_ids) - 1]) || p_rating, b.e || p_narrative,
               b.e || p_reason, b.e || p_measure, b.e || p_actual, b.e || ''::text,
               b.e || p_confirmation) AS p
     WHERE p.line = cardinality(p_ids) AND p.code <> 'R006'
$$;
SELECT ok(bool_and(quick = close AND (close = '{}' OR plain IS FALSE)),
          count(*) || ' lines break the same rules at a quick look')
  FROM round AS v, unnest('{green,amber,red,blue,""}'::text[]) AS r,
       unnest(ARRAY['', 'We met every young person who asked for it', repeat('n', 4001)]) AS n,
       unnest(ARRAY['', 'Staff left', repeat('r', 2001)]) AS w,
       unnest(ARRAY['', '41', '19.9%', '101 %', '81', '-3', 'forty', repeat('m', 201)]) AS m,
       unnest(ARRAY['', (current_date + 1)::text, '2001-01-01', '2016-02-30']) AS a,
       unnest('{"","It is so"}'::text[]) AS k,
       LATERAL (SELECT pg_temp.codes('{p2,p1}', r, n, w, m, a, k) AS quick,
                       pg_temp.codes('{p1,p2,p1}', r, n, w, m, a, k) AS close,
                       return_is_plain(v, 'police', '{p2,p1}', ARRAY['green', r], ARRAY['', n],
                           ARRAY['', w], ARRAY['', m], ARRAY['', a], '{"",""}', ARRAY['', k])
                           AS plain OFFSET 0) AS c
 WHERE v.authority_id = 'north' AND v.round_id = 'then';
SELECT is(return_is_plain(v, 'police', i::text[], ARRAY[r, 'green'], '{"",""}', '{R,R}', ARRAY[m, ''],
                          ARRAY[a, ''], '{"",""}', '{"",""}'), p, t)
  FROM round AS v, (VALUES
    ('{p1,p2}', 'green', '41', '', true, 'a usual return is plain'),
    ('{p2,p1}', 'green', '', '', true, 'in any order'),
    ('{p1,p2}', 'green', '81', '', false, 'a measure that is far off is not'),
    ('{p2,p1}', 'green', '101 %', '', false, 'nor more than the whole, with nothing before it'),
    ('{p1,p2}', 'red', '', '', false, 'nor two steps'),
    ('{p1,p2}', 'green', '', '2016-02-30', false, 'nor a day that there is not'),
    ('{p1,p1}', 'green', '', '', false, 'nor a line twice'),
    ('{p1,none}', 'green', '', '', false, 'nor one of nothing')) AS x (i, r, m, a, p, t)
 WHERE v.authority_id = 'north' AND v.round_id = 'then';
SELECT is(return_is_plain(v, 'police', '{p1}', '{green}', '{""}', '{""}', '{""}', '{""}', '{""}', '{""}'), false,
          'nor one that leaves something out')
  FROM round AS v WHERE v.authority_id = 'north' AND v.round_id = 'then';
SELECT return_move_add('now', 'police', 'certified', 's1m0', '');
SELECT pg_temp.send('now', 'police', '{p1,p2}', 'red', 'Staff left', '', 's1m1');
SELECT is(pg_temp.asked('', '', '', 'green'), '{}', 'a return is compared with the one that was certified');
SELECT return_move_add('now', 'police', 'certified', 's2m0', '');
SELECT is(pg_temp.asked('', '', '', 'green'), '{R101,R101}', 'and with a later one when that is');

SELECT * FROM finish();
ROLLBACK;
