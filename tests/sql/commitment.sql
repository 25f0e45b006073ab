-- SPDX-License-Identifier: Apache-2.0
-- Commitments: what may change in them, and what a draft that they refer to may not lose.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;
SELECT pg_temp.commit_to('c1', 'housing', '{2,1}');

CREATE FUNCTION pg_temp.change(p_version text, p_ids text[], p_summary text, p_links text[],
    p_etag text, p_paths text[]) RETURNS void LANGUAGE sql AS $$
    SELECT commitment_update('c1', array_fill('promise'::text, ARRAY[cardinality(p_ids)]),
        array_fill(p_version, ARRAY[cardinality(p_ids)]), p_ids, p_summary, '', '', '', '', NULL,
        '', p_links, false, p_etag, p_paths)
$$;
CREATE FUNCTION pg_temp.served() RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT statement_id::text FROM commitment_statement
                  WHERE commitment_id = 'c1' AND ended_at IS NULL ORDER BY position)
$$;
SELECT is(pg_temp.served(), '{2,1}', 'statements keep the order they were given in');
SELECT lives_ok($$SELECT pg_temp.change('1', '{3,1}', '', '{}', 'r1', '{statements}')$$,
                'statements change alone');
SELECT is(pg_temp.served(), '{3,1}', 'to others');
SELECT is((SELECT count(*) FROM commitment_statement WHERE commitment_id = 'c1'), 3::bigint,
          'and what was served is not forgotten');
SELECT lives_ok($$SELECT pg_temp.change('1', '{2}', 'Other', '{Plan}', 'r2', '{}')$$,
                'all that may change changes together');
SELECT is((SELECT summary || plan_links::text || revision FROM commitment), 'Other{Plan}3',
          'and the revision counts');
SELECT is(pg_temp.served(), '{2}', 'a statement can be served again');
SELECT is(pg_temp.broken($$SELECT pg_temp.change('1', '{2}', '', '{}', 'r1', '{}')$$),
          '{commitment.etag}', 'a stale etag');
SELECT is(pg_temp.broken($$SELECT pg_temp.change('1', '{2}', '', '{}', '', '{owner}')$$),
          '{update_mask}', 'an owner cannot change');
SELECT is(pg_temp.broken($$SELECT pg_temp.change('1', '{}', '', '{}', '', '{statements}')$$),
          '{commitment.statements}', 'a commitment serves something');
SELECT throws_ok($$SELECT pg_temp.change('1', '{}', ' ', '{}', '', '{summary}')$$, '23514', NULL,
                 'and says something');
SELECT throws_ok(format($$SELECT pg_temp.change('1', '{}', 'S', %L, '', '{plan_links}')$$, l),
                 '23514', NULL, 'no such plans')
  FROM (VALUES ('{" "}'), (ARRAY[repeat('p', 301)]::text),
               (array_fill('p'::text, '{21}')::text)) AS x (l);

-- Another version is another commitment's.
SELECT version_create('promise', '2', 'Second', '', '{home}', '{Home}', '{1,2}', '{home,home}',
    '{Safe,Warm}', '{A safe home,A warm home}', '{"",""}', '{"",""}', '{}', '{}', '{}', '{}');
SELECT is(pg_temp.broken($$SELECT pg_temp.change('2', '{1}', '', '{}', '', '{statements}')$$),
          '{commitment.statements}', 'a commitment stays with its version');
SELECT commitment_create('c2', 'authorities/north/departments/housing', '{promise}', '{2}', '{2}',
    'S', '', '', '', '', NULL, '', '{}', false);
SELECT throws_ok($$SELECT version_update('promise', '2', '', '', '{}', '{}', '{1}', '{home}',
    '{Safe}', '{A safe home}', '{""}', '{""}', '{}', '{}', '{}', '{}', '', '{statements}')$$,
    '23503', NULL, 'a draft keeps the statements that commitments serve');

SELECT * FROM finish();
ROLLBACK;
