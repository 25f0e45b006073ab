-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/CreateDepartment
-- permission: authority.write
-- tx: write
SELECT owner_create('department', :department_id::text, :department.display_name::text,
                    :department.director_post::text);
-- into: department
SELECT o.resource_name AS "name",
       o.display_name AS "display_name",
       o.director_post AS "director_post",
       o.create_time AS "create_time",
       o.update_time AS "update_time",
       etag(o.revision) AS "etag"
  FROM owner AS o
 WHERE o.authority_id = app_authority() AND o.kind = 'department'
   AND o.owner_id = :department_id::text;
