-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:seat to pg
-- Who sits on a body, from which day to which. A seat is held by a post or a councillor's office and
-- never names a person. Whoever changes role or party leaves one seat and takes another, so that who
-- sat on a past day stays as it was.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE body_member (
    authority_id   text COLLATE "C" NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    body_member_id text COLLATE "C" NOT NULL,
    display_name   text NOT NULL,
    role           text NOT NULL,
    party          text NOT NULL DEFAULT '',
    owner_id       text COLLATE "C",
    sits_from      date NOT NULL,
    sits_to        date,
    create_time    timestamptz NOT NULL DEFAULT now(),
    update_time    timestamptz NOT NULL DEFAULT now(),
    revision       int NOT NULL DEFAULT 1,
    CONSTRAINT body_member_body_member_id_unique
        PRIMARY KEY (authority_id, body_id, body_member_id),
    CONSTRAINT body_member_parent_exists FOREIGN KEY (authority_id, body_id) REFERENCES body,
    CONSTRAINT body_member_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT body_member_body_member_id_form CHECK (is_id(body_member_id)),
    CONSTRAINT body_member_display_name_length
        CHECK (is_said(display_name) AND char_length(display_name) <= 200),
    CONSTRAINT body_member_role_known
        CHECK (role IN ('chair', 'vice_chair', 'member', 'co_opted', 'adviser')),
    CONSTRAINT body_member_party_length CHECK (char_length(party) <= 60),
    CONSTRAINT body_member_sits_to_order CHECK (sits_to >= sits_from)
);
COMMENT ON CONSTRAINT body_member_body_member_id_unique ON body_member
    IS 'body_member_id: is already the identifier of another seat of the body';
COMMENT ON CONSTRAINT body_member_parent_exists ON body_member IS 'parent: names no body';
COMMENT ON CONSTRAINT body_member_owner_exists ON body_member
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT body_member_body_member_id_form ON body_member
    IS 'body_member_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT body_member_display_name_length ON body_member
    IS 'display_name: must have 1 to 200 characters';
COMMENT ON CONSTRAINT body_member_role_known ON body_member
    IS 'role: must be chair, vice-chair, member, co-opted or adviser';
COMMENT ON CONSTRAINT body_member_party_length ON body_member
    IS 'party: must have at most 60 characters';
COMMENT ON CONSTRAINT body_member_sits_to_order ON body_member
    IS 'sits_to: must not be before sits_from';
CREATE INDEX body_member_owner ON body_member (authority_id, owner_id);
CREATE TRIGGER body_member_touch BEFORE UPDATE ON body_member
    FOR EACH ROW EXECUTE FUNCTION touch();

ALTER TABLE body_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE body_member FORCE ROW LEVEL SECURITY;
CREATE POLICY body_member_tenant ON body_member
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());

CREATE VIEW body_member_resource WITH (security_invoker = true) AS
    SELECT m.authority_id, m.body_id, m.body_member_id,
           'authorities/' || m.authority_id || '/bodies/' || m.body_id || '/members/'
               || m.body_member_id AS name,
           m.display_name, m.role, m.party, coalesce(o.resource_name, '') AS owner,
           coalesce(o.display_name, '') AS owner_display_name,
           m.sits_from, m.sits_to, m.create_time, m.update_time, etag(m.revision) AS etag
      FROM body_member AS m
      LEFT JOIN owner AS o ON o.authority_id = m.authority_id AND o.owner_id = m.owner_id;
COMMENT ON VIEW body_member_resource IS 'Seats of bodies as the API shows them';

CREATE FUNCTION body_member_add(p_body text, p_id text, p_display_name text, p_role text,
                                p_party text, p_owner text, p_from date, p_to date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_established date;
BEGIN
    SELECT b.established_on INTO v_established FROM body AS b
     WHERE b.authority_id = app_authority() AND b.body_id = p_body;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no body ' || p_body || '.', 'parent');
    ELSIF p_from IS NULL THEN
        PERFORM fail('PL400', 'Say from which day, as YYYY-MM-DD.', 'body_member.sits_from');
    ELSIF p_from < v_established THEN
        PERFORM fail('PL400', 'Nobody sat on the body before it was set up, ' || v_established || '.',
            'body_member.sits_from');
    END IF;
    INSERT INTO body_member (authority_id, body_id, body_member_id, display_name, role, party,
                             owner_id, sits_from, sits_to)
    VALUES (app_authority(), p_body, p_id, p_display_name, p_role, p_party,
            CASE WHEN p_owner <> '' THEN owner_of(p_owner, 'body_member.owner') END, p_from, p_to)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'The body has a seat ' || p_id || ' already.', 'body_member_id');
    END IF;
END
$$;

CREATE FUNCTION body_member_update(p_body text, p_id text, p_display_name text, p_party text,
                                   p_to date, p_etag text, p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v body_member;
BEGIN
    PERFORM mask_check(p_paths, '{display_name,party,sits_to}');
    SELECT * INTO v FROM body_member
     WHERE authority_id = app_authority() AND body_id = p_body AND body_member_id = p_id
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'The body has no seat ' || p_id || '.', 'body_member.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'body_member.etag');
    UPDATE body_member SET
        display_name = CASE WHEN masked('display_name', p_paths) THEN p_display_name
                            ELSE v.display_name END,
        party = CASE WHEN masked('party', p_paths) THEN p_party ELSE v.party END,
        sits_to = CASE WHEN masked('sits_to', p_paths) THEN p_to ELSE v.sits_to END
     WHERE authority_id = app_authority() AND body_id = p_body AND body_member_id = p_id;
END
$$;

COMMIT;
