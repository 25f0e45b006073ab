-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:signin to pg
-- How people sign in, and the sessions that they get. What opens anything is kept as a hash: tokens,
-- codes and invitations as SHA-256 since they are random, passwords as the daemon's argon2id. The
-- secrets of one-time codes are sealed by the daemon with a key that the database never sees.
-- Nobody but these functions touches the tables.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE password (
    principal_id uuid NOT NULL,
    hash         text NOT NULL,
    code_secret  bytea NOT NULL,
    code_step    bigint NOT NULL,
    change_time  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT password_principal_id_unique PRIMARY KEY (principal_id),
    CONSTRAINT password_principal_id_exists
        FOREIGN KEY (principal_id) REFERENCES login ON DELETE CASCADE
);
COMMENT ON TABLE password IS 'code_step: the time step of the last one-time code, which counts once';
COMMENT ON CONSTRAINT password_principal_id_unique ON password IS 'principal_id: has a password';
COMMENT ON CONSTRAINT password_principal_id_exists ON password IS 'principal_id: has no user name';

CREATE TABLE recovery_code (
    code_hash    bytea NOT NULL,
    principal_id uuid NOT NULL,
    use_time     timestamptz,
    CONSTRAINT recovery_code_recovery_code_unique PRIMARY KEY (code_hash),
    CONSTRAINT recovery_code_principal_id_exists
        FOREIGN KEY (principal_id) REFERENCES password ON DELETE CASCADE
);
CREATE INDEX recovery_code_principal ON recovery_code (principal_id);
COMMENT ON CONSTRAINT recovery_code_recovery_code_unique ON recovery_code
    IS 'recovery_code: is there already';
COMMENT ON CONSTRAINT recovery_code_principal_id_exists ON recovery_code
    IS 'principal_id: has no password';

-- Where somebody has signed in before: attempts from there are counted apart, so that strangers who
-- guess do not keep the right person out.
CREATE TABLE device (
    token_hash   bytea NOT NULL,
    principal_id uuid NOT NULL,
    use_time     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT device_device_token_unique PRIMARY KEY (token_hash),
    CONSTRAINT device_principal_id_exists
        FOREIGN KEY (principal_id) REFERENCES login ON DELETE CASCADE
);
CREATE INDEX device_principal ON device (principal_id);
COMMENT ON CONSTRAINT device_device_token_unique ON device IS 'device_token: is there already';
COMMENT ON CONSTRAINT device_principal_id_exists ON device IS 'principal_id: has no user name';

-- Wrong guesses in a row, by the hash of the user name, with the device if it is one of theirs. A name
-- that nobody has is counted the same.
CREATE TABLE attempt (
    key           bytea NOT NULL,
    failures      int NOT NULL,
    blocked_until timestamptz NOT NULL,
    last_time     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attempt_user_name_unique PRIMARY KEY (key)
);
COMMENT ON CONSTRAINT attempt_user_name_unique ON attempt IS 'user_name: is counted already';

CREATE TABLE invitation (
    code_hash    bytea NOT NULL,
    principal_id uuid NOT NULL,
    code_secret  bytea,
    expire_time  timestamptz NOT NULL,
    CONSTRAINT invitation_principal_id_unique PRIMARY KEY (principal_id),
    CONSTRAINT invitation_invitation_code_unique UNIQUE (code_hash),
    CONSTRAINT invitation_principal_id_exists
        FOREIGN KEY (principal_id) REFERENCES login ON DELETE CASCADE
);
COMMENT ON CONSTRAINT invitation_principal_id_unique ON invitation
    IS 'principal_id: has an invitation already';
COMMENT ON CONSTRAINT invitation_invitation_code_unique ON invitation
    IS 'invitation_code: is there already';
COMMENT ON CONSTRAINT invitation_principal_id_exists ON invitation
    IS 'principal_id: has no user name';

CREATE TABLE session (
    session_id     uuid NOT NULL DEFAULT gen_random_uuid(),
    token_hash     bytea NOT NULL,
    principal_id   uuid NOT NULL,
    only_authority text COLLATE "C",
    method         text NOT NULL,
    peer           text NOT NULL,
    idle           interval NOT NULL,
    create_time    timestamptz NOT NULL DEFAULT date_trunc('second', now()),
    last_use_time  timestamptz NOT NULL DEFAULT date_trunc('second', now()),
    expire_time    timestamptz NOT NULL,
    end_time       timestamptz,
    CONSTRAINT session_session_id_unique PRIMARY KEY (session_id),
    CONSTRAINT session_session_token_unique UNIQUE (token_hash),
    CONSTRAINT session_principal_id_exists FOREIGN KEY (principal_id) REFERENCES principal,
    CONSTRAINT session_only_authority_exists FOREIGN KEY (only_authority) REFERENCES authority,
    CONSTRAINT session_method_known
        CHECK (method IN ('password', 'recovery_code', 'identity_provider'))
);
CREATE INDEX session_principal ON session (principal_id);
CREATE INDEX session_authority ON session (only_authority);
COMMENT ON CONSTRAINT session_session_id_unique ON session IS 'session_id: is there already';
COMMENT ON CONSTRAINT session_session_token_unique ON session IS 'session_token: is there already';
COMMENT ON CONSTRAINT session_principal_id_exists ON session IS 'principal_id: names no principal';
COMMENT ON CONSTRAINT session_only_authority_exists ON session
    IS 'only_authority: names no authority';
COMMENT ON CONSTRAINT session_method_known ON session
    IS 'method: must be password, recovery_code or identity_provider';

CREATE TABLE token_used (
    token_hash  bytea NOT NULL,
    expire_time timestamptz NOT NULL,
    CONSTRAINT token_used_id_token_unique PRIMARY KEY (token_hash)
);
COMMENT ON CONSTRAINT token_used_id_token_unique ON token_used IS 'id_token: was used already';

-- A session that ends is forgotten by every loop at once.
CREATE TRIGGER session_identity AFTER UPDATE OF end_time ON session
    FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
CREATE TRIGGER session_removal AFTER DELETE ON session
    FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();

-- What a provider said is void once it is not trusted any more, or another is.
CREATE FUNCTION provider_sessions_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    UPDATE session SET end_time = now()
     WHERE only_authority = OLD.authority_id AND end_time IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER identity_provider_sessions AFTER DELETE ON identity_provider
    FOR EACH ROW EXECUTE FUNCTION provider_sessions_end();
CREATE TRIGGER identity_provider_sessions_change
    AFTER UPDATE OF issuer, client_id, user_claim, claim_names, claim_values ON identity_provider
    FOR EACH ROW WHEN ((OLD.issuer, OLD.client_id, OLD.user_claim, OLD.claim_names, OLD.claim_values)
        IS DISTINCT FROM
        (NEW.issuer, NEW.client_id, NEW.user_claim, NEW.claim_names, NEW.claim_values))
    EXECUTE FUNCTION provider_sessions_end();

-- How long nothing is taken after so many wrong guesses in a row: 1, 2, 4 … seconds from the fifth on,
-- a quarter of an hour at most, so that nobody is locked out for good.
CREATE FUNCTION attempt_delay(p_failures int) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_failures < 5 THEN interval '0'
                ELSE least(power(2, least(p_failures - 5, 20)), 900) * interval '1 second' END
$$;

CREATE FUNCTION attempt_key(p_user_name text, p_device bytea) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT sha256(convert_to(p_user_name || E'\n' || coalesce(
        (SELECT encode(d.token_hash, 'hex') FROM device AS d JOIN login AS l USING (principal_id)
          WHERE d.token_hash = p_device AND l.user_name = p_user_name), ''), 'UTF8'))
$$;

-- Records a sign-in with every authority that the person has a place in now, or with the host.
CREATE FUNCTION signin_audit(p_principal uuid, p_only_authority text, p_method text, p_outcome text,
                             p_peer text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_told boolean := false;
BEGIN
    FOR v IN SELECT m.authority_id, m.role FROM member AS m
              WHERE m.principal_id = p_principal
                AND (p_only_authority IS NULL OR m.authority_id = p_only_authority)
                AND (m.expires_on IS NULL OR m.expires_on >= current_date)
              ORDER BY m.authority_id LOOP
        PERFORM audit_append(v.authority_id, 'sign-in', p_method, p_outcome, p_peer, '', '', 0, NULL,
            NULL, p_principal, v.role);
        v_told := true;
    END LOOP;
    IF NOT v_told THEN
        PERFORM audit_append(
            CASE WHEN EXISTS (SELECT FROM change_count AS c
                               WHERE c.authority_id = p_only_authority)
                 THEN p_only_authority ELSE '' END,
            'sign-in', p_method, p_outcome, p_peer, '', '', 0, NULL, NULL, p_principal, '');
    END IF;
END
$$;

-- Begins an attempt, which counts as a wrong guess until it turns out right: so guesses that are made
-- at once count, too. Of a name that nobody has, or who may not sign in, all is NULL
-- but whether a device was shown that is not of theirs.
CREATE FUNCTION signin_begin(p_user_name text, p_device bytea, OUT wait_seconds int,
                             OUT principal_id uuid, OUT hash text, OUT code_secret bytea,
                             OUT strange_device boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_key bytea := attempt_key(p_user_name, p_device);
    v attempt;
BEGIN
    strange_device := p_device IS NOT NULL AND v_key = attempt_key(p_user_name, NULL);
    SELECT * INTO v FROM attempt AS a WHERE a.key = v_key;
    wait_seconds := greatest(ceil(extract(epoch FROM v.blocked_until - clock_timestamp())), 0);
    IF wait_seconds > 0 THEN
        RETURN;
    END IF;
    INSERT INTO attempt AS a (key, failures, blocked_until) VALUES (v_key, 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET last_time = now(),
        failures = CASE WHEN a.last_time < now() - interval '1 day' THEN 1 ELSE a.failures + 1 END,
        blocked_until = clock_timestamp() + attempt_delay(
            CASE WHEN a.last_time < now() - interval '1 day' THEN 1 ELSE a.failures + 1 END);
    SELECT w.principal_id, w.hash, w.code_secret INTO principal_id, hash, code_secret
      FROM login AS l JOIN principal AS p USING (principal_id) JOIN password AS w USING (principal_id)
     WHERE l.user_name = p_user_name
       AND (p.host_administrator OR EXISTS (
            SELECT FROM member AS m
             WHERE m.principal_id = p.principal_id
               AND (m.expires_on IS NULL OR m.expires_on >= current_date)));
    wait_seconds := 0;
END
$$;
COMMENT ON FUNCTION signin_begin(text, bytea) IS 'Counts an attempt and gives what it is held against.';

CREATE FUNCTION signin_failed(p_user_name text, p_only_authority text, p_method text, p_peer text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT signin_audit((SELECT l.principal_id FROM login AS l WHERE l.user_name = p_user_name),
                        nullif(p_only_authority, ''), p_method, 'UNAUTHENTICATED', p_peer)
$$;
COMMENT ON FUNCTION signin_failed(text, text, text, text) IS 'Records a sign-in that went wrong.';

CREATE FUNCTION session_begin(
    p_principal uuid, p_only_authority text, p_way text, p_token bytea, p_idle_seconds int,
    p_life_seconds int, p_method text, p_peer text) RETURNS session
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v session;
BEGIN
    INSERT INTO session (token_hash, principal_id, only_authority, method, peer, idle, expire_time)
    VALUES (p_token, p_principal, p_only_authority, p_way, p_peer,
            p_idle_seconds * interval '1 second',
            date_trunc('second', now()) + p_life_seconds * interval '1 second')
    RETURNING * INTO v;
    PERFORM signin_audit(p_principal, p_only_authority, p_method, 'OK', p_peer);
    RETURN v;
END
$$;

-- A session as the daemon tells it: seconds since 1970.
CREATE TYPE session_told AS (
    session_id text, way text, authority text, peer text, created bigint, used bigint, idles bigint,
    expires bigint, codes_left int
);
CREATE FUNCTION session_tell(v session) RETURNS session_told
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT v.session_id::text, v.method, coalesce('authorities/' || v.only_authority, ''), v.peer,
           extract(epoch FROM v.create_time)::bigint, extract(epoch FROM v.last_use_time)::bigint,
           extract(epoch FROM least(v.last_use_time + v.idle, v.expire_time))::bigint,
           extract(epoch FROM v.expire_time)::bigint,
           (SELECT count(*)::int FROM recovery_code AS r
             WHERE r.principal_id = v.principal_id AND r.use_time IS NULL)
$$;

CREATE FUNCTION device_remember(p_principal uuid, p_device bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    INSERT INTO device (token_hash, principal_id) VALUES (p_device, p_principal)
    ON CONFLICT (token_hash) DO UPDATE SET use_time = now()
$$;

-- The end of an attempt whose password was right, and its one-time code if there is a step. No row: the
-- code was used before, the recovery code is none, or the password is not the one whose hash was looked
-- at any more. The new hash is of the same password, at what one costs now.
CREATE FUNCTION signin_done(
    p_user_name text, p_principal uuid, p_hash text, p_new_hash text, p_step bigint, p_recovery bytea,
    p_old_device bytea, p_device bytea, p_token bytea, p_idle_seconds int, p_life_seconds int,
    p_method text, p_peer text)
RETURNS SETOF session_told
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    UPDATE password SET hash = p_new_hash,
           code_step = CASE WHEN p_recovery IS NULL THEN p_step ELSE code_step END
     WHERE principal_id = p_principal AND hash = p_hash
       AND (p_recovery IS NOT NULL OR code_step < p_step);
    IF FOUND AND p_recovery IS NOT NULL THEN
        UPDATE recovery_code SET use_time = now()
         WHERE principal_id = p_principal AND code_hash = p_recovery AND use_time IS NULL;
    END IF;
    IF NOT FOUND THEN
        PERFORM signin_failed(p_user_name, '', p_method, p_peer);
        RETURN;
    END IF;
    DELETE FROM attempt WHERE key = attempt_key(p_user_name, p_old_device);
    DELETE FROM device WHERE token_hash = p_old_device AND principal_id = p_principal;
    PERFORM device_remember(p_principal, p_device);
    RETURN QUERY SELECT t.* FROM session_tell(session_begin(p_principal, NULL,
        CASE WHEN p_recovery IS NULL THEN 'password' ELSE 'recovery_code' END,
        p_token, p_idle_seconds, p_life_seconds, p_method, p_peer)) AS t;
END
$$;
COMMENT ON FUNCTION signin_done(text, uuid, text, text, bigint, bytea, bytea, bytea, bytea, int, int,
    text, text)
    IS 'Begins a session after a right password and code.';

-- The end of a sign-in by an identity provider, whose word counts for its own authority. No row: the
-- token was used before, or nobody there goes by the name.
CREATE FUNCTION signin_by_provider(
    p_authority text, p_user_name text, p_id_token bytea, p_token_expires bigint, p_token bytea,
    p_idle_seconds int, p_life_seconds int, p_method text, p_peer text)
RETURNS SETOF session_told
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_principal uuid;
BEGIN
    SELECT m.principal_id INTO v_principal FROM member AS m
     WHERE m.authority_id = p_authority AND m.user_name = p_user_name
       AND (m.expires_on IS NULL OR m.expires_on >= current_date);
    IF v_principal IS NOT NULL THEN
        INSERT INTO token_used (token_hash, expire_time)
        VALUES (p_id_token, to_timestamp(p_token_expires) + interval '1 hour')
        ON CONFLICT DO NOTHING;
    END IF;
    IF v_principal IS NULL OR NOT FOUND THEN
        PERFORM signin_audit(v_principal, p_authority, p_method, 'UNAUTHENTICATED', p_peer);
        RETURN;
    END IF;
    RETURN QUERY SELECT t.* FROM session_tell(session_begin(v_principal, p_authority,
        'identity_provider', p_token, p_idle_seconds, p_life_seconds, p_method, p_peer)) AS t;
END
$$;
COMMENT ON FUNCTION signin_by_provider(text, text, bytea, bigint, bytea, int, int, text, text)
    IS 'Begins a session for whom an identity provider named.';

-- Invitations.
CREATE FUNCTION invitation_make(p_principal uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    -- two random UUIDs have 244 random bits
    v_code text := replace(gen_random_uuid() || '' || gen_random_uuid(), '-', '');
BEGIN
    DELETE FROM invitation WHERE principal_id = p_principal;
    INSERT INTO invitation (code_hash, principal_id, expire_time)
    VALUES (sha256(convert_to(v_code, 'UTF8')), p_principal,
            date_trunc('second', now()) + interval '7 days');
    PERFORM set_config('pledge.invitation', v_code, true);
END
$$;
COMMENT ON FUNCTION invitation_make(uuid)
    IS 'Replaces the invitation; its code is in the setting pledge.invitation until the commit.';

CREATE FUNCTION member_invite(p_member text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v member := certificate_member(p_member);
BEGIN
    IF v.user_name IS NULL THEN
        PERFORM fail('PL412', 'The member has no user name to sign in with. Give it one first.',
            'name');
    END IF;
    PERFORM invitation_make(v.principal_id);
END
$$;

CREATE FUNCTION member_invitation(p_member text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT i.expire_time FROM member AS m JOIN invitation AS i USING (principal_id)
     WHERE m.authority_id = app_authority() AND m.member_id = p_member
$$;

CREATE FUNCTION invitation_read(p_code bytea, OUT user_name text, OUT code_secret bytea,
                                OUT expires bigint) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT l.user_name, i.code_secret, extract(epoch FROM i.expire_time)::bigint
      FROM invitation AS i JOIN login AS l USING (principal_id)
     WHERE i.code_hash = p_code AND i.expire_time > now()
$$;

CREATE FUNCTION invitation_open(p_code bytea, p_code_secret bytea, OUT user_name text,
                                OUT expires bigint) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    UPDATE invitation SET code_secret = p_code_secret
     WHERE code_hash = p_code AND expire_time > now();
    RETURN QUERY SELECT r.user_name, r.expires FROM invitation_read(p_code) AS r;
END
$$;

CREATE FUNCTION invitation_accept(
    p_code bytea, p_hash text, p_step bigint, p_recovery bytea[], p_device bytea, p_token bytea,
    p_idle_seconds int, p_life_seconds int, p_method text, p_peer text)
RETURNS SETOF session_told
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v invitation;
BEGIN
    DELETE FROM invitation WHERE code_hash = p_code AND expire_time > now() RETURNING * INTO v;
    IF v.code_secret IS NULL THEN
        RETURN;
    END IF;
    PERFORM sessions_end(v.principal_id, NULL);
    DELETE FROM password WHERE principal_id = v.principal_id;
    INSERT INTO password (principal_id, hash, code_secret, code_step)
    VALUES (v.principal_id, p_hash, v.code_secret, p_step);
    INSERT INTO recovery_code (code_hash, principal_id)
    SELECT c, v.principal_id FROM unnest(p_recovery) AS c;
    DELETE FROM attempt WHERE key = attempt_key(
        (SELECT l.user_name FROM login AS l WHERE l.principal_id = v.principal_id), NULL);
    PERFORM device_remember(v.principal_id, p_device);
    RETURN QUERY SELECT t.* FROM session_tell(session_begin(v.principal_id, NULL, 'password', p_token,
        p_idle_seconds, p_life_seconds, p_method, p_peer)) AS t;
END
$$;
COMMENT ON FUNCTION invitation_accept(bytea, text, bigint, bytea[], bytea, bytea, int, int, text, text)
    IS 'Uses an invitation up: all that opened before is void.';

-- Ends all sessions of a principal but one, and forgets its devices where it is all.
CREATE FUNCTION sessions_end(p_principal uuid, p_but_token bytea) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_ended int;
BEGIN
    UPDATE session SET end_time = now()
     WHERE principal_id = p_principal AND token_hash IS DISTINCT FROM p_but_token
       AND end_time IS NULL AND expire_time > now() AND last_use_time + idle > now();
    GET DIAGNOSTICS v_ended = ROW_COUNT;
    IF p_but_token IS NULL THEN
        DELETE FROM device WHERE principal_id = p_principal;
    END IF;
    RETURN v_ended;
END
$$;

CREATE FUNCTION sign_out(p_token bytea, p_everywhere boolean) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_ended int;
BEGIN
    IF p_everywhere THEN
        RETURN sessions_end(app_principal(), NULL);
    END IF;
    UPDATE session SET end_time = now()
     WHERE token_hash = p_token AND principal_id = app_principal() AND end_time IS NULL;
    GET DIAGNOSTICS v_ended = ROW_COUNT;
    RETURN v_ended;
END
$$;
COMMENT ON FUNCTION sign_out(bytea, boolean) IS 'Ends the caller''s session, or all; how many ended.';

CREATE FUNCTION own_user_name() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$ SELECT l.user_name FROM login AS l WHERE l.principal_id = app_principal() $$;

-- No row: the one-time code was used before.
CREATE FUNCTION password_change(p_hash text, p_step bigint, p_token bytea)
RETURNS TABLE (ended int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    UPDATE password SET hash = p_hash, code_step = p_step, change_time = now()
     WHERE principal_id = app_principal() AND code_step < p_step;
    IF FOUND THEN
        DELETE FROM attempt WHERE key = attempt_key(own_user_name(), NULL);
        RETURN QUERY SELECT sessions_end(app_principal(), p_token);
    END IF;
END
$$;

CREATE FUNCTION recovery_codes_replace(p_step bigint, p_recovery bytea[])
RETURNS TABLE (ended int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    UPDATE password SET code_step = p_step
     WHERE principal_id = app_principal() AND code_step < p_step;
    IF FOUND THEN
        DELETE FROM attempt WHERE key = attempt_key(own_user_name(), NULL);
        DELETE FROM recovery_code WHERE principal_id = app_principal();
        INSERT INTO recovery_code (code_hash, principal_id)
        SELECT c, app_principal() FROM unnest(p_recovery) AS c;
        RETURN QUERY SELECT 0;
    END IF;
END
$$;

-- Who a session belongs to, like identify(). What an identity provider said counts for its own
-- authority; the host's administrators have nothing to do with theirs.
CREATE FUNCTION identify_session(p_token bytea)
RETURNS TABLE (principal_id uuid, display_name text, host_administrator boolean,
               authority_id text, role text, owner_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT p.principal_id, p.display_name, p.host_administrator AND s.only_authority IS NULL,
           coalesce(m.authority_id, ''), coalesce(m.role, ''), coalesce(m.owner_id, '')
      FROM session AS s
      JOIN principal AS p ON p.principal_id = s.principal_id
      LEFT JOIN member AS m ON m.principal_id = p.principal_id
       AND (m.expires_on IS NULL OR m.expires_on >= current_date)
       AND (s.only_authority IS NULL OR m.authority_id = s.only_authority)
     WHERE s.token_hash = p_token AND s.end_time IS NULL AND s.expire_time > now()
       AND s.last_use_time + s.idle > now()
     ORDER BY m.authority_id
$$;
COMMENT ON FUNCTION identify_session(bytea)
    IS 'Who a session belongs to: a row for each place that it is good for, one without any, or none.';

CREATE FUNCTION session_touch(p_token bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    UPDATE session SET last_use_time = date_trunc('second', now())
     WHERE token_hash = p_token AND end_time IS NULL AND last_use_time + idle > now()
$$;
COMMENT ON FUNCTION session_touch(bytea) IS 'Keeps a session that is in use from ending.';

-- Sessions as the API shows them.
CREATE FUNCTION sessions_of(p_principal uuid)
RETURNS TABLE (name text, method text, authority text, peer text, create_time timestamptz,
               last_use_time timestamptz, idle_expire_time timestamptz, expire_time timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT 'sessions/' || s.session_id, s.method, coalesce('authorities/' || s.only_authority, ''),
           s.peer, s.create_time, s.last_use_time, least(s.last_use_time + s.idle, s.expire_time),
           s.expire_time
      FROM session AS s
     WHERE s.principal_id = p_principal AND s.end_time IS NULL AND s.expire_time > now()
       AND s.last_use_time + s.idle > now()
     ORDER BY s.create_time DESC, s.session_id
$$;

CREATE FUNCTION own_sessions()
RETURNS TABLE (name text, method text, authority text, peer text, create_time timestamptz,
               last_use_time timestamptz, idle_expire_time timestamptz, expire_time timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$ SELECT * FROM sessions_of(app_principal()) $$;
COMMENT ON FUNCTION own_sessions() IS 'The open sessions of who calls.';

CREATE FUNCTION member_sessions(p_member text)
RETURNS TABLE (name text, method text, authority text, peer text, create_time timestamptz,
               last_use_time timestamptz, idle_expire_time timestamptz, expire_time timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT s.* FROM member AS m, sessions_of(m.principal_id) AS s
     WHERE m.authority_id = app_authority() AND m.member_id = p_member
       AND s.authority IN ('', 'authorities/' || app_authority())
$$;
COMMENT ON FUNCTION member_sessions(text)
    IS 'The open sessions of a member that are good for the call''s authority.';

CREATE FUNCTION member_sign_out(p_member text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM sessions_end((certificate_member(p_member)).principal_id, NULL);
END
$$;

-- A host administrator who signs in; for whoever owns the database only. Returns the code of an
-- invitation.
CREATE FUNCTION host_administrator_invite(p_user_name text, p_display_name text) RETURNS text
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_principal uuid;
BEGIN
    SELECT l.principal_id INTO v_principal FROM login AS l WHERE l.user_name = p_user_name;
    IF NOT FOUND THEN
        INSERT INTO principal (display_name, host_administrator) VALUES (p_display_name, true)
        RETURNING principal_id INTO v_principal;
        INSERT INTO login (principal_id, user_name) VALUES (v_principal, p_user_name);
    ELSIF EXISTS (SELECT FROM member AS m WHERE m.principal_id = v_principal) THEN
        PERFORM fail('PL412', 'The user name belongs to a member of an authority.'
            ' Host administrators are not members.', 'user_name');
    ELSE
        UPDATE principal SET display_name = p_display_name, host_administrator = true
         WHERE principal_id = v_principal;
    END IF;
    PERFORM invitation_make(v_principal);
    RETURN current_setting('pledge.invitation');
END
$$;
COMMENT ON FUNCTION host_administrator_invite(text, text)
    IS 'Makes or keeps a host administrator who signs in by user name, and invites them.';

COMMIT;
