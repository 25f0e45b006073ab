-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IndicatorService/GetIndicator
-- permission: indicator.read
-- tx: read
-- recall: no
-- into: indicator
SELECT k.name, k.title, k.unit, k.direction, k.source, k.dimension, k.categories, k.revision, k.etag, k.create_time,
       indicator_statements(k.indicator_id, k.revision) AS statements
  FROM indicators_known(known_day(:known_on::text)) AS k
 WHERE k.indicator_id = :name/indicators::text
   AND indicator_found(:name/indicators::text, :known_on::text) > 0;  -- fails though a scan finds no row
-- into: indicator.standards
SELECT s.from_on, s.target, s.green, s.amber, s.green_to, s.amber_to
  FROM indicator_standard AS s
 WHERE s.authority_id = app_authority() AND s.indicator_id = :name/indicators::text AND s.revision = (SELECT indicator_found(:name/indicators::text, :known_on::text))
 ORDER BY s.from_on;
-- into: indicator.latest
SELECT v.ends_on, v.value, v.suppressed, v.has_target, v.target, v.rating, v.trend, v.entry, v.create_time
  FROM indicator_values(:name/indicators::text, known_day(:known_on::text)) AS v
 ORDER BY v.ends_on DESC
 LIMIT 1;
