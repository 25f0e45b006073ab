-- SPDX-License-Identifier: Apache-2.0
-- The monitor: the worst stands, and what is missing is never green.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;
SELECT is((pg_temp.failure('SELECT monitor_round('''', current_date)')).state, 'PL404', 'no round, no monitor');
SELECT pg_temp.commit_to('h1', 'housing', '{1,2}');
SELECT pg_temp.commit_to('h2', 'housing', '{1}');
SELECT pg_temp.commit_to('l1', 'learning', '{1}');
SELECT pg_temp.open_round('a', -200, -150);
SELECT pg_temp.open_round('b', -20, -15);
SELECT pg_temp.open_round('c', -2, 5);
SELECT pg_temp.open_round('d', 3, 9);

CREATE FUNCTION pg_temp.shown(p_round text) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', statement_id, standing, nullif(trend, ''))
                   FROM monitor_statement(p_round, current_date, '9999-12-31') ORDER BY rank, place)
$$;
SELECT is(monitor_round('', current_date), 'c', 'the latest round that has opened');
SELECT is((pg_temp.failure('SELECT monitor_round(''x'', current_date)')).state, 'PL404', 'an unknown round');
SELECT is(monitor_round_before('c'), 'b', 'the round before');
SELECT is(pg_temp.shown('a'), '{1 missing,2 missing,3 no_commitment}', 'nobody answered');
SELECT is(pg_temp.shown('c'), '{3 no_commitment,1 awaited,2 awaited}', 'nobody needs to yet');

SELECT pg_temp.send('a', 'housing', '{h1,h2}', 'green', '', (current_date - 150)::text);
SELECT is(pg_temp.shown('a'), '{1 missing,3 no_commitment,2 green}',
          'one green and one missing is missing');
SELECT pg_temp.send('a', 'learning', '{l1}', 'amber', 'A reason', (current_date - 145)::text);
SELECT is(pg_temp.shown('a'), '{1 amber,3 no_commitment,2 green}', 'the worst stands');
SELECT is(ARRAY(SELECT owners[1] || ratings[1] || reasons[1] || days_late[1]
                    || commitment_counts[2] || ratings[2]
                  FROM monitor_statement('a', current_date, '9999-12-31') WHERE statement_id = '1'),
          '{"authorities/north/departments/learningamberA reason52green"}',
          'owners come with the worst first');

SELECT pg_temp.send('b', 'housing', '{h1,h2}', 'red', 'A reason', (current_date - 16)::text);
SELECT is(pg_temp.shown('b'), '{1 red worse,2 red worse,3 no_commitment}',
          'red stands even where another is missing');
SELECT is((SELECT missing_count || '/' || owner_count FROM monitor_statement('b', current_date, '9999-12-31')
            WHERE statement_id = '1'), '1/2', 'and the missing are counted');
SELECT pg_temp.send('c', 'housing', '{h2,h1}', 'green');
SELECT is(pg_temp.shown('c'), '{3 no_commitment,1 green better,2 green better}',
          'one green and one that is not due is green so far');
SELECT is((SELECT awaited_count FROM monitor_statement('c', current_date, '9999-12-31') WHERE statement_id = '1'), 1,
          'and the awaited are counted');
SELECT is(pg_temp.shown('d'), '{3 no_commitment,1 awaited,2 awaited}', 'nothing to compare yet');

-- A commitment made after the return came is not answered by it.
SELECT pg_temp.commit_to('h9', 'housing', '{2}');
SELECT is(pg_temp.shown('b'), '{1 red worse,2 red worse,3 no_commitment}', 'red is red');
SELECT round_close('a', '');
SELECT pg_temp.commit_to('p9', 'police', '{1,2,3}');
SELECT is((SELECT owner_count FROM monitor_statement('a', current_date, '9999-12-31') WHERE statement_id = '3'), 0,
          'a closed round asks for no later commitment');
SELECT is((SELECT missing_count FROM monitor_statement('b', current_date, '9999-12-31') WHERE statement_id = '3'), 1,
          'one that is not closed does');
SELECT is((SELECT standing FROM monitor_statement('a', current_date, '9999-12-31') WHERE statement_id = '2'), 'missing',
          'an owner who answered only in part is not green');

SELECT pg_temp.act('south');
SELECT is_empty($$SELECT FROM monitor_statement('a', current_date, '9999-12-31')$$, 'nothing of another council');

SELECT * FROM finish();
ROLLBACK;
