-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MonitorService/GetRollUp
-- permission: monitor.read
-- tx: read
-- into: roll_up
SELECT u.rule, u.green_from, u.amber_from, u.owners AS "weights.owner",
       u.weights AS "weights.weight", u.update_time, u.etag
  FROM roll_up_shown(current_date) AS u;
