-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:signin on pg
BEGIN;

SELECT principal_id, hash, code_secret, code_step, change_time
  FROM pledge.password WHERE false;
SELECT code_hash, principal_id, use_time
  FROM pledge.recovery_code WHERE false;
SELECT token_hash, principal_id, use_time
  FROM pledge.device WHERE false;
SELECT key, failures, blocked_until, last_time
  FROM pledge.attempt WHERE false;
SELECT code_hash, principal_id, code_secret, expire_time
  FROM pledge.invitation WHERE false;
SELECT session_id, token_hash, principal_id, only_authority, method, peer, idle, create_time,
       last_use_time, expire_time, end_time
  FROM pledge.session WHERE false;
SELECT token_hash, expire_time
  FROM pledge.token_used WHERE false;
SELECT 'pledge.provider_sessions_end()'::regprocedure;
SELECT 'pledge.attempt_delay(int)'::regprocedure;
SELECT 'pledge.attempt_key(text, bytea)'::regprocedure;
SELECT 'pledge.signin_audit(uuid, text, text, text, text)'::regprocedure;
SELECT 'pledge.signin_begin(text, bytea)'::regprocedure;
SELECT 'pledge.signin_failed(text, text, text, text)'::regprocedure;
SELECT 'pledge.session_begin(uuid, text, text, bytea, int, int, text, text)'::regprocedure;
SELECT 'pledge.session_tell(pledge.session)'::regprocedure;
SELECT 'pledge.device_remember(uuid, bytea)'::regprocedure;
SELECT 'pledge.signin_done(text, uuid, text, text, bigint, bytea, bytea, bytea, bytea, int,'
    'int, text, text)'::regprocedure;
SELECT 'pledge.signin_by_provider(text, text, bytea, bigint, bytea, int, int, text,'
    'text)'::regprocedure;
SELECT 'pledge.invitation_make(uuid)'::regprocedure;
SELECT 'pledge.member_invite(text)'::regprocedure;
SELECT 'pledge.member_invitation(text)'::regprocedure;
SELECT 'pledge.invitation_read(bytea)'::regprocedure;
SELECT 'pledge.invitation_open(bytea, bytea)'::regprocedure;
SELECT 'pledge.invitation_accept(bytea, text, bigint, bytea[], bytea, bytea, int, int, text,'
    'text)'::regprocedure;
SELECT 'pledge.sessions_end(uuid, bytea)'::regprocedure;
SELECT 'pledge.sign_out(bytea, boolean)'::regprocedure;
SELECT 'pledge.own_user_name()'::regprocedure;
SELECT 'pledge.password_change(text, bigint, bytea)'::regprocedure;
SELECT 'pledge.recovery_codes_replace(bigint, bytea[])'::regprocedure;
SELECT 'pledge.identify_session(bytea)'::regprocedure;
SELECT 'pledge.session_touch(bytea)'::regprocedure;
SELECT 'pledge.sessions_of(uuid)'::regprocedure;
SELECT 'pledge.own_sessions()'::regprocedure;
SELECT 'pledge.member_sessions(text)'::regprocedure;
SELECT 'pledge.member_sign_out(text)'::regprocedure;
SELECT 'pledge.host_administrator_invite(text, text)'::regprocedure;
SELECT 1 / (count(*) = 2)::int FROM pg_trigger
 WHERE tgrelid = 'pledge.session'::regclass AND tgname LIKE 'session_%' AND tgenabled = 'O'
   AND NOT tgisinternal;

ROLLBACK;
