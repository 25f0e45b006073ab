-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/GetStatement
-- permission: pledge.read
-- tx: read
-- into: statement
SELECT name, statement_id, outcome_id, title, text, easy_read, audience, age_from, age_to,
       principles
  FROM statement_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
   AND statement_id = :name/pledges/versions/statements::text;
