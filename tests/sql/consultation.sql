-- SPDX-License-Identifier: Apache-2.0
-- Consultations: who is asked what, responses that lead to nobody, and how they are counted.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
GRANT INSERT ON response_answer TO pledged; -- elections are written straight into the table
SELECT pg_temp.act('north', 'officer');
SET LOCAL ROLE pledged;

SELECT pledge_create('next', 'Our next promise', '');
SELECT version_create('next', '1', 'Draft', '', '{home}', '{Home}', '{a,b,c,d,e}',
    '{home,home,home,home,home}', '{Ash,Beech,Cedar,Date,Elm}', '{One,Two,Three,Four,Five}',
    '{"","","","",""}', '{"","","","",""}', '{}', '{}', '{}', '{}');
CREATE FUNCTION pg_temp.consult(p_id text, p_opens int DEFAULT -5, p_closes int DEFAULT 5,
    p_version text DEFAULT '1', p_pledge text DEFAULT 'next') RETURNS void LANGUAGE sql AS $$
    SELECT consultation_create(p_id, 'Consultation ' || p_id, p_pledge, p_version,
        current_date + p_opens, current_date + p_closes, '{young,leavers,carers}',
        '{children_in_care,care_leavers,carers}', '{8,0,0}', '{12,0,0}', '{40,12,3}')
$$;
-- A response of one rating, one choice, a ranking in strict order and a text, as far as they are given.
CREATE FUNCTION pg_temp.answers(p_call text, p_rating int DEFAULT NULL, p_choice int DEFAULT NULL,
    p_ranking int[] DEFAULT '{}', p_text text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT %s, %L, %L, %L, %L, %L, %L, %L, %L, %L)', p_call,
        array_remove(ARRAY[CASE WHEN p_rating IS NULL THEN NULL ELSE 1 END], NULL),
        array_remove(ARRAY[p_rating], NULL),
        array_remove(ARRAY[CASE WHEN p_choice IS NULL THEN NULL ELSE 2 END], NULL),
        array_remove(ARRAY[p_choice], NULL),
        array_fill(3, ARRAY[cardinality(p_ranking)]),
        ARRAY(SELECT generate_series(1, cardinality(p_ranking))), p_ranking,
        array_remove(ARRAY[CASE WHEN p_text IS NULL THEN NULL ELSE 4 END], NULL),
        array_remove(ARRAY[p_text], NULL))
$$;
CREATE FUNCTION pg_temp.enter(p_id text, p_group text, p_rating int DEFAULT NULL,
    p_choice int DEFAULT NULL, p_ranking int[] DEFAULT '{}', p_text text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE pg_temp.answers(format('response_enter(%L, %L', p_id, p_group), p_rating, p_choice,
                            p_ranking, p_text);
END
$$;

-- Making one.
SELECT is((pg_temp.failure($$SELECT pg_temp.consult('x', -5, 5, '1', 'promise')$$)).state, 'PL412',
          'an adopted version is not consulted on');
SELECT is((pg_temp.failure($$SELECT pg_temp.consult('x', -5, 5, '9')$$)).state, 'PL404',
          'nor one that is not there');
SELECT is(pg_temp.broken($$SELECT consultation_create('x', 'X', 'next', '1', current_date,
    current_date, '{}', '{}', '{}', '{}', '{}')$$), '{consultation.groups}', 'somebody is asked');
SELECT throws_ok($$SELECT consultation_create('x', 'X', 'next', '1', current_date, current_date,
    '{c}', '{carers}', '{8}', '{12}', '{1}')$$, '23514', NULL, 'only children have ages');
SELECT pg_temp.consult('summer');
SELECT is(pg_temp.broken($$SELECT pg_temp.consult('summer')$$), '{consultation_id}', 'not twice');
SELECT question_create('summer', 'rating', 'Do we keep it?', '{}', '{}', 0);
SELECT question_create('summer', 'choice', 'Which one first?', '{"",""}', '{Home,School}', 0);
SELECT question_create('summer', 'ranking', 'Which matter most?', '{}', '{}', 0);
SELECT question_create('summer', 'free_text', 'What else?', '{}', '{}', 0);
SELECT is(ARRAY(SELECT question || kind || most_ranked || labels::text FROM question_resource
                 WHERE consultation_id = 'summer' ORDER BY question),
          '{"1rating0{}","2choice0{Home,School}","3ranking10{Ash,Beech,Cedar,Date,Elm}",'
          '"4free_text0{}"}', 'a ranking without options ranks the statements of the draft');
SELECT is(pg_temp.broken($$SELECT question_create('summer', 'ranking', 'X', '{a,z}', '{"",""}', 3)$$),
          '{question.options[1]}', 'an option names a statement that is there');
SELECT is(pg_temp.broken($$SELECT question_create('summer', 'rating', 'X', '{""}', '{A}', 0)$$),
          '{question.options}', 'a rating has no options');
SELECT is(pg_temp.broken($$SELECT question_create('summer', 'choice', 'X', '{""}', '{A}', 0)$$),
          '{question.options}', 'a choice is between two at least');
SELECT throws_ok($$SELECT question_create('summer', 'ranking', 'X', '{}', '{}', 21)$$, '23514', NULL,
                 'nobody ranks more than 20');

-- Codes.
SELECT response_codes_make('summer', 'young', 3);
SELECT set_config('test.codes', current_setting('pledge.response_codes'), true);
CREATE FUNCTION pg_temp.code(p_n int) RETURNS text LANGUAGE sql AS $$
    SELECT split_part(current_setting('test.codes'), ',', p_n)
$$;
SELECT matches(pg_temp.code(n), '^([0-9A-HJKMNP-TV-Z]{5}-){2}[0-9A-HJKMNP-TV-Z]{5}$', 'code ' || n)
  FROM generate_series(1, 3) AS n;
SELECT is(response_code_digest('abil0-12345-zzzzz'), response_code_digest('AB110 12345ZZZZZ'),
          'signs that look alike are one');
SELECT is(pg_temp.broken($$SELECT response_codes_make('summer', 'none', 1)$$), '{group_id}',
          'a code is for a group');
SELECT is(pg_temp.broken($$SELECT response_codes_make('summer', 'young', 1001)$$), '{count}',
          'not too many at once');
SELECT pg_temp.act('', '', '', '');
SELECT is((SELECT title || authority_display_name FROM code_consultation(lower(pg_temp.code(1)))),
          'Consultation summerNorth Council', 'a code tells what it is for');
SELECT is((SELECT count(*) FROM code_questions(pg_temp.code(1))), 4::bigint, 'and what is asked');
SELECT is((pg_temp.failure($$SELECT * FROM code_questions('00000-00000-00000')$$)).state, 'PL404',
          'another code tells nothing');

-- Responding by code.
SELECT is((pg_temp.failure(pg_temp.answers('response_by_code(''0''', 5))).state, 'PL404', 'no code');
SELECT is(pg_temp.broken(pg_temp.answers(format('response_by_code(%L', pg_temp.code(1)), 6, 3,
          '{1,2,1,6}', ' ')),
          '{choices[0].option,preferences[0].option,preferences[2].option,preferences[3].option,'
          'ratings[0].rating,texts[0].text}', 'every mistake is told');
SELECT is((pg_temp.failure(pg_temp.answers(format('response_by_code(%L', pg_temp.code(1))))).state,
          'PL400', 'an empty response is none');
SELECT lives_ok(pg_temp.answers(format('response_by_code(%L', pg_temp.code(1)), 5, 1, '{2,1,3}',
          'A bike shed.'), 'a response by code');
SELECT is((pg_temp.failure(pg_temp.answers(format('response_by_code(%L', pg_temp.code(1)), 5))).state,
          'PL404', 'counts once');
SELECT is(current_setting('pledge.unknown'), 'on', 'its entry is of somebody unknown');
SELECT set_config('pledge.change_first', '', true); -- of what was made above
SELECT audit_write('pledge.v1.X/Respond', '192.0.2.7:1', 'id', '\x01');
RESET ROLE;
SELECT is((SELECT e.principal || e.role || e.peer || e.request_id || e.request_hash
                      || coalesce(e.first_change::text, '')
                  FROM audit_entry AS e WHERE e.authority_id = 'north' AND e.method LIKE '%Respond'), '',
          'which says neither who nor what');
SELECT is((SELECT e.recorded_at FROM audit_entry AS e WHERE e.method LIKE '%Respond'),
          date_trunc('day', now(), 'UTC'), 'nor at what time');
SELECT is((SELECT e.hash FROM audit_entry AS e WHERE e.method LIKE '%Respond'),
          (SELECT pg_temp.expected('north', e.number) FROM audit_entry AS e
            WHERE e.method LIKE '%Respond'), 'and is in the chain all the same');
SELECT is((SELECT count(*) FROM response_code WHERE authority_id = 'north'), 2::bigint,
          'the code is gone');
SELECT is(ARRAY(SELECT a.attname::text FROM pg_attribute AS a
                 WHERE a.attrelid IN ('response'::regclass, 'response_answer'::regclass,
                                      'response_text'::regclass)
                   AND a.attnum > 0 AND NOT a.attisdropped
                   AND a.atttypid IN ('timestamptz'::regtype, 'int8'::regtype, 'bytea'::regtype)),
          '{}', 'nothing that is kept has a time, a counter or a hash');
SELECT is((SELECT count(*) FROM change WHERE name ~ 'response'), 0::bigint, 'no change tells of it');
SELECT set_config('pledge.unknown', '', true), set_config('pledge.change_authority', '', true);

-- A row that was written before is written again, so that the newest are not who came last.
SELECT pg_temp.act('', '', '', '');
CREATE TEMP TABLE seen_at AS SELECT r.response_id, r.ctid AS lay FROM response AS r;
SELECT response_mix('north', 'summer');
SELECT isnt((SELECT r.ctid FROM response AS r), (SELECT lay FROM seen_at), 'rows move');

-- Responding through a worker.
SET LOCAL ROLE pledged;
SELECT pg_temp.act('north', 'support_worker');
SELECT lives_ok($$SELECT pg_temp.enter('summer', 'leavers', 4, 2, '{3,2}')$$, 'a worker enters one');
SELECT is(ARRAY(SELECT group_id || coalesce(principal_id::text, '') FROM response ORDER BY group_id),
          '{leavers00000000-0000-0000-0000-0000000000aa,young}', 'and is known where others are not');
SELECT is((pg_temp.failure($$SELECT pg_temp.enter('summer', 'none', 4)$$)).state, 'PL404',
          'only for a group that is asked');
SELECT is((pg_temp.failure($$SELECT question_create('summer', 'rating', 'X', '{}', '{}', 0)$$)).state,
          'PL412', 'questions stay as they are once somebody has answered');

-- Counts under 6.
SELECT pg_temp.enter('summer', 'young', r, c, '{1,2}')
  FROM (VALUES (1, 1), (5, 1), (5, 1), (5, 1), (5, 1), (5, 1), (4, 2)) AS t (r, c);
CREATE FUNCTION pg_temp.groups() RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', group_id, invited_count, responding_count, suppressed)
                   FROM consulted_group_resource WHERE consultation_id = 'summer' ORDER BY position)
$$;
CREATE FUNCTION pg_temp.tallies() RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', question, answer_count, suppressed, counts, withheld)
                   FROM tally_results('summer'))
$$;
SELECT is(pg_temp.groups(), '{"young 40 8 f","leavers 12 1 f","carers 3 0 f"}',
          'the voice team sees every count');
SELECT is(pg_temp.tallies(), '{"1 9 f {1,0,0,2,6} {f,f,f,f,f}","2 9 f {7,2} {f,f}"}', 'of answers, too');
SELECT pg_temp.act('north', 'director');
SELECT is(pg_temp.groups(), '{"young 40 8 f","leavers 0 0 t","carers 0 0 t"}',
          'others see none under 6');
SELECT is(pg_temp.tallies(), '{"1 9 f {0,0,0,0,6} {t,t,t,t,f}","2 9 f {0,0} {t,t}"}',
          'nor a count from which one is told');
SELECT is((pg_temp.failure($$SELECT results_of('summer')$$)).state, 'PL412',
          'nor anything before the end');
SELECT is((SELECT count(*) FROM response_text), 0::bigint, 'words wait for moderation');
SELECT pg_temp.act('north', 'support_worker');
SELECT is((SELECT count(*) FROM response_text), 1::bigint, 'by the voice team');
SELECT consultation_close('summer', '');
SELECT is((pg_temp.failure($$SELECT pg_temp.enter('summer', 'young', 4)$$)).state, 'PL412',
          'a closed one takes no response');
RESET ROLE;
SELECT is((SELECT count(*) FROM response_code WHERE authority_id = 'north'), 0::bigint,
          'and forgets its codes');
SET LOCAL ROLE pledged;
SELECT pg_temp.act('north', 'director');
SELECT is(results_of('summer'), 'summer', 'then others see results');

-- What came on paper is entered until the consultation is closed for good.
SELECT pg_temp.act('north', 'support_worker');
SELECT pg_temp.consult('paper', -30, -10);
SELECT question_create('paper', 'rating', 'Do we keep it?', '{}', '{}', 0);
CREATE FUNCTION pg_temp.paper(p_on date) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT response_enter(''paper'', ''young'', ''{1}'', ''{4}'', ''{}'', ''{}'', ''{}'','
                  ' ''{}'', ''{}'', ''{}'', ''{}'', %L)', p_on)
$$;
SELECT is((pg_temp.failure(pg_temp.paper(NULL))).state, 'PL412', 'it is over for who comes today');
SELECT is(pg_temp.broken(pg_temp.paper(current_date - 31)), '{received_on}', 'nothing came before it opened');
SELECT is(pg_temp.broken(pg_temp.paper(current_date - 9)), '{received_on}', 'nor after it');
SELECT lives_ok(pg_temp.paper(current_date - 10), 'on its last day it did');
SELECT is((SELECT received_on FROM response WHERE consultation_id = 'paper'), current_date - 10,
          'with that day');
SELECT is((pg_temp.failure($$SELECT response_codes_make('paper', 'young', 1)$$)).state, 'PL412',
          'no code is made that nobody could use');
SELECT pg_temp.act('north', 'director');
SELECT is((pg_temp.failure($$SELECT results_of('paper')$$)).state, 'PL412',
          'others hear nothing as long as more can come');
SELECT pg_temp.act('north', 'support_worker');
SELECT consultation_close('paper', '');
SELECT is((pg_temp.failure(pg_temp.paper(current_date - 10))).state, 'PL412', 'then it is closed for paper');
SELECT pg_temp.act('north', 'director');
SELECT is(results_of('paper'), 'paper', 'and others see results');

-- Elections that were worked out by hand. Each line: how many, in which order, in which places.
SELECT pg_temp.act('north', 'officer');
SELECT pg_temp.consult('votes');
CREATE FUNCTION pg_temp.elect(p_question int, p_labels text[], p_ballots jsonb) RETURNS void
LANGUAGE sql AS $$
    SELECT question_create('votes', 'ranking', 'Order?', array_fill(''::text,
        ARRAY[cardinality(p_labels)]), p_labels, 20);
    INSERT INTO response_answer (authority_id, consultation_id, question, group_id, ranking, places)
    SELECT 'north', 'votes', p_question, 'young', r.options,
           coalesce(r.places, ARRAY(SELECT generate_series(1, cardinality(r.options))))
      FROM jsonb_array_elements(p_ballots) AS b,
           LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(b -> 1)::int) AS options,
                           CASE WHEN b -> 2 IS NOT NULL
                                THEN ARRAY(SELECT jsonb_array_elements_text(b -> 2)::int) END AS places) AS r,
           generate_series(1, (b ->> 0)::int)
$$;
CREATE FUNCTION pg_temp.told(p_question int) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', label, points, borda_place, beats, schulze_place)
                   FROM ranking_counted('votes', p_question) ORDER BY option)
$$;
-- Markus Schulze's example: 45 voters, 5 candidates. Borda puts E, A, B, C, D.
SELECT pg_temp.elect(1, '{A,B,C,D,E}', '[[5,[1,3,2,5,4]], [5,[1,4,5,3,2]], [8,[2,5,4,1,3]],
    [3,[3,1,2,5,4]], [7,[3,1,5,2,4]], [2,[3,2,1,4,5]], [7,[4,3,5,2,1]], [8,[5,2,1,4,3]]]');
SELECT is(ranking_wins('votes', 1, 5), '{0,20,26,30,22, 25,0,16,33,18, 19,29,0,17,24, 15,12,28,0,14,'
          '23,27,21,31,0}', 'the matrix of pairs');
SELECT is(ranking_strengths(ranking_wins('votes', 1, 5), 5), '{0,28,28,30,24, 25,0,28,33,24,'
          '25,29,0,29,24, 25,28,28,0,24, 25,28,28,31,0}', 'the strengths of chains');
SELECT is(pg_temp.told(1), '{"A 98 2 3 2","B 92 3 1 4","C 89 4 2 3","D 69 5 0 5","E 102 1 4 1"}',
          'E, A, C, B, D by Schulze');
-- Three responses to four options: one ranks 1 only; one 2, then 1; one 1 and 3 alike.
SELECT pg_temp.elect(2, '{A,B,C,D}', '[[1,[1]], [1,[2,1]], [1,[1,3],[1,1]]]');
SELECT is(pg_temp.told(2), '{"A 7.5 1 3 1","B 4.5 2 1 2","C 4 3 1 2","D 2 4 0 4"}',
          'what is left out and what is alike');
-- A beats every other in pairs with 51 of 100; Borda prefers B, whom nobody puts last.
SELECT pg_temp.elect(3, '{A,B,C}', '[[51,[1,2,3]], [49,[2,3,1]]]');
SELECT is(pg_temp.told(3), '{"A 102 2 2 1","B 149 1 1 2","C 49 3 0 3"}', 'Borda and Condorcet differ');
SELECT pg_temp.elect(4, '{A,B,C}', '[[2,[1,2,3]], [2,[2,3,1]], [2,[3,1,2]]]');
SELECT is(pg_temp.told(4), '{"A 6 1 0 1","B 6 1 0 1","C 6 1 0 1"}', 'a circle is a tie');
SELECT pg_temp.elect(5, '{A,B}', '[]');
SELECT is((SELECT ranking_count || borda_places::text FROM ranking_results('votes')
            WHERE question = 5), '0{}', 'nobody, no places');
SELECT is((SELECT borda_labels::text || schulze_labels::text || option_count FROM ranking_results('votes')
            WHERE question = 1), '{E,A,B,C,D}{E,A,C,B,D}5', 'both are told, the first first');
SELECT pg_temp.act('north', 'director');
SELECT is(ARRAY(SELECT question || ' ' || suppressed || cardinality(borda_places)
                  FROM ranking_results('votes') WHERE question < 3), '{"1 false5","2 true0"}',
          'rankings of fewer than 6 are not told');

-- Another council sees nothing.
SELECT pg_temp.act('south', 'support_worker');
SELECT is((SELECT count(*) FROM consultation) + (SELECT count(*) FROM response)
          + (SELECT count(*) FROM response_answer) + (SELECT count(*) FROM response_text), 0::bigint,
          'another council sees nothing');
SELECT is((pg_temp.failure($$SELECT pg_temp.enter('votes', 'young', 4)$$)).state, 'PL404',
          'and answers nothing');

SELECT * FROM finish();
ROLLBACK;
