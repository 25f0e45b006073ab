-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/ListReturnAttempts
-- permission: return.read
-- tx: read
-- recall: no
-- into: attempts
SELECT a.attempt, a.recorded_at AS create_time, a.status, coalesce(a.submission, 0) AS submission,
       a.message, a.codes, a.line_count, coalesce('authorities/' || m.authority_id || '/members/'
       || m.member_id, '') AS member
  FROM return_attempt AS a
  LEFT JOIN member AS m ON m.authority_id = a.authority_id AND m.principal_id = a.principal_id
 WHERE a.authority_id = app_authority() AND a.round_id = :parent/rounds::text
   AND a.owner_id = :parent/rounds/returns::text
   AND a.attempt < (SELECT coalesce(nullif(page_after_number(:page_token::text, 'attempts'), 0), 1000000000))
 ORDER BY a.attempt DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT a.attempt::text
      FROM return_attempt AS a
     WHERE a.authority_id = app_authority() AND a.round_id = :parent/rounds::text
       AND a.owner_id = :parent/rounds/returns::text
       AND a.attempt < (SELECT coalesce(nullif(page_after_number(:page_token::text, 'attempts'), 0), 1000000000))
     ORDER BY a.attempt DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'attempts', :page_token::text) AS next_page_token
  FROM round AS r
  JOIN owner AS o ON o.authority_id = r.authority_id
 WHERE r.authority_id = app_authority() AND r.round_id = :parent/rounds::text
   AND o.owner_id = :parent/rounds/returns::text
   AND (app_role() IS DISTINCT FROM 'partner_agency' OR o.owner_id = app_owner());
