-- SPDX-License-Identifier: Apache-2.0
-- Counts of children in care: what may be recorded, what stands on a day, and who is told small numbers.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

-- Code sets.
SELECT is(care_year_of(d), y, 'the collection year of ' || d)
  FROM (VALUES ('2007-03-31'::date, 2007), ('2007-04-01', 2008), ('2007-09-30', 2008), ('2008-03-31', 2008),
               ('2007-12-31', 2008)) AS t (d, y);
SELECT is(care_year_held(2008), 2008, 'a year that is held');
SELECT is(pg_temp.broken($$SELECT care_year_held(2012)$$), '{year}', 'a year that is not');
SELECT is_empty($$SELECT c.code FROM care_code AS c WHERE c.item IN ('LS', 'PLACE') AND c.category <> 'short_breaks'
    AND NOT EXISTS (SELECT FROM care_category AS k WHERE k.category = c.category
         AND k.dimension = CASE c.item WHEN 'LS' THEN 'legal_status' ELSE 'placement' END)$$,
    'every code of a status or placement counts to a category of it');
SELECT set_eq($$SELECT category FROM care_code WHERE code IN ('V3', 'V4')$$, '{short_breaks}'::text[],
    'short breaks are not counted');
SELECT is_empty($$SELECT a.code FROM care_code AS a JOIN care_code AS b ON a.item = b.item AND a.code = b.code
    AND a.first_year < b.first_year AND a.last_year >= b.first_year$$, 'a code means one thing in a year');
SELECT set_eq($$SELECT item, code FROM care_code WHERE 2018 BETWEEN first_year AND last_year
    EXCEPT SELECT item, code FROM care_code WHERE 2019 BETWEEN first_year AND last_year$$,
    $$VALUES ('REC', 'E43'), ('REC', 'E44')$$, 'what left the return in 2019');

-- Suppression.
SELECT is(suppress(c::int[]), s::int[], 'suppress ' || c)
  FROM (VALUES ('{}', '{}'), ('{0,0}', '{0,0}'), ('{6,7}', '{6,7}'), ('{5}', '{-1}'), ('{3,0}', '{-1,-1}'),
               ('{300,4}', '{-1,-1}'), ('{300,40,4}', '{300,-1,-1}'), ('{300,40,4,0}', '{300,-1,-1,0}'),
               ('{300,4,5}', '{300,-1,-1}'), ('{300,40,1,1}', '{300,-1,-1,-1}'), ('{5,1,9}', '{-1,-1,9}'),
               ('{2,1,9,8}', '{-1,-1,9,-1}'), ('{5,6,6,9}', '{-1,-1,-1,9}'),
               ('{5,5,6,9}', '{-1,-1,-1,9}'), ('{1,1,1,1,1,1,7,8}', '{-1,-1,-1,-1,-1,-1,-1,8}')) AS t (c, s);
-- Whoever knows how it is done tries every set of counts that would look the same: none is the only one.
SELECT is_empty($$
    WITH every (c) AS (
        SELECT ARRAY[a, b, d, e] FROM generate_series(0, 12) AS a, generate_series(a, 12) AS b,
               generate_series(b, 12) AS d, generate_series(d, 12) AS e
    ), turned (c) AS (
        SELECT DISTINCT ARRAY[c[i], c[j], c[k], c[10 - i - j - k]] FROM every, generate_series(1, 4) AS i,
               generate_series(1, 4) AS j, generate_series(1, 4) AS k WHERE i <> j AND i <> k AND j <> k
    ), told AS (
        SELECT c, suppress(c) AS s, (suppress(ARRAY[c[1] + c[2] + c[3] + c[4]]))[1] AS total FROM turned
    )
    SELECT s, total, i FROM told CROSS JOIN generate_series(1, 4) AS i
     WHERE s[i] < 0 GROUP BY s, total, i HAVING count(DISTINCT c[i]) = 1
        AND bool_or(c[i] BETWEEN 1 AND 5)$$, 'no small count follows from what is told');

-- What is wrong is told at once, and nothing is written.
CREATE FUNCTION pg_temp.refused(p_day text, p_total int, p_source text, p_dimensions text, p_categories text,
                                p_counts text) RETURNS text[] LANGUAGE sql AS $$
    SELECT pg_temp.broken(format('SELECT population_record(%L, %s, %L, %L, %L, %L)', p_day, p_total, p_source,
                                 p_dimensions, p_categories, p_counts))
$$;
SELECT is(pg_temp.refused(d, t, s, i, c, n), v::text[], concat_ws(' ', d, t, s, i, c, n))
  FROM (VALUES
    ('', 1, 'by_hand', '{}', '{}', '{}', '{population.counted_on}'),
    ('2007-10-11', 441, 'by_hand', '{}', '{}', '{}', '{population.counted_on}'),
    ('2999-03-31', 441, 'by_hand', '{}', '{}', '{}', '{population.counted_on}'),
    ('2007-09-30', -1, '', '{}', '{}', '{}', '{population.total,population.source}'),
    ('2007-09-30', 10, 'by_hand', '{age}', '{under_1}', '{9}', '{population.counts}'),
    ('2007-09-30', 10, 'by_hand', '{age,age}', '{under_1,under_1}', '{5,5}', '{"population.counts[1].category"}'),
    ('2007-09-30', 10, 'by_hand', '{"",age}', '{x,teen}', '{0,10}',
     '{"population.counts[0].dimension","population.counts[1].category"}'),
    ('2007-09-30', 10, 'by_hand', '{age,age}', '{under_1,unknown}', '{-1,11}', '{"population.counts[0].count"}'),
    ('2007-09-30', 10, 'by_hand', '{placement}', '{temporary}', '{10}', '{"population.counts[0].category"}'),
    ('2020-09-30', 10, 'by_hand', '{placement}', '{absent}', '{10}', '{"population.counts[0].category"}'),
    ('2007-10-11', -1, '', '{age,age}', '{teen,unknown}', '{3,-2}',
     '{population.counted_on,population.total,population.source,"population.counts[0].category",'
     '"population.counts[1].count",population.counts}')) AS t (d, t, s, i, c, n, v);
SELECT is_empty('SELECT * FROM population', 'nothing is written');
SELECT lives_ok($$SELECT population_record('2012-09-30', 10, 'by_hand', '{placement}', '{absent}', '{10}')$$,
    'of a year whose codes are not held, any category may be entered by hand');

-- What stands.
SELECT population_record('2007-09-30', 441, 'computed', '{placement,placement,placement,legal_status,legal_status}',
    '{foster,childrens_home,unknown,care_order,unknown}', '{304,49,88,331,110}');
SELECT results_eq($$SELECT total, titles, percents, entry, collection_year, suppressed
                      FROM population_entries('infinity', 0) WHERE counted_on = '2007-09-30'$$,
    $$VALUES (441, '{on care orders,in foster care,in children''s homes}'::text[], '{75,69,11}'::int[], 1, 2008,
              false)$$, 'the summary of a day');
SELECT population_record('2007-09-30', 440, 'by_hand', '{age,age}', '{under_1,unknown}', '{4,436}');
SELECT is(ARRAY(SELECT total FROM population_entries('infinity', e) WHERE counted_on = '2007-09-30'), t, 'entry ' || e)
  FROM (VALUES (0, '{440}'::int[]), (1, '{441}'), (2, '{440}'), (3, '{}')) AS v (e, t);
SELECT is_empty($$SELECT * FROM population_entries(current_date - 1, 0)$$, 'nothing was known the day before');
SELECT is((pg_temp.failure($$SELECT population_found('2007-09-30', '2008-01-01', 0)$$)).state, 'PL404', 'so it is not found');
SELECT is(population_found('2007-09-30', '', 0), 2, 'the last entry of a day');
SELECT is(pg_temp.broken($$SELECT known_day('soon')$$), '{known_on}', 'a day is a day');
SELECT is(ARRAY(SELECT count FROM population_counts('2007-09-30', 2) ORDER BY place), '{4,436}', 'officers see small counts');
CREATE FUNCTION pg_temp.told(p_role text) RETURNS int[] LANGUAGE sql AS $$
    SELECT pg_temp.act('north', p_role);
    SELECT ARRAY(SELECT count FROM population_counts('2007-09-30', 2) ORDER BY place)
$$;
SELECT is(pg_temp.told(r), '{-1,-1}', r || ' does not')
  FROM unnest('{inspector,partner_agency,elected_member,director}'::text[]) AS r;
SELECT pg_temp.act('north');
SELECT population_record('2008-03-31', 5, 'by_hand', '{age,age}', '{under_1,from_16}', '{5,0}');
SELECT pg_temp.act('north', 'inspector');
SELECT results_eq($$SELECT total, suppressed, percents FROM population_entries('infinity', 0)
                     WHERE counted_on = '2008-03-31'$$, $$VALUES (-1, true, '{}'::int[])$$,
    'a small council''s total is small, too');
SELECT throws_ok($$UPDATE population SET total = 1$$, '42501', NULL, 'what was recorded stays');

SELECT * FROM finish();
ROLLBACK;
