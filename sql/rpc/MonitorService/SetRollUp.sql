-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MonitorService/SetRollUp
-- permission: roll_up.write
-- tx: write
SELECT roll_up_set(
    :roll_up.rule::text, :roll_up.green_from::int4, :roll_up.amber_from::int4,
    :roll_up.weights.owner::text[], :roll_up.weights.weight::int4[], :roll_up.etag::text);
-- into: roll_up
SELECT u.rule, u.green_from, u.amber_from, u.owners AS "weights.owner",
       u.weights AS "weights.weight", u.update_time, u.etag
  FROM roll_up_shown(current_date) AS u;
