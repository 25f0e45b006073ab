-- SPDX-License-Identifier: Apache-2.0
-- A request is done once.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

CREATE FUNCTION pg_temp.begun(p_method text, p_hash text) RETURNS text LANGUAGE sql AS $$
    SELECT (pg_temp.failure(format('SELECT request_begin(%L, %L, %L)',
        '7f1c1c4e-0d4c-4f5b-9a51-6f0d7a1f2b3c', p_method, p_hash))).state
$$;
SELECT lives_ok($$SELECT request_begin('7f1c1c4e-0d4c-4f5b-9a51-6f0d7a1f2b3c', 'm', 'h')$$,
                'a new request begins');
SELECT is(pg_temp.begun('m', 'h'), 'PL208', 'the same again was already done');
SELECT is(pg_temp.begun('m', 'other'), 'PL400', 'another content is another request');
SELECT is(pg_temp.begun('n', 'h'), 'PL400', 'another method is another request');
SELECT pg_temp.act('south');
SELECT is(pg_temp.begun('m', 'h'), 'PL400', 'another authority is another request');
SELECT is((SELECT count(*) FROM request), 0::bigint, 'and sees nothing of the first');
SELECT pg_temp.act('north', 'officer', '', '00000000-0000-0000-0000-0000000000bb');
SELECT is(pg_temp.begun('m', 'h'), 'none', 'another caller may use the same identifier');
SELECT is((SELECT count(*) FROM request), 1::bigint, 'and sees its own only');
SELECT pg_temp.act('', 'host_administrator', '', '00000000-0000-0000-0000-0000000000cc');
SELECT is(pg_temp.begun('m', 'h'), 'none', 'a request may have no authority');
SELECT is(pg_temp.begun('m', 'h'), 'PL208', 'and is done once, too');
SELECT pg_temp.act('north', 'officer', '', '');
SELECT is(pg_temp.begun('m', 'h'), 'PL403', 'nobody cannot name a request');

SELECT * FROM finish();
ROLLBACK;
