-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/AdoptVersion
-- permission: pledge.adopt
-- tx: write
SELECT version_adopt(:name/pledges::text, :name/pledges/versions::text, :etag::text,
                     :adopted_on::date, :adopted_by/bodies::text);
-- into: version
SELECT name, number, title, note, state, adopted_on, adopted_by, content_hash, outcome_count,
       statement_count, create_time, update_time, etag
  FROM version_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text);
