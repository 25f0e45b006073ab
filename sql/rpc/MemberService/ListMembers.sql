-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/ListMembers
-- permission: member.read
-- tx: read
-- into: members
SELECT 'authorities/' || m.authority_id || '/members/' || m.member_id AS "name",
       m.display_name AS "display_name",
       m.role AS "role",
       m.owner_name AS "owner",
       encode(m.fingerprint, 'hex') AS "certificate_sha256",
       m.create_time AS "create_time",
       m.update_time AS "update_time",
       etag(m.revision) AS "etag"
  FROM member AS m
 WHERE m.authority_id = app_authority()
   AND m.member_id > (SELECT page_after(:page_token::text, 'members'))
 ORDER BY m.member_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT m.member_id
      FROM member AS m
     WHERE m.authority_id = app_authority()
       AND m.member_id > (SELECT page_after(:page_token::text, 'members'))
     ORDER BY m.member_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'members') AS "next_page_token";
