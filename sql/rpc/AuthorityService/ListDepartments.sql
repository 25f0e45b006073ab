-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/ListDepartments
-- permission: authority.read
-- tx: read
-- into: departments
SELECT name, display_name, director_post, create_time, update_time, etag
  FROM department_resource
 WHERE authority_id = app_authority()
   AND owner_id > (SELECT page_after(:page_token::text, 'departments'))
 ORDER BY owner_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT o.owner_id
      FROM owner AS o
     WHERE o.authority_id = app_authority() AND o.kind = 'department'
       AND o.owner_id > (SELECT page_after(:page_token::text, 'departments'))
     ORDER BY o.owner_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'departments', :page_token::text) AS next_page_token;
