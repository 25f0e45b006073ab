-- SPDX-License-Identifier: Apache-2.0
-- Signatures are of exact words, are added and never changed, and young people's are seen by few.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north', 'officer', '', (SELECT principal_id::text FROM member
    WHERE authority_id = 'north' AND member_id = 'officer'));
CREATE FUNCTION pg_temp.role(p_role text) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('pledge.role', p_role, true)
$$;
CREATE FUNCTION pg_temp.hash() RETURNS text LANGUAGE sql AS $$ SELECT version_hash('promise', 1) $$;
SET LOCAL ROLE pledged;

-- Signing events.
SELECT is((pg_temp.failure(format('SELECT signing_event_create(%L, %L, %L, %L, %L, %L, %L)', i, p, v, t, '', d,
                                  l))).state, s, concat_ws(' ', i, p, v, t, d, l))
  FROM (VALUES
    ('A', 'promise', '1', 'Title', '2016-03-02', '', '23514'),
    ('a', 'promise', '1', ' ', '2016-03-02', '', '23514'),
    ('a', 'promise', '1', 'Title', NULL, '', '23514'),
    ('a', 'promise', '9', 'Title', '2016-03-02', '', '23503'),
    ('a', 'none', '1', 'Title', '2016-03-02', '', '23503'),
    ('a', 'promise', '1', 'Title', '2016-03-02', 'none', 'PL400')) AS t (i, p, v, t, d, l, s);
SELECT launch_event_create('launch', 'promise', '1', 'Launch', '2016-03-02', 10);
SELECT signing_event_create('march', 'promise', '1', 'Signing', 'Hall', '2016-03-02', 'launch');
SELECT is((SELECT launch_event FROM signing_event_resource), 'authorities/north/launchEvents/launch',
          'it was part of a launch');
SELECT is(pg_temp.broken($$SELECT signing_event_create('b', 'promise', '1', 'Signing', '', '2016-03-03', 'launch')$$),
          '{signing_event.launch_event}', 'of the same day');
SELECT is((pg_temp.failure($$SELECT signing_event_create('march', 'promise', '1', 'x', '', '2016-03-02', '')$$)).state,
          'PL409', 'an identifier once');

-- Keys.
SELECT signing_key_register('own', sha256('own'));
SELECT is((pg_temp.failure($$SELECT signing_key_register('own', sha256('b'))$$)).state, 'PL409', 'an identifier once');
SELECT is((pg_temp.failure($$SELECT signing_key_register('b', sha256('own'))$$)).state, 'PL409', 'a key once');
SELECT is((pg_temp.failure($$SELECT signing_key_register('b', 'short')$$)).state, '23514', 'of 32 bytes');
SELECT is((SELECT fingerprint FROM signing_key_resource), encode(sha256(sha256('own')), 'hex'), 'its fingerprint');

-- What is to be signed, and of which words.
SELECT is((SELECT (r.member_id, r.signatory, r.role, r.owner)::text
             FROM sign_prepare('promise', '1', pg_temp.hash(), 'march', '', 'now') AS r),
          '(officer,"Participation officer",officer,"")', 'who signs');
SELECT is(pg_temp.broken(format('SELECT sign_prepare(%L, %L, %L, %L, %L, %L)', 'promise', '1', h, e, k, a)),
          b::text[], concat_ws(' ', h, e, k, a))
  FROM (VALUES
    ('x', '', '', 'now', '{signature.content_hash}'),
    (pg_temp.hash(), 'none', '', 'now', '{signature.event}'),
    (pg_temp.hash(), '', 'none', '2016-03-02T10:00:00Z', '{signature.signing_key}'),
    (pg_temp.hash(), '', 'own', '2016-03-02T24:00:00Z', '{signature.signed_at}'),
    (pg_temp.hash(), '', 'own', '2999-03-02T10:00:00Z', '{signature.signed_at}'),
    ('x', 'none', 'none', '', '{signature.content_hash,signature.event,signature.signing_key,signature.signed_at}'),
    (repeat('0', 64), '', '', 'now', '{signature.content_hash}')) AS t (h, e, k, a, b);
SELECT is((pg_temp.failure($$SELECT sign_prepare('promise', '9', pg_temp.hash(), '', '', 'now')$$)).state, 'PL404',
          'no such version');
SELECT is(pg_temp.broken(format('SELECT paper_prepare(%L, %L, pg_temp.hash(), %L, %L, %L, %L, %L)', 'promise', '1', '',
                                s, r, k, d)), b::text[], concat_ws(' ', s, r, k, d))
  FROM (VALUES
    ('Leader', 'elected_member', 'Box 4', '2010-06-16', '{}'),
    ('', 'inspector', '', '2010-6-16',
     '{signature.signatory,signature.role,signature.kept_at,signature.signed_at}'),
    ('Leader', '', 'Box 4', (current_date + 1)::text, '{signature.signed_at}')) AS t (s, r, k, d, b);
SELECT is(mark_fault(k, m) = '', good, k || ' ' || m)
  FROM (VALUES ('first_name', 'Zoë', true), ('first_name', 'Mary-Jane', true), ('first_name', 'O''Neil', true),
               ('first_name', 'Sam Smith', false), ('first_name', '', false), ('first_name', 'S4m', false),
               ('first_name', repeat('x', 41), false), ('sign', '★', true), ('sign', 'S.', true),
               ('sign', repeat('x', 9), false), ('sign', 'a b', false), ('sign', E'\u202e', false), ('sign', '', false),
               ('none', '', true), ('none', 'x', false)) AS t (k, m, good);

-- Signatures.
CREATE FUNCTION pg_temp.record(p_id text, p_kind text, p_member text, p_signatory text, p_mark text DEFAULT '',
                               p_hash text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT signature_record('promise', '1', p_id, p_kind, coalesce(p_hash, pg_temp.hash()), 'march', p_member,
        p_signatory, '', '', CASE p_kind WHEN 'key' THEN 'own' ELSE '' END,
        CASE p_kind WHEN 'key' THEN sha512('s') ELSE '' END,
        CASE p_kind WHEN 'young_person' THEN 'first_name' ELSE '' END, p_mark, sha256('salt'), '',
        CASE p_kind WHEN 'paper' THEN 'Box 4' ELSE '' END,
        CASE WHEN p_kind IN ('paper', 'young_person') THEN 'officer' ELSE '' END, '2016-03-02T10:00:00Z',
        '2016-03-02T10:00:01Z', sha256('service'), sha512('attested'))
$$;
SELECT pg_temp.record('s1', 'key', 'officer', 'Participation officer');
SELECT is((pg_temp.failure($$SELECT pg_temp.record('s2', 'key', 'officer', 'Participation officer')$$)).state, 'PL409',
          'a member signs the same words once');
SELECT is((pg_temp.failure($$SELECT pg_temp.record('s2', 'paper', '', 'Leader', '', repeat('0', 64))$$)).state, 'PL412',
          'of the words as they are');
SELECT is((pg_temp.failure($$SELECT pg_temp.record('s2', 'young_person', 'nobody', '', 'Sam')$$)).state, '23514',
          'a young person is tied to nobody');
SELECT is((pg_temp.failure($$SELECT pg_temp.record('s2', 'young_person', '', 'Sam Smith', 'Sam')$$)).state, '23514',
          'and has no other name');
SELECT is((pg_temp.failure($$SELECT pg_temp.record('s2', 'paper', '', '')$$)).state, '23514', 'paper names its signatory');
SELECT is((SELECT count(*) FROM service_key_resource), 1::bigint, 'the service''s key is known from its first use');
SELECT throws_ok(format('UPDATE %I SET authority_id = ''x''', t), '42501', NULL, t || ' does not change')
  FROM unnest('{signing_event,signing_key,signing_key_revocation,service_key,signature,signature_withdrawal}'::text[]) AS t;
SELECT throws_ok(format('DELETE FROM %I', t), '42501', NULL, t || ' is append-only')
  FROM unnest('{signing_event,signing_key,signing_key_revocation,service_key,signature,signature_withdrawal}'::text[]) AS t;
SELECT signing_key_revoke('own', 'Lost');
SELECT signature_withdraw('promise', '1', 's1', '2016-03-04', 'A slip');
SELECT is((pg_temp.failure($$SELECT pg_temp.record('s2', 'key', 'officer', 'Participation officer')$$)).state, 'PL412',
          'a revoked key signs no more');
SELECT pg_temp.record('s2', 'session', 'officer', 'Participation officer');
SELECT is(ARRAY(SELECT withdrawn_on FROM signature_resource ORDER BY signature_id), '{2016-03-04,""}',
          'what was withdrawn stays, and can be given again');

-- Young people.
SELECT pg_temp.record('y' || n, 'young_person', '', '', 'Sam') FROM generate_series(1, 5) AS n;
SELECT is((SELECT count(*) FROM signature WHERE kind = 'young_person'), 0::bigint, 'an officer sees none');
SELECT is((SELECT y::text FROM young_signatures('promise', '1', true) AS y), '(0,t)', 'and no small number');
SELECT is((pg_temp.failure($$SELECT signature_withdraw('promise', '1', 'y1', '2016-03-04', 'x')$$)).state, 'PL404',
          'nor one to withdraw');
SELECT is((pg_temp.failure($$SELECT signed_version_open('promise', '1', true)$$)).state, 'PL403', 'nor exports them');
SELECT pg_temp.role('support_worker');
SELECT is((SELECT count(*) FROM signature_resource WHERE mark = 'Sam'), 5::bigint, 'a support worker does');
SELECT is((SELECT y::text FROM young_signatures('promise', '1', true) AS y), '(5,f)', 'and how many');
SELECT is((SELECT y::text FROM young_signatures('promise', '1', false) AS y), '(0,t)', 'but not for a file');
SELECT pg_temp.record('y6', 'young_person', '', '', 'Ash');
SELECT pg_temp.role('director');
SELECT is((SELECT y::text FROM young_signatures('promise', '1', true) AS y), '(6,f)', 'from 6 on everybody does');
SELECT pg_temp.role('support_worker');
SELECT signature_withdraw('promise', '1', 'y6', '2016-03-04', '');
SELECT is((SELECT (mark, mark_salt, withdrawn_on)::text FROM signature_resource WHERE signature_id = 'y6'),
          '("","\\x",2016-03-04)', 'what is withdrawn is forgotten');
SELECT is((SELECT y::text FROM young_signatures('promise', '1', false) AS y), '(0,t)', 'and does not count');
SELECT pg_temp.role('officer');
SELECT is((SELECT count(*) FROM signature_withdrawal), 1::bigint, 'others do not see that one was withdrawn');
RESET ROLE;
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL ROLE pledged;
SELECT is((SELECT count(*) FROM change WHERE name LIKE '%/signatures/y%'), 0::bigint, 'nor hear of one');
SELECT pg_temp.role('support_worker');
SELECT is((SELECT count(*) FROM change WHERE name LIKE '%/signatures/y%' AND kind = 'created'), 6::bigint,
          'support workers do');

SELECT * FROM finish();
ROLLBACK;
