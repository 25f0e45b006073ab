-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:identity_provider on pg
BEGIN;

SELECT authority_id, issuer, client_id, user_claim, scope, claim_names, claim_values, create_time,
       update_time, revision
  FROM pledge.identity_provider WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.identity_provider'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) = 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'identity_provider';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.identity_provider'::regclass AND tgname = 'identity_provider_touch'
   AND tgenabled = 'O';
SELECT authority_id, authority, issuer, client_id, user_claim, scope, "required_claims.claim",
       "required_claims.value", create_time, update_time, etag
  FROM pledge.identity_provider_resource WHERE false;
SELECT 'pledge.identity_provider_may_write()'::regprocedure;
SELECT 'pledge.identity_provider_set(text, text, text, text, text[], text[], text)'::regprocedure;
SELECT 'pledge.identity_provider_remove()'::regprocedure;
SELECT 'pledge.identity_provider_of(text)'::regprocedure;

ROLLBACK;
