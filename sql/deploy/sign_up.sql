-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:sign_up to pg
-- Who signed which exact words: signing events, members' keys, signatures, and their withdrawal. All of it
-- is facts, which are added and never changed, but for one thing: what a young person signed with is
-- forgotten when it is withdrawn. So what the service attests has the SHA-256 of a random salt and the mark,
-- and holds with them and without.
--
-- A signature is made in two calls of the daemon to the database. A function named *_prepare checks and
-- tells what is to be signed; the daemon checks the signatory's signature and makes its own; then
-- signature_record keeps both. The texts that are signed are those of proto/pledge/v1/sign_up.proto.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE signing_event (
    authority_id     text COLLATE "C" NOT NULL,
    signing_event_id text COLLATE "C" NOT NULL,
    pledge_id        text COLLATE "C" NOT NULL,
    version_number   int NOT NULL,
    title            text NOT NULL,
    place            text NOT NULL,
    held_on          date,
    launch_event_id  text COLLATE "C",
    recorded_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT signing_event_signing_event_id_unique PRIMARY KEY (authority_id, signing_event_id),
    CONSTRAINT signing_event_version_once
        UNIQUE (authority_id, pledge_id, version_number, signing_event_id),
    CONSTRAINT signing_event_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT signing_event_launch_event_exists
        FOREIGN KEY (authority_id, launch_event_id) REFERENCES launch_event,
    CONSTRAINT signing_event_signing_event_id_form CHECK (is_id(signing_event_id)),
    CONSTRAINT signing_event_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT signing_event_place_length CHECK (char_length(place) <= 200),
    CONSTRAINT signing_event_held_on_needed CHECK (held_on IS NOT NULL)
);
COMMENT ON CONSTRAINT signing_event_signing_event_id_unique ON signing_event
    IS 'signing_event_id: is already the identifier of another event';
COMMENT ON CONSTRAINT signing_event_version_once ON signing_event
    IS 'signing_event_id: is already an event of the version';
COMMENT ON CONSTRAINT signing_event_version_exists ON signing_event IS 'version: is no version';
COMMENT ON CONSTRAINT signing_event_launch_event_exists ON signing_event
    IS 'launch_event: is no launch event';
COMMENT ON CONSTRAINT signing_event_signing_event_id_form ON signing_event
    IS 'signing_event_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT signing_event_title_length ON signing_event
    IS 'title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT signing_event_place_length ON signing_event
    IS 'place: must have at most 200 characters';
COMMENT ON CONSTRAINT signing_event_held_on_needed ON signing_event IS 'held_on: is needed';

CREATE TABLE signing_key (
    authority_id   text COLLATE "C" NOT NULL,
    signing_key_id text COLLATE "C" NOT NULL,
    member_id      text COLLATE "C" NOT NULL,
    public_key     bytea NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT signing_key_signing_key_id_unique PRIMARY KEY (authority_id, signing_key_id),
    CONSTRAINT signing_key_public_key_unique UNIQUE (authority_id, public_key),
    CONSTRAINT signing_key_member_exists FOREIGN KEY (authority_id, member_id) REFERENCES member,
    CONSTRAINT signing_key_signing_key_id_form CHECK (is_id(signing_key_id)),
    CONSTRAINT signing_key_public_key_length CHECK (octet_length(public_key) = 32)
);
COMMENT ON CONSTRAINT signing_key_signing_key_id_unique ON signing_key
    IS 'signing_key_id: is already the identifier of another key';
COMMENT ON CONSTRAINT signing_key_public_key_unique ON signing_key
    IS 'public_key: is registered already';
COMMENT ON CONSTRAINT signing_key_member_exists ON signing_key IS 'member: names no member';
COMMENT ON CONSTRAINT signing_key_signing_key_id_form ON signing_key
    IS 'signing_key_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT signing_key_public_key_length ON signing_key
    IS 'public_key: must have 32 bytes';
CREATE INDEX signing_key_member ON signing_key (authority_id, member_id);

CREATE TABLE signing_key_revocation (
    authority_id   text COLLATE "C" NOT NULL,
    signing_key_id text COLLATE "C" NOT NULL,
    reason         text NOT NULL,
    principal_id   uuid NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT signing_key_revocation_name_once PRIMARY KEY (authority_id, signing_key_id),
    CONSTRAINT signing_key_revocation_name_exists
        FOREIGN KEY (authority_id, signing_key_id) REFERENCES signing_key,
    CONSTRAINT signing_key_revocation_reason_length
        CHECK (is_said(reason) AND char_length(reason) <= 500)
);
COMMENT ON CONSTRAINT signing_key_revocation_name_once ON signing_key_revocation
    IS 'name: is revoked already';
COMMENT ON CONSTRAINT signing_key_revocation_name_exists ON signing_key_revocation
    IS 'name: names no key';
COMMENT ON CONSTRAINT signing_key_revocation_reason_length ON signing_key_revocation
    IS 'reason: must have 1 to 500 characters';

CREATE TABLE service_key (
    authority_id text COLLATE "C" NOT NULL,
    public_key   bytea NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT service_key_public_key_unique PRIMARY KEY (authority_id, public_key),
    CONSTRAINT service_key_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT service_key_public_key_length CHECK (octet_length(public_key) = 32)
);
COMMENT ON TABLE service_key IS 'What the daemon attested with. Its private half is never kept: it'
    ' follows from the setting secret_key.';
COMMENT ON CONSTRAINT service_key_public_key_unique ON service_key IS 'public_key: is known already';
COMMENT ON CONSTRAINT service_key_parent_exists ON service_key IS 'parent: names no authority';
COMMENT ON CONSTRAINT service_key_public_key_length ON service_key
    IS 'public_key: must have 32 bytes';

CREATE TABLE signature (
    authority_id     text COLLATE "C" NOT NULL,
    pledge_id        text COLLATE "C" NOT NULL,
    version_number   int NOT NULL,
    signature_id     text COLLATE "C" NOT NULL,
    kind             text NOT NULL,
    content_hash     text NOT NULL,
    signing_event_id text COLLATE "C",
    member_id        text COLLATE "C",
    signatory        text NOT NULL,
    role             text NOT NULL,
    owner            text NOT NULL,
    signing_key_id   text COLLATE "C",
    signature        bytea NOT NULL,
    mark_kind        text NOT NULL,
    mark             text,
    mark_salt        bytea,
    mark_digest      text NOT NULL,
    kept_at          text NOT NULL,
    recorded_by      text COLLATE "C",
    signed_at        text COLLATE "C" NOT NULL,
    attested_at      text COLLATE "C" NOT NULL,
    service_key      bytea NOT NULL,
    attestation      bytea NOT NULL,
    principal_id     uuid NOT NULL,
    recorded_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT signature_name_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, signature_id),
    CONSTRAINT signature_parent_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT signature_event_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, signing_event_id)
        REFERENCES signing_event (authority_id, pledge_id, version_number, signing_event_id),
    CONSTRAINT signature_member_exists FOREIGN KEY (authority_id, member_id) REFERENCES member,
    CONSTRAINT signature_recorded_by_exists
        FOREIGN KEY (authority_id, recorded_by) REFERENCES member,
    CONSTRAINT signature_signing_key_exists
        FOREIGN KEY (authority_id, signing_key_id) REFERENCES signing_key,
    CONSTRAINT signature_service_key_exists
        FOREIGN KEY (authority_id, service_key) REFERENCES service_key,
    CONSTRAINT signature_kind_known
        CHECK (kind IN ('key', 'session', 'certificate', 'paper', 'young_person')),
    -- Nobody has to remember it: a young person's signature leads to nobody.
    CONSTRAINT signature_member_kind
        CHECK ((kind IN ('key', 'session', 'certificate')) = (member_id IS NOT NULL)),
    CONSTRAINT signature_recorded_by_kind
        CHECK ((kind IN ('paper', 'young_person')) = (recorded_by IS NOT NULL)),
    CONSTRAINT signature_signing_key_kind
        CHECK ((kind = 'key') = (signing_key_id IS NOT NULL)
           AND (kind = 'key') = (octet_length(signature) = 64)),
    CONSTRAINT signature_mark_kind_kind CHECK (CASE WHEN kind = 'young_person'
        THEN mark_kind IN ('first_name', 'sign', 'none') AND signatory = ''
        ELSE mark_kind = '' AND mark IS NULL AND is_said(signatory) END),
    CONSTRAINT signature_mark_salted CHECK ((mark IS NULL) = (mark_salt IS NULL)),
    CONSTRAINT signature_kept_at_kind CHECK ((kind = 'paper') = is_said(kept_at)),
    CONSTRAINT signature_attestation_length CHECK (octet_length(attestation) = 64)
);
COMMENT ON TABLE signature IS 'signed_at, attested_at: as they stand in the text that was signed.';
COMMENT ON CONSTRAINT signature_name_unique ON signature IS 'name: is already another signature';
COMMENT ON CONSTRAINT signature_parent_exists ON signature IS 'parent: is no version';
COMMENT ON CONSTRAINT signature_event_exists ON signature IS 'event: is no signing event of the version';
COMMENT ON CONSTRAINT signature_member_exists ON signature IS 'member: names no member';
COMMENT ON CONSTRAINT signature_recorded_by_exists ON signature IS 'recorded_by: names no member';
COMMENT ON CONSTRAINT signature_signing_key_exists ON signature IS 'signing_key: names no key';
COMMENT ON CONSTRAINT signature_service_key_exists ON signature IS 'service_key: is not known';
COMMENT ON CONSTRAINT signature_kind_known ON signature
    IS 'kind: must be key, session, certificate, paper or young person';
COMMENT ON CONSTRAINT signature_member_kind ON signature
    IS 'member: is told of those who sign themselves only';
COMMENT ON CONSTRAINT signature_recorded_by_kind ON signature
    IS 'recorded_by: is told of paper and young people only';
COMMENT ON CONSTRAINT signature_signing_key_kind ON signature
    IS 'signing_key: is told with its signature of 64 bytes, or neither is';
COMMENT ON CONSTRAINT signature_mark_kind_kind ON signature
    IS 'mark_kind: is told of young people only, who have no other name here';
COMMENT ON CONSTRAINT signature_mark_salted ON signature IS 'mark: is there with its salt, or neither is';
COMMENT ON CONSTRAINT signature_kept_at_kind ON signature IS 'kept_at: is told of paper only';
COMMENT ON CONSTRAINT signature_attestation_length ON signature IS 'attestation: must have 64 bytes';
CREATE INDEX signature_event ON signature (authority_id, signing_event_id);

CREATE TABLE signature_withdrawal (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    signature_id   text COLLATE "C" NOT NULL,
    withdrawn_on   date,
    reason         text NOT NULL,
    young          boolean NOT NULL,
    principal_id   uuid NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT signature_withdrawal_name_once
        PRIMARY KEY (authority_id, pledge_id, version_number, signature_id),
    CONSTRAINT signature_withdrawal_name_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, signature_id) REFERENCES signature,
    CONSTRAINT signature_withdrawal_withdrawn_on_needed CHECK (withdrawn_on IS NOT NULL),
    CONSTRAINT signature_withdrawal_reason_length CHECK (char_length(reason) <= 500)
);
COMMENT ON CONSTRAINT signature_withdrawal_name_once ON signature_withdrawal
    IS 'name: is withdrawn already';
COMMENT ON CONSTRAINT signature_withdrawal_name_exists ON signature_withdrawal
    IS 'name: names no signature';
COMMENT ON CONSTRAINT signature_withdrawal_withdrawn_on_needed ON signature_withdrawal
    IS 'withdrawn_on: is needed';
COMMENT ON CONSTRAINT signature_withdrawal_reason_length ON signature_withdrawal
    IS 'reason: must have at most 500 characters';

-- Partner agencies and administrators sign for themselves; an administrator also takes away the key of
-- somebody who lost it.
INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('officer', '{sign_up.read,sign_up.sign,sign_up.withdraw,sign_up.record}'::text[]),
    ('director', '{sign_up.read,sign_up.sign,sign_up.withdraw}'),
    ('elected_member', '{sign_up.read,sign_up.sign,sign_up.withdraw}'),
    ('partner_agency', '{sign_up.read,sign_up.sign,sign_up.withdraw}'),
    ('council_administrator', '{sign_up.read,sign_up.sign,sign_up.withdraw}'),
    ('support_worker', '{sign_up.read,sign_up.record,sign_up.withdraw,sign_up.youth}'),
    ('inspector', '{sign_up.read}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

CREATE FUNCTION sees_young_signatures() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT EXISTS (SELECT FROM pledge.role_permission AS r
                    WHERE r.role = pledge.app_role() AND r.permission = 'sign_up.youth')
$$;
COMMENT ON FUNCTION sees_young_signatures() IS 'Whether the caller may see how a young person signed.';

DO $$ BEGIN
    PERFORM tenant_tables('{signing_event,signing_key,signing_key_revocation,service_key}');
    PERFORM tenant_tables('{signature,signature_withdrawal}', NULL);
END $$;
CREATE POLICY signature_withdrawal_tenant ON signature_withdrawal
    USING (authority_id = app_authority() AND (NOT young OR sees_young_signatures()))
    WITH CHECK (authority_id = app_authority());
CREATE POLICY signature_tenant ON signature
    USING (authority_id = app_authority() AND (kind <> 'young_person' OR sees_young_signatures()))
    WITH CHECK (authority_id = app_authority());
-- The functions that count and withdraw run as the role that owns the schema.
CREATE POLICY signature_definer ON signature TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY signature_withdrawal_definer ON signature_withdrawal TO CURRENT_USER
    USING (true) WITH CHECK (true);

CREATE VIEW signing_event_resource WITH (security_invoker = true) AS
    SELECT e.authority_id, e.signing_event_id, e.pledge_id, e.version_number,
           'authorities/' || e.authority_id || '/signingEvents/' || e.signing_event_id AS name,
           'authorities/' || e.authority_id || '/pledges/' || e.pledge_id || '/versions/'
               || e.version_number AS version,
           e.title, e.place, e.held_on,
           coalesce('authorities/' || e.authority_id || '/launchEvents/' || e.launch_event_id, '')
               AS launch_event, e.recorded_at AS create_time
      FROM signing_event AS e;
COMMENT ON VIEW signing_event_resource IS 'Signing events as the API shows them';

CREATE VIEW signing_key_resource WITH (security_invoker = true) AS
    SELECT k.authority_id, k.signing_key_id,
           'authorities/' || k.authority_id || '/signingKeys/' || k.signing_key_id AS name,
           'authorities/' || k.authority_id || '/members/' || k.member_id AS member,
           k.public_key, encode(sha256(k.public_key), 'hex') AS fingerprint,
           k.recorded_at AS create_time, r.recorded_at AS revoke_time,
           coalesce(r.reason, '') AS revoke_reason
      FROM signing_key AS k
      LEFT JOIN signing_key_revocation AS r ON r.authority_id = k.authority_id
       AND r.signing_key_id = k.signing_key_id;
COMMENT ON VIEW signing_key_resource IS 'Signing keys as the API shows them';

CREATE VIEW service_key_resource WITH (security_invoker = true) AS
    SELECT k.authority_id, k.public_key, encode(sha256(k.public_key), 'hex') AS fingerprint,
           k.recorded_at AS first_use_time
      FROM service_key AS k;
COMMENT ON VIEW service_key_resource IS 'Keys of the service as the API shows them';

CREATE FUNCTION version_hash(p_pledge text, p_number int) RETURNS text
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT CASE v.state WHEN 'adopted' THEN v.content_hash
                ELSE encode(sha256(version_content(v.pledge_id, v.version_number)), 'hex') END
      FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = p_pledge
       AND v.version_number = p_number
$$;
COMMENT ON FUNCTION version_hash(text, int) IS 'The hash of the content that a version has now.';

CREATE VIEW signature_resource WITH (security_invoker = true) AS
    SELECT s.authority_id, s.pledge_id, s.version_number, s.signature_id,
           left(s.signed_at, 10) || ' ' || s.signature_id AS place,
           'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/'
               || s.version_number || '/signatures/' || s.signature_id AS name,
           s.kind, s.content_hash,
           coalesce('authorities/' || s.authority_id || '/signingEvents/' || s.signing_event_id, '')
               AS event,
           coalesce('authorities/' || s.authority_id || '/members/' || s.member_id, '') AS member,
           s.signatory, s.role, s.owner,
           coalesce('authorities/' || s.authority_id || '/signingKeys/' || s.signing_key_id, '')
               AS signing_key,
           coalesce((SELECT encode(sha256(k.public_key), 'hex') FROM signing_key AS k
                      WHERE k.authority_id = s.authority_id
                        AND k.signing_key_id = s.signing_key_id), '') AS key_fingerprint,
           s.signature, s.mark_kind, coalesce(s.mark, '') AS mark,
           coalesce(s.mark_salt, '') AS mark_salt, s.mark_digest, s.kept_at,
           coalesce('authorities/' || s.authority_id || '/members/' || s.recorded_by, '')
               AS recorded_by,
           s.signed_at, s.attested_at, s.service_key, s.attestation, s.recorded_at AS create_time,
           version_hash(s.pledge_id, s.version_number) IS DISTINCT FROM s.content_hash
               AS earlier_wording,
           coalesce(w.withdrawn_on::text, '') AS withdrawn_on,
           coalesce(w.reason, '') AS withdraw_reason
      FROM signature AS s
      LEFT JOIN signature_withdrawal AS w ON w.authority_id = s.authority_id
       AND w.pledge_id = s.pledge_id AND w.version_number = s.version_number
       AND w.signature_id = s.signature_id;
COMMENT ON VIEW signature_resource IS 'Signatures as the API shows them';

CREATE FUNCTION signing_event_create(p_id text, p_pledge text, p_version text, p_title text,
                                     p_place text, p_held_on date, p_launch text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_launch <> '' AND NOT EXISTS (SELECT FROM launch_event AS e
            WHERE e.authority_id = app_authority() AND e.launch_event_id = p_launch
              AND e.pledge_id = p_pledge AND e.version_number = version_number(p_version)
              AND e.held_on = p_held_on) THEN
        PERFORM fail('PL400', 'There is no such launch event of this version on this day.',
            'signing_event.launch_event');
    END IF;
    INSERT INTO signing_event (authority_id, signing_event_id, pledge_id, version_number, title, place,
                               held_on, launch_event_id)
    VALUES (app_authority(), p_id, p_pledge, version_number(p_version), p_title, p_place, p_held_on,
            nullif(p_launch, ''))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a signing event ' || p_id || '.', 'signing_event_id');
    END IF;
END
$$;

-- The place that the caller has in the call's authority.
CREATE FUNCTION own_place() RETURNS member
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT m FROM member AS m
     WHERE m.authority_id = app_authority() AND m.principal_id = app_principal()
$$;

CREATE FUNCTION signing_key_register(p_id text, p_public_key bytea) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM signing_key AS k
                WHERE k.authority_id = app_authority() AND k.public_key = p_public_key) THEN
        PERFORM fail('PL409', 'The key is registered already.', 'signing_key.public_key');
    END IF;
    INSERT INTO signing_key (authority_id, signing_key_id, member_id, public_key)
    VALUES (app_authority(), p_id, (own_place()).member_id, p_public_key)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a key ' || p_id || '.', 'signing_key_id');
    END IF;
END
$$;

CREATE FUNCTION signing_key_revoke(p_id text, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_member text;
BEGIN
    SELECT k.member_id INTO v_member FROM signing_key AS k
     WHERE k.authority_id = app_authority() AND k.signing_key_id = p_id;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no key ' || p_id || '.', 'name');
    ELSIF v_member <> (own_place()).member_id
          AND app_role() IS DISTINCT FROM 'council_administrator' THEN
        PERFORM fail('PL403', 'A key is revoked by its owner or by a council administrator.', 'name');
    END IF;
    INSERT INTO signing_key_revocation (authority_id, signing_key_id, reason, principal_id)
    VALUES (app_authority(), p_id, p_reason, app_principal())
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL412', 'Key ' || p_id || ' is revoked already.', 'name');
    END IF;
END
$$;

-- What is wrong with the words, event and day of a signature to be, whatever its kind.
CREATE FUNCTION signature_violations(p_pledge text, p_number int, p_hash text, p_event text)
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb := '[]';
    v_held_on date;
BEGIN
    PERFORM FROM version WHERE authority_id = app_authority() AND pledge_id = p_pledge
        AND version_number = p_number;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such version.', 'parent');
    END IF;
    IF p_hash !~ '^[0-9a-f]{64}$' THEN
        v_bad := v_bad || violation('signature.content_hash',
            'must have 64 lower case hexadecimal digits');
    END IF;
    IF p_event <> '' THEN
        SELECT e.held_on INTO v_held_on FROM signing_event AS e
         WHERE e.authority_id = app_authority() AND e.pledge_id = p_pledge
           AND e.version_number = p_number AND e.signing_event_id = p_event;
        IF NOT FOUND THEN
            v_bad := v_bad || violation('signature.event', 'is no signing event of this version');
        ELSIF v_held_on > current_date THEN
            v_bad := v_bad || violation('signature.event', 'is ahead: it is held on ' || v_held_on);
        END IF;
    END IF;
    RETURN v_bad;
END
$$;

-- Refuses with all that is wrong, and a signature of other words than the version has now.
CREATE FUNCTION signature_check(p_pledge text, p_number int, p_hash text, p_bad jsonb) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_hash text;
BEGIN
    IF p_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The signature cannot be taken: '
            || (p_bad -> 0 ->> 'field') || ' ' || (p_bad -> 0 ->> 'description') || '.', p_bad);
    END IF;
    v_hash := version_hash(p_pledge, p_number);
    IF v_hash <> p_hash THEN
        PERFORM fail('PL412', 'The version has other words than these: its hash is ' || v_hash
            || '. Read it again before you sign.', 'signature.content_hash');
    END IF;
END
$$;

-- A member has one signature on the same words that is not withdrawn.
CREATE FUNCTION signature_once(p_pledge text, p_number int, p_hash text, p_member text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM signature_resource AS s
      WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
        AND s.version_number = p_number AND s.content_hash = p_hash AND s.withdrawn_on = ''
        AND s.member = 'authorities/' || app_authority() || '/members/' || p_member;
    IF FOUND THEN
        PERFORM fail('PL409', 'You have signed these words already.', 'parent');
    END IF;
END
$$;

-- What a time must look like, and not be ahead of the clock by more than clocks differ.
CREATE FUNCTION signed_at_fault(p_text text) RETURNS text
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT CASE
        WHEN p_text !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$'
             OR date_or_null(left(p_text, 10)) IS NULL
        THEN 'must be a time in UTC, written 2016-03-02T10:00:00Z'
        WHEN p_text::timestamptz > clock_timestamp() + interval '5 minutes'
        THEN 'must not be in the future' ELSE '' END
$$;

-- Whether a request was done before: it is answered from what it did, however things stand now.
CREATE FUNCTION request_done(p_request_id text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT p_request_id <> '' AND EXISTS (SELECT FROM request AS r
         WHERE r.principal_id = app_principal() AND r.request_id = nullif(p_request_id, '')::uuid)
$$;

CREATE TYPE signature_ready AS (
    member_id text, signatory text, role text, owner text, signing_key_id text, public_key bytea,
    signed_at text, recorded_by text, mark_salt bytea, mark_digest text
);

-- For who signs. Without a key p_signed_at is the daemon's clock.
CREATE FUNCTION sign_prepare(p_pledge text, p_version text, p_hash text, p_event text, p_key text,
                             p_signed_at text) RETURNS signature_ready
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v_bad jsonb := signature_violations(p_pledge, v_number, p_hash, p_event);
    v_place member := own_place();
    v_key signing_key_resource;
    v_ready signature_ready;
BEGIN
    IF p_key <> '' THEN
        SELECT * INTO v_key FROM signing_key_resource AS k
         WHERE k.authority_id = app_authority() AND k.signing_key_id = p_key
           AND k.member = 'authorities/' || app_authority() || '/members/' || v_place.member_id;
        IF NOT FOUND THEN
            v_bad := v_bad || violation('signature.signing_key', 'is no key of yours');
        END IF;
        IF signed_at_fault(p_signed_at) <> '' THEN
            v_bad := v_bad || violation('signature.signed_at', signed_at_fault(p_signed_at));
        END IF;
    END IF;
    PERFORM signature_check(p_pledge, v_number, p_hash, v_bad);
    IF v_key.revoke_time IS NOT NULL THEN
        PERFORM fail('PL412', 'The key was revoked on ' || v_key.revoke_time::date
            || ' and signs no more.', 'signature.signing_key');
    END IF;
    v_ready.member_id := v_place.member_id;
    v_ready.signatory := v_place.display_name;
    v_ready.role := v_place.role;
    v_ready.owner := coalesce(substring(v_place.owner_name FROM '^authorities/[^/]+/(.*)$'), '');
    v_ready.signing_key_id := p_key;
    v_ready.public_key := coalesce(v_key.public_key, '');
    v_ready.signed_at := p_signed_at;
    v_ready.recorded_by := '';
    v_ready.mark_salt := '';
    v_ready.mark_digest := '';
    RETURN v_ready;
END
$$;

CREATE FUNCTION paper_prepare(p_pledge text, p_version text, p_hash text, p_event text,
                              p_signatory text, p_role text, p_kept_at text, p_signed_at text)
RETURNS signature_ready
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v_bad jsonb := signature_violations(p_pledge, v_number, p_hash, p_event);
    v_ready signature_ready;
BEGIN
    SELECT v_bad || coalesce(jsonb_agg(violation('signature.' || r.field, r.rule) ORDER BY r.n), '[]')
      INTO v_bad
      FROM (VALUES
        (1, 'signatory', NOT is_said(p_signatory) OR char_length(p_signatory) > 200,
            'must have 1 to 200 characters'),
        (2, 'role', p_role <> '' AND NOT EXISTS (SELECT FROM role_permission AS p
                WHERE p.role = p_role AND p.permission = 'sign_up.sign'),
            'must be a role that signs, or none'),
        (3, 'kept_at', NOT is_said(p_kept_at) OR char_length(p_kept_at) > 200,
            'must say where the paper is kept, in 1 to 200 characters'),
        (4, 'signed_at', coalesce(date_or_null(p_signed_at) > current_date, true),
            'must be a day, written YYYY-MM-DD and not in the future')
      ) AS r (n, field, broken, rule)
     WHERE r.broken;
    PERFORM signature_check(p_pledge, v_number, p_hash, v_bad);
    v_ready := ROW ('', p_signatory, p_role, '', '', ''::bytea, p_signed_at, (own_place()).member_id,
                    ''::bytea, '')::signature_ready;
    RETURN v_ready;
END
$$;

-- One word keeps surnames out. A sign may be a picture, or a letter with an accent of its own; marks that
-- turn the direction of text would hide what stands beside them.
CREATE FUNCTION mark_fault(p_kind text, p_mark text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN p_kind = 'first_name' AND (p_mark !~ '^[[:alpha:]]+([''’-][[:alpha:]]+)*$'
                                        OR char_length(p_mark) > 40)
        THEN 'must be a first name: one word of at most 40 letters'
        WHEN p_kind = 'sign' AND (p_mark !~ '^[^[:space:][:cntrl:]]{1,8}$'
                                  OR p_mark ~ U&'[\200E\200F\202A-\202E\2066-\2069]')
        THEN 'must be a sign: 1 to 8 characters without spaces'
        WHEN p_kind = 'none' AND p_mark <> '' THEN 'must be empty where there is no mark'
        ELSE '' END
$$;

CREATE FUNCTION mark_prepare(p_pledge text, p_version text, p_hash text, p_event text,
                             p_mark_kind text, p_mark text, p_signed_at text)
RETURNS signature_ready
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v_bad jsonb := signature_violations(p_pledge, v_number, p_hash, p_event);
    v_salt bytea := uuid_send(gen_random_uuid()); -- 122 of its bits are random
BEGIN
    SELECT v_bad || coalesce(jsonb_agg(violation('signature.' || r.field, r.rule) ORDER BY r.n), '[]')
      INTO v_bad
      FROM (VALUES
        (1, 'mark_kind', p_mark_kind NOT IN ('first_name', 'sign', 'none'),
            'must be a first name, a sign or none'),
        (2, 'mark', mark_fault(p_mark_kind, p_mark) <> '', mark_fault(p_mark_kind, p_mark)),
        (3, 'signed_at', coalesce(date_or_null(p_signed_at) > current_date, true),
            'must be a day, written YYYY-MM-DD and not in the future')
      ) AS r (n, field, broken, rule)
     WHERE r.broken;
    PERFORM signature_check(p_pledge, v_number, p_hash, v_bad);
    RETURN ROW ('', '', '', '', '', ''::bytea, p_signed_at, (own_place()).member_id, v_salt,
                encode(sha256(v_salt || convert_to(p_mark, 'UTF8')), 'hex'))::signature_ready;
END
$$;

CREATE FUNCTION signatures_lock(p_pledge text, p_version text) RETURNS void
LANGUAGE sql SET search_path = pledge, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(
        app_authority() || '/signatures/' || p_pledge || '/' || p_version, 0))
$$;
COMMENT ON FUNCTION signatures_lock(text, text)
    IS 'What signs a version, withdraws or exports: one after the other.';

-- Keeps a signature that the daemon has checked and attested. What may have changed since it was prepared is
-- asked again, one after the other for a version.
CREATE FUNCTION signature_record(
    p_pledge text, p_version text, p_id text, p_kind text, p_hash text, p_event text, p_member text,
    p_signatory text, p_role text, p_owner text, p_key text, p_signature bytea, p_mark_kind text,
    p_mark text, p_mark_salt bytea, p_mark_digest text, p_kept_at text, p_recorded_by text,
    p_signed_at text, p_attested_at text, p_service_key bytea, p_attestation bytea) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
BEGIN
    PERFORM signatures_lock(p_pledge, p_version);
    IF p_key <> '' AND EXISTS (SELECT FROM signing_key_revocation AS r
            WHERE r.authority_id = app_authority() AND r.signing_key_id = p_key) THEN
        PERFORM fail('PL412', 'The key was revoked just now.', 'signature.signing_key');
    END IF;
    PERFORM signature_check(p_pledge, v_number, p_hash, '[]');
    IF p_member <> '' THEN
        PERFORM signature_once(p_pledge, v_number, p_hash, p_member);
    END IF;
    INSERT INTO service_key (authority_id, public_key) VALUES (app_authority(), p_service_key)
    ON CONFLICT DO NOTHING;
    INSERT INTO signature (
        authority_id, pledge_id, version_number, signature_id, kind, content_hash, signing_event_id,
        member_id, signatory, role, owner, signing_key_id, signature, mark_kind, mark, mark_salt,
        mark_digest, kept_at, recorded_by, signed_at, attested_at, service_key, attestation,
        principal_id)
    VALUES (
        app_authority(), p_pledge, v_number, p_id, p_kind, p_hash, nullif(p_event, ''),
        nullif(p_member, ''), p_signatory, p_role, p_owner, nullif(p_key, ''),
        coalesce(p_signature, ''),
        p_mark_kind, CASE p_kind WHEN 'young_person' THEN p_mark END,
        CASE p_kind WHEN 'young_person' THEN p_mark_salt END, p_mark_digest, p_kept_at,
        nullif(p_recorded_by, ''), p_signed_at, p_attested_at, p_service_key, p_attestation,
        app_principal());
END
$$;

-- Whoever may not see a signature hears that there is none.
CREATE FUNCTION signature_withdraw(p_pledge text, p_version text, p_id text, p_on date, p_reason text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v signature;
    v_bad jsonb := '[]';
    v_own boolean;
BEGIN
    PERFORM signatures_lock(p_pledge, p_version);
    SELECT * INTO v FROM signature AS s
     WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
       AND s.version_number = version_number(p_version) AND s.signature_id = p_id
       AND (s.kind <> 'young_person' OR sees_young_signatures());
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such signature.', 'name');
    END IF;
    v_own := v.principal_id = app_principal() AND v.member_id IS NOT NULL;
    IF NOT v_own AND v.kind <> 'young_person' AND NOT (v.kind = 'paper'
            AND EXISTS (SELECT FROM role_permission AS r
                         WHERE r.role = app_role() AND r.permission = 'sign_up.record')) THEN
        PERFORM fail('PL403', 'A signature is withdrawn by who gave it.', 'name');
    END IF;
    IF p_on IS NULL OR p_on > current_date OR p_on < left(v.signed_at, 10)::date THEN
        v_bad := v_bad || violation('withdrawn_on', 'must be a day from ' || left(v.signed_at, 10)
            || ' to today');
    END IF;
    IF v.kind <> 'young_person' AND NOT is_said(p_reason) OR char_length(p_reason) > 500 THEN
        v_bad := v_bad || violation('reason', 'must have 1 to 500 characters');
    END IF;
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The withdrawal cannot be recorded.', v_bad);
    END IF;
    INSERT INTO signature_withdrawal (authority_id, pledge_id, version_number, signature_id,
                                      withdrawn_on, reason, young, principal_id)
    VALUES (v.authority_id, v.pledge_id, v.version_number, v.signature_id, p_on, p_reason,
            v.kind = 'young_person', app_principal())
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL412', 'The signature is withdrawn already.', 'name');
    END IF;
    UPDATE signature AS s SET mark = NULL, mark_salt = NULL
     WHERE s.authority_id = v.authority_id AND s.pledge_id = v.pledge_id
       AND s.version_number = v.version_number AND s.signature_id = v.signature_id
       AND s.kind = 'young_person';
END
$$;
COMMENT ON FUNCTION signature_withdraw(text, text, text, date, text)
    IS 'Records a withdrawal, and forgets what a young person signed with.';

-- How many young people signed a version and have not withdrawn it. Who may not see them, and a file that
-- leaves the house, are not told fewer than 6.
CREATE FUNCTION young_signatures(p_pledge text, p_version text, p_exactly boolean,
                                 OUT count int, OUT suppressed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    SELECT count(*) INTO young_signatures.count FROM signature AS s
     WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
       AND s.version_number = version_number(p_version) AND s.kind = 'young_person'
       AND NOT EXISTS (SELECT FROM signature_withdrawal AS w
            WHERE w.authority_id = s.authority_id AND w.pledge_id = s.pledge_id
              AND w.version_number = s.version_number AND w.signature_id = s.signature_id);
    suppressed := young_signatures.count BETWEEN 1 AND 5
        AND NOT (p_exactly AND sees_young_signatures());
    IF suppressed THEN
        young_signatures.count := 0;
    END IF;
END
$$;

-- What may be exported, in one snapshot: nobody signs the version meanwhile.
CREATE FUNCTION signed_version_open(p_pledge text, p_version text, p_young boolean) RETURNS int
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_state text;
BEGIN
    IF p_young AND NOT sees_young_signatures() THEN
        PERFORM fail('PL403', 'Only a support worker exports how young people signed.',
            'include_young_people');
    END IF;
    PERFORM signatures_lock(p_pledge, p_version);
    SELECT v.state INTO v_state FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = p_pledge
       AND v.version_number = version_number(p_version);
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such version.', 'name');
    ELSIF v_state <> 'adopted' THEN
        PERFORM fail('PL412', 'It is a draft still: an adopted version is exported.', 'name');
    END IF;
    RETURN version_number(p_version);
END
$$;

COMMIT;
