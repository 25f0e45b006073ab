-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IndicatorService/UpdateIndicator
-- permission: indicator.write
-- tx: write
SELECT indicator_revise(
    :indicator.name/indicators::text, :indicator.etag::text, :indicator.title::text, :indicator.unit::text, :indicator.direction::text, :indicator.source::text,
    :indicator.dimension::text, :indicator.categories::text[], :indicator.standards.from_on::text[],
    :indicator.standards.target::float8[], :indicator.standards.green::float8[],
    :indicator.standards.amber::float8[], :indicator.standards.green_to::float8[],
    :indicator.standards.amber_to::float8[], :indicator.statements/pledges::text[],
    :indicator.statements/pledges/versions::text[],
    :indicator.statements/pledges/versions/statements::text[], :update_mask.paths::text[]);
-- into: indicator
SELECT k.name, k.title, k.unit, k.direction, k.source, k.dimension, k.categories, k.revision, k.etag, k.create_time,
       indicator_statements(k.indicator_id, k.revision) AS statements
  FROM indicators_known('infinity') AS k
 WHERE k.indicator_id = :indicator.name/indicators::text AND k.revision = indicator_found(:indicator.name/indicators::text);
-- into: indicator.standards
SELECT s.from_on, s.target, s.green, s.amber, s.green_to, s.amber_to
  FROM indicator_standard AS s
 WHERE s.authority_id = app_authority() AND s.indicator_id = :indicator.name/indicators::text AND s.revision = (SELECT indicator_found(:indicator.name/indicators::text))
 ORDER BY s.from_on;
-- into: indicator.latest
SELECT v.ends_on, v.value, v.suppressed, v.has_target, v.target, v.rating, v.trend, v.entry, v.create_time
  FROM indicator_values(:indicator.name/indicators::text, 'infinity') AS v
 ORDER BY v.ends_on DESC
 LIMIT 1;
