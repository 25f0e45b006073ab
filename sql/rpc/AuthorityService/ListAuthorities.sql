-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/ListAuthorities
-- permission: known
-- tx: read
-- into: authorities
SELECT 'authorities/' || a.authority_id AS "name",
       a.display_name AS "display_name",
       a.word_pledge AS "words.pledge",
       a.word_statement AS "words.statement",
       a.word_board AS "words.board",
       a.create_time AS "create_time",
       a.update_time AS "update_time",
       etag(a.revision) AS "etag"
  FROM authority AS a
 WHERE a.authority_id > (SELECT page_after(:page_token::text, 'authorities'))
 ORDER BY a.authority_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT a.authority_id
      FROM authority AS a
     WHERE a.authority_id > (SELECT page_after(:page_token::text, 'authorities'))
     ORDER BY a.authority_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'authorities') AS "next_page_token";
