-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MonitorService/GetMonitor
-- permission: monitor.read
-- tx: read
-- into: .
WITH expected AS (
    SELECT count(*)::int4 AS expected_count,
           (count(e.submission))::int4 AS received_count,
           (count(*) FILTER (WHERE e.submission IS NOT NULL AND e.days_late > 0))::int4
               AS late_count,
           (count(*) FILTER (WHERE e.state = 'missing'))::int4 AS missing_count,
           (count(*) FILTER (WHERE e.state = 'queried'))::int4 AS queried_count
      FROM return_standing AS e
     WHERE e.authority_id = app_authority()
       AND e.round_id = (SELECT monitor_round(:round_id::text))
       -- stops at the first commitment of each owner
       AND EXISTS (SELECT FROM round_owed AS w
                    WHERE w.authority_id = app_authority()
                      AND w.round_id = (SELECT monitor_round(:round_id::text))
                      AND w.owner_id = e.owner_id OFFSET 0)
)
SELECT a.display_name AS authority_display_name,
       p.title AS pledge_title,
       v.version_number AS version,
       v.adopted_on,
       'authorities/' || r.authority_id || '/rounds/' || r.round_id AS round,
       r.title AS round_title,
       round_state(r.opens_on, r.due_on, r.closes_on, r.close_time) AS round_state,
       r.due_on,
       current_date AS as_at,
       e.expected_count, e.received_count, e.late_count, e.missing_count, e.queried_count,
       a.word_statement AS statement_word,
       a.word_board AS board_word
  FROM round AS r
  JOIN authority AS a ON a.authority_id = r.authority_id
  JOIN pledge AS p ON p.authority_id = r.authority_id AND p.pledge_id = r.pledge_id
  JOIN version AS v ON v.authority_id = r.authority_id AND v.pledge_id = r.pledge_id
   AND v.version_number = r.version_number
 CROSS JOIN expected AS e
 WHERE r.authority_id = app_authority()
   AND r.round_id = (SELECT monitor_round(:round_id::text));
-- into: statements
SELECT m.statement_id, m.title, m.text, m.outcome_title, m.standing, m.trend, m.owner_count,
       m.missing_count, m.awaited_count,
       m.owners AS "owners.owner",
       m.owner_names AS "owners.owner_display_name",
       m.return_states AS "owners.return_state",
       m.ratings AS "owners.rating",
       m.reasons AS "owners.reason",
       m.days_late AS "owners.days_late",
       m.commitment_counts AS "owners.commitment_count",
       m.evidence_count, m.young_rating, m.young_rated_on, m.disagrees,
       m.past_rounds AS "history.round_id", m.past_standings AS "history.standing"
  FROM monitor_statement((SELECT monitor_round(:round_id::text))) AS m
 ORDER BY m.rank, m.place;
