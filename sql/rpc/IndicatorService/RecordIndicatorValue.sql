-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IndicatorService/RecordIndicatorValue
-- permission: indicator.write
-- tx: write
SELECT indicator_record(:name/indicators::text, :ends_on::text, :value::float8);
-- into: values
SELECT v.ends_on, v.value, v.suppressed, v.has_target, v.target, v.rating, v.trend, v.entry, v.create_time
  FROM indicator_values(:name/indicators::text, 'infinity') AS v
 WHERE v.ends_on = date_or_null(:ends_on::text);
