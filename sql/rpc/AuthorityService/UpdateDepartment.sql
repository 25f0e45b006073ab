-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/UpdateDepartment
-- permission: authority.write
-- tx: write
SELECT owner_update('department', :department.name/departments::text,
                    :department.display_name::text, :department.director_post::text,
                    :department.etag::text, :update_mask.paths::text[]);
-- into: department
SELECT o.resource_name AS "name",
       o.display_name AS "display_name",
       o.director_post AS "director_post",
       o.create_time AS "create_time",
       o.update_time AS "update_time",
       etag(o.revision) AS "etag"
  FROM owner AS o
 WHERE o.authority_id = app_authority() AND o.kind = 'department'
   AND o.owner_id = :department.name/departments::text;
