-- SPDX-License-Identifier: Apache-2.0
-- What is too old goes, what is not stays, and every run is recorded.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;

SELECT ok(days BETWEEN least_days AND most_days, kind || ' has a period within its limits') FROM retention;
SELECT is_empty($$SELECT kind FROM personal_field WHERE kind IS NOT NULL EXCEPT SELECT kind FROM retention$$,
                'every kind of the register has a period');

-- Of each kind one that is a day too old, and one that is a day too young.
CREATE FUNCTION pg_temp.ago(p_kind text, p_more int) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT now() - (days + p_more) * interval '1 day' FROM pledge.retention WHERE kind = p_kind
$$;
SELECT pg_temp.act('north', 'council_administrator');
SELECT member_create(m, 'Name of ' || m, 'officer', '', '', '', m || '@north') FROM unnest('{old,young}'::text[]) AS m;
SELECT set_config('test.old', (SELECT principal_id::text FROM member WHERE member_id = 'old'), true),
       set_config('test.young', (SELECT principal_id::text FROM member WHERE member_id = 'young'), true);
-- What young people said on one day: with ratings, in issues and of a visit, in every state that it can have.
CREATE FUNCTION pg_temp.say(p_id text, p_by uuid, p_on date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_states text[] := '{waiting,shown,hidden,concern}';
BEGIN
    INSERT INTO meeting (authority_id, body_id, meeting_id, held_on) VALUES ('north', 'panel', p_id, p_on);
    INSERT INTO cicc_session (authority_id, body_id, meeting_id, participants, themes, principal_id)
    VALUES ('north', 'panel', p_id, 9, '{}', p_by);
    INSERT INTO statement_rating (authority_id, pledge_id, version_number, statement_id, rating, body_id, meeting_id,
                                  rated_on, keeping, partly, not_keeping, cannot_say, principal_id)
    SELECT 'north', 'promise', 1, '1', count(*) + 1, 'panel', p_id, p_on, 9, 0, 0, 0, p_by FROM statement_rating;
    INSERT INTO response_text (authority_id, pledge_id, version_number, statement_id, rating, received_on, text, state)
    SELECT 'north', 'promise', 1, '1', r.rating, p_on, p_id || ' rating', s
      FROM statement_rating AS r, unnest(v_states) AS s WHERE r.meeting_id = p_id;
    INSERT INTO raised_issue (authority_id, raised_issue_id, body_id, meeting_id, owner_id, raised_on, due_on, principal_id)
    SELECT 'north', p_id || '-' || s, 'panel', p_id, 'housing', p_on, p_on + 20, p_by
      FROM unnest('{shown,concern}'::text[]) AS s;
    INSERT INTO response_text (authority_id, raised_issue_id, received_on, text, state)
    SELECT 'north', i.raised_issue_id, p_on, p_id || ' issue', split_part(i.raised_issue_id, '-', 2)
      FROM raised_issue AS i WHERE i.meeting_id = p_id;
    INSERT INTO raised_issue_move (authority_id, raised_issue_id, move, kind, text, moved_on, principal_id)
    SELECT 'north', i.raised_issue_id, 1, 'answered', 'We do', p_on, p_by FROM raised_issue AS i WHERE i.meeting_id = p_id;
    INSERT INTO visit (authority_id, visit_id, provider, provides, owner_id, visited_on, inspectors, principal_id)
    VALUES ('north', p_id, 'Harbour House', 'A home', 'housing', p_on, 6, p_by);
    INSERT INTO visit_finding (authority_id, visit_id, finding_id, kind, follow_up_due_on)
    SELECT 'north', p_id, s, 'urgent', p_on + 7 FROM unnest(v_states) AS s;
    INSERT INTO visit_answer (authority_id, visit_id, finding_id, answer, text, answered_on, principal_id)
    SELECT 'north', p_id, s, 1, 'We do', p_on, p_by FROM unnest(v_states) AS s;
    INSERT INTO response_text (authority_id, visit_id, finding_id, received_on, text, state)
    SELECT 'north', p_id, s, p_on, p_id || ' finding', s FROM unnest(v_states) AS s;
    INSERT INTO response_text_move (authority_id, text_id, move, state, reason, principal_id)
    SELECT 'north', t.text_id, 1, t.state, 'Why ' || t.text, p_by FROM response_text AS t
     WHERE t.consultation_id IS NULL AND t.text LIKE p_id || ' %' AND t.state <> 'waiting';
END
$$;
CREATE FUNCTION pg_temp.fill(p_member text, p_more int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := current_setting('test.' || p_member);
    v_tag bytea := sha256(convert_to(p_member, 'UTF8'));
BEGIN
    INSERT INTO session (token_hash, principal_id, method, peer, idle, create_time, last_use_time, expire_time, end_time)
    VALUES (sha256('1' || v_tag), v_id, 'password', 'p', '1 hour', now() - interval '2 years',
            pg_temp.ago('session', p_more) - interval '1 hour', now() + interval '1 day', NULL),
           (sha256('2' || v_tag), v_id, 'password', 'p', '1 hour', now() - interval '2 years', now(),
            now() + interval '1 day', pg_temp.ago('session', p_more)),
           (sha256('3' || v_tag), v_id, 'password', 'p', '1 hour', now() - interval '2 years', now(),
            pg_temp.ago('session', p_more), NULL);
    INSERT INTO attempt VALUES (v_tag, 3, now() - interval '1 year', pg_temp.ago('attempt', p_more));
    INSERT INTO token_used VALUES (v_tag, pg_temp.ago('used_token', p_more));
    INSERT INTO invitation VALUES (v_tag, v_id, NULL, pg_temp.ago('invitation', p_more));
    INSERT INTO device VALUES (v_tag, v_id, pg_temp.ago('device', p_more));
    INSERT INTO request VALUES (v_id, gen_random_uuid(), 'north', 'm', 'h', pg_temp.ago('request', p_more));
    INSERT INTO consultation (authority_id, consultation_id, title, pledge_id, version_number, opens_on, closes_on,
                              close_time)
    VALUES ('north', p_member, 'Asked', 'promise', 1, '2010-01-01', '2010-01-02',
            pg_temp.ago('consultation_text', p_more));
    INSERT INTO consultation_group (authority_id, consultation_id, group_id, position, kind)
    VALUES ('north', p_member, 'young', 1, 'care_leavers');
    INSERT INTO consultation_question (authority_id, consultation_id, question, kind, prompt)
    VALUES ('north', p_member, 1, 'free_text', 'What?');
    INSERT INTO response_text (authority_id, consultation_id, question, group_id, text, state)
    SELECT 'north', p_member, 1, 'young', 'Words', s FROM unnest('{hidden,concern}'::text[]) AS s;
    INSERT INTO response_text_move (authority_id, text_id, move, state, reason, principal_id)
    SELECT 'north', t.text_id, 1, t.state, 'Why', v_id FROM response_text AS t
     WHERE t.consultation_id = p_member;
    PERFORM pg_temp.say(p_member, v_id, pg_temp.ago('young_words', p_more)::date);
    UPDATE member SET expires_on = pg_temp.ago('member', p_more)::date WHERE member_id = p_member;
    PERFORM audit_write('pledge.v1.X/' || p_member, '192.0.2.1:1', '', ''::bytea);
END
$$;
SELECT pg_temp.fill('old', 1), pg_temp.fill('young', -1);
UPDATE audit_entry SET recorded_at = pg_temp.ago('audit_address', CASE method WHEN 'pledge.v1.X/old' THEN 1 ELSE -1 END);
CREATE FUNCTION pg_temp.left_of(p_table text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM pledge.%I', p_table) INTO v;
    RETURN v;
END
$$;
CREATE TEMP TABLE before AS
SELECT t, pg_temp.left_of(t) AS count FROM unnest('{session,attempt,token_used,invitation,device,request,response_text,'
    'response_text_move}'::text[]) AS t;

SET LOCAL ROLE pledged;
SELECT ok(retention_due(), 'a first run is due');
SELECT pg_temp.act('north', 'council_administrator');
SELECT is((pg_temp.failure('SELECT retention_apply_now()')).state, 'PL403', 'a council applies no periods');
SELECT is((pg_temp.failure($$SELECT retention_update('session', 10)$$)).state, 'PL403', 'nor changes one');
SELECT is_empty('SELECT FROM retention_run', 'nothing was done');
SELECT pg_temp.as_new();
SELECT pg_temp.act('', '', '', '');
CREATE TEMP TABLE ran AS SELECT * FROM retention_job();
SELECT is(ARRAY(SELECT kind || ' ' || removed FROM ran ORDER BY 1),
          '{"attempt 1","audit_address 1","consultation_text 1","device 1","invitation 1","member 1","request 1","session 3","used_token 1",'
          '"young_words 7"}',
          'the daemon''s run says what it did');
SELECT set_eq('SELECT kind, removed FROM retention_run', 'SELECT kind, removed FROM ran', 'which is recorded');
SELECT is(ARRAY(SELECT days FROM retention_run ORDER BY kind), ARRAY(SELECT days FROM retention ORDER BY kind),
          'with the period that counted');
SELECT ok(NOT retention_due(), 'it is not due again');
SELECT is_empty('SELECT FROM retention_job()', 'and a second daemon does nothing');
SELECT pg_temp.act('', 'host_administrator');
SELECT is((SELECT method || principal || outcome FROM audit_entry), 'pledge.v1.RetentionService/ApplyRetentionOK',
          'the host''s chain has an entry of it');
SELECT pg_temp.act('north', 'host_administrator');
SELECT is((SELECT split_part(changes[1], E'\t', 2) || ' ' || principal || role FROM audit_resource
            ORDER BY number DESC LIMIT 1), 'authorities/north/members/old ',
          'and the council''s one of the member that was erased');
SELECT is(ARRAY(SELECT member_id || ' ' || display_name FROM member WHERE member_id IN ('old', 'young') ORDER BY 1),
          '{"old Erased","young Name of young"}', 'whose name is gone');
SELECT is(ARRAY(SELECT cause FROM erasure WHERE table_name = 'login'), '{retention}', 'with the user name');
SELECT is(ARRAY(SELECT peer IS NULL FROM audit_entry WHERE method LIKE 'pledge.v1.X/%' ORDER BY number), '{t,f}',
          'an old address is gone');
RESET ROLE;
SELECT is(ARRAY(SELECT consultation_id || ' ' || state FROM response_text WHERE consultation_id IS NOT NULL ORDER BY 1),
          '{"old concern","young concern","young hidden"}', 'old words are gone, and no concern');
-- Of words that go by another period: three with ratings with their rows, four of issues and findings without.
SELECT is(pg_temp.left_of(b.t), b.count - CASE b.t WHEN 'session' THEN 3 WHEN 'response_text' THEN 4
              WHEN 'response_text_move' THEN 6 ELSE 1 END, 'the young of ' || b.t || ' stays')
  FROM before AS b;

-- Old words of young people.
SELECT is(ARRAY(SELECT concat_ws(' ', split_part(text, ' ', 2), state) FROM response_text
                 WHERE consultation_id IS NULL AND text LIKE p || ' %' ORDER BY 1), w::text[], p || ' words')
  FROM (VALUES ('old', '{"finding concern","issue concern","rating concern"}'),
               ('young', '{"finding concern","finding hidden","finding shown","finding waiting","issue concern","issue shown",'
                         '"rating concern","rating hidden","rating shown","rating waiting"}')) AS t (p, w);
SELECT is(ARRAY(SELECT coalesce(raised_issue_id, visit_id || ' ' || finding_id) || ' ' || state FROM response_text
                 WHERE text = '' AND erased_on = current_date ORDER BY 1),
          '{"old hidden hidden","old shown shown","old waiting hidden","old-shown shown"}', 'of issues and findings the rows stay');
SELECT is((SELECT count(*) FROM response_text_move WHERE reason LIKE 'Why old%'), 3::bigint, 'why is gone with the words');
SELECT is((SELECT count(*) FROM statement_rating WHERE meeting_id = 'old'), 1::bigint, 'a rating is not');
CREATE FUNCTION pg_temp.seen(p_role text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.act('north', p_role);
    SELECT concat_ws(' | ',
        (SELECT string_agg(concat_ws(' ', i.raised_issue_id, i.text, i.state), ', ' ORDER BY i.raised_issue_id)
           FROM pledge.raised_issues(current_date, '9999-12-31') AS i),
        (SELECT string_agg(concat_ws(' ', f.finding_id, f.text, f.state, f.answer), ', ' ORDER BY f.finding_id)
           FROM pledge.visit_findings(current_date, '9999-12-31') AS f WHERE f.visit_id = 'old'),
        (SELECT count(*) FROM pledge.visit_finding WHERE visit_id = 'old'),
        (SELECT count(*) FROM pledge.raised_issue_move WHERE raised_issue_id LIKE 'old-%'))
$$;
SET LOCAL ROLE pledged;
SELECT is(pg_temp.seen('elected_member'), 'old-shown  answered, young-shown young issue answered | shown  shown We do | 1 | 1',
          'an issue and a finding are read without their words, and no other turns visible');
SELECT is(pg_temp.seen('support_worker'), 'old-shown  answered, young-shown young issue answered'
          ' | hidden  hidden We do, shown  shown We do, waiting  hidden We do | 3 | 1',
          'the voice team sees that there were others, and nothing waits');
SELECT is((SELECT string_agg(text, ', ' ORDER BY text) FROM rating_text_resource),
          'young rating, young rating, young rating', 'old words with ratings are in no list');
SELECT is((pg_temp.failure(format('SELECT words_moderate(%L, %L, %L)', t.text_id, s, 'Why'))).state, 'PL412',
          'words that are gone are not moderated: ' || t.finding_id || ' ' || s)
  FROM response_text AS t, unnest('{shown,concern}'::text[]) AS s WHERE t.visit_id = 'old';
SELECT pg_temp.act('north', 'safeguarding_officer');
SELECT is(ARRAY(SELECT text || ' ' || was_shown FROM safeguarding_concerns() WHERE text LIKE 'old%' ORDER BY 1),
          '{"old finding false","old issue true","old rating false"}', 'concerns are whole');
RESET ROLE;

-- A place of somebody who has another one is erased alone.
SELECT pg_temp.act('north', 'host_administrator');
SELECT member_create('both', 'Both', 'officer', '', '', '', 'both@somewhere');
SELECT pg_temp.act('south', 'host_administrator');
SELECT member_create('both', 'Both', 'officer', '', '', '', 'both@somewhere');
SELECT pg_temp.act('north', 'host_administrator');
UPDATE member SET expires_on = pg_temp.ago('member', 1)::date WHERE member_id = 'both' AND authority_id = 'north';
SET LOCAL ROLE pledged;
SELECT pg_temp.act('', 'host_administrator');
SELECT lives_ok('SELECT retention_apply_now()', 'a host administrator applies the periods at any time');
SELECT is((SELECT removed FROM retention_run WHERE kind = 'young_words' ORDER BY number DESC LIMIT 1), 0::bigint,
          'words go once');
RESET ROLE;
SELECT is(ARRAY(SELECT authority_id || ' ' || display_name || ' ' || coalesce(user_name, '-') FROM member
                 WHERE member_id = 'both' ORDER BY 1), '{"north Erased -","south Both both@somewhere"}',
          'the other place still names its member');
SELECT is((SELECT count(*) FROM login WHERE user_name = 'both@somewhere'), 1::bigint, 'who still signs in');

SET LOCAL ROLE pledged;
SELECT lives_ok($$SELECT retention_update('session', 10)$$, 'a host administrator changes a period');
SELECT is((SELECT days FROM retention WHERE kind = 'session'), 10, 'which counts');
SELECT is(pg_temp.failure(format('SELECT retention_update(%L, %s)', k, d)), ROW(s, v::jsonb), k || ' ' || d)
  FROM (VALUES ('session', 0, 'PL400', '[{"field": "days", "description": "This kind is kept for 1 to 365 days."}]'),
               ('session', 366, 'PL400', '[{"field": "days", "description": "This kind is kept for 1 to 365 days."}]'),
               ('young_words', 364, 'PL400', '[{"field": "days", "description": "This kind is kept for 365 to 7305 days."}]'),
               ('x', 1, 'PL404', '[{"field": "kind", "description": "There is no kind x with a period."}]'))
       AS t (k, d, s, v);
SELECT throws_ok(q, '42501', NULL, q)
  FROM unnest(ARRAY['UPDATE retention SET days = 0', 'DELETE FROM retention_run', 'UPDATE retention_run SET removed = 0',
                    'INSERT INTO retention_run (run_time, kind, days, removed) VALUES (now(), ''session'', 1, 1)']) AS q;

SELECT * FROM finish();
ROLLBACK;
