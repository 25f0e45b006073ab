-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PopulationService/ListPopulations
-- permission: population.read
-- tx: read
-- recall: no
-- into: populations
SELECT name, counted_on, total, source, entry, collection_year, create_time, suppressed,
       titles AS "headlines.title", counts AS "headlines.count", percents AS "headlines.percent"
  FROM population_entries(known_day(:known_on::text), 0)
 WHERE counted_on < (SELECT ret_day FROM page_after_day(:page_token::text, 'populations'))
 ORDER BY counted_on DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT e.counted_on || ' '
      FROM population_entries(known_day(:known_on::text), 0) AS e
     WHERE e.counted_on < (SELECT ret_day FROM page_after_day(:page_token::text, 'populations'))
     ORDER BY e.counted_on DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'populations', :page_token::text) AS next_page_token;
