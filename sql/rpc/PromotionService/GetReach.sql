-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PromotionService/GetReach
-- permission: promotion.read
-- tx: read
-- into: .
SELECT version_in_force(:name/pledges::text, reach_day(:as_at::text)) AS version;
-- into: audiences
SELECT audience, issued, acknowledged, population, coverage_percent,
       coalesce(last_issued_on::text, '') AS last_issued_on, reissue_due
  FROM reach(:name/pledges::text, reach_day(:as_at::text))
 ORDER BY place;
