-- SPDX-License-Identifier: Apache-2.0
-- The monitor rolled up per outcome, owner and theme by either rule, on past days, and across versions.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;
SELECT pg_temp.commit_to('h1', 'housing', '{1,2}');
SELECT pg_temp.commit_to('h2', 'housing', '{3}');
SELECT pg_temp.commit_to('l1', 'learning', '{1}');
UPDATE commitment SET theme = 'work' WHERE commitment_id IN ('h2', 'l1');
SELECT pg_temp.open_round('a', -200, -150);
SELECT pg_temp.open_round('b', -40, -30);

CREATE FUNCTION pg_temp.groups(p_by text, p_round text DEFAULT 'b', p_as_at date DEFAULT current_date,
                               p_known date DEFAULT '9999-12-31') RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', g.title, standing_label(g.rank), g.statement_count, g.statement_counts,
                                  g.commitment_count, g.missing_count, g.awaited_count, g.late_count,
                                  nullif(g.score, 0))
                   FROM monitor_group(p_round, p_as_at, p_known, p_by) AS g ORDER BY g.place, g.title)
$$;
CREATE FUNCTION pg_temp.shown(p_round text DEFAULT 'b', p_as_at date DEFAULT current_date,
                              p_known date DEFAULT '9999-12-31') RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', statement_id, standing, nullif(score, 0))
                   FROM monitor_statement(p_round, p_as_at, p_known) ORDER BY place)
$$;
SELECT is(pg_temp.groups('outcome'), '{"Home missing 2 {0,2,0,0,0,0} 2 2 0 0",'
          '"Voice missing 1 {0,1,0,0,0,0} 1 1 0 0"}', 'nobody answered');
SELECT pg_temp.send('b', 'housing', '{h1,h2}', 'green', '', (current_date - 35)::text);
SELECT is(pg_temp.groups('outcome'), '{"Home missing 2 {0,1,0,0,0,1} 2 1 0 0",'
          '"Voice green 1 {0,0,0,0,0,1} 1 0 0 0"}', 'per outcome, what is missing is not hidden by green');
SELECT is(pg_temp.groups('owner'), '{"Housing green 3 {0,0,0,0,0,3} 2 0 0 0",'
          '"Learning missing 1 {0,1,0,0,0,0} 1 1 0 0"}', 'per owner');
SELECT is(pg_temp.groups('theme'), '{" green 2 {0,0,0,0,0,2} 1 0 0 0",'
          '"work missing 2 {0,1,0,0,0,1} 2 1 0 0"}', 'per theme, also of those that have none');
SELECT pg_temp.send('b', 'learning', '{l1}', 'amber', 'A reason', (current_date - 20)::text);
SELECT is(pg_temp.groups('owner'), '{"Housing green 3 {0,0,0,0,0,3} 2 0 0 0",'
          '"Learning amber 1 {0,0,1,0,0,0} 1 0 0 1"}', 'late is counted');
SELECT is((SELECT disagreeing_count FROM monitor_group('b', current_date, '9999-12-31', 'owner')
            WHERE title = 'Housing'), 0, 'young people have said nothing yet');
SELECT is(monitor_grouping('theme'), 'theme', 'a grouping');
SELECT is((pg_temp.failure('SELECT monitor_grouping(''unspecified'')')).state, 'PL400', 'none');

-- What was on a past day, and what was known on one.
SELECT is(pg_temp.shown(), '{"1 amber","2 green","3 green"}', 'today');
SELECT is(pg_temp.shown('b', current_date - 31), '{"1 green","2 green","3 green"}',
          'the day before it was due one had come and one was awaited');
SELECT is((SELECT awaited_count FROM monitor_statement('b', current_date - 31, '9999-12-31')
            WHERE statement_id = '1'), 1, 'which is counted');
SELECT is(pg_temp.shown('b', current_date - 36), '{"1 awaited","2 awaited","3 awaited"}',
          'the day before the first came');
SELECT is(pg_temp.shown('b', current_date - 21), '{"1 missing","2 green","3 green"}',
          'the day before the late one came it was missing');
SELECT is(pg_temp.shown('b', current_date, current_date - 1), '{"1 no_commitment","2 no_commitment","3 no_commitment"}',
          'yesterday nothing of this had been recorded');
SELECT is(monitor_round('', current_date - 41), 'a', 'the latest that had opened by then');
SELECT is((pg_temp.failure('SELECT monitor_round('''', current_date - 300)')).state, 'PL404', 'none had');

RESET ROLE;
UPDATE commitment_statement SET recorded_at = recorded_at - interval '90 days';
UPDATE return_submission SET recorded_at = recorded_at - interval '25 days' WHERE owner_id = 'housing';
SET LOCAL ROLE pledged;
SELECT is(pg_temp.shown('b', current_date - 26, current_date - 26), '{"1 missing","2 missing","3 missing"}',
          'what had come and was not recorded yet was not known');
SELECT is(pg_temp.shown('b', current_date - 26), '{"1 missing","2 green","3 green"}', 'now it is');
SELECT is(pg_temp.shown('b', current_date - 25, current_date - 25), '{"1 missing","2 green","3 green"}',
          'it was by the end of the next day');

-- What is withdrawn today was owed yesterday.
UPDATE commitment SET withdrawn = true WHERE commitment_id = 'l1';
UPDATE commitment_statement SET ended_at = now() WHERE commitment_id = 'h1' AND statement_id = '2';
SELECT is(pg_temp.shown(), '{"1 green","2 no_commitment","3 green"}', 'today it is not');
SELECT is(pg_temp.shown('b', current_date - 1), '{"1 amber","2 green","3 green"}', 'yesterday it was');
RESET ROLE;
UPDATE commitment_turn SET recorded_at = recorded_at - interval '10 days';
SET LOCAL ROLE pledged;
UPDATE commitment SET withdrawn = false WHERE commitment_id = 'l1';
UPDATE commitment_statement SET ended_at = NULL WHERE commitment_id = 'h1' AND statement_id = '2';
SELECT is(pg_temp.shown(), '{"1 amber","2 green","3 green"}', 'taken up again');
SELECT is(pg_temp.shown('b', current_date - 5), '{"1 green","2 no_commitment","3 green"}', 'in between it was not owed');
SELECT is(pg_temp.shown('b', current_date - 15), '{"1 amber","2 green","3 green"}', 'before that it was');

-- Moves count from the day they were recorded.
SELECT pg_temp.act('north', 'director');
SELECT set_config('pledge.owner', 'learning', true);
SELECT return_move_add('b', 'learning', 'certified', 's1m0', '');
SELECT pg_temp.act('north');
SELECT is((SELECT return_states FROM monitor_statement('b', current_date, '9999-12-31') WHERE statement_id = '1'),
          '{certified,submitted}', 'certified today');
SELECT is((SELECT return_states FROM monitor_statement('b', current_date - 15, '9999-12-31') WHERE statement_id = '1'),
          '{submitted,submitted}', 'and not before');

-- The weighted rule.
CREATE FUNCTION pg_temp.set(p_rule text, p_green int, p_amber int, p_owners text[] DEFAULT '{}',
                            p_weights int[] DEFAULT '{}', p_etag text DEFAULT '') RETURNS void
LANGUAGE sql AS $$
    SELECT roll_up_set(p_rule, p_green, p_amber,
        ARRAY(SELECT 'authorities/north/departments/' || o FROM unnest(p_owners) AS o), p_weights, p_etag)
$$;
SELECT is((SELECT rule FROM roll_up_shown(current_date)), 'worst', 'nothing was chosen');
SELECT is(pg_temp.broken($$SELECT pg_temp.set('weighted', 0, 0)$$), '{roll_up.green_from,roll_up.amber_from}',
          'thresholds are needed');
SELECT is(pg_temp.broken($$SELECT pg_temp.set('weighted', 50, 50)$$), '{roll_up.amber_from}', 'in their order');
SELECT is(pg_temp.broken($$SELECT pg_temp.set('weighted', 101, 50)$$), '{roll_up.green_from}', 'of at most 100');
SELECT is(pg_temp.broken($$SELECT pg_temp.set('worst', 50, 40, '{nobody}', '{1}')$$),
          '{roll_up.green_from,roll_up.amber_from,roll_up.weights,roll_up.weights[0].owner}', 'and none with worst');
SELECT is(pg_temp.broken($$SELECT pg_temp.set('unspecified', 0, 0)$$), '{roll_up.rule}', 'no rule');
SELECT is(pg_temp.broken($$SELECT pg_temp.set('weighted', 75, 40, '{housing,nobody,housing}', '{3,1,11}')$$),
          '{roll_up.weights[1].owner,roll_up.weights[2].owner,roll_up.weights[2].weight}', 'all that is wrong at once');
SELECT pg_temp.set('weighted', 75, 40);
SELECT is(pg_temp.shown(), '{"1 green 75","2 green 100","3 green 100"}', 'green and amber weigh 75');
SELECT pg_temp.set('weighted', 75, 40, '{learning}', '{3}');
SELECT is(pg_temp.shown(), '{"1 amber 63","2 green 100","3 green 100"}', 'three times an amber weighs more');
SELECT is(pg_temp.groups('outcome'), '{"Home amber 2 {0,0,1,0,0,1} 2 0 0 1 70",'
          '"Voice green 1 {0,0,0,0,0,1} 1 0 0 0 100"}', 'rolled up further by the same rule');
SELECT is((SELECT array_agg(w) FROM roll_up_shown(current_date), unnest(weights) AS w), '{3}', 'it is shown');
SELECT pg_temp.set('weighted', 40, 20, '{learning}', '{3}');
SELECT is(pg_temp.groups('owner'), '{"Housing green 3 {0,0,0,0,0,3} 2 0 0 0 100",'
          '"Learning green 1 {0,0,0,0,0,1} 1 0 0 1 50"}', 'an amber that is enough for green is not awaited');
UPDATE commitment SET withdrawn = true WHERE commitment_id = 'h1';
SELECT is(pg_temp.shown(), '{"1 green 50","2 no_commitment","3 green 100"}', 'nor of a statement');
SELECT is(ARRAY(SELECT standing_label(rank) FROM statement_rank('b', current_date, '9999-12-31') ORDER BY statement_id),
          '{green,green}', 'also when it is recorded');
UPDATE commitment SET withdrawn = false WHERE commitment_id = 'h1';
SELECT pg_temp.set('weighted', 75, 40, '{learning}', '{3}');
SELECT pg_temp.commit_to('p1', 'police', '{1,2,3}');
SELECT is(pg_temp.shown(), '{"1 missing 63","2 missing 100","3 missing 100"}', 'by no rule is what is missing hidden');
UPDATE commitment SET withdrawn = true WHERE commitment_id = 'p1';
SELECT round_close('b', '');
SELECT is(ARRAY(SELECT rank FROM round_standing WHERE round_id = 'b' ORDER BY statement_id), '{3,6,6}',
          'a round is closed by the rule that holds');
RESET ROLE;
UPDATE roll_up SET recorded_at = recorded_at - interval '2 days';
UPDATE round SET close_time = close_time - interval '1 day' WHERE round_id = 'b';
SET LOCAL ROLE pledged;
SELECT pg_temp.set('worst', 0, 0);
SELECT is((SELECT score FROM monitor_statement('b', current_date, '9999-12-31') WHERE statement_id = '1'), 63,
          'a closed round keeps its rule');
SELECT is((SELECT rule FROM roll_up_shown(current_date)), 'worst', 'others do not');
RESET ROLE;
UPDATE roll_up SET recorded_at = (SELECT close_time FROM round WHERE round_id = 'b') + interval '1 second'
 WHERE rule = 'worst';
SET LOCAL ROLE pledged;
SELECT is((SELECT score FROM monitor_statement('b', current_date, '9999-12-31') WHERE statement_id = '1'), 63,
          'also when another was chosen on the same day');
SELECT throws_ok('UPDATE roll_up SET rule = ''worst''', '42501', NULL, 'a rule is chosen, never changed');

-- What was undertaken after a round was closed was never owed in it.
SELECT pg_temp.commit_to('p2', 'police', '{3}');
SELECT is(ARRAY(SELECT DISTINCT owner_id FROM round_owed_on('b', current_date - 1, '9999-12-31') ORDER BY 1),
          '{housing,learning}', 'on the day of its closing it is not');
SELECT is(ARRAY(SELECT DISTINCT owner_id FROM round_owed_on('b', current_date - 2, '9999-12-31') ORDER BY 1),
          '{housing}', 'nor on one before');
UPDATE commitment SET withdrawn = true WHERE commitment_id = 'p2';

-- Across versions: 1 and 2 become a, 3 is dropped, new is new.
SELECT version_create('promise', '2', 'Next', '', '{all}', '{All}', '{a,new}', '{all,all}', '{Merged,New}',
    '{A home,Something}', '{"",""}', '{"",""}', '{1,2,3,""}', '{a,a,"",new}', '{merged,merged,dropped,new}',
    '{Because,Because,Because,Because}');
SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2), '2016-01-26', 'panel');
SELECT round_create('n', 'Round n', 'promise', '2', current_date - 20, current_date - 10, current_date - 9,
    current_date - 2, current_date + 10);
SELECT pg_temp.send('n', 'housing', '{h1}', 'red', 'A reason', (current_date - 3)::text);
SELECT is(monitor_round_against('n', '', current_date), 'b', 'the last round of the version before');
SELECT is(monitor_round_against('n', 'a', current_date), 'a', 'or the one asked for');
SELECT is((pg_temp.failure('SELECT monitor_round_against(''n'', ''x'', current_date)')).state, 'PL404', 'which is one');
SELECT is((pg_temp.failure('SELECT monitor_round_against(''b'', ''n'', current_date)')).state, 'PL400', 'and not later');
SELECT is((pg_temp.failure('SELECT monitor_round_against(''b'', ''b'', current_date)')).state, 'PL400', 'nor the same');
SELECT is((pg_temp.failure('SELECT monitor_round_against(''a'', ''b'', current_date)')).state, 'PL400', 'nor a later one of its version');
SELECT is((pg_temp.failure('SELECT monitor_round_against(''b'', '''', current_date)')).state, 'PL404', 'if there is any');
CREATE FUNCTION pg_temp.compared(p_round text, p_against text) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', c.statement_id, standing_label(c.rank), nullif(standing_trend(c.rank, c.rank_before), ''),
                                  '<', c.from_ids, c.changes,
                                  ARRAY(SELECT standing_label(r) FROM unnest(c.from_ranks) AS r), nullif(c.reason, ''))
                   FROM monitor_compared(p_round, p_against, current_date, '9999-12-31') AS c ORDER BY c.place)
$$;
SELECT is(pg_temp.compared('n', 'b'), '{"a red worse < {1,2} {merged,merged} {amber,green} Because",'
          '"new no_commitment < {} {} {} Because","< {3} {dropped} {green} Because"}',
          'each beside what it came from, the worst of which tells the trend');
SELECT is(pg_temp.compared('b', 'a'), '{"1 amber better < {1} {kept} {missing}",'
          '"2 green better < {2} {kept} {missing}","3 green better < {3} {kept} {missing}"}',
          'two rounds of one version');

SELECT pg_temp.act('south');
SELECT is_empty($$SELECT FROM monitor_group('b', current_date, '9999-12-31', 'owner')$$, 'nothing of another council');
SELECT is_empty($$SELECT FROM roll_up$$, 'nor its rule');
SELECT * FROM finish();
ROLLBACK;
