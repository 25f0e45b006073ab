-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/CreateAuthority
-- permission: authority.create
-- tx: write
SELECT authority_create(:authority_id::text, :authority.display_name::text,
                        :authority.words.pledge::text, :authority.words.statement::text,
                        :authority.words.board::text);
-- into: authority
SELECT name, display_name, "words.pledge", "words.statement", "words.board", create_time,
       update_time, etag
  FROM authority_resource
 WHERE authority_id = :authority_id::text;
