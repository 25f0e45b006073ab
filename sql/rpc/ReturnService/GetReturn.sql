-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/GetReturn
-- permission: return.read
-- tx: read
-- into: owner_return
SELECT 'authorities/' || t.authority_id || '/rounds/' || t.round_id || '/returns/'
           || t.owner_id AS "name",
       o.resource_name AS "owner",
       t.submission AS "submission",
       t.state AS "state",
       t.received_on AS "received_on",
       greatest(0, t.received_on - r.due_on) AS "days_late",
       t.query AS "query",
       t.content_hash AS "content_hash",
       t.recorded_at AS "create_time",
       t.etag AS "etag"
  FROM owner_return AS t
  JOIN round AS r ON r.authority_id = t.authority_id AND r.round_id = t.round_id
  JOIN owner AS o ON o.authority_id = t.authority_id AND o.owner_id = t.owner_id
 WHERE t.authority_id = app_authority() AND t.round_id = :name/rounds::text
   AND t.owner_id = :name/rounds/returns::text;
-- into: owner_return.progress
SELECT p.commitment_id AS "commitment_id",
       p.rating AS "rating",
       p.narrative AS "narrative",
       p.reason AS "reason",
       p.measure_value AS "measure_value",
       p.actual_on AS "actual_on",
       p.evidence AS "evidence"
  FROM owner_return AS t
  JOIN progress AS p ON p.authority_id = t.authority_id AND p.round_id = t.round_id
   AND p.owner_id = t.owner_id AND p.submission = t.submission
 WHERE t.authority_id = app_authority() AND t.round_id = :name/rounds::text
   AND t.owner_id = :name/rounds/returns::text
 ORDER BY p.position;
