-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RetentionService/ListRetention
-- permission: known
-- tx: read
-- into: retention
SELECT kind, what, days, least_days, most_days, basis, update_time
  FROM retention
 ORDER BY kind;
