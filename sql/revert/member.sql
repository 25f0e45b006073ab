-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:member from pg
BEGIN;

DROP TRIGGER principal_identity ON pledge.principal;
DROP TRIGGER member_identity ON pledge.member;
DROP TRIGGER credential_identity ON pledge.credential;
DROP FUNCTION pledge.identity_changed();
DROP FUNCTION pledge.certificate_revoke(text, text);
DROP FUNCTION pledge.certificate_add(text, text, text);
DROP FUNCTION pledge.certificate_member(text);
DROP FUNCTION pledge.certificates_of(text);
DROP POLICY authority_membership ON pledge.authority;
DROP FUNCTION pledge.member_update(text, text, text, text, text, text, text, text[], text);
DROP FUNCTION pledge.member_create(text, text, text, text, text, text, text);
DROP FUNCTION pledge.member_may_write();
DROP FUNCTION pledge.member_places_check(uuid, text);
DROP FUNCTION pledge.member_last_day(text, text);
DROP FUNCTION pledge.member_owner_of(text, text);
DROP FUNCTION pledge.member_principal(text, text, text);
DROP FUNCTION pledge.principal_is_ours(uuid, text);
DROP FUNCTION pledge.certificate_digest(text, text);
DROP FUNCTION pledge.host_administrator_add(bytea, text);
DROP FUNCTION pledge.self();
DROP FUNCTION pledge.identify(bytea);
DROP TABLE pledge.role_permission;
DROP VIEW pledge.member_resource;
DROP TABLE pledge.member;
DROP TABLE pledge.login;
DROP TABLE pledge.credential;
DROP TABLE pledge.principal;
DROP FUNCTION pledge.member_roles();

COMMIT;
