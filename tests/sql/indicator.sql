-- SPDX-License-Identifier: Apache-2.0
-- Indicators: definitions in revisions, values in entries, ratings by the standard of the period, trends by the
-- sense of the direction, and no small count through the back door.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

SELECT is(indicator_rating(d, v, g, a, gt, at), r, concat_ws(' ', d, v, g, a, gt, at))
  FROM (VALUES ('higher', 75, 75, 60, 0, 0, 'green'), ('higher', 74.9, 75, 60, 0, 0, 'amber'),
               ('higher', 59.9, 75, 60, 0, 0, 'red'), ('lower', 5, 5, 8, 0, 0, 'green'), ('lower', 8, 5, 8, 0, 0, 'amber'),
               ('lower', 8.1, 5, 8, 0, 0, 'red'), ('within', 10, 10, 8, 12, 15, 'green'),
               ('within', 12.5, 10, 8, 12, 15, 'amber'), ('within', 7, 10, 8, 12, 15, 'red'),
               ('higher', NULL, 75, 60, 0, 0, ''), ('higher', 5, NULL, NULL, NULL, NULL, ''))
       AS t (d, v, g, a, gt, at, r);

CREATE FUNCTION pg_temp.define(p_direction text, p_from text, p_green float8, p_amber float8, p_green_to float8,
    p_amber_to float8, p_source text DEFAULT 'by_hand', p_categories text DEFAULT '{}', p_statement text DEFAULT '1')
RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT indicator_create(%L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L)', 'i', 'Title',
        '%', p_direction, p_source, CASE p_source WHEN 'by_hand' THEN '' ELSE 'placement' END, p_categories,
        ARRAY[p_from], '{70}', ARRAY[p_green], ARRAY[p_amber], ARRAY[p_green_to], ARRAY[p_amber_to], '{promise}', '{1}',
        ARRAY[p_statement])
$$;
SELECT is(pg_temp.broken(pg_temp.define(d, f, g, a, gt, at, s, c, st)), v::text[], concat_ws(' ', d, f, g, a, gt, at, s, c, st))
  FROM (VALUES ('higher', '2016-01-01', 60, 75, 0, 0, 'by_hand', '{}', '1', '{"indicator.standards[0].amber"}'),
               ('lower', '2016-01-01', 75, 60, 0, 0, 'by_hand', '{}', '1', '{"indicator.standards[0].amber"}'),
               ('within', '2016-01-01', 10, 8, 9, 15, 'by_hand', '{}', '1', '{"indicator.standards[0].green_to"}'),
               ('higher', '2016-01-01', 75, 60, 80, 0, 'by_hand', '{}', '1', '{"indicator.standards[0].green_to"}'),
               ('higher', '2016-01-01', 'NaN'::float8, 60, 0, 0, 'by_hand', '{}', '1', '{"indicator.standards[0].green"}'),
               ('higher', 'soon', 75, 60, 0, 0, 'population_share', '{foster,caravan}', '99',
                '{indicator.categories,"indicator.standards[0].from_on","indicator.statements[0]"}'))
       AS t (d, f, g, a, gt, at, s, c, st, v);
SELECT is((pg_temp.failure(pg_temp.define('sideways', '2016-01-01', 1, 1, 0, 0))).state, '23514', 'no direction of that name');
SELECT is((pg_temp.failure(pg_temp.define('higher', '2016-01-01', 1, 1, 0, 0, 'population_count'))).state, '23514',
          'a count needs categories');
SELECT is_empty('SELECT * FROM indicator', 'nothing is written');

-- Values, each by the standard of its period.
SELECT indicator_create('visits', 'Visits on time', '%', 'higher', 'by_hand', '', '{}', '{2016-01-01,2017-01-01}', '{80,95}',
    '{80,95}', '{70,90}', '{0,0}', '{0,0}', '{promise,promise}', '{1,1}', '{1,2}');
SELECT is((pg_temp.failure($$SELECT indicator_create('visits', 'x', '', 'higher', 'by_hand', '', '{}', '{}', '{}', '{}', '{}',
    '{}', '{}', '{}', '{}', '{}')$$)).state, 'PL409', 'an identifier once');
SELECT indicator_record('visits', d, v)
  FROM (VALUES ('2015-12-31', 60), ('2016-06-30', 85), ('2016-12-31', 85), ('2017-06-30', 88)) AS t (d, v);
SELECT results_eq($$SELECT ends_on::text, value, rating, trend, has_target, target FROM indicator_values('visits', 'infinity')
                     ORDER BY 1$$,
    $$VALUES ('2015-12-31', 60::float8, '', '', false, 0::float8), ('2016-06-30', 85, 'green', 'better', true, 80),
             ('2016-12-31', 85, 'green', 'same', true, 80), ('2017-06-30', 88, 'red', 'better', true, 95)$$,
    'rated by the standard of the period');
SELECT indicator_record('visits', '2017-06-30', 80);
SELECT results_eq($$SELECT value, trend, entry FROM indicator_values('visits', 'infinity') WHERE ends_on = '2017-06-30'$$,
    $$VALUES (80::float8, 'worse', 2)$$, 'a later entry stands in');
SELECT is_empty($$SELECT * FROM indicator_values('visits', current_date - 1)$$, 'nothing of it was known the day before');
SELECT is(pg_temp.broken($$SELECT indicator_record('visits', '2999-01-01', 'NaN')$$), '{ends_on,value}', 'all at once');
SELECT is((pg_temp.failure($$SELECT indicator_record('none', '2017-06-30', 1)$$)).state, 'PL404', 'of none');
SELECT is((pg_temp.failure($$SELECT indicator_revise('visits', 'r9', 'x', '', 'lower', 'by_hand', '', '{}', '{}', '{}', '{}',
    '{}', '{}', '{}', '{}', '{}', '{}', '{}')$$)).state, 'PL410', 'a stale etag');
SELECT indicator_revise('visits', 'r1', 'Visits late', '%', 'lower', 'by_hand', '', '{}', '{2016-01-01}', '{5}', '{5}', '{8}',
    '{0}', '{0}', '{}', '{}', '{}', '{title,direction,standards}');
SELECT results_eq($$SELECT rating, trend FROM indicator_values('visits', 'infinity') WHERE ends_on = '2017-06-30'$$,
    $$VALUES ('red', 'better')$$, 'lower is better now');
SELECT results_eq($$SELECT title, unit, revision, cardinality(indicator_statements(indicator_id, revision))
                      FROM indicators_known('infinity')$$, $$VALUES ('Visits late', '%', 2, 2)$$, 'what is not in the mask stays');
SELECT indicator_revise('visits', '', '', '', '', '', '', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{statements}');
SELECT is(ARRAY(SELECT cardinality(indicator_statements('visits', r)) FROM generate_series(1, 3) AS r), '{2,2,0}',
    'a revision keeps its own statements');
SELECT is((SELECT count(*) FROM indicator_standard WHERE revision = 3), 1::bigint, 'and standards');
SELECT is(pg_temp.broken($$SELECT indicator_revise('visits', '', 'x', '', '', '', '', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
    '{}', '{}', '{}', '{name}')$$), '{update_mask}', 'a name cannot be changed');
SELECT throws_ok($$UPDATE indicator SET title = 'x'$$, '42501', NULL, 'what was recorded stays');

-- A band: nearer to it is better from either side.
SELECT indicator_create('beds', 'Beds free', 'beds', 'within', 'by_hand', '', '{}', '{2016-01-01}', '{11}', '{10}', '{8}',
    '{12}', '{15}', '{}', '{}', '{}');
SELECT indicator_record('beds', d, v) FROM (VALUES ('2016-03-31', 20), ('2016-06-30', 9), ('2016-09-30', 11),
    ('2016-12-31', 12), ('2017-03-31', 14)) AS t (d, v);
SELECT is(ARRAY(SELECT trend || ' ' || rating FROM indicator_values('beds', 'infinity') ORDER BY ends_on),
    '{" red","better amber","better green","same green","worse amber"}', 'trend and rating of a band');

-- From the counts of children in care.
SELECT indicator_create('fostered', 'In foster care', '%', 'higher', 'population_share', 'placement', '{foster}',
    '{2007-01-01}', '{75}', '{75}', '{60}', '{0}', '{0}', '{}', '{}', '{}');
SELECT indicator_create('away', 'Away', '', 'lower', 'population_count', 'placement', '{absent,other}', '{2007-01-01}', '{0}',
    '{0}', '{9}', '{0}', '{0}', '{}', '{}', '{}');
SELECT population_record('2007-06-30', 20, 'by_hand', '{age}', '{unknown}', '{20}');
SELECT population_record('2007-09-30', 441, 'by_hand', '{placement,placement,placement}', '{foster,absent,unknown}',
    '{304,3,134}');
SELECT population_record('2007-12-31', 440, 'by_hand', '{placement,placement,placement}', '{foster,absent,unknown}',
    '{300,4,136}');
SELECT results_eq($$SELECT value, rating, trend FROM indicator_values('fostered', 'infinity') ORDER BY ends_on$$,
    $$VALUES (68.9::float8, 'amber', ''), (68.2, 'amber', 'worse')$$, 'a share of the counts');
SELECT results_eq($$SELECT value, rating, trend FROM indicator_values('away', 'infinity') ORDER BY ends_on$$,
    $$VALUES (3::float8, 'amber', ''), (4, 'amber', 'worse')$$, 'a count');
SELECT is((pg_temp.failure($$SELECT indicator_record('away', '2008-03-31', 1)$$)).state, 'PL412', 'is not entered');
SELECT pg_temp.act('north', 'inspector');
SELECT results_eq($$SELECT value, rating, trend, suppressed FROM indicator_values('away', 'infinity')$$,
    $$VALUES (0::float8, '', '', true), (0, '', '', true)$$, 'which would tell a small count is suppressed');
SELECT results_eq($$SELECT value, suppressed FROM indicator_values('fostered', 'infinity') ORDER BY ends_on$$,
    $$VALUES (68.9::float8, false), (68.2, false)$$, 'other values are not');

SELECT * FROM finish();
ROLLBACK;
