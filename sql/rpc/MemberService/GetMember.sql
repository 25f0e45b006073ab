-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/GetMember
-- permission: member.read
-- tx: read
-- into: member
SELECT name, display_name, role, owner, certificate_sha256, user_name, expires_on,
       create_time, update_time, etag
  FROM member_resource
 WHERE authority_id = app_authority() AND member_id = :name/members::text;
