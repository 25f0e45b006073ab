-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WatchService/Watch
-- permission: authority.read
-- tx: read
-- into: .
SELECT w.cursor, w.name, w.kind, w.change_time
  FROM (SELECT 0 AS number, 'c' || change_after('') AS cursor, '' AS name,
               '' AS kind, clock_timestamp() AS change_time
         WHERE :cursor::text = ''
        UNION ALL
        SELECT c.number, 'c' || c.number, c.name, c.kind, c.recorded_at
          FROM change AS c
         WHERE c.authority_id = app_authority()
           AND c.told
           AND c.number > (SELECT change_after(:cursor::text))) AS w
 ORDER BY w.number
 LIMIT 200;
