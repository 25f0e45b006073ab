-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/AddBodyMember
-- permission: authority.write
-- tx: write
SELECT body_member_add(
    :parent/bodies::text, :body_member_id::text, :body_member.display_name::text,
    :body_member.role::text, :body_member.party::text, :body_member.owner::text,
    :body_member.sits_from::date, :body_member.sits_to::date);
-- into: body_member
SELECT name, display_name, role, party, owner, owner_display_name, sits_from, sits_to, create_time,
       update_time, etag
  FROM body_member_resource
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND body_member_id = :body_member_id::text;
