-- SPDX-License-Identifier: Apache-2.0
-- What becomes of words: moderation, concerns that nobody else hears of, amendments, what was done.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north', 'support_worker');
SET LOCAL ROLE pledged;
SELECT pledge_create('next', 'Our next promise', '');
SELECT version_create('next', '1', 'Draft', '', '{home}', '{Home}', '{a,b}', '{home,home}', '{Ash,Beech}',
    '{We listen and we listen well,A safe home}', '{"",""}', '{"",""}', '{}', '{}', '{}', '{}');
SELECT consultation_create('asked', 'Asked', 'next', '1', current_date, current_date,
    '{young,carers}', '{children_in_care,carers}', '{8,0}', '{17,0}', '{40,3}');
SELECT question_create('asked', 'free_text', 'What else?', '{}', '{}', 0);
SELECT response_enter('asked', g, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{1}', ARRAY[t])
  FROM (VALUES ('young', 'One'), ('young', 'Two'), ('young', 'Three'), ('young', 'Four'),
               ('young', 'Five'), ('young', 'Six'), ('carers', 'Seven')) AS x (g, t);
CREATE FUNCTION pg_temp.id(p_text text) RETURNS text LANGUAGE sql AS $$
    SELECT current_setting('test.' || p_text)
$$;
SELECT set_config('test.' || text, text_id::text, true) FROM response_text;
CREATE FUNCTION pg_temp.seen() RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', text, state, group_id, received_on - current_date)
                   FROM response_text_resource ORDER BY text)
$$;
CREATE FUNCTION pg_temp.all_there_is() RETURNS bigint LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM response_text WHERE text = 'Two')
         + (SELECT count(*) FROM response_text_move WHERE text_id::text = pg_temp.id('Two'))
         + (SELECT count(*) FROM response_text_resource WHERE text = 'Two')
         + (SELECT count(*) FROM safeguarding_concerns())
$$;

SELECT is((pg_temp.seen())[1:2], '{"Five waiting young 0","Four waiting young 0"}', 'words wait');
SELECT throws_ok($$SELECT response_text_moderate('asked', pg_temp.id('One'), 'hidden', '')$$, '23514',
                 NULL, 'hiding needs a reason');
SELECT is(pg_temp.broken($$SELECT response_text_moderate('asked', pg_temp.id('One'), 'waiting', 'x')$$),
          '{state}', 'there is no way back to waiting');
SELECT response_text_moderate('asked', pg_temp.id(t), 'shown', '')
  FROM unnest('{One,Two,Seven}'::text[]) AS t;
SELECT response_text_moderate('asked', pg_temp.id('Three'), 'hidden', 'It names somebody.');
SELECT pg_temp.act('north', 'elected_member');
SELECT is(pg_temp.seen(), '{"One shown young","Seven shown ","Two shown young"}',
          'others see what is shown, without its day and without a group that is small');
SELECT cmp_ok(pg_temp.all_there_is(), '>', 0::bigint, 'Two can be seen');
RESET ROLE;
SELECT set_config('test.changes', (SELECT count(*) FROM change)::text, true);
SET LOCAL ROLE pledged;
SELECT pg_temp.act('north', 'support_worker');
SELECT lives_ok($$SELECT response_text_moderate('asked', pg_temp.id('Two'), 'concern', 'Harm at home')$$,
                'a concern is marked');
SELECT is(pg_temp.all_there_is(), 0::bigint, 'and who marked it sees it no more');
SELECT is((pg_temp.failure(format('SELECT response_text_moderate(%L, %L, %L, %L)', 'asked', i, 'shown',
          ''))).state, 'PL404', 'it is as if it were not there')
  FROM (VALUES (pg_temp.id('Two')), ('00000000-0000-0000-0000-000000000000'), ('x')) AS t (i);
CREATE FUNCTION pg_temp.all_there_is_to(p_role text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.act('north', p_role);
    RETURN pg_temp.all_there_is();
END
$$;
SELECT is(pg_temp.all_there_is_to(r), 0::bigint, 'nor does the ' || r)
  FROM unnest(member_roles()) AS r WHERE r <> 'safeguarding_officer';
SELECT pg_temp.act('north', 'safeguarding_officer');
SELECT is(ARRAY(SELECT concat_ws(' ', text, reason, prompt, group_id, was_shown) FROM safeguarding_concerns()),
          '{"Two Harm at home What else? young t"}', 'the safeguarding officer does');
SELECT is(pg_temp.seen(), '{"One shown young","Seven shown "}', 'and beside it what everybody sees');
SELECT pg_temp.act('south', 'safeguarding_officer');
SELECT is(pg_temp.all_there_is(), 0::bigint, 'another council''s does not');
RESET ROLE;
SELECT is((SELECT count(*) FROM change), current_setting('test.changes')::bigint, 'no change tells of it');
SET LOCAL ROLE pledged;

-- Amendments.
SELECT pg_temp.act('north', 'officer');
CREATE FUNCTION pg_temp.propose(p_id text, p_statement text, p_exact text, p_proposed text DEFAULT 'x',
    p_group text DEFAULT 'young', p_body text DEFAULT '') RETURNS void LANGUAGE sql AS $$
    SELECT amendment_propose('asked', p_id, p_statement, p_exact, p_proposed, '', p_group, p_body)
$$;
SELECT is(pg_temp.broken(q), ARRAY[f], q)
  FROM (VALUES ($$SELECT pg_temp.propose('a', 'z', 'safe')$$, 'amendment.statement_id'),
               ($$SELECT pg_temp.propose('a', 'b', 'Safe')$$, 'amendment.exact_words'),
               ($$SELECT pg_temp.propose('a', 'b', '')$$, 'amendment.exact_words'),
               ($$SELECT pg_temp.propose('a', 'a', 'listen')$$, 'amendment.exact_words')) AS t (q, f);
SELECT throws_ok(format('SELECT pg_temp.propose(%L, %L, %L, %L, %L, %L)', 'a', 'b', 'safe', 'x', g, b),
                 s, NULL, concat_ws(' ', 'by', g, b))
  FROM (VALUES ('', '', '23514'), ('young', 'panel', '23514'), ('nobody', '', '23503'),
               ('', 'nobody', '23503')) AS t (g, b, s);
SELECT lives_ok($$SELECT pg_temp.propose('a', 'a', 'listen well', 'hear you')$$, 'by a group');
SELECT lives_ok($$SELECT pg_temp.propose('b', 'b', 'safe ', '', '', 'panel')$$, 'by a body, to leave out');
SELECT is(pg_temp.broken($$SELECT pg_temp.propose('a', 'b', 'safe')$$), '{amendment_id}', 'not twice');
SELECT is((pg_temp.failure($$SELECT said_done_create('asked', 'S', 'D', 0, 'a')$$)).state, 'PL412',
          'nothing is done about what is not decided');
SELECT is(pg_temp.broken($$SELECT amendment_decide('asked', 'a', 'accepted', 'x', current_date + 1)$$),
          '{decided_on}', 'no decision in the future');
SELECT throws_ok($$SELECT amendment_decide('asked', 'a', 'rejected', ' ', NULL)$$, '23514', NULL,
                 'a decision has a reason');
SELECT lives_ok($$SELECT amendment_decide('asked', 'a', 'accepted', 'It is clearer.', NULL)$$, 'accepted');
SELECT is((pg_temp.failure($$SELECT amendment_decide('asked', 'a', 'rejected', 'x', NULL)$$)).state,
          'PL412', 'once');
SELECT is(ARRAY(SELECT concat_ws(' ', amendment_id, state, decision_reason, body) FROM amendment_resource
                 ORDER BY 1), '{"a accepted It is clearer. ",'
          '"b proposed  authorities/north/bodies/panel"}', 'what became of each');

-- You said, we did.
SELECT said_done_create('asked', 'You said: hear us', 'We changed the words', 1, 'a');
SELECT is((SELECT count(*) FROM said_done), 1::bigint, 'the voice team sees it');
SELECT pg_temp.act('north', 'director');
SELECT is((SELECT count(*) FROM said_done), 0::bigint, 'others do once it is published');
SELECT pg_temp.act('north', 'officer');
SELECT said_done_publish('asked', '1');
SELECT is((pg_temp.failure($$SELECT said_done_publish('asked', 'x')$$)).state, 'PL404', 'no such entry');
SELECT pg_temp.act('north', 'director');
SELECT is((SELECT said || amendment_id || question FROM said_done_resource), 'You said: hear usa1',
          'and it is');
SELECT pg_temp.act('south', 'officer');
SELECT is((SELECT count(*) FROM amendment) + (SELECT count(*) FROM said_done), 0::bigint,
          'nothing of another council');

SELECT * FROM finish();
ROLLBACK;
