-- SPDX-License-Identifier: Apache-2.0
-- Reminders: what is due to be said, once for each event, and what becomes of it.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SELECT pg_temp.commit_to('h1', 'housing', '{1}');
SELECT pg_temp.commit_to('p1', 'police', '{2}');
SELECT pg_temp.open_round('soon', -5, 5);
SELECT pg_temp.open_round('late', -60, -8);
UPDATE round SET closes_on = current_date + 30 WHERE authority_id = 'north' AND round_id = 'late';
SET LOCAL ROLE pledged;

CREATE FUNCTION pg_temp.made() RETURNS text[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(concat_ws(' ', round_id, owner_id, about, level, state)
               ORDER BY round_id, owner_id, rule_id), '{}') FROM reminder
$$;
CREATE FUNCTION pg_temp.told(p_sql text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', f.state, f.detail -> 0 ->> 'field') FROM pg_temp.failure(p_sql) AS f
$$;

-- Rules and addresses.
SELECT is((SELECT count(*) FROM reminder_rule_resource), 6::bigint, 'rules for all hold at first');
SELECT is(reminder_etag(), 'default', 'and say so');
SELECT is(pg_temp.told($$SELECT reminder_rules_set('{a}', '{due}', '{1}', '{owner}', 'r1')$$),
          'PL410 etag', 'another etag');
SELECT is((pg_temp.failure(format('SELECT reminder_rules_set(%L, %L, %L, %L, %L)', i, a, d, l, '')))
          .state, s, w)
  FROM (VALUES ('{a,a}', '{due,due}', '{1,2}', '{owner,owner}', '23505', 'a rule is there once'),
               ('{A}', '{due}', '{1}', '{owner}', '23514', 'its identifier'),
               ('{a}', '{never}', '{1}', '{owner}', '23514', 'what it is about'),
               ('{a}', '{due}', '{366}', '{owner}', '23514', 'its days'),
               ('{a}', '{due}', '{1}', '{king}', '23514', 'whom it goes to')) AS t (i, a, d, l, s, w);
SELECT is((pg_temp.failure(format('SELECT reminder_address_set(%L, %L, %L)', l, o, e))).state, s, w)
  FROM (VALUES ('owner', 'authorities/north/departments/housing', 'nobody', '23514', 'no address'),
               ('owner', 'authorities/north/departments/housing', E'a@b.org\nBcc: c@d.org', '23514', 'two lines'),
               ('owner', 'authorities/north/departments/housing', 'a@-b', '23514', 'no host'),
               ('owner', '', 'a@b.org', '23514', 'an owner is needed'),
               ('board', 'authorities/north/departments/housing', 'a@b.org', '23514', 'a board has none'),
               ('owner', 'authorities/south/departments/housing', 'a@b.org', 'PL403', 'another council''s'))
       AS t (l, o, e, s, w);
SELECT lives_ok(format('SELECT reminder_address_set(%L, %L, %L)', l, o, e), e)
  FROM (VALUES ('owner', 'authorities/north/partnerAgencies/police', 'o''neill+pledge@police.example'),
               ('director', 'authorities/north/partnerAgencies/police', 'chief@police.example'),
               ('board', '', 'board@localhost')) AS t (l, o, e);

-- What is due to be said today.
SELECT is(reminder_make('north'), 6, 'reminders are made');
SELECT is(pg_temp.made(),
    '{late housing missing owner no_address,late housing missing director no_address,'
    'late police missing owner waiting,late police missing director waiting,'
    'soon housing due owner no_address,soon police due owner waiting}',
    'of what is due in a week and of what has been missing for a day and a week');
SELECT is(reminder_make('north'), 0, 'once');
SELECT ok((SELECT bool_and(strpos(body, 'Housing') > 0) FROM reminder WHERE owner_id = 'housing'),
          'they say whose return it is');
SELECT pg_temp.send('soon', 'police', '{p1}', 'green');
SELECT return_move_add('soon', 'police', 'queried', '', 'Which beats?');
SELECT is(reminder_make('north'), 0, 'a question is not old yet');
RESET ROLE;
UPDATE return_move SET recorded_at = recorded_at - interval '8 days';
SET LOCAL ROLE pledged;
SELECT is(reminder_make('north'), 1, 'now it is');
SELECT ok((SELECT strpos(body, 'beats') = 0 FROM reminder WHERE about = 'queried'),
          'the question itself is not sent');
SELECT lives_ok($$SELECT reminder_rules_set('{missing-a-week,x}', '{missing,missing}', '{6,7}',
    '{director,board}', 'default')$$, 'rules of their own');
SELECT is(reminder_make('north'), 2, 'make what the others had not made: two returns for the board');
SELECT lives_ok($$SELECT round_extend('late', 'authorities/north/departments/housing',
    current_date + 3, 'Time')$$, 'more time');
SELECT is(reminder_make('north'), 0, 'and nothing is missing');
SELECT lives_ok($$SELECT reminder_rules_set('{}', '{}', '{}', '{}', reminder_etag())$$, 'no rules');
SELECT is(reminder_make('north'), 0, 'no reminders');
SELECT lives_ok($$SELECT reminder_address_set('owner', 'authorities/north/departments/housing',
    'housing@example.org')$$, 'an address comes');
SELECT is((SELECT array_agg(DISTINCT state || email) FROM reminder
            WHERE owner_id = 'housing' AND level = 'owner'), '{waitinghousing@example.org}',
          'and what waited for it goes there');

-- What the daemon takes, and tells.
CREATE TEMPORARY TABLE took AS SELECT * FROM reminder_job(100, 60);
SELECT is((SELECT count(*) FROM took), 8::bigint, 'all that have an address are taken');
SELECT is((SELECT count(DISTINCT message_id) FROM took), 8::bigint, 'each with an identifier');
SELECT is_empty('SELECT * FROM reminder_job(100, 60)', 'nobody takes them meanwhile');
SELECT pg_temp.act('north'); -- the job leaves no authority behind
SELECT lives_ok($$SELECT reminder_told(authority_id, number, CASE owner_id WHEN 'police' THEN '' ELSE 'No' END,
    level = 'board') FROM took JOIN reminder USING (authority_id, number)$$, 'it tells');
SELECT is((SELECT array_agg(DISTINCT owner_id || ' ' || state ORDER BY owner_id || ' ' || state)
             FROM reminder WHERE tries > 0), '{housing given_up,housing waiting,police sent}',
          'sent, given up, or tried again');
RESET ROLE;
UPDATE reminder SET next_try = now() WHERE state = 'waiting';
SET LOCAL ROLE pledged;
SELECT is((SELECT count(*) FROM reminder_job(1, 60) AS j JOIN took AS t USING (authority_id, number, message_id)),
          1::bigint, 'again under the same identifier');
SELECT pg_temp.act('north');
RESET ROLE;
UPDATE reminder SET recorded_at = now() - interval '8 days' WHERE state = 'waiting';
SET LOCAL ROLE pledged;
SELECT reminder_told('north', number, 'No', false) FROM took;
SELECT is((SELECT count(*) FROM reminder WHERE state = 'waiting'), 0::bigint, 'not for ever');
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM reminder), 0::bigint, 'another council sees none');

SELECT * FROM finish();
ROLLBACK;
