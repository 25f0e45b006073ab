-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/ListVersions
-- permission: pledge.read
-- tx: read
-- into: versions
SELECT name, number, title, note, state, adopted_on, adopted_by, content_hash, outcome_count,
       statement_count, create_time, update_time, etag
  FROM version_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number > (SELECT page_after_number(:page_token::text, 'versions'))
 ORDER BY version_number
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT v.version_number::text
      FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
       AND v.version_number > (SELECT page_after_number(:page_token::text, 'versions'))
     ORDER BY v.version_number
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'versions', :page_token::text) AS next_page_token
  FROM pledge AS p
 WHERE p.authority_id = app_authority() AND p.pledge_id = :parent/pledges::text;
