-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MonitorService/GetMonitorSummary
-- permission: monitor.read
-- tx: read
-- into: .
SELECT 'authorities/' || r.authority_id || '/rounds/' || r.round_id AS round,
       r.title AS round_title, as_at_day(:as_at::date) AS as_at,
       coalesce(:known_on::date, current_date) AS known_on
  FROM round AS r
 WHERE r.authority_id = app_authority()
   AND r.round_id = (SELECT monitor_round(:round_id::text, as_at_day(:as_at::date)));
-- into: groups
SELECT g.key, g.title, standing_label(g.rank) AS standing, standing_trend(g.rank, b.rank) AS trend,
       g.score, g.statement_count,
       ARRAY(SELECT standing_label(u.rank::int4)
               FROM unnest(g.statement_counts) WITH ORDINALITY AS u (count, rank)
              WHERE u.count > 0 ORDER BY u.rank) AS "statement_counts.standing",
       array_remove(g.statement_counts, 0) AS "statement_counts.count",
       g.commitment_count, g.missing_count, g.awaited_count, g.late_count, g.evidence_count,
       g.disagreeing_count
  FROM monitor_group((SELECT monitor_round(:round_id::text, as_at_day(:as_at::date))),
                     (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'),
                     monitor_grouping(:grouping::text)) AS g
  LEFT JOIN monitor_group(
                (SELECT monitor_round_before(monitor_round(:round_id::text, as_at_day(:as_at::date)))),
                (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'),
                monitor_grouping(:grouping::text)) AS b ON b.key = g.key
 ORDER BY g.place, g.title, g.key;
