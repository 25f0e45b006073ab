-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/UpdateBodyMember
-- permission: authority.write
-- tx: write
SELECT body_member_update(
    :body_member.name/bodies::text, :body_member.name/bodies/members::text,
    :body_member.display_name::text, :body_member.party::text, :body_member.sits_to::date,
    :body_member.etag::text, :update_mask.paths::text[]);
-- into: body_member
SELECT name, display_name, role, party, owner, owner_display_name, sits_from, sits_to, create_time,
       update_time, etag
  FROM body_member_resource
 WHERE authority_id = app_authority() AND body_id = :body_member.name/bodies::text
   AND body_member_id = :body_member.name/bodies/members::text;
