-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.CommitmentService/ListOwnerCommitments
-- permission: commitment.read
-- tx: read
-- into: commitments
SELECT name, owner, statements, summary, theme, expected_outcome, measure, target, due_on,
       cost_note, plan_links, withdrawn, create_time, update_time, etag
  FROM commitment_resource
 WHERE authority_id = app_authority()
   AND owner_id = (SELECT owner_of(:owner::text, 'owner'))
   AND commitment_id > (SELECT page_after(:page_token::text, 'owner_commitments'))
 ORDER BY commitment_id
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
), :page_size::int4, 'owner_commitments', :page_token::text) AS next_page_token
 WHERE owner_of(:owner::text, 'owner') <> '';  -- a scan that finds no row never asks
