-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:sign_up on pg
BEGIN;

SELECT authority_id, signing_event_id, pledge_id, version_number, title, place, held_on, launch_event_id,
       recorded_at
  FROM pledge.signing_event WHERE false;
SELECT authority_id, signing_key_id, member_id, public_key, recorded_at FROM pledge.signing_key WHERE false;
SELECT authority_id, signing_key_id, reason, principal_id, recorded_at
  FROM pledge.signing_key_revocation WHERE false;
SELECT authority_id, public_key, recorded_at FROM pledge.service_key WHERE false;
SELECT authority_id, pledge_id, version_number, signature_id, kind, content_hash, signing_event_id, member_id,
       signatory, role, owner, signing_key_id, signature, mark_kind, mark, mark_salt, mark_digest, kept_at,
       recorded_by, signed_at, attested_at, service_key, attestation, principal_id, recorded_at
  FROM pledge.signature WHERE false;
SELECT authority_id, pledge_id, version_number, signature_id, withdrawn_on, reason, young, principal_id, recorded_at
  FROM pledge.signature_withdrawal WHERE false;
SELECT name, version, title FROM pledge.signing_event_resource WHERE false;
SELECT name, member, fingerprint FROM pledge.signing_key_resource WHERE false;
SELECT public_key, fingerprint, first_use_time FROM pledge.service_key_resource WHERE false;
SELECT name, kind, earlier_wording, withdrawn_on FROM pledge.signature_resource WHERE false;
SELECT 1 / (count(*) = 6)::int FROM pg_class
 WHERE oid IN ('pledge.signing_event'::regclass, 'pledge.signing_key'::regclass,
               'pledge.signing_key_revocation'::regclass, 'pledge.service_key'::regclass,
               'pledge.signature'::regclass, 'pledge.signature_withdrawal'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.signing_event_create(text, text, text, text, text, date, text)'::regprocedure;
SELECT 'pledge.signing_key_register(text, bytea)'::regprocedure;
SELECT 'pledge.signing_key_revoke(text, text)'::regprocedure;
SELECT 'pledge.sign_prepare(text, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.paper_prepare(text, text, text, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.mark_prepare(text, text, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.signature_withdraw(text, text, text, date, text)'::regprocedure;
SELECT 'pledge.young_signatures(text, text, boolean)'::regprocedure;
SELECT 'pledge.signed_version_open(text, text, boolean)'::regprocedure;
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'sign_up.youth';

ROLLBACK;
