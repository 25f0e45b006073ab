-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/UpdateAuthority
-- permission: authority.write
-- tx: write
SELECT authority_update(:authority.display_name::text, :authority.words.pledge::text,
                        :authority.words.statement::text, :authority.words.board::text,
                        :authority.etag::text, :update_mask.paths::text[]);
-- into: authority
SELECT name, display_name, "words.pledge", "words.statement", "words.board", create_time,
       update_time, etag
  FROM authority_resource
 WHERE authority_id = app_authority();
