-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IndicatorService/ListIndicatorValues
-- permission: indicator.read
-- tx: read
-- recall: no
-- into: values
SELECT v.ends_on, v.value, v.suppressed, v.has_target, v.target, v.rating, v.trend, v.entry, v.create_time
  FROM indicator_values(:parent/indicators::text, known_day(:known_on::text)) AS v
 WHERE indicator_found(:parent/indicators::text, :known_on::text) > 0
   AND v.ends_on < (SELECT ret_day FROM page_after_day(:page_token::text, 'values'))
 ORDER BY v.ends_on DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT v.ends_on || ' '
      FROM indicator_values(:parent/indicators::text, known_day(:known_on::text)) AS v
     WHERE v.ends_on < (SELECT ret_day FROM page_after_day(:page_token::text, 'values'))
     ORDER BY v.ends_on DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'values', :page_token::text) AS next_page_token
  FROM (SELECT indicator_found(:parent/indicators::text, :known_on::text)) AS f;
