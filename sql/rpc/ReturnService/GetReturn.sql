-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/GetReturn
-- permission: return.read
-- tx: read
-- into: owner_return
SELECT name, owner, submission, state, received_on, observed_to, days_late, query, content_hash,
       create_time, etag
  FROM return_resource
 WHERE authority_id = app_authority() AND round_id = :name/rounds::text
   AND owner_id = :name/rounds/returns::text;
-- into: owner_return.progress
SELECT p.commitment_id, p.rating, p.narrative, p.reason, p.measure_value, p.actual_on, p.evidence,
       p.confirmation
  FROM owner_return AS t
  JOIN progress AS p ON p.authority_id = t.authority_id AND p.round_id = t.round_id
   AND p.owner_id = t.owner_id AND p.submission = t.submission
 WHERE t.authority_id = app_authority() AND t.round_id = :name/rounds::text
   AND t.owner_id = :name/rounds/returns::text
 ORDER BY p.position;
-- into: owner_return.moves
SELECT e.submission, e.state, e.query, coalesce('authorities/' || m.authority_id || '/members/'
       || m.member_id, '') AS member, e.recorded_at AS create_time
  FROM return_event AS e
  LEFT JOIN member AS m ON m.authority_id = e.authority_id AND m.principal_id = e.principal_id
 WHERE e.authority_id = app_authority() AND e.round_id = :name/rounds::text
   AND e.owner_id = :name/rounds/returns::text
 ORDER BY e.submission, e.move;
