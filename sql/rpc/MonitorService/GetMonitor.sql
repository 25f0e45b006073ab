-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MonitorService/GetMonitor
-- permission: monitor.read
-- tx: read
-- into: .
WITH asked AS MATERIALIZED (
    SELECT monitor_round(:round_id::text, as_at_day(:as_at::date)) AS round_id,
           as_at_day(:as_at::date) AS as_at, coalesce(:known_on::date, current_date) AS known_on
), expected AS (
    SELECT count(*)::int4 AS expected_count,
           (count(e.submission))::int4 AS received_count,
           (count(*) FILTER (WHERE e.submission IS NOT NULL AND e.days_late > 0))::int4
               AS late_count,
           (count(*) FILTER (WHERE e.state = 'missing'))::int4 AS missing_count,
           (count(*) FILTER (WHERE e.state = 'queried'))::int4 AS queried_count
      FROM return_standing_on((SELECT a.as_at FROM asked AS a), (SELECT a.known_on FROM asked AS a)) AS e
     WHERE e.authority_id = app_authority()
       AND e.round_id = (SELECT a.round_id FROM asked AS a)
       AND e.owner_id IN (SELECT w.owner_id FROM asked AS a
                           CROSS JOIN LATERAL round_owed_on(a.round_id, a.as_at, a.known_on) AS w)
)
SELECT a.display_name AS authority_display_name,
       p.title AS pledge_title,
       v.version_number AS version,
       v.adopted_on,
       'authorities/' || r.authority_id || '/rounds/' || r.round_id AS round,
       r.title AS round_title,
       round_state(r.opens_on, r.due_on, r.closes_on,
                   CASE WHEN is_closed_on(r.close_time, q.as_at, q.known_on) THEN r.close_time END,
                   q.as_at) AS round_state,
       r.due_on, q.as_at, q.known_on,
       e.expected_count, e.received_count, e.late_count, e.missing_count, e.queried_count,
       a.word_statement AS statement_word,
       a.word_board AS board_word,
       u.rule AS "roll_up.rule", u.green_from AS "roll_up.green_from",
       u.amber_from AS "roll_up.amber_from", u.owners AS "roll_up.weights.owner",
       u.weights AS "roll_up.weights.weight", u.update_time AS "roll_up.update_time",
       u.etag AS "roll_up.etag"
  FROM asked AS q
  JOIN round AS r ON r.round_id = q.round_id
  JOIN authority AS a ON a.authority_id = r.authority_id
  JOIN pledge AS p ON p.authority_id = r.authority_id AND p.pledge_id = r.pledge_id
  JOIN version AS v ON v.authority_id = r.authority_id AND v.pledge_id = r.pledge_id
   AND v.version_number = r.version_number
 CROSS JOIN expected AS e
 CROSS JOIN LATERAL roll_up_shown(least(q.as_at, q.known_on), coalesce(r.close_time, 'infinity')) AS u
 WHERE r.authority_id = app_authority();
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
       m.past_rounds AS "history.round_id", m.past_standings AS "history.standing", m.score,
       m.young_suppressed, m.young_answers AS "young_counts.answer",
       m.young_counts AS "young_counts.count", m.young_withheld AS "young_counts.suppressed"
  FROM monitor_statement((SELECT monitor_round(:round_id::text, as_at_day(:as_at::date))),
                         (SELECT as_at_day(:as_at::date)),
                         coalesce(:known_on::date, '9999-12-31')) AS m
 ORDER BY m.rank, m.place;
