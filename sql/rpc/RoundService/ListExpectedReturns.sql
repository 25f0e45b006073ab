-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RoundService/ListExpectedReturns
-- permission: return.read
-- tx: read
-- into: expected_returns
SELECT e.resource_name AS "owner",
       e.display_name AS "owner_display_name",
       e.state AS "state",
       e.received_on AS "received_on",
       e.days_late AS "days_late",
       e.commitment_count AS "commitment_count",
       e.query AS "query"
  FROM expected_return AS e
 WHERE e.authority_id = app_authority() AND e.round_id = :parent/rounds::text
   AND e.owner_id > (SELECT page_after(:page_token::text, 'expected_returns'))
 ORDER BY e.owner_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT e.owner_id
      FROM expected_return AS e
     WHERE e.authority_id = app_authority() AND e.round_id = :parent/rounds::text
       AND e.owner_id > (SELECT page_after(:page_token::text, 'expected_returns'))
     ORDER BY e.owner_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'expected_returns') AS "next_page_token"
  FROM round AS r
 WHERE r.authority_id = app_authority() AND r.round_id = :parent/rounds::text;
