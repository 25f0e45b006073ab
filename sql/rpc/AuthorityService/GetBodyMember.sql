-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/GetBodyMember
-- permission: authority.read
-- tx: read
-- into: body_member
SELECT name, display_name, role, party, owner, owner_display_name, sits_from, sits_to, create_time,
       update_time, etag
  FROM body_member_resource
 WHERE authority_id = app_authority() AND body_id = :name/bodies::text
   AND body_member_id = :name/bodies/members::text;
