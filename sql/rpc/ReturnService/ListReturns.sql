-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/ListReturns
-- permission: return.read
-- tx: read
-- into: returns
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
 WHERE t.authority_id = app_authority() AND t.round_id = :parent/rounds::text
   AND t.owner_id > (SELECT page_after(:page_token::text, 'returns'))
 ORDER BY t.owner_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT t.owner_id
      FROM owner_return AS t
     WHERE t.authority_id = app_authority() AND t.round_id = :parent/rounds::text
       AND t.owner_id > (SELECT page_after(:page_token::text, 'returns'))
     ORDER BY t.owner_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'returns') AS "next_page_token"
  FROM round AS r
 WHERE r.authority_id = app_authority() AND r.round_id = :parent/rounds::text;
