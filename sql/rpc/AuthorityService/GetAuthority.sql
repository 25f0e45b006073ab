-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/GetAuthority
-- permission: authority.read
-- tx: read
-- into: authority
SELECT name, display_name, "words.pledge", "words.statement", "words.board", create_time,
       update_time, etag
  FROM authority_resource
 WHERE authority_id = app_authority();
