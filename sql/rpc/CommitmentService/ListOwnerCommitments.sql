-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.CommitmentService/ListOwnerCommitments
-- permission: commitment.read
-- tx: read
-- into: commitments
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
 WHERE c.authority_id = app_authority()
   AND c.owner_id = (SELECT owner_of(:owner::text, 'owner'))
   AND c.commitment_id > (SELECT page_after(:page_token::text, 'owner_commitments'))
 ORDER BY c.commitment_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT c.commitment_id
      FROM commitment AS c
     WHERE c.authority_id = app_authority()
       AND c.owner_id = (SELECT owner_of(:owner::text, 'owner'))
       AND c.commitment_id > (SELECT page_after(:page_token::text, 'owner_commitments'))
     ORDER BY c.commitment_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'owner_commitments') AS "next_page_token";
