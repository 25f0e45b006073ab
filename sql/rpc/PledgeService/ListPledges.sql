-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/ListPledges
-- permission: pledge.read
-- tx: read
-- into: pledges
SELECT name, title, audience, current_version, create_time, update_time, etag
  FROM pledge_resource
 WHERE authority_id = app_authority()
   AND pledge_id > (SELECT page_after(:page_token::text, 'pledges'))
 ORDER BY pledge_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT p.pledge_id
      FROM pledge AS p
     WHERE p.authority_id = app_authority()
       AND p.pledge_id > (SELECT page_after(:page_token::text, 'pledges'))
     ORDER BY p.pledge_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'pledges', :page_token::text) AS next_page_token;
