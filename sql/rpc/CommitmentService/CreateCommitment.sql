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
SELECT 'authorities/' || c.authority_id || '/commitments/' || c.commitment_id AS "name",
       o.resource_name AS "owner",
       ARRAY(SELECT 'authorities/' || s.authority_id || '/pledges/' || s.pledge_id
                 || '/versions/' || s.version_number || '/statements/' || s.statement_id
               FROM commitment_statement AS s
              WHERE s.authority_id = c.authority_id AND s.commitment_id = c.commitment_id
                AND s.ended_at IS NULL
              ORDER BY s.position, s.statement_id) AS "statements",
       c.summary AS "summary",
       c.theme AS "theme",
       c.expected_outcome AS "expected_outcome",
       c.measure AS "measure",
       c.target AS "target",
       c.due_on AS "due_on",
       c.cost_note AS "cost_note",
       c.plan_links AS "plan_links",
       c.withdrawn AS "withdrawn",
       c.create_time AS "create_time",
       c.update_time AS "update_time",
       etag(c.revision) AS "etag"
  FROM commitment AS c
  JOIN owner AS o ON o.authority_id = c.authority_id AND o.owner_id = c.owner_id
 WHERE c.authority_id = app_authority() AND c.commitment_id = :commitment_id::text;
