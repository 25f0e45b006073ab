-- SPDX-License-Identifier: Apache-2.0
-- Identity providers: who says which one it is, in what form, and who learns of it.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET LOCAL ROLE pledged;

CREATE FUNCTION pg_temp.provide(p_issuer text DEFAULT 'https://id.example.org/north',
    p_client text DEFAULT 'pledge', p_user text DEFAULT '', p_scope text DEFAULT 'profile',
    p_claims text[] DEFAULT '{tid}', p_values text[] DEFAULT '{north}', p_etag text DEFAULT '')
RETURNS void LANGUAGE sql AS $$
    SELECT identity_provider_set(p_issuer, p_client, p_user, p_scope, p_claims, p_values, p_etag)
$$;
SELECT pg_temp.act('north');
SELECT is((pg_temp.failure('SELECT pg_temp.provide()')).state, 'PL403', 'no officer sets it');
SELECT is((pg_temp.failure('SELECT identity_provider_remove()')).state, 'PL403', 'nor removes it');
SELECT pg_temp.act('north', '');
SELECT is((pg_temp.failure('SELECT pg_temp.provide()')).state, 'PL403', 'nor does nobody');
SELECT pg_temp.act('nowhere', 'host_administrator');
SELECT is((pg_temp.failure('SELECT pg_temp.provide()')).state, 'PL404', 'the authority is there');

SELECT pg_temp.act('north', 'council_administrator');
SELECT is((pg_temp.failure('SELECT identity_provider_remove()')).state, 'PL404',
          'what is not there cannot be removed');
SELECT is((pg_temp.failure($$SELECT pg_temp.provide(p_etag => 'r1')$$)).state, 'PL410',
          'nor be the one that was read');
SELECT lives_ok('SELECT pg_temp.provide()', 'an administrator sets it');
SELECT is((SELECT authority || issuer || client_id || user_claim || scope
                  || array_to_string("required_claims.claim" || "required_claims.value", '=') || etag
             FROM identity_provider_resource),
          'authorities/northhttps://id.example.org/northpledgeprofiletid=northr1', 'as it is shown');
SELECT lives_ok($$SELECT pg_temp.provide('https://id.example.org/new', 'other', 'email', '', '{}',
                                         '{}', 'r1')$$, 'and replaces it');
SELECT is((SELECT issuer || client_id || user_claim || scope || cardinality("required_claims.claim")
                  || etag FROM identity_provider_resource),
          'https://id.example.org/newotheremail0r2', 'as a whole');
SELECT is((pg_temp.failure($$SELECT pg_temp.provide(p_etag => 'r1')$$)).state, 'PL410',
          'not over another''s change');

SELECT throws_ok(format('SELECT pg_temp.provide(p_issuer => %L)', i), '23514', NULL,
                 'issuer ' || translate(i, E'\n', ' '))
  FROM unnest(ARRAY['', 'http://id.example.org', 'https://', 'https://a?b', 'https://a#b',
                    'https://u@a', 'https://a b', E'https://a\nb', 'HTTPS://a', 'https://a\b',
                    'https:///a', 'https://a/' || repeat('x', 1000)]) AS i;
SELECT throws_ok(format('SELECT pg_temp.provide(p_client => %L)', c), '23514', NULL,
                 'client ' || translate(c, E'\n', ' '))
  FROM unnest(ARRAY['', 'a b', 'é', repeat('x', 256)]) AS c;
SELECT throws_ok(format('SELECT pg_temp.provide(p_user => %L)', c), '23514', NULL,
                 'user ' || translate(c, E'\n', ' '))
  FROM unnest(ARRAY['a b', 'é', repeat('x', 101)]) AS c;
SELECT throws_ok(format('SELECT pg_temp.provide(p_scope => %L)', s), '23514', NULL,
                 'scope ' || translate(s, E'\n', ' '))
  FROM unnest(ARRAY[' ', 'a  b', 'a ', 'a"', 'a\b', E'a\nb', repeat('x', 501)]) AS s;
SELECT throws_ok(format('SELECT pg_temp.provide(p_claims => %L, p_values => %L)', c, v), '23514',
                 NULL, 'claims ' || c || v)
  FROM (VALUES ('{a}', '{}'), ('{""}', '{b}'), ('{a}', '{""}'), ('{a,b}', '{c}'),
               (array_fill('a'::text, ARRAY[17])::text, array_fill('a'::text, ARRAY[17])::text),
               (ARRAY[repeat('x', 101)]::text, '{a}'), ('{a}', ARRAY[repeat('x', 201)]::text))
    AS x (c, v);
SELECT lives_ok($$SELECT pg_temp.provide('https://login.example.org:8443/tenant/v2.0/',
    'urn:pledge', 'https://claims.example/upn', 'profile email', '{tid,groups}', '{north,staff}')
    $$, 'what real ones are like');

-- Whoever is about to sign in is nobody yet.
SELECT pg_temp.act('', '', '', '');
SELECT is_empty('SELECT FROM identity_provider_resource', 'nobody reads it');
SELECT is((SELECT issuer || scope || claim_values[2] FROM identity_provider_of('north')),
          'https://login.example.org:8443/tenant/v2.0/profile emailstaff', 'but signs in by it');
SELECT is_empty($$SELECT FROM identity_provider_of('south')$$, 'each council by its own');
SELECT is_empty($$SELECT FROM identity_provider_of('nowhere')$$, 'or by none');

SELECT pg_temp.act('south', 'council_administrator');
SELECT is_empty('SELECT FROM identity_provider_resource', 'another council reads nothing');
SELECT is((pg_temp.failure('SELECT identity_provider_remove()')).state, 'PL404',
          'and removes nothing');
SELECT throws_ok($$INSERT INTO identity_provider (authority_id, issuer, client_id, user_claim,
    scope, claim_names, claim_values) VALUES ('south', 'https://a', 'a', '', '', '{}', '{}')$$,
    '42501', NULL, 'the daemon writes through functions only');
SELECT throws_ok('DELETE FROM identity_provider', '42501', NULL, 'and deletes so');

SELECT pg_temp.act('north', 'host_administrator');
SELECT lives_ok('SELECT identity_provider_remove()', 'it is removed');
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north', 'council_administrator');
SELECT is(ARRAY(SELECT kind FROM change WHERE name = 'authorities/north/identityProvider'
                 ORDER BY number), '{created,updated,updated,deleted}', 'and all of it is told');
SELECT pg_temp.act('north');
SELECT is_empty($$SELECT FROM change WHERE name LIKE '%/identityProvider'$$,
                'to those who may read it');

SELECT * FROM finish();
ROLLBACK;
