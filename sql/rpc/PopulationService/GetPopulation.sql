-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PopulationService/GetPopulation
-- permission: population.read
-- tx: read
-- recall: no
-- into: population
SELECT name, counted_on, total, source, entry, collection_year, create_time, suppressed,
       titles AS "headlines.title", counts AS "headlines.count", percents AS "headlines.percent"
  FROM population_entries('infinity', population_found(:name/populations::text, :known_on::text, :entry::int4))
 WHERE counted_on = date_or_null(:name/populations::text);
-- into: population.counts
SELECT c.dimension, c.category, c.title, c.count, percent_of(c.count, e.total) AS percent
  FROM population_entries('infinity', population_found(:name/populations::text, :known_on::text, :entry::int4)) AS e
 CROSS JOIN population_counts(e.counted_on, e.entry) AS c
 WHERE e.counted_on = date_or_null(:name/populations::text)
 ORDER BY array_position('{legal_status,placement,age}'::text[], c.dimension), c.place;
