-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:sign_up from pg
BEGIN;

DROP FUNCTION pledge.signed_version_open(text, text, boolean);
DROP FUNCTION pledge.young_signatures(text, text, boolean);
DROP FUNCTION pledge.signature_withdraw(text, text, text, date, text);
DROP FUNCTION pledge.signature_record(text, text, text, text, text, text, text, text, text, text, text, bytea,
    text, text, bytea, text, text, text, text, text, bytea, bytea);
DROP FUNCTION pledge.signatures_lock(text, text);
DROP FUNCTION pledge.mark_prepare(text, text, text, text, text, text, text);
DROP FUNCTION pledge.mark_fault(text, text);
DROP FUNCTION pledge.paper_prepare(text, text, text, text, text, text, text, text);
DROP FUNCTION pledge.sign_prepare(text, text, text, text, text, text);
DROP TYPE pledge.signature_ready;
DROP FUNCTION pledge.request_done(text);
DROP FUNCTION pledge.signed_at_fault(text);
DROP FUNCTION pledge.signature_once(text, int, text, text);
DROP FUNCTION pledge.signature_check(text, int, text, jsonb);
DROP FUNCTION pledge.signature_violations(text, int, text, text);
DROP FUNCTION pledge.signing_key_revoke(text, text);
DROP FUNCTION pledge.signing_key_register(text, bytea);
DROP FUNCTION pledge.own_place();
DROP FUNCTION pledge.signing_event_create(text, text, text, text, text, date, text);
DROP VIEW pledge.signature_resource;
DROP FUNCTION pledge.version_hash(text, int);
DROP VIEW pledge.service_key_resource;
DROP VIEW pledge.signing_key_resource;
DROP VIEW pledge.signing_event_resource;
DROP TABLE pledge.signature_withdrawal;
DROP TABLE pledge.signature;
DROP FUNCTION pledge.sees_young_signatures();
DROP TABLE pledge.service_key;
DROP TABLE pledge.signing_key_revocation;
DROP TABLE pledge.signing_key;
DROP TABLE pledge.signing_event;
DELETE FROM pledge.role_permission WHERE permission LIKE 'sign_up.%';

COMMIT;
