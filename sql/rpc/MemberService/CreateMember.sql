-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/CreateMember
-- permission: member.write
-- tx: write
SELECT member_create(:member_id::text, :member.display_name::text, :member.role::text,
                     :member.owner::text, :member.certificate_sha256::text,
                     :member.expires_on::text, :member.user_name::text);
-- into: member
SELECT name, display_name, role, owner, certificate_sha256, user_name, expires_on,
       create_time, update_time, etag
  FROM member_resource
 WHERE authority_id = app_authority() AND member_id = :member_id::text;
