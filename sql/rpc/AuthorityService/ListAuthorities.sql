-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/ListAuthorities
-- permission: known
-- tx: read
-- into: authorities
SELECT name, display_name, "words.pledge", "words.statement", "words.board", create_time,
       update_time, etag
  FROM authority_resource
 WHERE authority_id > (SELECT page_after(:page_token::text, 'authorities'))
 ORDER BY authority_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT a.authority_id
      FROM authority AS a
     WHERE a.authority_id > (SELECT page_after(:page_token::text, 'authorities'))
     ORDER BY a.authority_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'authorities', :page_token::text) AS next_page_token;
