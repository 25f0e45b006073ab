-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PopulationService/RecordPopulation
-- permission: population.write
-- tx: write
SELECT population_record(:population.counted_on::text, :population.total::int4, :population.source::text,
                         :population.counts.dimension::text[], :population.counts.category::text[],
                         :population.counts.count::int4[]);
-- into: population
SELECT name, counted_on, total, source, entry, collection_year, create_time, suppressed,
       titles AS "headlines.title", counts AS "headlines.count", percents AS "headlines.percent"
  FROM population_entries('infinity', 0)
 WHERE counted_on = date_or_null(:population.counted_on::text);
-- into: population.counts
SELECT c.dimension, c.category, c.title, c.count, percent_of(c.count, e.total) AS percent
  FROM population_entries('infinity', 0) AS e
 CROSS JOIN population_counts(e.counted_on, e.entry) AS c
 WHERE e.counted_on = date_or_null(:population.counted_on::text)
 ORDER BY array_position('{legal_status,placement,age}'::text[], c.dimension), c.place;
