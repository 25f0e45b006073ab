-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:audit to pg
-- Who did what, for which authority, when and from where: one entry for each call that wrote, each
-- sign-in, each look at what is kept of people, and each call that was denied. The entries of an
-- authority are a chain, each hash taken over the one before it, so that one that is changed, taken
-- away or moved shows. Entries of no authority are a chain of their own, named ''. Only these functions
-- add entries, and nothing changes them, but for one thing: the address that a call came from is
-- personal data and does not stay for good. So the hash is taken over the SHA-256 of a random salt and
-- the address; both lie beside it until they are cleared, and the chain holds with them and without.
-- Without the salt nobody can find out the address by trying all that there are.
--
-- The content of an entry, whose SHA-256 is taken behind the hash of the one before it and a line
-- feed (64 zeroes before the first), is written like a version's:
--   pledge-audit   1
--   authority, number, recorded_at, kind, principal, role, method, outcome, peer, request_id,
--   request_hash, missed                                                        one line each
--   change         kind, name, hash before, hash after                          (in order)
-- recorded_at is UTC as 2026-01-31T12:00:00.000000Z; a hash that there is not is empty. peer is the
-- SHA-256 of the 16 bytes of the salt and the address behind them.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE audit_head (
    authority_id text COLLATE "C" NOT NULL,
    last         bigint NOT NULL,
    hash         text NOT NULL,
    CONSTRAINT audit_head_authority_id_unique PRIMARY KEY (authority_id)
);
COMMENT ON CONSTRAINT audit_head_authority_id_unique ON audit_head
    IS 'authority_id: has a chain already';

CREATE TABLE audit_entry (
    authority_id text COLLATE "C" NOT NULL,
    number       bigint NOT NULL,
    recorded_at  timestamptz NOT NULL,
    kind         text NOT NULL,
    principal    text NOT NULL,
    role         text NOT NULL,
    method       text NOT NULL,
    outcome      text NOT NULL,
    peer         text,
    peer_salt    bytea,
    peer_digest  text NOT NULL,
    request_id   text NOT NULL,
    request_hash text NOT NULL,
    missed       bigint NOT NULL,
    first_change bigint,
    last_change  bigint,
    hash         text NOT NULL,
    CONSTRAINT audit_entry_number_unique PRIMARY KEY (authority_id, number),
    CONSTRAINT audit_entry_kind_known CHECK (kind IN ('write', 'read', 'sign-in', 'denied')),
    CONSTRAINT audit_entry_peer_salted CHECK ((peer IS NULL) = (peer_salt IS NULL))
);
COMMENT ON TABLE audit_entry IS 'peer, peer_salt: NULL once they are cleared. missed: denied calls'
    ' before this one that came too fast to be recorded. first_change, last_change: the changes that a'
    ' write made.';
COMMENT ON CONSTRAINT audit_entry_number_unique ON audit_entry IS 'number: is taken';
COMMENT ON CONSTRAINT audit_entry_kind_known ON audit_entry
    IS 'kind: must be write, read, sign-in or denied';
COMMENT ON CONSTRAINT audit_entry_peer_salted ON audit_entry
    IS 'peer: is there with its salt, or neither is';

ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
-- A host administrator reads the host's own chain: what councils do is not the host's business.
CREATE POLICY audit_head_tenant ON audit_head FOR SELECT
    USING (authority_id = app_authority()
        OR (authority_id = '' AND app_authority() IS NULL AND app_role() = 'host_administrator'));
CREATE POLICY audit_entry_tenant ON audit_entry FOR SELECT
    USING (authority_id = app_authority()
        OR (authority_id = '' AND app_authority() IS NULL AND app_role() = 'host_administrator'));
-- The functions below run as the role that owns the schema.
CREATE POLICY audit_head_definer ON audit_head TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY audit_entry_definer ON audit_entry TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY change_definer ON change FOR SELECT TO CURRENT_USER USING (true);
-- Who reads the entries reads the names of what they changed.
CREATE POLICY change_audit ON change FOR SELECT
    USING (authority_id = app_authority()
        AND EXISTS (SELECT FROM role_permission AS r
                     WHERE r.role = app_role() AND r.permission = 'audit.read'));

CREATE FUNCTION audit_time(p_time timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_char(p_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

-- The changes of an entry, one text each: kind, name, hash before, hash after, in tabs. plpgsql, which
-- keeps the plan.
CREATE FUNCTION audit_changes(p_authority text, p_first bigint, p_last bigint) RETURNS text[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(c.kind || E'\t' || pledge.content_field(c.name) || E'\t'
                                  || c.before_hash || E'\t' || c.after_hash ORDER BY c.number), '{}')
          FROM pledge.change AS c
         WHERE c.authority_id = p_authority AND c.number BETWEEN p_first AND p_last);
END
$$;

-- Whether the transaction is for somebody who is to stay unknown: its entry has no caller, no address, no
-- hash of the request, which would have a code and answers in it, and the day for its time.
CREATE FUNCTION audit_of_unknown() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('pledge.unknown', true), '') = 'on' $$;

-- Adds an entry and returns its number. The chain's head stays locked until the commit.
CREATE FUNCTION audit_append(
    p_authority text, p_kind text, p_method text, p_outcome text, p_peer text, p_request_id text,
    p_request_hash text, p_missed bigint, p_first bigint, p_last bigint,
    p_principal uuid DEFAULT app_principal(), p_role text DEFAULT app_role()) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v audit_entry;
    v_before text;
    v_content text;
BEGIN
    SELECT h.last + 1, h.hash INTO v.number, v_before FROM audit_head AS h
     WHERE h.authority_id = p_authority FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_head AS h (authority_id, last, hash)
        VALUES (p_authority, 0, repeat('0', 64))
        ON CONFLICT (authority_id) DO UPDATE SET last = h.last
        RETURNING h.last + 1, h.hash INTO v.number, v_before;
    END IF;
    v.recorded_at := clock_timestamp();
    IF audit_of_unknown() THEN
        v.recorded_at := date_trunc('day', v.recorded_at, 'UTC');
        p_principal := NULL;
        p_role := NULL;
        p_peer := '';
        p_request_id := '';
        p_request_hash := '';
    END IF;
    v.principal := coalesce(p_principal::text, '');
    v.role := coalesce(p_role, '');
    v.peer_salt := uuid_send(gen_random_uuid()); -- 122 of its bits are random
    v.peer_digest := encode(sha256(v.peer_salt || convert_to(p_peer, 'UTF8')), 'hex');
    v_content := E'pledge-audit\t1\nauthority\t' || p_authority || E'\nnumber\t' || v.number
        || E'\nrecorded_at\t' || audit_time(v.recorded_at) || E'\nkind\t' || p_kind
        || E'\nprincipal\t' || v.principal || E'\nrole\t' || v.role
        || E'\nmethod\t' || content_field(p_method) || E'\noutcome\t' || p_outcome
        || E'\npeer\t' || v.peer_digest || E'\nrequest_id\t' || content_field(p_request_id)
        || E'\nrequest_hash\t' || p_request_hash || E'\nmissed\t' || p_missed || E'\n';
    IF p_first IS NOT NULL THEN
        v_content := v_content || (
            SELECT coalesce(string_agg(E'change\t' || u.line || E'\n', '' ORDER BY u.n), '')
              FROM unnest(audit_changes(p_authority, p_first, p_last)) WITH ORDINALITY AS u (line, n));
    END IF;
    v.hash := encode(sha256(convert_to(v_before || E'\n' || v_content, 'UTF8')), 'hex');
    UPDATE audit_head SET last = v.number, hash = v.hash WHERE authority_id = p_authority;
    INSERT INTO audit_entry (authority_id, number, recorded_at, kind, principal, role, method,
                             outcome, peer, peer_salt, peer_digest, request_id, request_hash,
                             missed, first_change, last_change, hash)
    VALUES (p_authority, v.number, v.recorded_at, p_kind, v.principal, v.role, p_method, p_outcome,
            p_peer, v.peer_salt, v.peer_digest, p_request_id, p_request_hash, p_missed, p_first,
            p_last, v.hash);
    RETURN v.number;
END
$$;

-- The entry of a write, as the last thing that its transaction does.
CREATE FUNCTION audit_write(p_method text, p_peer text, p_request_id text, p_request_hash bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_first bigint;
    v_authority text;
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE; -- the changes are counted now
    v_first := nullif(current_setting('pledge.change_first', true), '')::bigint;
    v_authority := nullif(current_setting('pledge.change_authority', true), '');
    PERFORM audit_append(coalesce(v_authority, app_authority(), ''), 'write', p_method, 'OK', p_peer,
        p_request_id, encode(p_request_hash, 'hex'), 0, v_first,
        nullif(current_setting('pledge.change_last', true), '')::bigint);
END
$$;
COMMENT ON FUNCTION audit_write(text, text, text, bytea)
    IS 'Records the call whose transaction this is, with all that it changed.';

-- The entry of a read that shows what is kept of people, in the transaction that reads it.
CREATE FUNCTION audit_read(p_method text, p_peer text, p_request_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT audit_append(coalesce(app_authority(), ''), 'read', p_method, 'OK', p_peer, '',
                        encode(p_request_hash, 'hex'), 0, NULL, NULL)
$$;
COMMENT ON FUNCTION audit_read(text, text, bytea) IS 'Records the call that reads in this transaction.';

-- The entry of a call that was denied. An authority that is none leaves it with the host.
CREATE FUNCTION audit_denied(p_authority text, p_method text, p_outcome text, p_peer text,
                             p_missed bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM audit_append(
        CASE WHEN EXISTS (SELECT FROM change_count AS c WHERE c.authority_id = p_authority)
             THEN p_authority ELSE '' END,
        'denied', left(p_method, 200), p_outcome, p_peer, '', '', p_missed, NULL, NULL);
END
$$;
COMMENT ON FUNCTION audit_denied(text, text, text, text, bigint)
    IS 'Records a call that was refused for who asked.';
CREATE POLICY change_count_definer ON change_count FOR SELECT TO CURRENT_USER USING (true);

CREATE VIEW audit_resource WITH (security_invoker = true) AS
    SELECT e.authority_id, e.number,
           CASE e.authority_id WHEN '' THEN '' ELSE 'authorities/' || e.authority_id || '/' END
               || 'auditEntries/' || e.number AS name,
           audit_time(e.recorded_at) AS recorded_at, e.kind, e.principal, e.role, e.method,
           e.outcome, coalesce(e.peer, '') AS peer,
           coalesce(encode(e.peer_salt, 'hex'), '') AS peer_salt, e.peer_digest, e.request_id,
           e.request_hash, e.missed,
           CASE WHEN e.first_change IS NULL THEN '{}'
                ELSE audit_changes(e.authority_id, e.first_change, e.last_change) END AS changes,
           e.hash
      FROM audit_entry AS e;
COMMENT ON VIEW audit_resource IS 'Audit entries as the API shows them';

COMMIT;
