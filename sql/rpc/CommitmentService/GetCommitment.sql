-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.CommitmentService/GetCommitment
-- permission: commitment.read
-- tx: read
-- into: commitment
SELECT name, owner, statements, summary, theme, expected_outcome, measure, target, due_on,
       cost_note, plan_links, withdrawn, create_time, update_time, etag
  FROM commitment_resource
 WHERE authority_id = app_authority() AND commitment_id = :name/commitments::text;
