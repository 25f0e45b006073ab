-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/CreateDepartment
-- permission: authority.write
-- tx: write
SELECT owner_create('department', :department_id::text, :department.display_name::text,
                    :department.director_post::text);
-- into: department
SELECT name, display_name, director_post, create_time, update_time, etag
  FROM department_resource
 WHERE authority_id = app_authority() AND owner_id = :department_id::text;
