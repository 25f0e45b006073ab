-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/GetSelf
-- permission: known
-- tx: read
-- into: .
SELECT s.display_name AS "display_name",
       s.host_administrator AS "host_administrator"
  FROM self() AS s;
-- into: memberships
SELECT 'authorities/' || m.authority_id || '/members/' || m.member_id AS "name",
       m.display_name AS "display_name",
       m.role AS "role",
       m.owner_name AS "owner",
       encode(m.fingerprint, 'hex') AS "certificate_sha256",
       m.create_time AS "create_time",
       m.update_time AS "update_time",
       etag(m.revision) AS "etag"
  FROM member AS m
 WHERE m.principal_id = app_principal()
 ORDER BY m.authority_id;
