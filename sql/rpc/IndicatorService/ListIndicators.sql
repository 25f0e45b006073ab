-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IndicatorService/ListIndicators
-- permission: indicator.read
-- tx: read
-- recall: no
-- into: indicators
SELECT k.name, k.title, k.unit, k.direction, k.source, k.dimension, k.categories, k.revision, k.etag, k.create_time,
       l.days AS "latest.ends_on", l.numbers AS "latest.value", l.suppressed AS "latest.suppressed",
       l.aimed AS "latest.has_target", l.targets AS "latest.target", l.ratings AS "latest.rating",
       l.trends AS "latest.trend", l.entries AS "latest.entry"
  FROM indicators_known(known_day(:known_on::text)) AS k
 CROSS JOIN LATERAL (
     SELECT array_agg(v.ends_on::text) AS days, array_agg(v.value) AS numbers, array_agg(v.suppressed) AS suppressed,
            array_agg(v.has_target) AS aimed, array_agg(v.target) AS targets, array_agg(v.rating) AS ratings,
            array_agg(v.trend) AS trends, array_agg(v.entry) AS entries
       FROM (SELECT w.ends_on, w.value, w.suppressed, w.has_target, w.target, w.rating, w.trend, w.entry
               FROM indicator_values(k.indicator_id, known_day(:known_on::text)) AS w
              ORDER BY w.ends_on DESC LIMIT 1) AS v) AS l
 WHERE k.indicator_id > (SELECT page_after(:page_token::text, 'indicators'))
 ORDER BY k.indicator_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT k.indicator_id
      FROM indicators_known(known_day(:known_on::text)) AS k
     WHERE k.indicator_id > (SELECT page_after(:page_token::text, 'indicators'))
     ORDER BY k.indicator_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'indicators', :page_token::text) AS next_page_token;
