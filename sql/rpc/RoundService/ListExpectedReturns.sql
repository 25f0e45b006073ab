-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RoundService/ListExpectedReturns
-- permission: return.read
-- tx: read
-- into: expected_returns
SELECT resource_name AS owner, display_name AS owner_display_name, state, received_on, days_late,
       commitment_count, query, due_on, extension_reason
  FROM expected_return
 WHERE authority_id = app_authority() AND round_id = :parent/rounds::text
   AND owner_id > (SELECT page_after(:page_token::text, 'expected_returns'))
 ORDER BY owner_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT e.owner_id
      FROM expected_return AS e
     WHERE e.authority_id = app_authority() AND e.round_id = :parent/rounds::text
       AND e.owner_id > (SELECT page_after(:page_token::text, 'expected_returns'))
     ORDER BY e.owner_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'expected_returns', :page_token::text) AS next_page_token
  FROM round AS r
 WHERE r.authority_id = app_authority() AND r.round_id = :parent/rounds::text;
-- into: control
SELECT count(*)::int4 AS expected_count,
       (count(*) FILTER (WHERE e.state = 'not_started'))::int4 AS not_started_count,
       (count(*) FILTER (WHERE e.state IN ('draft', 'checked')))::int4 AS draft_count,
       (count(*) FILTER (WHERE e.state = 'missing'))::int4 AS missing_count,
       (count(*) FILTER (WHERE e.state IN ('submitted', 'resubmitted')))::int4 AS submitted_count,
       (count(*) FILTER (WHERE e.state = 'queried'))::int4 AS queried_count,
       (count(*) FILTER (WHERE e.state = 'certified'))::int4 AS certified_count,
       (count(*) FILTER (WHERE e.state = 'accepted'))::int4 AS accepted_count,
       (count(*) FILTER (WHERE e.state = 'published'))::int4 AS published_count,
       (count(*) FILTER (WHERE e.submission IS NOT NULL AND e.days_late > 0))::int4 AS late_count,
       (count(*) FILTER (WHERE e.extension_reason <> ''))::int4 AS extended_count
  FROM expected_return AS e
 WHERE e.authority_id = app_authority() AND e.round_id = :parent/rounds::text;
