-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/ListBodyMembers
-- permission: authority.read
-- tx: read
-- into: body_members
SELECT name, display_name, role, party, owner, owner_display_name, sits_from, sits_to, create_time,
       update_time, etag
  FROM body_member_resource
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND (:as_at::date IS NULL
        OR :as_at::date BETWEEN sits_from AND coalesce(sits_to, 'infinity'))
   AND body_member_id > (SELECT page_after(:page_token::text, 'body_members'))
 ORDER BY body_member_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT m.body_member_id
      FROM body_member AS m
     WHERE m.authority_id = app_authority() AND m.body_id = b.body_id
       AND (:as_at::date IS NULL
            OR :as_at::date BETWEEN m.sits_from AND coalesce(m.sits_to, 'infinity'))
       AND m.body_member_id > (SELECT page_after(:page_token::text, 'body_members'))
     ORDER BY m.body_member_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'body_members', :page_token::text) AS next_page_token
  FROM body AS b
 WHERE b.authority_id = app_authority() AND b.body_id = :parent/bodies::text;
