-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/GetReturnReceipt
-- permission: return.read
-- tx: read
-- into: receipt
SELECT t.name, s.submission, s.recorded_at AS create_time, s.content_hash,
       return_content(s.round_id, s.owner_id, s.submission) AS content,
       (SELECT count(*)::int4 FROM progress AS p
         WHERE p.authority_id = s.authority_id AND p.round_id = s.round_id
           AND p.owner_id = s.owner_id AND p.submission = s.submission) AS line_count
  FROM return_resource AS t
  JOIN return_submission AS s ON s.authority_id = t.authority_id AND s.round_id = t.round_id
   AND s.owner_id = t.owner_id
 WHERE t.authority_id = app_authority() AND t.round_id = :name/rounds::text
   AND t.owner_id = :name/rounds/returns::text
   AND s.submission = coalesce(nullif(:submission::int4, 0), t.submission);
