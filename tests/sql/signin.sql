-- SPDX-License-Identifier: Apache-2.0
-- Signing in: what counts as an attempt, what a session is good for, and what is recorded.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql

SELECT is(attempt_delay(n), d, n || ' wrong guesses')
  FROM (VALUES (0, interval '0'), (4, '0'), (5, '1 s'), (6, '2 s'), (10, '32 s'), (14, '512 s'),
               (15, '900 s'), (2000000000, '900 s')) AS t (n, d);

SELECT pg_temp.act('north', 'council_administrator');
SELECT lives_ok($$SELECT member_create('ann', 'Reviewing officer', 'officer', '', '', '', 'ann@north')$$,
                'a member by user name alone');
SELECT is((SELECT user_name || certificate_sha256 FROM member_resource WHERE member_id = 'ann'),
          'ann@north', 'and it shows');
SELECT is(pg_temp.broken(format('SELECT member_create(%L, %L, %L, %L, %L, %L, %L)', 'x', 'Post', 'officer',
                                '', c, '', u)), f, coalesce(nullif(u, ''), 'no user name'))
  FROM (VALUES ('', '', '{member.certificate_sha256}'::text[]),
               (repeat('a1', 32), 'ann@north', '{member.user_name}')) AS t (c, u, f);
SELECT throws_ok(format('SELECT member_create(%L, %L, %L, %L, %L, %L, %L)', 'x', 'Post', 'officer', '', '',
                        '', u), '23514', NULL, 'no user name: ' || u)
  FROM (VALUES ('Ann@north'), ('ann north'), (repeat('a', 255)), (E'ann\x01')) AS t (u);
SELECT throws_ok($$SELECT member_create('ann2', 'Post', 'officer', '', '', '', 'ann@north')$$, '23505', NULL,
                 'one place for each user name in an authority');
SELECT lives_ok($$SELECT member_update('ann', '', '', '', repeat('e7', 32), '', '', '{certificate_sha256}')$$,
                'a certificate beside the user name');
SELECT is((SELECT user_name || certificate_sha256 FROM member_resource WHERE member_id = 'ann'),
          'ann@north' || repeat('e7', 32), 'both are kept');
SELECT is(pg_temp.broken($$SELECT member_update('ann', '', '', '', '', '', '', '{certificate_sha256,user_name}',
                                                '')$$), '{member.certificate_sha256}', 'one of them stays');

-- Somebody with a place in two councils belongs to neither.
SELECT pg_temp.act('south', 'council_administrator');
SELECT lives_ok($$SELECT member_create('ann', 'Shared', 'officer', '', '', '', 'ann@north')$$,
                'a second place');
SELECT is((pg_temp.failure(q)).state, 'PL403', q)
  FROM unnest(ARRAY['SELECT member_invite(''ann'')', 'SELECT member_sign_out(''ann'')',
      'SELECT member_update(''ann'', '''', '''', '''', repeat(''e8'', 32), '''', '''','
      || ' ''{certificate_sha256}'')']) AS q;
SELECT pg_temp.act('south', 'officer');
SELECT is((pg_temp.failure($$SELECT member_invite('ann')$$)).state, 'PL403', 'officers invite nobody');
SELECT pg_temp.act('north', 'host_administrator');
SELECT lives_ok($$SELECT member_invite('ann')$$, 'the host invites them');
SELECT is((pg_temp.failure($$SELECT member_invite('officer')$$)).state, 'PL412',
          'who has no user name is not invited');

-- The daemon's role from here on; what the daemon would have worked out is given.
CREATE TEMP TABLE code AS SELECT sha256(convert_to(current_setting('pledge.invitation'), 'UTF8')) AS hash;
GRANT SELECT ON code TO pledged;
SET LOCAL ROLE pledged;
SELECT pg_temp.act('', '', '', '');
CREATE FUNCTION pg_temp.h(p text) RETURNS bytea LANGUAGE sql AS $$ SELECT sha256(p::bytea) $$;
CREATE FUNCTION pg_temp.accept() RETURNS SETOF session_told LANGUAGE sql AS $$
    SELECT * FROM invitation_accept((SELECT hash FROM code), 'kept', 5, ARRAY[pg_temp.h('r1'),
        pg_temp.h('r2')], pg_temp.h('device'), pg_temp.h('first'), 60, 600, 'm', 'peer')
$$;
SELECT is_empty('SELECT pg_temp.accept()', 'an invitation is opened before it is used');
SELECT pg_temp.act('north', 'host_administrator');
SELECT member_invite('ann');
SELECT pg_temp.act('', '', '', '');
SELECT is((SELECT count(*) FROM invitation_read(sha256(convert_to(
    current_setting('pledge.invitation'), 'UTF8')))), 1::bigint, 'a new one is made');
RESET ROLE;
UPDATE code SET hash = sha256(convert_to(current_setting('pledge.invitation'), 'UTF8'));
SET LOCAL ROLE pledged;
SELECT is((SELECT user_name FROM invitation_open((SELECT hash FROM code), 'sealed')), 'ann@north',
          'it is opened');
SELECT is((SELECT way || authority || codes_left || expires - created FROM pg_temp.accept()),
          'password2600', 'and used');
SELECT is_empty('SELECT pg_temp.accept()', 'once');

SELECT is((SELECT array_agg(authority_id || role ORDER BY authority_id)
             FROM identify_session(pg_temp.h('first'))), '{northofficer,southofficer}',
          'a session by password is good for all places');
SELECT is_empty($$SELECT FROM identify_session(pg_temp.h('other'))$$, 'another token is nobody''s');

CREATE FUNCTION pg_temp.attempt(p_device text DEFAULT NULL, p_user text DEFAULT 'ann@north') RETURNS text
LANGUAGE sql AS $$
    SELECT wait_seconds || coalesce(' ' || hash, '')
      FROM signin_begin(p_user, CASE WHEN p_device IS NOT NULL THEN pg_temp.h(p_device) END)
$$;
SELECT is(ARRAY(SELECT pg_temp.attempt() FROM generate_series(1, 6)),
          '{0 kept,0 kept,0 kept,0 kept,0 kept,1}', 'the sixth attempt waits');
SELECT is(ARRAY(SELECT pg_temp.attempt(NULL, 'nobody') FROM generate_series(1, 6)), '{0,0,0,0,0,1}',
          'of a name that nobody has just so');
SELECT is(pg_temp.attempt('device'), '0 kept', 'from a device of theirs it does not');
SELECT is(pg_temp.attempt('strange'), '1', 'from another it does');

SELECT is((SELECT array_agg(b.strange_device ORDER BY n) FROM (VALUES
    (1, 'ann@north', NULL), (2, 'ann@north', pg_temp.h('device')), (3, 'ann@north', pg_temp.h('strange')),
    (4, 'nobody', pg_temp.h('device'))) AS t (n, who, device), signin_begin(t.who, t.device) AS b),
    '{f,f,t,t}', 'a device is strange that is not of theirs, whether there is somebody or not');

CREATE FUNCTION pg_temp.finish(p_step bigint, p_recovery text, p_token text, p_hash text, p_new text DEFAULT NULL)
RETURNS SETOF session_told LANGUAGE sql AS $$
    SELECT * FROM signin_done('ann@north',
        coalesce(app_principal(),
            (SELECT principal_id FROM identify_session(pg_temp.h('first')) LIMIT 1)),
        p_hash, coalesce(p_new, p_hash), p_step,
        CASE WHEN p_recovery <> '' THEN pg_temp.h(p_recovery) END, pg_temp.h('device'),
        pg_temp.h('device ' || p_token), pg_temp.h(p_token), 60, 600, 'm', 'peer')
$$;
SELECT is_empty(format('SELECT pg_temp.finish(%s, %L, %L, %L)', s, r, 'x', 'kept'), w)
  FROM (VALUES (5, '', 'the step of the first code again'), (4, '', 'an earlier one'),
               (0, 'r3', 'a recovery code that is none')) AS t (s, r, w);
SELECT is((SELECT way FROM pg_temp.finish(6, '', 'second', 'kept', 'again')), 'password', 'a later step');
SELECT is(pg_temp.attempt('device second'), '0 again', 'which keeps the new hash');
SELECT is_empty($$SELECT pg_temp.finish(7, '', 'x', 'kept')$$, 'not when the password was changed meanwhile');
SELECT is_empty($$SELECT pg_temp.finish(0, 'r1', 'x', 'kept')$$, 'by recovery code neither');
SELECT is((SELECT way || codes_left FROM pg_temp.finish(0, 'r1', 'third', 'again')), 'recovery_code1',
          'a recovery code');
SELECT is_empty($$SELECT pg_temp.finish(0, 'r1', 'x', 'again')$$, 'once');

SELECT set_config('pledge.principal', (SELECT principal_id::text
    FROM identify_session(pg_temp.h('first')) LIMIT 1), true);
SELECT is((SELECT count(*) FROM own_sessions()), 3::bigint, 'three sessions');
SELECT is(sign_out(pg_temp.h('second'), false), 1, 'one ends');
SELECT is(sign_out(pg_temp.h('second'), false), 0, 'once');
SELECT is_empty($$SELECT FROM identify_session(pg_temp.h('second'))$$, 'and is nobody''s');
SELECT is((SELECT ended FROM password_change('new', 7, pg_temp.h('third'))), 1,
          'a new password ends the others');
SELECT is_empty($$SELECT FROM password_change('newer', 7, pg_temp.h('third'))$$,
                'not with the same code again');
SELECT is(ARRAY(SELECT ended FROM recovery_codes_replace(8, ARRAY[pg_temp.h('r9')])), '{0}', 'new codes');
SELECT is((SELECT codes_left FROM pg_temp.finish(0, 'r9', 'fourth', 'new')), 0, 'count, and are used up');
SELECT is_empty($$SELECT pg_temp.finish(0, 'r2', 'x', 'new')$$, 'those before are void');

-- What an identity provider says counts for its own council.
SELECT pg_temp.act('', '', '', '');
CREATE FUNCTION pg_temp.by_provider(p_authority text, p_user text, p_id_token text, p_token text)
RETURNS SETOF session_told LANGUAGE sql AS $$
    SELECT * FROM signin_by_provider(p_authority, p_user, pg_temp.h(p_id_token), 2000000000,
                                     pg_temp.h(p_token), 60, 600, 'm', 'peer')
$$;
SELECT is((SELECT way || authority FROM pg_temp.by_provider('south', 'ann@north', 'jwt1', 'fifth')),
          'identity_providerauthorities/south', 'a session of one authority');
SELECT is((SELECT array_agg(authority_id) FROM identify_session(pg_temp.h('fifth'))), '{south}',
          'is good for that one');
SELECT is_empty(format('SELECT pg_temp.by_provider(%L, %L, %L, %L)', a, u, t, 'x'), w)
  FROM (VALUES ('south', 'ann@north', 'jwt1', 'a token counts once'),
               ('south', 'nobody', 'jwt2', 'a name that is no member''s'),
               ('nowhere', 'ann@north', 'jwt3', 'an authority that is none')) AS t (a, u, t, w);
SELECT pg_temp.act('south', 'council_administrator');
SELECT is((SELECT count(*) FROM member_sessions('ann')), 3::bigint,
          'a council sees the sessions that are good for it');
SELECT pg_temp.act('north', 'council_administrator');
SELECT is((SELECT count(*) FROM member_sessions('ann')), 2::bigint, 'and no others');
SELECT pg_temp.act('south', 'council_administrator');
SELECT identity_provider_set('https://id.example', 'pledge', '', '', '{}', '{}', '');
SELECT isnt_empty($$SELECT FROM identify_session(pg_temp.h('fifth'))$$, 'still there');
SELECT isnt_empty($$SELECT pg_temp.by_provider('south', 'ann@north', 'jwt9', 'sixth')$$, 'and another');
SELECT identity_provider_set('https://id.example', 'pledge', '', 'email', '{}', '{}', '');
SELECT isnt_empty($$SELECT FROM identify_session(pg_temp.h('sixth'))$$, 'other scopes end nothing');
SELECT identity_provider_set('https://other.example', 'pledge', '', '', '{}', '{}', '');
SELECT is_empty($$SELECT FROM identify_session(pg_temp.h('sixth'))$$, 'another issuer ends what was');
SELECT isnt_empty($$SELECT pg_temp.by_provider('south', 'ann@north', 'jwt10', 'fifth2')$$, 'a third');
SELECT identity_provider_remove();
SELECT is_empty($$SELECT FROM identify_session(pg_temp.h('fifth2'))$$,
                'with its provider a session goes');

-- Time.
RESET ROLE;
UPDATE session SET last_use_time = now() - interval '61 seconds' WHERE token_hash = pg_temp.h('third');
SET LOCAL ROLE pledged;
SELECT is_empty($$SELECT FROM identify_session(pg_temp.h('third'))$$, 'a session that is idle ends');
SELECT session_touch(pg_temp.h('third'));
SELECT is_empty($$SELECT FROM identify_session(pg_temp.h('third'))$$, 'and cannot be woken');
RESET ROLE;
UPDATE session SET expire_time = now() WHERE token_hash = pg_temp.h('fourth');
SET LOCAL ROLE pledged;
SELECT is_empty($$SELECT FROM identify_session(pg_temp.h('fourth'))$$, 'so does one that is old');

-- The trail.
RESET ROLE;
SELECT is(ARRAY(SELECT DISTINCT authority_id || ' ' || kind || ' ' || outcome || ' ' || role FROM audit_entry
                 WHERE kind = 'sign-in' ORDER BY 1),
          '{" sign-in UNAUTHENTICATED ",north sign-in OK officer,north sign-in UNAUTHENTICATED officer,'
          'south sign-in OK officer,south sign-in UNAUTHENTICATED officer}',
          'sign-ins, good and bad, are recorded where the person has a place');
SELECT is(ARRAY(SELECT role FROM audit_entry WHERE kind = 'sign-in' AND authority_id = ''
                   AND principal <> ''), '{}', 'nobody known is recorded with the host');

SELECT * FROM finish();
ROLLBACK;
