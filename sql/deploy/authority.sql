-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:authority to pg
-- Authorities (the tenants), the departments and partner agencies that own commitments, and the
-- bodies that decide. Departments and partner agencies share one set of identifiers.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE authority (
    authority_id   text COLLATE "C" NOT NULL,
    display_name   text NOT NULL,
    word_pledge    text NOT NULL DEFAULT '',
    word_statement text NOT NULL DEFAULT '',
    word_board     text NOT NULL DEFAULT '',
    create_time    timestamptz NOT NULL DEFAULT now(),
    update_time    timestamptz NOT NULL DEFAULT now(),
    revision       int NOT NULL DEFAULT 1,
    CONSTRAINT authority_authority_id_unique PRIMARY KEY (authority_id),
    CONSTRAINT authority_authority_id_form CHECK (authority_id ~ '^[a-z][a-z0-9-]{0,62}$'),
    CONSTRAINT authority_display_name_length
        CHECK (is_said(display_name) AND char_length(display_name) <= 200),
    CONSTRAINT authority_word_pledge_length CHECK (char_length(word_pledge) <= 60),
    CONSTRAINT authority_word_statement_length CHECK (char_length(word_statement) <= 60),
    CONSTRAINT authority_word_board_length CHECK (char_length(word_board) <= 60)
);
COMMENT ON CONSTRAINT authority_authority_id_unique ON authority
    IS 'authority_id: is already the identifier of another authority';
COMMENT ON CONSTRAINT authority_authority_id_form ON authority
    IS 'authority_id: must be 1 to 63 lower case letters, digits and hyphens, a letter first';
COMMENT ON CONSTRAINT authority_display_name_length ON authority
    IS 'display_name: must have 1 to 200 characters';
COMMENT ON CONSTRAINT authority_word_pledge_length ON authority
    IS 'words.pledge: must have at most 60 characters';
COMMENT ON CONSTRAINT authority_word_statement_length ON authority
    IS 'words.statement: must have at most 60 characters';
COMMENT ON CONSTRAINT authority_word_board_length ON authority
    IS 'words.board: must have at most 60 characters';

CREATE TABLE owner (
    authority_id  text COLLATE "C" NOT NULL,
    owner_id      text COLLATE "C" NOT NULL,
    kind          text NOT NULL,
    display_name  text NOT NULL,
    director_post text NOT NULL DEFAULT '',
    contact_post  text NOT NULL DEFAULT '',
    create_time   timestamptz NOT NULL DEFAULT now(),
    update_time   timestamptz NOT NULL DEFAULT now(),
    revision      int NOT NULL DEFAULT 1,
    resource_name text NOT NULL GENERATED ALWAYS AS ('authorities/' || authority_id
        || CASE kind WHEN 'department' THEN '/departments/' ELSE '/partnerAgencies/' END
        || owner_id) STORED,
    CONSTRAINT owner_owner_id_unique PRIMARY KEY (authority_id, owner_id),
    CONSTRAINT owner_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT owner_owner_id_form CHECK (is_id(owner_id)),
    CONSTRAINT owner_kind_known CHECK (kind IN ('department', 'partner_agency')),
    CONSTRAINT owner_display_name_length
        CHECK (is_said(display_name) AND char_length(display_name) <= 200),
    CONSTRAINT owner_director_post_length
        CHECK (char_length(director_post) <= 200 AND (kind = 'department' OR director_post = '')),
    CONSTRAINT owner_contact_post_length
        CHECK (char_length(contact_post) <= 200 AND (kind <> 'department' OR contact_post = ''))
);
COMMENT ON CONSTRAINT owner_owner_id_unique ON owner
    IS 'owner_id: is already the identifier of a department or partner agency';
COMMENT ON CONSTRAINT owner_parent_exists ON owner IS 'parent: names no authority';
COMMENT ON CONSTRAINT owner_owner_id_form ON owner
    IS 'owner_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT owner_kind_known ON owner
    IS 'kind: must be department or partner_agency';
COMMENT ON CONSTRAINT owner_display_name_length ON owner
    IS 'display_name: must have 1 to 200 characters';
COMMENT ON CONSTRAINT owner_director_post_length ON owner
    IS 'director_post: must have at most 200 characters, and only departments have one';
COMMENT ON CONSTRAINT owner_contact_post_length ON owner
    IS 'contact_post: must have at most 200 characters, and only partner agencies have one';
CREATE INDEX owner_kind ON owner (authority_id, kind, owner_id);

CREATE TABLE body (
    authority_id            text COLLATE "C" NOT NULL,
    body_id                 text COLLATE "C" NOT NULL,
    display_name            text NOT NULL,
    parent_body_id          text COLLATE "C",
    meeting_interval_months int NOT NULL DEFAULT 0,
    terms_of_reference      text[] NOT NULL DEFAULT '{}',
    established_on          date,
    create_time             timestamptz NOT NULL DEFAULT now(),
    update_time             timestamptz NOT NULL DEFAULT now(),
    revision                int NOT NULL DEFAULT 1,
    CONSTRAINT body_body_id_unique PRIMARY KEY (authority_id, body_id),
    CONSTRAINT body_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT body_parent_body_exists
        FOREIGN KEY (authority_id, parent_body_id) REFERENCES body,
    CONSTRAINT body_body_id_form CHECK (is_id(body_id)),
    CONSTRAINT body_display_name_length
        CHECK (is_said(display_name) AND char_length(display_name) <= 200),
    CONSTRAINT body_parent_body_other CHECK (parent_body_id <> body_id),
    CONSTRAINT body_meeting_interval_months_range
        CHECK (meeting_interval_months BETWEEN 0 AND 24),
    CONSTRAINT body_terms_of_reference_length CHECK (texts_within(terms_of_reference, 50, 1000))
);
COMMENT ON CONSTRAINT body_body_id_unique ON body
    IS 'body_id: is already the identifier of another body';
COMMENT ON CONSTRAINT body_parent_exists ON body IS 'parent: names no authority';
COMMENT ON CONSTRAINT body_parent_body_exists ON body IS 'parent_body: names no body';
COMMENT ON CONSTRAINT body_body_id_form ON body
    IS 'body_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT body_display_name_length ON body
    IS 'display_name: must have 1 to 200 characters';
COMMENT ON CONSTRAINT body_parent_body_other ON body
    IS 'parent_body: must be another body';
COMMENT ON CONSTRAINT body_meeting_interval_months_range ON body
    IS 'meeting_interval_months: must be 1 to 24, or 0 where none is set';
COMMENT ON CONSTRAINT body_terms_of_reference_length ON body
    IS 'terms_of_reference: must be at most 50 items of 1 to 1000 characters each';
CREATE INDEX body_parent_body ON body (authority_id, parent_body_id);

CREATE TRIGGER authority_touch BEFORE UPDATE ON authority
    FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER owner_touch BEFORE UPDATE ON owner FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER body_touch BEFORE UPDATE ON body FOR EACH ROW EXECUTE FUNCTION touch();

ALTER TABLE authority ENABLE ROW LEVEL SECURITY;
ALTER TABLE authority FORCE ROW LEVEL SECURITY;
CREATE POLICY authority_tenant ON authority
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());
CREATE POLICY authority_host_read ON authority FOR SELECT
    USING (app_role() = 'host_administrator');
CREATE POLICY authority_host_insert ON authority FOR INSERT
    WITH CHECK (app_role() = 'host_administrator');
ALTER TABLE owner ENABLE ROW LEVEL SECURITY;
ALTER TABLE owner FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_tenant ON owner
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());
ALTER TABLE body ENABLE ROW LEVEL SECURITY;
ALTER TABLE body FORCE ROW LEVEL SECURITY;
CREATE POLICY body_tenant ON body
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());

-- What the API shows of each resource, for every RPC that answers with one: its fields by their
-- names in the protos, and the keys to find and order it by.
CREATE VIEW authority_resource WITH (security_invoker = true) AS
    SELECT a.authority_id, 'authorities/' || a.authority_id AS name, a.display_name,
           a.word_pledge AS "words.pledge", a.word_statement AS "words.statement",
           a.word_board AS "words.board", a.create_time, a.update_time, etag(a.revision) AS etag
      FROM authority AS a;
COMMENT ON VIEW authority_resource IS 'Authorities as the API shows them';

CREATE VIEW department_resource WITH (security_invoker = true) AS
    SELECT o.authority_id, o.owner_id, o.resource_name AS name, o.display_name, o.director_post,
           o.create_time, o.update_time, etag(o.revision) AS etag
      FROM owner AS o
     WHERE o.kind = 'department';
COMMENT ON VIEW department_resource IS 'The owners that are departments, as the API shows them';

CREATE VIEW partner_agency_resource WITH (security_invoker = true) AS
    SELECT o.authority_id, o.owner_id, o.resource_name AS name, o.display_name, o.contact_post,
           o.create_time, o.update_time, etag(o.revision) AS etag
      FROM owner AS o
     WHERE o.kind = 'partner_agency';
COMMENT ON VIEW partner_agency_resource
    IS 'The owners that are partner agencies, as the API shows them';

CREATE VIEW body_resource WITH (security_invoker = true) AS
    SELECT b.authority_id, b.body_id,
           'authorities/' || b.authority_id || '/bodies/' || b.body_id AS name, b.display_name,
           coalesce('authorities/' || b.authority_id || '/bodies/' || b.parent_body_id, '')
               AS parent_body,
           b.meeting_interval_months, b.terms_of_reference, b.established_on, b.create_time,
           b.update_time, etag(b.revision) AS etag
      FROM body AS b;
COMMENT ON VIEW body_resource IS 'Bodies as the API shows them';

CREATE FUNCTION owner_of(p_name text, p_field text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_part text[] := string_to_array(p_name, '/'); -- a regular expression costs ten times as much
BEGIN
    IF cardinality(v_part) IS DISTINCT FROM 4 OR '' IN (v_part[2], v_part[4]) OR v_part[1] <> 'authorities'
            OR v_part[3] NOT IN ('departments', 'partnerAgencies') THEN
        PERFORM fail('PL400', 'Name a department as authorities/{authority}/departments/'
            '{department} or an agency as authorities/{authority}/partnerAgencies/'
            '{partner_agency}.', p_field);
    ELSIF v_part[2] IS DISTINCT FROM app_authority() THEN
        PERFORM fail('PL403', 'The owner must belong to the authority of the call.', p_field);
    ELSIF NOT EXISTS (SELECT FROM owner AS o
                       WHERE o.authority_id = app_authority() AND o.owner_id = v_part[4]
                         AND o.resource_name = p_name) THEN
        PERFORM fail('PL400', 'There is no department or partner agency ' || p_name || '.',
            p_field);
    END IF;
    RETURN v_part[4];
END
$$;
COMMENT ON FUNCTION owner_of(text, text)
    IS 'The identifier that ends an owner''s resource name; fails on the field if there is none.';

CREATE FUNCTION owner_problem(p_name text, p_field text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF split_part(p_name, '/', 1) = 'authorities' AND split_part(p_name, '/', 2) <> app_authority() THEN
        PERFORM fail('PL403', 'The owner must belong to the authority of the call.', p_field);
    END IF;
    RETURN CASE WHEN NOT EXISTS (SELECT FROM owner AS o WHERE o.authority_id = app_authority()
                                    AND o.resource_name = p_name)
                THEN 'names no department or partner agency' END;
END
$$;
COMMENT ON FUNCTION owner_problem(text, text)
    IS 'What is wrong with an owner''s resource name, to be told with other problems; NULL if nothing is.';

CREATE FUNCTION authority_create(p_id text, p_display_name text, p_pledge text, p_statement text,
                                 p_board text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    INSERT INTO authority (authority_id, display_name, word_pledge, word_statement, word_board)
    VALUES (p_id, p_display_name, p_pledge, p_statement, p_board)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already an authority ' || p_id || '.', 'authority_id');
    END IF;
END
$$;

CREATE FUNCTION authority_update(p_display_name text, p_pledge text, p_statement text,
                                 p_board text, p_etag text, p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v authority;
BEGIN
    PERFORM mask_check(p_paths, '{display_name,words,words.pledge,words.statement,words.board}');
    SELECT * INTO v FROM authority WHERE authority_id = app_authority() FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such authority.', 'authority.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'authority.etag');
    UPDATE authority SET
        display_name = CASE WHEN masked('display_name', p_paths) THEN p_display_name
                            ELSE v.display_name END,
        word_pledge = CASE WHEN masked('words.pledge', p_paths) THEN p_pledge
                           ELSE v.word_pledge END,
        word_statement = CASE WHEN masked('words.statement', p_paths) THEN p_statement
                              ELSE v.word_statement END,
        word_board = CASE WHEN masked('words.board', p_paths) THEN p_board
                          ELSE v.word_board END
    WHERE authority_id = app_authority();
END
$$;

-- p_kind is department or partner_agency: also the field that holds it in requests.
CREATE FUNCTION owner_create(p_kind text, p_id text, p_display_name text, p_post text)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF NOT is_id(p_id) THEN
        PERFORM fail('PL400', 'An identifier has 1 to 63 lower case letters, digits and hyphens'
            ' and starts with no hyphen.', p_kind || '_id');
    END IF;
    INSERT INTO owner (authority_id, owner_id, kind, display_name, director_post, contact_post)
    VALUES (app_authority(), p_id, p_kind, p_display_name,
            CASE p_kind WHEN 'department' THEN p_post ELSE '' END,
            CASE p_kind WHEN 'department' THEN '' ELSE p_post END)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a department or partner agency ' || p_id || '.',
            p_kind || '_id');
    END IF;
END
$$;

CREATE FUNCTION owner_update(p_kind text, p_id text, p_display_name text, p_post text,
                             p_etag text, p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v owner;
    v_post text := CASE p_kind WHEN 'department' THEN 'director_post' ELSE 'contact_post' END;
BEGIN
    PERFORM mask_check(p_paths, ARRAY['display_name', v_post]);
    SELECT * INTO v FROM owner
     WHERE authority_id = app_authority() AND owner_id = p_id AND kind = p_kind
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no ' || replace(p_kind, '_', ' ') || ' ' || p_id || '.',
            p_kind || '.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), p_kind || '.etag');
    UPDATE owner SET
        display_name = CASE WHEN masked('display_name', p_paths) THEN p_display_name
                            ELSE v.display_name END,
        director_post = CASE WHEN p_kind = 'department' AND masked(v_post, p_paths) THEN p_post
                             ELSE v.director_post END,
        contact_post = CASE WHEN p_kind <> 'department' AND masked(v_post, p_paths) THEN p_post
                            ELSE v.contact_post END
    WHERE authority_id = app_authority() AND owner_id = p_id;
END
$$;

CREATE FUNCTION body_create(p_id text, p_display_name text, p_parent_body text, p_months int,
                            p_terms text[], p_established_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    INSERT INTO body (authority_id, body_id, display_name, parent_body_id,
                      meeting_interval_months, terms_of_reference, established_on)
    VALUES (app_authority(), p_id, p_display_name, nullif(p_parent_body, ''), p_months, p_terms,
            p_established_on)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a body ' || p_id || '.', 'body_id');
    END IF;
END
$$;

CREATE FUNCTION body_update(p_id text, p_display_name text, p_parent_body text, p_months int,
                            p_terms text[], p_established_on date, p_etag text, p_paths text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v body;
    v_above text := nullif(p_parent_body, '');
BEGIN
    PERFORM mask_check(p_paths, '{display_name,parent_body,meeting_interval_months,'
        'terms_of_reference,established_on}');
    -- One change of a tree at a time: two at once could close a ring that neither sees.
    PERFORM FROM authority WHERE authority_id = app_authority() FOR NO KEY UPDATE;
    SELECT * INTO v FROM body WHERE authority_id = app_authority() AND body_id = p_id
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no body ' || p_id || '.', 'body.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'body.etag');
    IF masked('parent_body', p_paths) AND p_id IN (
        WITH RECURSIVE above(body_id) AS (
            SELECT v_above COLLATE "C"
            UNION
            SELECT b.parent_body_id FROM above AS a
              JOIN body AS b ON b.authority_id = app_authority() AND b.body_id = a.body_id
        )
        SELECT a.body_id FROM above AS a WHERE a.body_id IS NOT NULL
    ) THEN
        PERFORM fail('PL400', 'A body cannot report to itself, not even through others.',
            'body.parent_body');
    END IF;
    UPDATE body SET
        display_name = CASE WHEN masked('display_name', p_paths) THEN p_display_name
                            ELSE v.display_name END,
        parent_body_id = CASE WHEN masked('parent_body', p_paths) THEN v_above
                              ELSE v.parent_body_id END,
        meeting_interval_months = CASE WHEN masked('meeting_interval_months', p_paths)
                                       THEN p_months ELSE v.meeting_interval_months END,
        terms_of_reference = CASE WHEN masked('terms_of_reference', p_paths) THEN p_terms
                                  ELSE v.terms_of_reference END,
        established_on = CASE WHEN masked('established_on', p_paths) THEN p_established_on
                              ELSE v.established_on END
    WHERE authority_id = app_authority() AND body_id = p_id;
END
$$;

COMMIT;
