-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PopulationService/ListCareCodes
-- permission: known
-- tx: read
-- into: codes
SELECT c.item, c.code, c.title, c.category
  FROM care_code AS c
 WHERE (SELECT care_year_held(:year::int4)) BETWEEN c.first_year AND c.last_year
 ORDER BY c.item, c.code;
