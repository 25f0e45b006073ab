-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/GetStatement
-- permission: pledge.read
-- tx: read
-- into: statement
SELECT 'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/'
           || s.version_number || '/statements/' || s.statement_id AS "name",
       s.statement_id AS "statement_id",
       s.outcome_id AS "outcome_id",
       s.title AS "title",
       s.text AS "text",
       s.easy_read AS "easy_read",
       s.audience AS "audience"
  FROM statement AS s
 WHERE s.authority_id = app_authority() AND s.pledge_id = :name/pledges::text
   AND s.version_number = version_number(:name/pledges/versions::text)
   AND s.statement_id = :name/pledges/versions/statements::text;
