-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RetentionService/ApplyRetention
-- permission: retention.write
-- tx: write
SELECT retention_apply_now();
-- into: runs
SELECT run_time, kind, days, removed
  FROM retention_run
 WHERE run_time = (SELECT max(run_time) FROM retention_run)
 ORDER BY number;
