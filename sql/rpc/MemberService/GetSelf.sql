-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/GetSelf
-- permission: known
-- tx: read
-- into: .
SELECT display_name, host_administrator
  FROM self();
-- into: memberships
SELECT name, display_name, role, owner, certificate_sha256, user_name, expires_on,
       create_time, update_time, etag
  FROM member_resource
 WHERE principal_id = app_principal()
 ORDER BY authority_id;
