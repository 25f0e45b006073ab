-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/GetDepartment
-- permission: authority.read
-- tx: read
-- into: department
SELECT name, display_name, director_post, create_time, update_time, etag
  FROM department_resource
 WHERE authority_id = app_authority() AND owner_id = :name/departments::text;
