-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:personal from pg
BEGIN;

DROP FUNCTION pledge.personal_erase_member(text);
DROP FUNCTION pledge.personal_erase(pledge.member[], text, text);
DROP FUNCTION pledge.personal_erase_place(pledge.member, text);
DROP FUNCTION pledge.personal_erase_principal(pledge.member, text);
DROP FUNCTION pledge.audit_peers_clear(text, uuid);
DROP FUNCTION pledge.erasure_count(pledge.member, text, text, text, bigint);
DROP POLICY request_definer_delete ON pledge.request;
DROP POLICY request_definer ON pledge.request;
DROP TABLE pledge.erasure;
DROP TRIGGER member_erased ON pledge.member;
DROP FUNCTION pledge.member_erased();
DROP FUNCTION pledge.personal_export_own();
DROP FUNCTION pledge.personal_export(text);
DROP FUNCTION pledge.personal_may(text);
DROP FUNCTION pledge.personal_rows(uuid, text);
DROP FUNCTION pledge.personal_of_place(uuid, text);
DROP FUNCTION pledge.personal_of_principal(uuid, text);
DROP TYPE pledge.personal_datum;
-- Fails where somebody signed in by user name alone and was erased: they have neither any more.
ALTER TABLE pledge.member DROP CONSTRAINT member_certificate_sha256_or_user_name,
    ADD CONSTRAINT member_certificate_sha256_or_user_name
        CHECK (fingerprint IS NOT NULL OR user_name IS NOT NULL),
    DROP COLUMN erase_time;
COMMENT ON CONSTRAINT member_certificate_sha256_or_user_name ON pledge.member
    IS 'certificate_sha256: a member needs a certificate, a user name, or both';
DELETE FROM pledge.role_permission WHERE permission IN ('personal.read', 'personal.erase');
DROP TABLE pledge.personal_none;
DROP TABLE pledge.personal_field;
DROP TABLE pledge.retention;

COMMIT;
