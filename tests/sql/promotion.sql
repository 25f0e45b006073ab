-- SPDX-License-Identifier: Apache-2.0
-- What was given out, to whom, and how far it reached on a day.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

SELECT is((pg_temp.failure(format('SELECT issue_create(%L, %L, %L, %L, %L, %L, %s, %L)', i, 'promise', v, a, f, l, q,
                                  d))).state, s, concat_ws(' ', i, v, a, f, l, q, d))
  FROM (VALUES
    ('a', '9', 'carers', 'leaflet', '', 10, '2015-01-01'::date, 'PL400'),
    ('a', '1', 'carers', 'leaflet', '', 10, current_date + 1, 'PL400'),
    ('a', '1', 'carers', 'leaflet', '', 10, '1990-01-01', 'PL400'),
    ('a', '1', 'cats', 'leaflet', '', 10, '2015-01-01', '23514'),
    ('a', '1', 'carers', 'song', '', 10, '2015-01-01', '23514'),
    ('a', '1', 'carers', 'translation', '', 10, '2015-01-01', '23514'),
    ('a', '1', 'carers', 'leaflet', 'so', 10, '2015-01-01', '23514'),
    ('a', '1', 'carers', 'translation', 'Somali!', 10, '2015-01-01', '23514'),
    ('a', '1', 'carers', 'leaflet', '', 0, '2015-01-01', '23514'),
    ('A', '1', 'carers', 'leaflet', '', 1, '2015-01-01', '23514'),
    ('a', '1', 'carers', 'leaflet', '', 1, NULL, '23514')) AS t (i, v, a, f, l, q, d, s);
SELECT issue_create('first', 'promise', '1', 'carers', 'leaflet', '', 40, '2015-01-01');
SELECT issue_create('so', 'promise', '1', 'carers', 'translation', 'so', 20, '2015-02-01');
SELECT issue_create('kids', 'promise', '1', 'children_in_care', 'easy_read', '', 300, '2015-02-01');
SELECT is((pg_temp.failure($$SELECT issue_create('so', 'promise', '1', 'carers', 'leaflet', '', 1,
    '2015-01-01')$$)).state, 'PL409', 'an identifier once');
SELECT issue_acknowledge('first', 30, '2015-01-05');
SELECT is(pg_temp.broken($$SELECT issue_acknowledge('first', 11, '2015-01-06')$$), '{count}',
          'not more than were given out');
SELECT is(pg_temp.broken($$SELECT issue_acknowledge('first', 1, '2014-12-31')$$), '{acknowledged_on}',
          'not before');
SELECT is((pg_temp.failure($$SELECT issue_acknowledge('none', 1, '2015-01-06')$$)).state, 'PL404', 'of none');
SELECT issue_acknowledge('first', 10, '2015-03-01');
SELECT is((SELECT acknowledged FROM issue_resource WHERE issue_id = 'first'), 40, 'they add up');

SELECT audience_counted('carers', '2015-01-01', 100);
SELECT audience_counted('carers', '2015-03-01', 50);
SELECT audience_counted('carers', '2015-03-01', 30);
SELECT audience_counted('members', '2015-03-01', 0);
SELECT is(pg_temp.broken($$SELECT audience_counted('carers', current_date + 1, 1)$$), '{counted_on}',
          'nobody is counted ahead');
CREATE FUNCTION pg_temp.told(p_day date) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', audience, issued, acknowledged, population, coverage_percent,
                                  last_issued_on, reissue_due) FROM reach('promise', p_day)
                  WHERE audience IN ('carers', 'children_in_care', 'members') ORDER BY place)
$$;
SELECT is(pg_temp.told('2014-12-31'), '{"children_in_care 0 0 -1 -1 f","carers 0 0 -1 -1 f","members 0 0 -1 -1 f"}',
          'before anything was given out');
SELECT is(pg_temp.told('2015-01-10'),
          '{"children_in_care 0 0 -1 -1 f","carers 40 30 100 40 2015-01-01 f","members 0 0 -1 -1 f"}',
          'a part of the population of that day');
SELECT is(pg_temp.told('2015-04-01'), '{"children_in_care 300 0 -1 -1 2015-02-01 f",'
          '"carers 60 40 30 100 2015-02-01 f","members 0 0 0 -1 f"}',
          'the last count of a day counts; more than all is all; of nobody there is no share');
SELECT version_create('promise', '2', 'Second', '', '{home}', '{Home}', '{1}', '{home}', '{Safe}',
    '{A safe home}', '{""}', '{""}', '{1,2,3}', '{1,"",""}', '{kept,dropped,dropped}', '{"",Done,Done}');
SELECT is((pg_temp.failure($$SELECT issue_create('x', 'promise', '2', 'carers', 'leaflet', '', 1,
    '2016-01-01')$$)).state, 'PL412', 'a draft is not given out');
SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2), '2016-01-26', 'panel');
SELECT is(pg_temp.told('2016-01-27'), '{"children_in_care 0 0 -1 -1 2015-02-01 t",'
          '"carers 0 0 30 0 2015-02-01 t","members 0 0 0 -1 f"}', 'a new version is due to who had the old');
SELECT issue_create('second', 'promise', '2', 'carers', 'poster', '', 15, '2016-02-01');
SELECT is((pg_temp.told('2016-02-01'))[2], 'carers 15 0 30 50 2016-02-01 f', 'until it is given out');
SELECT is((pg_temp.told('2016-01-25'))[2], 'carers 60 40 30 100 2015-02-01 f', 'a past day stays as it was');
SELECT is(pg_temp.broken($$SELECT reach_day('2016-02-30')$$), '{as_at}', 'a day that is none');
SELECT is((pg_temp.failure($$SELECT reach('none', current_date)$$)).state, 'PL404', 'no such pledge');

SELECT launch_event_create('launch', 'promise', '2', 'Launch', '2016-03-02', 120);
SELECT is(pg_temp.broken($$SELECT launch_event_create('next', 'promise', '2', 'Next', current_date + 9, 1)$$),
          '{launch_event.attendance}', 'nobody has come yet');
SELECT throws_ok(format('DELETE FROM %I', t), '42501', NULL, t || ' is append-only')
  FROM unnest('{issue,acknowledgement,audience_count,launch_event}'::text[]) AS t;
SELECT throws_ok('UPDATE issue SET quantity = 1', '42501', NULL, 'and does not change');

SELECT * FROM finish();
ROLLBACK;
