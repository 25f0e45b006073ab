-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/ListBodies
-- permission: authority.read
-- tx: read
-- into: bodies
SELECT name, display_name, parent_body, meeting_interval_months, terms_of_reference, established_on,
       create_time, update_time, etag
  FROM body_resource
 WHERE authority_id = app_authority()
   AND body_id > (SELECT page_after(:page_token::text, 'bodies'))
 ORDER BY body_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT b.body_id
      FROM body AS b
     WHERE b.authority_id = app_authority()
       AND b.body_id > (SELECT page_after(:page_token::text, 'bodies'))
     ORDER BY b.body_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'bodies', :page_token::text) AS next_page_token;
