-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:member to pg
-- Who may act: a principal is known by the SHA-256 of its client certificates, or by the user name
-- that a person signs in with, and has places (members) in authorities. Roles hold permissions by a table that every RPC file refers to.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION member_roles() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT '{council_administrator,officer,director,elected_member,support_worker,partner_agency,'
        'inspector,safeguarding_officer}'::text[]
$$;
COMMENT ON FUNCTION member_roles() IS 'What a member can be; a host administrator is none.';

CREATE TABLE principal (
    principal_id       uuid NOT NULL DEFAULT gen_random_uuid(),
    display_name       text NOT NULL,
    host_administrator boolean NOT NULL DEFAULT false,
    create_time        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT principal_principal_id_unique PRIMARY KEY (principal_id),
    CONSTRAINT principal_display_name_length
        CHECK (is_said(display_name) AND char_length(display_name) <= 200)
);
COMMENT ON CONSTRAINT principal_principal_id_unique ON principal
    IS 'principal_id: is already another principal';
COMMENT ON CONSTRAINT principal_display_name_length ON principal
    IS 'display_name: must have 1 to 200 characters';

CREATE TABLE credential (
    fingerprint  bytea NOT NULL,
    principal_id uuid NOT NULL,
    expires_on   date,
    create_time  timestamptz NOT NULL DEFAULT now(),
    revoke_time  timestamptz,
    CONSTRAINT credential_certificate_sha256_unique PRIMARY KEY (fingerprint),
    CONSTRAINT credential_certificate_sha256_pair UNIQUE (fingerprint, principal_id),
    CONSTRAINT credential_principal_id_exists FOREIGN KEY (principal_id) REFERENCES principal,
    CONSTRAINT credential_certificate_sha256_length CHECK (octet_length(fingerprint) = 32)
);
COMMENT ON CONSTRAINT credential_certificate_sha256_unique ON credential
    IS 'certificate_sha256: already belongs to another principal';
COMMENT ON CONSTRAINT credential_certificate_sha256_pair ON credential
    IS 'certificate_sha256: already belongs to this principal';
COMMENT ON CONSTRAINT credential_principal_id_exists ON credential
    IS 'principal_id: names no principal';
COMMENT ON CONSTRAINT credential_certificate_sha256_length ON credential
    IS 'certificate_sha256: must be a SHA-256 of 32 bytes';
CREATE INDEX credential_principal ON credential (principal_id);

CREATE TABLE login (
    principal_id uuid NOT NULL,
    user_name    text COLLATE "C" NOT NULL,
    create_time  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT login_principal_id_unique PRIMARY KEY (principal_id),
    CONSTRAINT login_user_name_unique UNIQUE (user_name),
    CONSTRAINT login_user_name_pair UNIQUE (user_name, principal_id),
    CONSTRAINT login_principal_id_exists FOREIGN KEY (principal_id) REFERENCES principal,
    CONSTRAINT login_user_name_form
        CHECK (user_name ~ '^[^[:space:][:cntrl:]]{1,254}$' AND user_name = lower(user_name))
);
COMMENT ON CONSTRAINT login_principal_id_unique ON login IS 'user_name: the principal has one already';
COMMENT ON CONSTRAINT login_user_name_unique ON login IS 'user_name: belongs to another principal';
COMMENT ON CONSTRAINT login_user_name_pair ON login IS 'user_name: belongs to this principal already';
COMMENT ON CONSTRAINT login_principal_id_exists ON login IS 'principal_id: names no principal';
COMMENT ON CONSTRAINT login_user_name_form ON login
    IS 'user_name: must have 1 to 254 characters, lower case and without spaces';

CREATE TABLE member (
    authority_id text COLLATE "C" NOT NULL,
    member_id    text COLLATE "C" NOT NULL,
    principal_id uuid NOT NULL,
    fingerprint  bytea,
    user_name    text COLLATE "C",
    display_name text NOT NULL,
    role         text NOT NULL,
    owner_id     text COLLATE "C",
    expires_on   date,
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    owner_name   text NOT NULL GENERATED ALWAYS AS (CASE
        WHEN owner_id IS NULL THEN ''
        ELSE 'authorities/' || authority_id
            || CASE role WHEN 'director' THEN '/departments/' ELSE '/partnerAgencies/' END
            || owner_id END) STORED,
    CONSTRAINT member_member_id_unique PRIMARY KEY (authority_id, member_id),
    CONSTRAINT member_certificate_sha256_once UNIQUE (principal_id, authority_id),
    CONSTRAINT member_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT member_certificate_sha256_known
        FOREIGN KEY (fingerprint, principal_id) REFERENCES credential (fingerprint, principal_id),
    CONSTRAINT member_user_name_known
        FOREIGN KEY (user_name, principal_id) REFERENCES login (user_name, principal_id),
    CONSTRAINT member_certificate_sha256_or_user_name
        CHECK (fingerprint IS NOT NULL OR user_name IS NOT NULL),
    CONSTRAINT member_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT member_member_id_form CHECK (is_id(member_id)),
    CONSTRAINT member_display_name_length
        CHECK (is_said(display_name) AND char_length(display_name) <= 200),
    CONSTRAINT member_role_known CHECK (role = ANY (member_roles())),
    CONSTRAINT member_owner_role
        CHECK ((role IN ('director', 'partner_agency')) = (owner_id IS NOT NULL)),
    CONSTRAINT member_expires_on_inspector
        CHECK (role <> 'inspector' OR expires_on <= (update_time + interval '1 year')::date)
);
COMMENT ON CONSTRAINT member_member_id_unique ON member
    IS 'member_id: is already the identifier of another member';
COMMENT ON CONSTRAINT member_certificate_sha256_once ON member
    IS 'certificate_sha256: is already a member of this authority';
COMMENT ON CONSTRAINT member_parent_exists ON member IS 'parent: names no authority';
COMMENT ON CONSTRAINT member_certificate_sha256_known ON member
    IS 'certificate_sha256: is not a known certificate';
COMMENT ON CONSTRAINT member_user_name_known ON member IS 'user_name: is not a known one';
COMMENT ON CONSTRAINT member_certificate_sha256_or_user_name ON member
    IS 'certificate_sha256: a member needs a certificate, a user name, or both';
COMMENT ON CONSTRAINT member_owner_exists ON member
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT member_member_id_form ON member
    IS 'member_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT member_display_name_length ON member
    IS 'display_name: must have 1 to 200 characters';
COMMENT ON CONSTRAINT member_role_known ON member
    IS 'role: must be council administrator, officer, director, elected member, support worker,'
       ' partner agency, inspector or safeguarding officer';
COMMENT ON CONSTRAINT member_owner_role ON member
    IS 'owner: directors and partner agencies need one, other roles have none';
COMMENT ON CONSTRAINT member_expires_on_inspector ON member
    IS 'expires_on: an inspector needs a last day, at most a year ahead';
CREATE INDEX member_login ON member (user_name, principal_id);
CREATE INDEX member_credential ON member (fingerprint, principal_id);
CREATE INDEX member_owner ON member (authority_id, owner_id);
CREATE TRIGGER member_touch BEFORE UPDATE ON member FOR EACH ROW EXECUTE FUNCTION touch();

ALTER TABLE member ENABLE ROW LEVEL SECURITY;
ALTER TABLE member FORCE ROW LEVEL SECURITY;
CREATE POLICY member_tenant ON member
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());
-- A caller always sees its own places, in every authority.
CREATE POLICY member_own ON member FOR SELECT USING (principal_id = app_principal());
-- identify() runs before anybody is known, as the role that owns the schema.
CREATE POLICY member_definer ON member FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY authority_membership ON authority FOR SELECT USING (authority_id IN (
    SELECT m.authority_id FROM member AS m WHERE m.principal_id = app_principal()));

CREATE VIEW member_resource WITH (security_invoker = true) AS
    SELECT m.authority_id, m.member_id, m.principal_id,
           'authorities/' || m.authority_id || '/members/' || m.member_id AS name,
           m.display_name, m.role, m.owner_name AS owner,
           coalesce(encode(m.fingerprint, 'hex'), '') AS certificate_sha256,
           coalesce(m.user_name, '') AS user_name,
           coalesce(m.expires_on::text, '') AS expires_on, m.create_time, m.update_time,
           etag(m.revision) AS etag
      FROM member AS m;
COMMENT ON VIEW member_resource IS 'Members as the API shows them';

CREATE TABLE role_permission (
    role       text COLLATE "C" NOT NULL,
    permission text COLLATE "C" NOT NULL,
    CONSTRAINT role_permission_permission_unique PRIMARY KEY (role, permission),
    CONSTRAINT role_permission_role_known
        CHECK (role = 'host_administrator' OR role = ANY (member_roles()))
);
COMMENT ON CONSTRAINT role_permission_permission_unique ON role_permission
    IS 'permission: is already held by the role';
COMMENT ON CONSTRAINT role_permission_role_known ON role_permission
    IS 'role: must be host_administrator or a role of members';

-- A host administrator runs tenants and sees no tenant's content; a council administrator says who
-- acts for one council and does none of its work; an inspector reads, and until a day only.
INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('host_administrator', '{authority.read,authority.create,member.read,member.write,'
        'provider.read,provider.write,host.audit}'::text[]),
    ('council_administrator', '{authority.read,authority.write,member.read,member.write,'
        'provider.read,provider.write,audit.read}'),
    ('officer', '{authority.read,authority.write,member.read,pledge.read,pledge.write,'
        'pledge.adopt,commitment.read,commitment.write,round.read,round.write,return.read,'
        'return.submit,return.certify,return.review,monitor.read}'),
    ('director', '{authority.read,member.read,pledge.read,commitment.read,round.read,'
        'return.read,return.submit,return.certify,monitor.read}'),
    ('elected_member', '{authority.read,pledge.read,commitment.read,round.read,return.read,'
        'monitor.read}'),
    ('support_worker', '{authority.read,pledge.read,commitment.read,round.read,monitor.read}'),
    ('partner_agency', '{authority.read,pledge.read,commitment.read,round.read,return.read,'
        'return.submit}'),
    ('inspector', '{authority.read,pledge.read,commitment.read,round.read,return.read,'
        'monitor.read}'),
    ('safeguarding_officer', '{authority.read,pledge.read}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

CREATE FUNCTION identify(fingerprint bytea)
RETURNS TABLE (principal_id uuid, display_name text, host_administrator boolean,
               authority_id text, role text, owner_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT p.principal_id, p.display_name, p.host_administrator,
           coalesce(m.authority_id, ''), coalesce(m.role, ''), coalesce(m.owner_id, '')
      FROM credential AS c
      JOIN principal AS p ON p.principal_id = c.principal_id
      LEFT JOIN member AS m ON m.principal_id = p.principal_id
       AND (m.expires_on IS NULL OR m.expires_on >= current_date)
     WHERE c.fingerprint = identify.fingerprint AND c.revoke_time IS NULL
     ORDER BY m.authority_id
$$;
COMMENT ON FUNCTION identify(bytea)
    IS 'Who a certificate belongs to: a row for each place that has not expired, one row without any'
       ' place, or none.';

CREATE FUNCTION self(OUT display_name text, OUT host_administrator boolean)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT p.display_name, p.host_administrator FROM principal AS p
     WHERE p.principal_id = app_principal()
$$;
COMMENT ON FUNCTION self() IS 'The principal of the call.';

CREATE FUNCTION host_administrator_add(fingerprint bytea, display_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_principal uuid;
BEGIN
    SELECT c.principal_id INTO v_principal FROM credential AS c
     WHERE c.fingerprint = host_administrator_add.fingerprint;
    IF NOT FOUND THEN
        INSERT INTO principal (display_name, host_administrator)
        VALUES (host_administrator_add.display_name, true)
        RETURNING principal.principal_id INTO v_principal;
        INSERT INTO credential (fingerprint, principal_id)
        VALUES (host_administrator_add.fingerprint, v_principal);
    ELSIF EXISTS (SELECT FROM member AS m WHERE m.principal_id = v_principal) THEN
        PERFORM fail('PL412', 'The certificate belongs to a member of an authority.'
            ' Host administrators are not members.', 'certificate_sha256');
    ELSE
        UPDATE principal SET display_name = host_administrator_add.display_name,
               host_administrator = true
         WHERE principal.principal_id = v_principal;
    END IF;
END
$$;
COMMENT ON FUNCTION host_administrator_add(bytea, text)
    IS 'Makes a certificate a host administrator''s. For whoever owns the database only.';

-- The SHA-256 of a certificate as it is kept, of its 64 digits.
CREATE FUNCTION certificate_digest(p_certificate text, p_field text) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_certificate !~ '^[0-9a-f]{64}$' THEN
        PERFORM fail('PL400', 'A certificate''s SHA-256 has 64 lower case hexadecimal digits.',
            p_field);
    END IF;
    RETURN decode(p_certificate, 'hex');
END
$$;

-- What acts for a principal acts in every authority that it has a place in, so a council gives
-- means to act only to those that have none elsewhere.
CREATE FUNCTION principal_is_ours(p_principal uuid, p_field text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF app_role() IS DISTINCT FROM 'host_administrator' AND EXISTS (
        SELECT FROM member AS m
         WHERE m.principal_id = p_principal AND m.authority_id <> app_authority()) THEN
        PERFORM fail('PL403', 'The member has a place in another authority, too: ask the host'
            ' administrator.', p_field);
    END IF;
END
$$;

-- Finds or makes the principal of a certificate, a user name, or both ('' for none). Only
-- member_create and member_update call it.
CREATE FUNCTION member_principal(p_certificate text, p_user_name text, p_display_name text)
RETURNS uuid
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_digest bytea := CASE WHEN p_certificate <> '' OR p_user_name = ''
        THEN certificate_digest(p_certificate, 'member.certificate_sha256') END;
    v_certified uuid;
    v_named uuid;
    v_principal uuid;
    v_revoked boolean;
BEGIN
    SELECT c.principal_id, c.revoke_time IS NOT NULL INTO v_certified, v_revoked
      FROM credential AS c WHERE c.fingerprint = v_digest;
    SELECT l.principal_id INTO v_named FROM login AS l WHERE l.user_name = p_user_name;
    v_principal := coalesce(v_certified, v_named);
    IF v_revoked THEN
        PERFORM fail('PL412', 'The certificate was revoked.', 'member.certificate_sha256');
    ELSIF v_certified <> v_named THEN
        PERFORM fail('PL412', 'The certificate and the user name belong to different members.',
            'member.user_name');
    ELSIF EXISTS (SELECT FROM principal AS p
                   WHERE p.principal_id = v_principal AND p.host_administrator) THEN
        PERFORM fail('PL400', 'Host administrators are not members.',
            CASE WHEN v_certified IS NULL THEN 'member.user_name'
                 ELSE 'member.certificate_sha256' END);
    ELSIF v_principal IS NULL THEN
        INSERT INTO principal (display_name) VALUES (p_display_name)
        RETURNING principal_id INTO v_principal;
    END IF;
    IF v_digest IS NOT NULL AND v_certified IS NULL THEN
        PERFORM principal_is_ours(v_principal, 'member.certificate_sha256');
        INSERT INTO credential (fingerprint, principal_id) VALUES (v_digest, v_principal);
    END IF;
    IF p_user_name <> '' AND v_named IS NULL THEN
        PERFORM principal_is_ours(v_principal, 'member.user_name');
        INSERT INTO login (principal_id, user_name) VALUES (v_principal, p_user_name);
    END IF;
    RETURN v_principal;
END
$$;

-- Checks the owner that a role needs and gives its identifier, or NULL for an officer.
CREATE FUNCTION member_owner_of(p_role text, p_owner text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_role <> ALL (member_roles()) THEN
        PERFORM fail('PL400', 'A member is a council administrator, an officer, a director, an'
            ' elected member, a support worker, a partner agency, an inspector or a safeguarding'
            ' officer.', 'member.role');
    ELSIF p_role NOT IN ('director', 'partner_agency') AND p_owner <> '' THEN
        PERFORM fail('PL400', 'Only a director and a partner agency act for a single owner: leave it'
            ' empty.', 'member.owner');
    ELSIF p_role = 'director' AND p_owner !~ '/departments/' THEN
        PERFORM fail('PL400', 'A director needs a department.', 'member.owner');
    ELSIF p_role = 'partner_agency' AND p_owner !~ '/partnerAgencies/' THEN
        PERFORM fail('PL400', 'A partner agency''s member needs a partner agency.',
            'member.owner');
    END IF;
    RETURN CASE WHEN p_role IN ('director', 'partner_agency')
        THEN owner_of(p_owner, 'member.owner') END;
END
$$;

-- The last day of a member, or NULL for one without end.
CREATE FUNCTION member_last_day(p_role text, p_expires_on text) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_day date := date_or_null(p_expires_on);
BEGIN
    IF p_expires_on <> '' AND v_day IS NULL THEN
        PERFORM fail('PL400', 'The last day is written YYYY-MM-DD.', 'member.expires_on');
    ELSIF v_day < current_date THEN
        PERFORM fail('PL400', 'The last day is today or later.', 'member.expires_on');
    ELSIF p_role = 'inspector' AND coalesce(v_day > current_date + interval '1 year', true) THEN
        PERFORM fail('PL400', 'An inspector needs a last day, at most a year ahead.',
            'member.expires_on');
    END IF;
    RETURN v_day;
END
$$;

-- An inspector looks into one authority, so a certificate that has another place is no inspector's.
CREATE FUNCTION member_places_check(p_principal uuid, p_role text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM member AS m
      WHERE m.principal_id = p_principal AND m.authority_id <> app_authority()
        AND 'inspector' IN (p_role, m.role);
    IF FOUND THEN
        PERFORM fail('PL412', 'An inspector has a certificate of its own for each authority.',
            'member.certificate_sha256');
    END IF;
END
$$;

CREATE FUNCTION member_may_write() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF app_role() IS NULL OR app_role() NOT IN ('host_administrator', 'council_administrator') THEN
        PERFORM fail('PL403', 'Only a council or host administrator may change who is a member.');
    END IF;
    PERFORM FROM authority WHERE authority_id = app_authority();
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such authority.', 'parent');
    END IF;
END
$$;

CREATE FUNCTION member_create(p_id text, p_display_name text, p_role text, p_owner text,
                              p_certificate text, p_expires_on text,
                              p_user_name text DEFAULT '') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_owner text;
    v_last_day date;
    v_principal uuid;
BEGIN
    PERFORM member_may_write();
    v_owner := member_owner_of(p_role, p_owner);
    v_last_day := member_last_day(p_role, p_expires_on);
    IF EXISTS (SELECT FROM member WHERE authority_id = app_authority() AND member_id = p_id) THEN
        PERFORM fail('PL409', 'There is already a member ' || p_id || '.', 'member_id');
    END IF;
    v_principal := member_principal(p_certificate, p_user_name, p_display_name);
    PERFORM member_places_check(v_principal, p_role);
    INSERT INTO member (authority_id, member_id, principal_id, fingerprint, user_name, display_name,
                        role, owner_id, expires_on)
    VALUES (app_authority(), p_id, v_principal, decode(nullif(p_certificate, ''), 'hex'),
            nullif(p_user_name, ''), p_display_name, p_role, v_owner, v_last_day);
END
$$;

CREATE FUNCTION member_update(p_id text, p_display_name text, p_role text, p_owner text,
                              p_certificate text, p_expires_on text, p_etag text,
                              p_paths text[], p_user_name text DEFAULT '') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v member;
BEGIN
    PERFORM member_may_write();
    PERFORM mask_check(p_paths, '{display_name,role,owner,certificate_sha256,expires_on,user_name}');
    SELECT * INTO v FROM member WHERE authority_id = app_authority() AND member_id = p_id
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no member ' || p_id || '.', 'member.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'member.etag');
    IF masked('display_name', p_paths) THEN
        v.display_name := p_display_name;
    END IF;
    IF masked('role', p_paths) THEN
        v.role := p_role;
    END IF;
    IF masked('owner', p_paths) OR masked('role', p_paths) THEN
        v.owner_id := member_owner_of(v.role, CASE WHEN masked('owner', p_paths) THEN p_owner
                                                   ELSE v.owner_name END);
    END IF;
    IF masked('certificate_sha256', p_paths) OR masked('user_name', p_paths) THEN
        IF masked('certificate_sha256', p_paths) THEN
            v.fingerprint := decode(nullif(p_certificate, ''), 'hex');
        END IF;
        IF masked('user_name', p_paths) THEN
            v.user_name := nullif(p_user_name, '');
        END IF;
        v.principal_id := member_principal(
            CASE WHEN masked('certificate_sha256', p_paths) THEN p_certificate
                 ELSE coalesce(encode(v.fingerprint, 'hex'), '') END,
            coalesce(v.user_name, ''), v.display_name);
    END IF;
    IF masked('expires_on', p_paths) OR masked('role', p_paths) THEN
        v.expires_on := member_last_day(v.role, CASE WHEN masked('expires_on', p_paths)
            THEN p_expires_on ELSE coalesce(v.expires_on::text, '') END);
    END IF;
    PERFORM member_places_check(v.principal_id, v.role);
    UPDATE member SET display_name = v.display_name, role = v.role, owner_id = v.owner_id,
           principal_id = v.principal_id, fingerprint = v.fingerprint, user_name = v.user_name,
           expires_on = v.expires_on
     WHERE authority_id = app_authority() AND member_id = p_id;
END
$$;

-- Certificates of a member. One that is to be replaced and its successor are valid at once; a revoked
-- one stays on record and is never taken again.
CREATE FUNCTION certificates_of(p_member text)
RETURNS TABLE (certificate_id text, certificate_sha256 text, expires_on text,
               create_time timestamptz, revoke_time timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT left(encode(c.fingerprint, 'hex'), 32), encode(c.fingerprint, 'hex'),
           coalesce(c.expires_on::text, ''), c.create_time, c.revoke_time
      FROM member AS m
      JOIN credential AS c ON c.principal_id = m.principal_id
     WHERE m.authority_id = app_authority() AND m.member_id = p_member
     ORDER BY c.create_time, c.fingerprint
$$;
COMMENT ON FUNCTION certificates_of(text)
    IS 'The certificates of a member of the call''s authority, the oldest first.';

-- The member whose means to act are to change.
CREATE FUNCTION certificate_member(p_member text) RETURNS member
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v member;
BEGIN
    PERFORM member_may_write();
    SELECT * INTO v FROM member WHERE authority_id = app_authority() AND member_id = p_member
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no member ' || p_member || '.', 'parent');
    END IF;
    PERFORM principal_is_ours(v.principal_id, 'parent');
    RETURN v;
END
$$;

CREATE FUNCTION certificate_add(p_member text, p_certificate text, p_expires_on text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v member := certificate_member(p_member);
    v_digest bytea := certificate_digest(p_certificate, 'certificate.certificate_sha256');
    v_day date := date_or_null(p_expires_on);
BEGIN
    IF p_expires_on <> '' AND v_day IS NULL THEN
        PERFORM fail('PL400', 'The last day is written YYYY-MM-DD.', 'certificate.expires_on');
    ELSIF v_day < current_date THEN
        PERFORM fail('PL400', 'The certificate has expired.', 'certificate.expires_on');
    ELSIF EXISTS (SELECT FROM credential WHERE fingerprint = v_digest) THEN
        PERFORM fail('PL409', 'The certificate is known already. Make a new one.',
            'certificate.certificate_sha256');
    ELSIF (SELECT count(*) >= 2 FROM credential
            WHERE principal_id = v.principal_id AND revoke_time IS NULL) THEN
        PERFORM fail('PL412', 'Two certificates are valid already. Revoke one first.',
            'certificate.certificate_sha256');
    END IF;
    INSERT INTO credential (fingerprint, principal_id, expires_on)
    VALUES (v_digest, v.principal_id, v_day);
    UPDATE member SET fingerprint = v_digest
     WHERE authority_id = v.authority_id AND member_id = v.member_id;
END
$$;

CREATE FUNCTION certificate_revoke(p_member text, p_certificate text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v member := certificate_member(p_member);
BEGIN
    UPDATE credential SET revoke_time = now()
     WHERE left(encode(fingerprint, 'hex'), 32) = p_certificate
       AND principal_id = v.principal_id AND revoke_time IS NULL;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'The member has no such certificate that is valid.', 'name');
    END IF;
    UPDATE member SET fingerprint = coalesce(
               (SELECT c.fingerprint FROM credential AS c
                 WHERE c.principal_id = v.principal_id AND c.revoke_time IS NULL
                 ORDER BY c.create_time DESC LIMIT 1), member.fingerprint)
     WHERE authority_id = v.authority_id AND member_id = v.member_id;
END
$$;

-- Every loop forgets whom it believed when who is who changes.
CREATE FUNCTION identity_changed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_notify('pledge_change', '');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION identity_changed() IS 'Announces that principals are to be looked up again.';
CREATE TRIGGER credential_identity AFTER INSERT OR UPDATE OR DELETE ON credential
    FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
CREATE TRIGGER member_identity AFTER INSERT OR UPDATE OR DELETE ON member
    FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
CREATE TRIGGER principal_identity AFTER INSERT OR UPDATE OR DELETE ON principal
    FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();

COMMIT;
