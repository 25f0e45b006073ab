-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:signin from pg
BEGIN;

DROP FUNCTION pledge.host_administrator_invite(text, text);
DROP FUNCTION pledge.member_sign_out(text);
DROP FUNCTION pledge.member_sessions(text);
DROP FUNCTION pledge.own_sessions();
DROP FUNCTION pledge.sessions_of(uuid);
DROP FUNCTION pledge.session_touch(bytea);
DROP FUNCTION pledge.identify_session(bytea);
DROP FUNCTION pledge.recovery_codes_replace(bigint, bytea[]);
DROP FUNCTION pledge.password_change(text, bigint, bytea);
DROP FUNCTION pledge.own_user_name();
DROP FUNCTION pledge.sign_out(bytea, boolean);
DROP FUNCTION pledge.sessions_end(uuid, bytea);
DROP FUNCTION pledge.invitation_accept(bytea, text, bigint, bytea[], bytea, bytea, int, int,
    text, text);
DROP FUNCTION pledge.invitation_open(bytea, bytea);
DROP FUNCTION pledge.invitation_read(bytea);
DROP FUNCTION pledge.member_invitation(text);
DROP FUNCTION pledge.member_invite(text);
DROP FUNCTION pledge.invitation_make(uuid);
DROP FUNCTION pledge.signin_by_provider(text, text, bytea, bigint, bytea, int, int, text, text);
DROP FUNCTION pledge.signin_done(text, uuid, text, text, bigint, bytea, bytea, bytea, bytea, int,
    int, text, text);
DROP FUNCTION pledge.device_remember(uuid, bytea);
DROP FUNCTION pledge.session_tell(pledge.session);
DROP FUNCTION pledge.session_begin(uuid, text, text, bytea, int, int, text, text);
DROP FUNCTION pledge.signin_failed(text, text, text, text);
DROP FUNCTION pledge.signin_begin(text, bytea);
DROP FUNCTION pledge.signin_audit(uuid, text, text, text, text);
DROP FUNCTION pledge.attempt_key(text, bytea);
DROP FUNCTION pledge.attempt_delay(int);
DROP TYPE pledge.session_told;
DROP TRIGGER identity_provider_sessions_change ON pledge.identity_provider;
DROP TRIGGER identity_provider_sessions ON pledge.identity_provider;
DROP FUNCTION pledge.provider_sessions_end();
DROP TABLE pledge.token_used;
DROP TABLE pledge.session;
DROP TABLE pledge.invitation;
DROP TABLE pledge.attempt;
DROP TABLE pledge.device;
DROP TABLE pledge.recovery_code;
DROP TABLE pledge.password;

COMMIT;
