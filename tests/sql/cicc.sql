-- SPDX-License-Identifier: Apache-2.0
-- What young people say of the pledge: counts that tell of nobody, ratings, words, issues with a clock.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;

-- What is withheld never lets a count under 6 be worked out.
SELECT is(counts_withheld(c::int[])::text, w, 'withheld of ' || c)
  FROM (VALUES ('{7,8}', '{f,f}'), ('{15,0}', '{t,t}'), ('{7,3,9}', '{t,t,f}'), ('{4,4,9}', '{t,t,f}'),
               ('{1,2,9,20}', '{t,t,t,f}'), ('{5,5,9}', '{t,t,t}'), ('{2,1}', '{t,t}'), ('{40}', '{f}'),
               ('{0,0,0,12}', '{t,t,t,t}'), ('{6,6,3}', '{t,t,t}'), ('{}', '{}')) AS t (c, w);
-- Whatever three groups there are: who is told the rest and the total can take each that is withheld for
-- at least two different numbers.
SELECT ok(bool_and(two_or_more), 'no withheld count can be worked out')
  FROM (SELECT count(DISTINCT s.x) >= 2 AS two_or_more
          FROM (SELECT a, b, c, i, (ARRAY[a, b, c])[i] AS x, ARRAY(
                       SELECT CASE WHEN h THEN NULL ELSE v END
                         FROM unnest(ARRAY[a, b, c], counts_withheld(ARRAY[a, b, c])) WITH ORDINALITY
                           AS u (v, h, n) ORDER BY n) AS told
                  FROM generate_series(0, 12) AS a, generate_series(0, 12) AS b,
                       generate_series(0, 12) AS c, generate_series(1, 3) AS i
                 WHERE a + b + c >= 6) AS s
         WHERE s.told[s.i] IS NULL
         GROUP BY s.told, s.a + s.b + s.c, s.i) AS g;
SELECT is(rating_prevailing(k, p, n), r, concat_ws(' ', k, p, n))
  FROM (VALUES (3, 2, 1, 'keeping'), (2, 2, 1, 'partly'), (2, 1, 2, 'not_keeping'),
               (2, 2, 2, 'not_keeping'), (0, 1, 1, 'not_keeping'), (0, 0, 0, ''), (1, 0, 0, 'keeping'))
    AS t (k, p, n, r);

SELECT pg_temp.act('north');
SELECT body_create('cicc', 'Children in Care Council', '', 2, '{}', '2006-12-01');
SELECT pg_temp.commit_to('c1', 'housing', '{1}');
SELECT pg_temp.commit_to('c2', 'police', '{2}');
SELECT body_member_add('panel', 'lead', 'Lead member', 'chair', 'Blue', '', '2012-05-01', NULL);
SELECT pg_temp.act('north', 'support_worker');
SET LOCAL ROLE pledged;

-- Size and make-up.
SELECT is(pg_temp.broken($$SELECT make_up_record('x', current_date + 1, 15, '{age,age,"",sex}', '{a,"",c,d}',
    '{7,-1,15,15}')$$), '{make_up.counted_on,make_up.groups[1].label,make_up.groups[1].count,'
    'make_up.groups[2].kind,make_up.groups}', 'every mistake at once');
SELECT lives_ok($$SELECT make_up_record('2010', '2010-06-01', 15, '{age,place,age,age,place}',
    '{under 14,foster,14 and over,16 and over,home}', '{3,7,5,7,8}')$$, 'Leicester had 15 members');
SELECT is(pg_temp.broken($$SELECT make_up_record('2010', '2010-06-01', 1, '{}', '{}', '{}')$$),
          '{make_up_id}', 'an identifier counts once');
CREATE FUNCTION pg_temp.make_up() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', size, suppressed, "groups.count"::text, "groups.suppressed"::text)
      FROM make_up_resource WHERE make_up_id = '2010'
$$;
SELECT is(pg_temp.make_up(), '15 f {3,7,5,7,8} {f,f,f,f,f}', 'the voice team sees counts');
SELECT pg_temp.act('north', 'elected_member');
SELECT is(pg_temp.make_up(), '15 f {0,7,0,7,8} {t,f,t,f,f}', 'others none under 6');
SELECT pg_temp.act('north', 'support_worker');
SELECT make_up_record('small', '2020-01-01', 5, '{}', '{}', '{}');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT is((SELECT size || suppressed::text FROM make_up_resource WHERE make_up_id = 'small'), '0true',
          'nor a size');

-- Settings.
SELECT pg_temp.act('north', 'council_administrator');
SELECT is((SELECT answer_days || array_to_string("themes.theme_id", ',') FROM cicc_setting_resource),
          '20coming-into-care,being-in-care,leaving-care', 'there is a default');
SELECT is(pg_temp.broken($$SELECT cicc_setting_set(10, '{A,b,b}', '{A,B,""}', '', '{}')$$),
          '{settings.themes[0].theme_id,settings.themes[2].theme_id,settings.themes[2].display_name}',
          'themes have identifiers and names');
SELECT throws_ok($$SELECT cicc_setting_set(0, '{}', '{}', '', '{answer_days}')$$, '23514', NULL, '1 to 90');
SELECT lives_ok($$SELECT cicc_setting_set(10, '{leaving-care,money}', '{Leaving,Money}', 'r0', '{}')$$,
                'a theme of its own');
SELECT is((pg_temp.failure($$SELECT cicc_setting_set(10, '{}', '{}', 'r0', '{}')$$)).state, 'PL410',
          'a stale etag');
SELECT cicc_setting_set(9, '{}', '{}', '', '{answer_days}');
SELECT is((SELECT answer_days || array_to_string("themes.display_name", ',') FROM cicc_setting_resource),
          '9Coming into care,Being in care,Leaving care,Money', 'only days changed');

-- Sessions.
SELECT pg_temp.act('north', 'support_worker');
CREATE FUNCTION pg_temp.meet(p_id text, p_on text, p_participants int, p_body text DEFAULT 'cicc')
RETURNS void LANGUAGE sql AS $$
    SELECT cicc_session_record(p_body, p_id, p_on::date, p_participants, '{being-in-care}')
$$;
SELECT is(pg_temp.broken($$SELECT cicc_session_record('cicc', 's', NULL, 8, '{}')$$),
          '{session.held_on,session.themes}', 'a session has a day and a theme');
SELECT is(pg_temp.broken($$SELECT cicc_session_record('cicc', 's', current_date, 8, '{x,money,money}')$$),
          '{session.themes[0],session.themes[2]}', 'of the council');
SELECT is((pg_temp.failure($$SELECT pg_temp.meet('s', '2019-01-01', 8, 'panel')$$)).state, 'PL412',
          'a body with seats is none of young people');
SELECT lives_ok($$SELECT pg_temp.meet('s1', '2019-01-01', 12)$$, 'a session');
SELECT is((SELECT held_on FROM meeting WHERE body_id = 'cicc'), '2019-01-01'::date, 'is a meeting');
SELECT is(pg_temp.broken($$SELECT pg_temp.meet('s1', '2019-01-01', 12)$$), '{session_id}', 'once');
SELECT meeting_create('cicc', 's2', '2020-01-01');
SELECT is(pg_temp.broken($$SELECT pg_temp.meet('s2', '2020-01-02', 5)$$), '{session.held_on}',
          'one that was planned has its day');
SELECT pg_temp.meet('s2', '2020-01-01', 5);
SELECT pg_temp.meet('early', '2011-12-31', 5);
SELECT is((pg_temp.failure($$SELECT body_member_add('cicc', 'x', 'X', 'member', '', '', '2020-01-01', NULL)
    $$)).state, 'PL412', 'nobody has a seat there');
SELECT lives_ok($$SELECT body_member_add('cicc', 'worker', 'Support worker', 'adviser', '', '',
    '2020-01-01', NULL)$$, 'but an adviser');

-- Ratings.
CREATE FUNCTION pg_temp.rate(p_session text, p_statement text, p_counts int[], p_words text[] DEFAULT '{}')
RETURNS void LANGUAGE sql AS $$
    SELECT ratings_record('cicc', p_session, 'promise', '1', ARRAY[p_statement], p_counts[1:1], p_counts[2:2],
        p_counts[3:3], p_counts[4:4], array_fill(p_statement, ARRAY[cardinality(p_words)]), p_words)
$$;
SELECT is((pg_temp.failure($$SELECT pg_temp.rate('early', '1', '{1,0,0,0}')$$)).state, 'PL412',
          'nobody rates what was not promised yet');
SELECT is(pg_temp.broken($$SELECT ratings_record('cicc', 's1', 'promise', '1', '{1,9,1,2,3}', '{13,1,0,-1,0}',
    '{0,0,0,0,0}', '{0,0,1,0,0}', '{0,0,0,0,0}', '{1,2,4}', '{"",Good,Bad}')$$),
    '{ratings[0].keeping,ratings[1].statement_id,ratings[2].statement_id,ratings[3].keeping,'
    'ratings[4].keeping,words[0].text,words[2].statement_id}', 'every mistake at once');
SELECT is((SELECT count(*) FROM statement_rating), 0::bigint, 'and nothing is written');
SELECT pg_temp.rate('s1', '1', '{7,0,4,1}', '{Good,Bad}'), pg_temp.rate('s1', '2', '{0,6,6,0}'),
       pg_temp.rate('s1', '3', '{0,0,0,12}');
SELECT pg_temp.rate('s2', '1', '{1,2,2,0}');
CREATE FUNCTION pg_temp.latest(p_as_at date, p_known date DEFAULT '9999-12-31') RETURNS text[]
LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', statement_id, rating, rated_on, prevailing, participants, suppressed,
                        counts::text, withheld::text, reply_count)
                   FROM young_ratings('promise', 1, p_as_at, p_known))
$$;
SELECT is(pg_temp.latest(current_date),
    '{"1 2 2020-01-01 not_keeping 5 f {1,2,2,0} {f,f,f,f} 0","2 1 2019-01-01 not_keeping 12 f {0,6,6,0} {f,f,f,f} 0",'
    '"3 1 2019-01-01  12 f {0,0,0,12} {f,f,f,f} 0"}', 'the latest of each, and a tie is the worse');
SELECT is((pg_temp.latest('2019-12-31'))[1], '1 1 2019-01-01 keeping 12 f {7,0,4,1} {f,f,f,f} 0',
          'as at a day before');
SELECT is(pg_temp.latest('2018-12-31'), '{}', 'and before all');
SELECT is(pg_temp.latest(current_date, current_date - 1), '{}', 'as was known');
SELECT pg_temp.rate('s1', '2', '{7,5,0,0}');
SELECT is((pg_temp.latest(current_date))[2], '2 2 2019-01-01 keeping 12 f {7,5,0,0} {f,f,f,f} 0',
          'what is recorded again stands');
SELECT pg_temp.act('north', 'inspector');
SELECT is(pg_temp.latest(current_date),
    '{"1 2 2020-01-01 not_keeping 0 t {0,0,0,0} {t,t,t,t} 0","2 2 2019-01-01 keeping 12 f {0,0,0,0} {t,t,t,t} 0",'
    '"3 1 2019-01-01  12 f {0,0,0,0} {t,t,t,t} 0"}', 'others see what prevails and no small count');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is(ARRAY(SELECT split_part(l, ' ', 1) FROM unnest(pg_temp.latest(current_date)) AS l), '{2}',
          'an agency sees what it has a commitment to');

-- Replies.
SELECT is((pg_temp.failure($$SELECT rating_reply_add('promise', '1', '1', '1', 'X')$$)).state, 'PL404',
          'what it does not see is not there');
SELECT lives_ok($$SELECT rating_reply_add('promise', '1', '2', '2', 'We try')$$, 'a right of reply');
SELECT pg_temp.act('north', 'director', 'learning');
SELECT is((pg_temp.failure($$SELECT rating_reply_add('promise', '1', '1', '1', 'X')$$)).state, 'PL403',
          'for who has a commitment');
SELECT is(ARRAY(SELECT statement_id || reply_count FROM young_ratings('promise', 1, current_date, '9999-12-31')),
          '{10,21,30}', 'replies are counted');
SELECT is(ARRAY(SELECT statement_id || reply_count FROM young_ratings('promise', 1, current_date - 1,
          '9999-12-31')), '{10,20,30}', 'as at a day');

-- Words.
SELECT is((SELECT count(*) FROM rating_text_resource), 0::bigint, 'words wait');
SELECT pg_temp.act('north', 'support_worker');
SELECT set_config('test.' || text, text_id, true) FROM rating_text_resource;
SELECT words_moderate(current_setting('test.Good'), 'shown', ''),
       words_moderate(current_setting('test.Bad'), 'shown', '');
SELECT is((pg_temp.failure(format('SELECT response_text_moderate(%L, %L, %L, %L)', 'x',
          current_setting('test.Good'), 'hidden', 'x'))).state, 'PL404', 'they are of no consultation');
SELECT pg_temp.act('north', 'elected_member');
SELECT is(ARRAY(SELECT text || coalesce(rated_on::text, '') FROM rating_text_resource ORDER BY 1), '{Bad,Good}',
          'others see what is shown');
SELECT pg_temp.act('north', 'support_worker');
SELECT words_moderate(current_setting('test.Bad'), 'concern', 'Harm');

-- Issues.
CREATE FUNCTION pg_temp.issue(p_as_at date DEFAULT current_date, p_known date DEFAULT '9999-12-31')
RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', raised_issue_id, state, due_on, days_over, answer_count, not_satisfied_count)
                   FROM raised_issues(p_as_at, p_known) ORDER BY place)
$$;
SELECT is(pg_temp.broken($$SELECT issue_raise('x', 'cicc', 's9', 'housing', '', '', 'X')$$),
          '{raised_issue.session}', 'an issue is raised at a session');
SELECT is(pg_temp.broken($$SELECT issue_raise('x', 'cicc', 's1', 'police', '', '', 'X')$$),
          '{raised_issue.department}', 'to a director');
SELECT throws_ok($$SELECT issue_raise('x', 'cicc', 's1', 'housing', 'panel', 'x', 'X')$$, '23503', NULL,
                 'and a lead member that there is');
SELECT lives_ok($$SELECT issue_raise('bags', 'cicc', 's1', 'housing', 'panel', 'lead', 'Bin bags')$$, 'an issue');
SELECT lives_ok($$SELECT issue_raise('harm', 'cicc', 's2', 'housing', '', '', 'It hurts')$$, 'another');
SELECT is(pg_temp.issue('2019-01-12'), '{"bags awaiting_answer 2019-01-10 2 0 0"}', 'the clock runs');
SELECT is((pg_temp.failure($$SELECT issue_move('bags', 'satisfied', '', NULL, '')$$)).state, 'PL412',
          'nobody is satisfied with no answer');
SELECT pg_temp.act('north', 'director', 'learning');
SELECT is((pg_temp.failure($$SELECT issue_move('bags', 'answered', 'Yes', NULL, '')$$)).state, 'PL403',
          'the other director does not answer');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT is(pg_temp.broken($$SELECT issue_move('bags', 'answered', 'Yes', '2018-12-31', '')$$), '{happened_on}',
          'nor before it was asked');
SELECT throws_ok($$SELECT issue_move('bags', 'answered', ' ', NULL, '')$$, '23514', NULL, 'nor without words');
SELECT issue_move('bags', 'answered', 'You get suitcases', '2019-01-20', 'r1');
SELECT is((pg_temp.failure($$SELECT issue_move('bags', 'answered', 'Again', NULL, '')$$)).state, 'PL412',
          'an answer waits for them');
SELECT pg_temp.act('north', 'support_worker');
SELECT issue_move('bags', 'not_satisfied', 'Two have none', '2019-02-01', '');
SELECT is((pg_temp.issue('2019-02-12'))[1], 'bags awaiting_answer 2019-02-10 2 1 1', 'open again, with a new clock');
SELECT is((pg_temp.issue('2019-01-25'))[1], 'bags answered 2019-01-10 0 1 0', 'as it stood on a day');
SELECT is(pg_temp.issue('2019-01-25', current_date - 1), '{}', 'as was known');
SELECT pg_temp.act('north', 'officer');
SELECT issue_move('bags', 'answered', 'Everybody has one', '2019-02-11', '');
SELECT pg_temp.act('north', 'support_worker');
SELECT issue_move('bags', 'satisfied', '', '2019-03-01', '');
SELECT is((SELECT array_agg(kind ORDER BY move) FROM raised_issue_history('bags', current_date, '9999-12-31')),
          '{answered,not_satisfied,answered,satisfied}', 'the whole story');
SELECT is(ARRAY(SELECT t.received_on - m.held_on FROM response_text AS t
                  LEFT JOIN statement_rating AS r ON r.statement_id = t.statement_id AND r.rating = t.rating
                  LEFT JOIN raised_issue AS i ON i.raised_issue_id = t.raised_issue_id
                  JOIN meeting AS m ON m.body_id = 'cicc' AND m.meeting_id = coalesce(r.meeting_id, i.meeting_id)
                 WHERE t.text IN ('Good', 'Bin bags', 'It hurts')), '{0,0,0}', 'words are of the day of their session');
SELECT set_config('test.harm', text_id::text, true) FROM response_text WHERE text = 'It hurts';
SELECT is((pg_temp.failure(format('SELECT words_moderate(%L, %L, %L)', current_setting('test.harm'), 'hidden', 'x')
          )).state, 'PL412', 'an issue is not hidden');
SELECT words_moderate(current_setting('test.harm'), 'concern', 'Harm at home');
CREATE FUNCTION pg_temp.traces(p_role text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.act('north', p_role, CASE p_role WHEN 'partner_agency' THEN 'police' ELSE 'housing' END);
    RETURN (SELECT count(*) FROM response_text WHERE text IN ('It hurts', 'Bad'))
         + (SELECT count(*) FROM rating_text_resource WHERE text = 'Bad')
         + (SELECT count(*) FROM raised_issue WHERE raised_issue_id = 'harm')
         + (SELECT count(*) FROM raised_issues(current_date, '9999-12-31') WHERE raised_issue_id = 'harm')
         + (SELECT count(*) FROM raised_issue_history('harm', current_date, '9999-12-31'));
END
$$;
SELECT is(pg_temp.traces(r), 0::bigint, 'a concern is nothing to the ' || r)
  FROM unnest(member_roles()) AS r WHERE r <> 'safeguarding_officer';
SELECT pg_temp.act('north', 'safeguarding_officer');
SELECT is(ARRAY(SELECT concat_ws(' ', text, reason, prompt, was_shown) FROM safeguarding_concerns() ORDER BY 1),
          '{"Bad Harm A safe home t","It hurts Harm at home  t"}', 'but to the safeguarding officer');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT is((SELECT count(*) FROM raised_issue), 0::bigint, 'issues do not concern agencies');

SELECT throws_ok(format('UPDATE %I SET recorded_at = now()', t), '42501', NULL, t || ' stays as it is')
  FROM unnest('{make_up,cicc_session,statement_rating,rating_reply,raised_issue,raised_issue_move}'::text[]) AS t;
SELECT pg_temp.act('south', 'support_worker');
SELECT is((SELECT count(*) FROM statement_rating) + (SELECT count(*) FROM raised_issue)
          + (SELECT count(*) FROM make_up), 0::bigint, 'nothing of another council');

SELECT * FROM finish();
ROLLBACK;
