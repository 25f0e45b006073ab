-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/UpdateDepartment
-- permission: authority.write
-- tx: write
SELECT owner_update('department', :department.name/departments::text,
                    :department.display_name::text, :department.director_post::text,
                    :department.etag::text, :update_mask.paths::text[]);
-- into: department
SELECT name, display_name, director_post, create_time, update_time, etag
  FROM department_resource
 WHERE authority_id = app_authority() AND owner_id = :department.name/departments::text;
