-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RetentionService/ListRetentionRuns
-- permission: retention.read
-- tx: read
-- into: runs
SELECT run_time, kind, days, removed
  FROM retention_run
 WHERE number < (SELECT coalesce(nullif(page_after_number(:page_token::text, 'retention_runs'), 0),
                                 2147483647))
 ORDER BY number DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT r.number::text
      FROM retention_run AS r
     WHERE r.number < (SELECT coalesce(nullif(
               page_after_number(:page_token::text, 'retention_runs'), 0), 2147483647))
     ORDER BY r.number DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'retention_runs', :page_token::text) AS next_page_token;
