-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MonitorService/CompareMonitor
-- permission: monitor.read
-- tx: read
-- into: .
WITH asked AS MATERIALIZED (
    SELECT monitor_round(:round_id::text, as_at_day(:as_at::date)) AS round_id
)
SELECT 'authorities/' || r.authority_id || '/rounds/' || r.round_id AS round, r.title AS round_title,
       r.version_number AS version,
       'authorities/' || b.authority_id || '/rounds/' || b.round_id AS against_round,
       b.title AS against_round_title, b.version_number AS against_version,
       as_at_day(:as_at::date) AS as_at, coalesce(:known_on::date, current_date) AS known_on
  FROM asked AS q
  JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = q.round_id
  JOIN round AS b ON b.authority_id = app_authority()
   AND b.round_id = monitor_round_against(q.round_id, :against_round_id::text, as_at_day(:as_at::date));
-- into: statements
SELECT c.statement_id, c.title, standing_label(c.rank) AS standing,
       standing_trend(c.rank, c.rank_before) AS trend, c.young AS young_rating,
       c.from_ids AS "earlier.statement_id", c.from_titles AS "earlier.title",
       c.changes AS "earlier.change",
       ARRAY(SELECT standing_label(u.rank) FROM unnest(c.from_ranks) WITH ORDINALITY AS u (rank, n)
              ORDER BY u.n) AS "earlier.standing",
       c.from_young AS "earlier.young_rating"
  FROM monitor_compared((SELECT monitor_round(:round_id::text, as_at_day(:as_at::date))),
                        (SELECT monitor_round_against(
                            monitor_round(:round_id::text, as_at_day(:as_at::date)),
                            :against_round_id::text, as_at_day(:as_at::date))),
                        (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31')) AS c
 WHERE c.statement_id IS NOT NULL
 ORDER BY c.place;
-- into: dropped
SELECT c.from_ids[1] AS statement_id, c.title, c.changes[1] AS change,
       standing_label(c.rank_before) AS standing, c.young AS young_rating, c.reason
  FROM monitor_compared((SELECT monitor_round(:round_id::text, as_at_day(:as_at::date))),
                        (SELECT monitor_round_against(
                            monitor_round(:round_id::text, as_at_day(:as_at::date)),
                            :against_round_id::text, as_at_day(:as_at::date))),
                        (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31')) AS c
 WHERE c.statement_id IS NULL
 ORDER BY c.place;
