-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RetentionService/UpdateRetention
-- permission: retention.write
-- tx: write
SELECT retention_update(:kind::text, :days::int4);
-- into: retention
SELECT kind, what, days, least_days, most_days, basis, update_time
  FROM retention
 WHERE kind = :kind::text;
