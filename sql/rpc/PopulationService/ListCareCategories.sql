-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PopulationService/ListCareCategories
-- permission: known
-- tx: read
-- into: categories
SELECT dimension, category, title, headline
  FROM care_category
 ORDER BY array_position('{legal_status,placement,age}'::text[], dimension), position;
