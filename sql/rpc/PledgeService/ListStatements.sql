-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/ListStatements
-- permission: pledge.read
-- tx: read
-- into: statements
SELECT 'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/'
           || s.version_number || '/statements/' || s.statement_id AS "name",
       s.statement_id AS "statement_id",
       s.outcome_id AS "outcome_id",
       s.title AS "title",
       s.text AS "text",
       s.easy_read AS "easy_read",
       s.audience AS "audience"
  FROM statement AS s
 WHERE s.authority_id = app_authority() AND s.pledge_id = :parent/pledges::text
   AND s.version_number = version_number(:parent/pledges/versions::text)
   AND s.position > (SELECT page_after_number(:page_token::text, 'statements'))
 ORDER BY s.position
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
), :page_size::int4, 'statements') AS "next_page_token"
  FROM version AS v
 WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
   AND v.version_number = version_number(:parent/pledges/versions::text);
