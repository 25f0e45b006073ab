-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:audit on pg
BEGIN;

SELECT authority_id, last, hash FROM pledge.audit_head WHERE false;
SELECT authority_id, number, recorded_at, kind, principal, role, method, outcome, peer, peer_salt,
       peer_digest, request_id, request_hash, missed, first_change, last_change, hash
  FROM pledge.audit_entry WHERE false;
SELECT authority_id, number, name, recorded_at, kind, principal, role, method, outcome, peer,
       peer_salt, peer_digest, request_id, request_hash, missed, changes, hash
  FROM pledge.audit_resource WHERE false;
SELECT 1 / (count(*) = 2)::int FROM pg_class
 WHERE oid IN ('pledge.audit_entry'::regclass, 'pledge.audit_head'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.audit_time(timestamptz)'::regprocedure;
SELECT 'pledge.audit_of_unknown()'::regprocedure;
SELECT 'pledge.audit_changes(text, bigint, bigint)'::regprocedure;
SELECT 'pledge.audit_append(text, text, text, text, text, text, text, bigint, bigint,'
    'bigint, uuid, text)'::regprocedure;
SELECT 'pledge.audit_write(text, text, text, bytea)'::regprocedure;
SELECT 'pledge.audit_read(text, text, bytea)'::regprocedure;
SELECT 'pledge.audit_denied(text, text, text, text, bigint)'::regprocedure;

ROLLBACK;
