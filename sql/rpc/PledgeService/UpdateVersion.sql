-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/UpdateVersion
-- permission: pledge.write
-- tx: write
SELECT version_update(
    :version.name/pledges::text, :version.name/pledges/versions::text,
    :version.title::text, :version.note::text,
    :version.outcomes.outcome_id::text[], :version.outcomes.title::text[],
    :version.statements.statement_id::text[], :version.statements.outcome_id::text[],
    :version.statements.title::text[], :version.statements.text::text[],
    :version.statements.easy_read::text[], :version.statements.audience::text[],
    :version.lineage.from_statement_id::text[], :version.lineage.to_statement_id::text[],
    :version.lineage.change::text[], :version.lineage.reason::text[],
    :version.etag::text, :update_mask.paths::text[], :version.statements.age_from::int4[],
    :version.statements.age_to::int4[], :version.statements.principles::text[]);
-- into: version
SELECT name, number, title, note, state, adopted_on, adopted_by, content_hash, outcome_count,
       statement_count, create_time, update_time, etag
  FROM version_resource
 WHERE authority_id = app_authority() AND pledge_id = :version.name/pledges::text
   AND version_number = version_number(:version.name/pledges/versions::text);
-- into: version.outcomes
SELECT outcome_id, title
  FROM outcome
 WHERE authority_id = app_authority() AND pledge_id = :version.name/pledges::text
   AND version_number = version_number(:version.name/pledges/versions::text)
 ORDER BY position;
-- into: version.statements
SELECT name, statement_id, outcome_id, title, text, easy_read, audience, age_from, age_to,
       principles
  FROM statement_resource
 WHERE authority_id = app_authority() AND pledge_id = :version.name/pledges::text
   AND version_number = version_number(:version.name/pledges/versions::text)
 ORDER BY position;
-- into: version.lineage
SELECT from_statement_id, to_statement_id, change, reason
  FROM lineage_resource
 WHERE authority_id = app_authority() AND pledge_id = :version.name/pledges::text
   AND version_number = version_number(:version.name/pledges/versions::text)
 ORDER BY position;
