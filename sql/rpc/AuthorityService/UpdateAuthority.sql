-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/UpdateAuthority
-- permission: authority.write
-- tx: write
SELECT authority_update(:authority.display_name::text, :authority.words.pledge::text,
                        :authority.words.statement::text, :authority.words.board::text,
                        :authority.etag::text, :update_mask.paths::text[]);
-- into: authority
SELECT 'authorities/' || a.authority_id AS "name",
       a.display_name AS "display_name",
       a.word_pledge AS "words.pledge",
       a.word_statement AS "words.statement",
       a.word_board AS "words.board",
       a.create_time AS "create_time",
       a.update_time AS "update_time",
       etag(a.revision) AS "etag"
  FROM authority AS a
 WHERE a.authority_id = app_authority();
