-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/GetReturnDraft
-- permission: return.read
-- tx: read
-- into: draft
SELECT name, owner, state, observed_to, update_time, etag
  FROM return_draft_resource
 WHERE authority_id = app_authority() AND round_id = :name/rounds::text
   AND owner_id = :name/rounds/returns::text;
-- into: draft.progress
SELECT p.commitment_id, p.rating, p.narrative, p.reason, p.measure_value, p.actual_on, p.evidence,
       p.confirmation
  FROM return_draft_line AS p
 WHERE p.authority_id = app_authority() AND p.round_id = :name/rounds::text
   AND p.owner_id = :name/rounds/returns::text
 ORDER BY p.position;
-- into: problems
SELECT p.code, p.layer, p.asks, p.field, p.line, p.commitment_id, p.found, p.expected, p.remedy
  FROM return_draft_problems(:name/rounds::text, :name/rounds/returns::text) AS p;
