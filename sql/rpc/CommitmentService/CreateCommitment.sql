-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.CommitmentService/CreateCommitment
-- permission: commitment.write
-- tx: write
SELECT commitment_create(
    :commitment_id::text, :commitment.owner::text,
    :commitment.statements/pledges::text[], :commitment.statements/pledges/versions::text[],
    :commitment.statements/pledges/versions/statements::text[], :commitment.summary::text,
    :commitment.theme::text, :commitment.expected_outcome::text, :commitment.measure::text,
    :commitment.target::text, :commitment.due_on::date, :commitment.cost_note::text,
    :commitment.plan_links::text[], :commitment.withdrawn::bool);
-- into: commitment
SELECT name, owner, statements, summary, theme, expected_outcome, measure, target, due_on,
       cost_note, plan_links, withdrawn, create_time, update_time, etag
  FROM commitment_resource
 WHERE authority_id = app_authority() AND commitment_id = :commitment_id::text;
