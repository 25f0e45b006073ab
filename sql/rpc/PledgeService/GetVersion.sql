-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/GetVersion
-- permission: pledge.read
-- tx: read
-- into: version
SELECT name, number, title, note, state, adopted_on, adopted_by, content_hash, outcome_count,
       statement_count, create_time, update_time, etag
  FROM version_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text);
-- into: version.outcomes
SELECT outcome_id, title
  FROM outcome
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
 ORDER BY position;
-- into: version.statements
SELECT name, statement_id, outcome_id, title, text, easy_read, audience, age_from, age_to,
       principles
  FROM statement_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
 ORDER BY position;
-- into: version.lineage
SELECT from_statement_id, to_statement_id, change, reason
  FROM lineage_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
 ORDER BY position;
