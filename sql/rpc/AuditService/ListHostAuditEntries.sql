-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuditService/ListHostAuditEntries
-- permission: host.audit
-- tx: read
-- into: entries
SELECT name, number, recorded_at, kind, principal, role, method, outcome, peer, peer_salt,
       peer_digest, request_id, request_hash, missed, changes, hash
  FROM audit_resource
 WHERE authority_id = ''
   AND number > (SELECT greatest(page_after_number(:page_token::text, 'audit'), :after::int8))
 ORDER BY number
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT e.number::text
      FROM audit_entry AS e
     WHERE e.authority_id = ''
       AND e.number > (SELECT greatest(page_after_number(:page_token::text, 'audit'), :after::int8))
     ORDER BY e.number
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'audit', :page_token::text) AS next_page_token;
