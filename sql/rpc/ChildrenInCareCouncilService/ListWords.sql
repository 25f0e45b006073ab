-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ListWords
-- permission: rating.read
-- tx: read
-- audit: read
-- into: words
SELECT name, statement_id, rated_on, text, state
  FROM rating_text_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND state = 'shown'
   AND text_id > (SELECT page_after(:page_token::text, 'words'))
 ORDER BY text_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT text_id
      FROM rating_text_resource
     WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
       AND version_number = version_number(:parent/pledges/versions::text)
       AND state = 'shown'
       AND text_id > (SELECT page_after(:page_token::text, 'words'))
     ORDER BY text_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'words', :page_token::text) AS next_page_token
  FROM version AS v
 WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
   AND v.version_number = version_number(:parent/pledges/versions::text);
