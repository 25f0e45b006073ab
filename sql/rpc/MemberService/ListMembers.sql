-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/ListMembers
-- permission: member.read
-- tx: read
-- into: members
SELECT name, display_name, role, owner, certificate_sha256, user_name, expires_on,
       create_time, update_time, etag
  FROM member_resource
 WHERE authority_id = app_authority()
   AND member_id > (SELECT page_after(:page_token::text, 'members'))
 ORDER BY member_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT m.member_id
      FROM member AS m
     WHERE m.authority_id = app_authority()
       AND m.member_id > (SELECT page_after(:page_token::text, 'members'))
     ORDER BY m.member_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'members', :page_token::text) AS next_page_token;
