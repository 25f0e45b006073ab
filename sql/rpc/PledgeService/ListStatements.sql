-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/ListStatements
-- permission: pledge.read
-- tx: read
-- into: statements
SELECT name, statement_id, outcome_id, title, text, easy_read, audience, age_from, age_to,
       principles
  FROM statement_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND position > (SELECT page_after_number(:page_token::text, 'statements'))
 ORDER BY position
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT s.position::text
      FROM statement AS s
     WHERE s.authority_id = app_authority() AND s.pledge_id = :parent/pledges::text
       AND s.version_number = version_number(:parent/pledges/versions::text)
       AND s.position > (SELECT page_after_number(:page_token::text, 'statements'))
     ORDER BY s.position
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'statements', :page_token::text) AS next_page_token
  FROM version AS v
 WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
   AND v.version_number = version_number(:parent/pledges/versions::text);
