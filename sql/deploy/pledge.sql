-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:pledge to pg
-- Pledges, their versions, and the outcomes, statements and lineage of each version. An adopted
-- version is sealed: triggers refuse every change of it, whoever asks.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE pledge (
    authority_id text COLLATE "C" NOT NULL,
    pledge_id    text COLLATE "C" NOT NULL,
    title        text NOT NULL,
    audience     text NOT NULL DEFAULT '',
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    CONSTRAINT pledge_pledge_id_unique PRIMARY KEY (authority_id, pledge_id),
    CONSTRAINT pledge_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT pledge_pledge_id_form CHECK (is_id(pledge_id)),
    CONSTRAINT pledge_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT pledge_audience_length CHECK (char_length(audience) <= 200)
);
COMMENT ON CONSTRAINT pledge_pledge_id_unique ON pledge
    IS 'pledge_id: is already the identifier of another pledge';
COMMENT ON CONSTRAINT pledge_parent_exists ON pledge IS 'parent: names no authority';
COMMENT ON CONSTRAINT pledge_pledge_id_form ON pledge
    IS 'pledge_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT pledge_title_length ON pledge IS 'title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT pledge_audience_length ON pledge
    IS 'audience: must have at most 200 characters';

CREATE TABLE version (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    title          text NOT NULL,
    note           text NOT NULL DEFAULT '',
    state          text NOT NULL DEFAULT 'draft',
    adopted_on     date,
    adopted_by     text COLLATE "C",
    content_hash   text NOT NULL DEFAULT '',
    adopt_time     timestamptz,
    create_time    timestamptz NOT NULL DEFAULT now(),
    update_time    timestamptz NOT NULL DEFAULT now(),
    revision       int NOT NULL DEFAULT 1,
    CONSTRAINT version_version_id_unique PRIMARY KEY (authority_id, pledge_id, version_number),
    CONSTRAINT version_parent_exists FOREIGN KEY (authority_id, pledge_id) REFERENCES pledge,
    CONSTRAINT version_adopted_by_exists FOREIGN KEY (authority_id, adopted_by) REFERENCES body,
    CONSTRAINT version_version_id_range CHECK (version_number BETWEEN 1 AND 999999),
    CONSTRAINT version_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT version_note_length CHECK (char_length(note) <= 2000),
    CONSTRAINT version_state_known CHECK (state IN ('draft', 'adopted')),
    CONSTRAINT version_state_adopted CHECK (
        (state = 'adopted') = (adopted_on IS NOT NULL)
        AND (state = 'adopted') = (adopted_by IS NOT NULL)
        AND (state = 'adopted') = (adopt_time IS NOT NULL)
        AND (state = 'adopted') = (content_hash <> '')),
    CONSTRAINT version_content_hash_form CHECK (content_hash ~ '^([0-9a-f]{64})?$')
);
COMMENT ON CONSTRAINT version_version_id_unique ON version
    IS 'version_id: is already the number of another version';
COMMENT ON CONSTRAINT version_parent_exists ON version IS 'parent: names no pledge';
COMMENT ON CONSTRAINT version_adopted_by_exists ON version IS 'adopted_by: names no body';
COMMENT ON CONSTRAINT version_version_id_range ON version
    IS 'version_id: must be a number from 1';
COMMENT ON CONSTRAINT version_title_length ON version IS 'title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT version_note_length ON version
    IS 'note: must have at most 2000 characters';
COMMENT ON CONSTRAINT version_state_known ON version IS 'state: must be draft or adopted';
COMMENT ON CONSTRAINT version_state_adopted ON version
    IS 'state: an adopted version has a day, a body and a content hash, and a draft has none';
COMMENT ON CONSTRAINT version_content_hash_form ON version
    IS 'content_hash: must be 64 lower case hexadecimal digits';
CREATE INDEX version_adopted_by ON version (authority_id, adopted_by);

CREATE TABLE outcome (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    outcome_id     text COLLATE "C" NOT NULL,
    position       int NOT NULL,
    title          text NOT NULL,
    CONSTRAINT outcome_outcome_id_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, outcome_id),
    CONSTRAINT outcome_outcomes_order
        UNIQUE (authority_id, pledge_id, version_number, position) DEFERRABLE,
    CONSTRAINT outcome_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT outcome_outcome_id_form CHECK (is_id(outcome_id)),
    CONSTRAINT outcome_outcomes_count CHECK (position BETWEEN 1 AND 50),
    CONSTRAINT outcome_title_length CHECK (is_said(title) AND char_length(title) <= 200)
);
COMMENT ON CONSTRAINT outcome_outcome_id_unique ON outcome
    IS 'outcome_id: is in the version twice';
COMMENT ON CONSTRAINT outcome_outcomes_order ON outcome
    IS 'outcomes: two have the same place';
COMMENT ON CONSTRAINT outcome_version_exists ON outcome IS 'version: is no version';
COMMENT ON CONSTRAINT outcome_outcome_id_form ON outcome
    IS 'outcome_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT outcome_outcomes_count ON outcome
    IS 'outcomes: a version has at most 50';
COMMENT ON CONSTRAINT outcome_title_length ON outcome IS 'title: must have 1 to 200 characters';

CREATE TABLE statement (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    statement_id   text COLLATE "C" NOT NULL,
    outcome_id     text COLLATE "C" NOT NULL,
    position       int NOT NULL,
    title          text NOT NULL,
    text           text NOT NULL,
    easy_read      text NOT NULL DEFAULT '',
    audience       text NOT NULL DEFAULT '',
    age_from       int NOT NULL DEFAULT 0,
    age_to         int NOT NULL DEFAULT 0,
    principles     text NOT NULL DEFAULT '',
    CONSTRAINT statement_statement_id_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, statement_id),
    CONSTRAINT statement_statements_order
        UNIQUE (authority_id, pledge_id, version_number, position) DEFERRABLE,
    CONSTRAINT statement_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT statement_outcome_id_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, outcome_id) REFERENCES outcome,
    CONSTRAINT statement_statement_id_form CHECK (is_id(statement_id)),
    CONSTRAINT statement_statements_count CHECK (position BETWEEN 1 AND 500),
    CONSTRAINT statement_title_length CHECK (is_said(title) AND char_length(title) <= 80),
    CONSTRAINT statement_text_length CHECK (is_said(text) AND char_length(text) <= 2000),
    CONSTRAINT statement_easy_read_length CHECK (char_length(easy_read) <= 2000),
    CONSTRAINT statement_audience_length CHECK (char_length(audience) <= 200),
    CONSTRAINT statement_age_to_range CHECK (age_from BETWEEN 0 AND age_to AND age_to <= 25),
    CONSTRAINT statement_principles_letters CHECK (principles ~ '^a?b?c?d?e?f?g?$')
);
COMMENT ON CONSTRAINT statement_statement_id_unique ON statement
    IS 'statement_id: is in the version twice';
COMMENT ON CONSTRAINT statement_statements_order ON statement
    IS 'statements: two have the same place';
COMMENT ON CONSTRAINT statement_version_exists ON statement IS 'version: is no version';
COMMENT ON CONSTRAINT statement_outcome_id_exists ON statement
    IS 'outcome_id: must be an outcome of the same version, kept as long as it has statements';
COMMENT ON CONSTRAINT statement_statement_id_form ON statement
    IS 'statement_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT statement_statements_count ON statement
    IS 'statements: a version has at most 500';
COMMENT ON CONSTRAINT statement_title_length ON statement
    IS 'title: must have 1 to 80 characters';
COMMENT ON CONSTRAINT statement_age_to_range ON statement
    IS 'age_to: must be age_from or more, and 25 at most';
COMMENT ON CONSTRAINT statement_principles_letters ON statement
    IS 'principles: must be letters from a to g, each once and in order';
COMMENT ON CONSTRAINT statement_text_length ON statement
    IS 'text: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT statement_easy_read_length ON statement
    IS 'easy_read: must have at most 2000 characters';
COMMENT ON CONSTRAINT statement_audience_length ON statement
    IS 'audience: must have at most 200 characters';
CREATE INDEX statement_outcome
    ON statement (authority_id, pledge_id, version_number, outcome_id);

CREATE TABLE lineage (
    authority_id      text COLLATE "C" NOT NULL,
    pledge_id         text COLLATE "C" NOT NULL,
    version_number    int NOT NULL,
    position          int NOT NULL,
    base_number       int NOT NULL GENERATED ALWAYS AS (version_number - 1) STORED,
    from_statement_id text COLLATE "C",
    to_statement_id   text COLLATE "C",
    change            text NOT NULL,
    reason            text NOT NULL DEFAULT '',
    CONSTRAINT lineage_lineage_order
        PRIMARY KEY (authority_id, pledge_id, version_number, position),
    CONSTRAINT lineage_lineage_once UNIQUE
        (authority_id, pledge_id, version_number, from_statement_id, to_statement_id),
    CONSTRAINT lineage_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT lineage_from_statement_id_exists
        FOREIGN KEY (authority_id, pledge_id, base_number, from_statement_id)
        REFERENCES statement,
    CONSTRAINT lineage_to_statement_id_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, to_statement_id)
        REFERENCES statement,
    CONSTRAINT lineage_change_known
        CHECK (change IN ('kept', 'reworded', 'merged', 'split', 'dropped', 'new')),
    CONSTRAINT lineage_from_statement_id_change
        CHECK ((change = 'new') = (from_statement_id IS NULL)),
    CONSTRAINT lineage_to_statement_id_change
        CHECK ((change = 'dropped') = (to_statement_id IS NULL)),
    CONSTRAINT lineage_reason_length CHECK (char_length(reason) <= 2000),
    CONSTRAINT lineage_reason_dropped CHECK (change <> 'dropped' OR is_said(reason))
);
COMMENT ON CONSTRAINT lineage_lineage_order ON lineage IS 'lineage: two have the same place';
COMMENT ON CONSTRAINT lineage_lineage_once ON lineage
    IS 'lineage: says the same step twice';
COMMENT ON CONSTRAINT lineage_version_exists ON lineage IS 'version: is no version';
COMMENT ON CONSTRAINT lineage_from_statement_id_exists ON lineage
    IS 'from_statement_id: must be a statement of the version before';
COMMENT ON CONSTRAINT lineage_to_statement_id_exists ON lineage
    IS 'to_statement_id: must be a statement of the version, kept as long as lineage names it';
COMMENT ON CONSTRAINT lineage_change_known ON lineage
    IS 'change: must be kept, reworded, merged, split, dropped or new';
COMMENT ON CONSTRAINT lineage_from_statement_id_change ON lineage
    IS 'from_statement_id: must be empty for a new statement, and only then';
COMMENT ON CONSTRAINT lineage_to_statement_id_change ON lineage
    IS 'to_statement_id: must be empty for a dropped statement, and only then';
COMMENT ON CONSTRAINT lineage_reason_length ON lineage
    IS 'reason: must have at most 2000 characters';
COMMENT ON CONSTRAINT lineage_reason_dropped ON lineage
    IS 'reason: must say why a statement is dropped';
CREATE INDEX lineage_from ON lineage (authority_id, pledge_id, base_number, from_statement_id);
CREATE INDEX lineage_to ON lineage (authority_id, pledge_id, version_number, to_statement_id);

CREATE FUNCTION version_sealed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            PERFORM fail('PL412', 'A version begins as a draft.');
        END IF;
        RETURN NEW;
    ELSIF OLD.state <> 'draft' THEN
        PERFORM fail('PL412', 'Version ' || OLD.version_number
            || ' is adopted and changes no more. Make the next version.');
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

-- A row of an outcome, statement or lineage may be written as long as its version is a draft.
CREATE FUNCTION part_sealed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_old version;
    v_new version;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT * INTO v_old FROM version AS v
         WHERE v.authority_id = OLD.authority_id AND v.pledge_id = OLD.pledge_id
           AND v.version_number = OLD.version_number;
        IF v_old.state IS DISTINCT FROM 'draft' THEN
            PERFORM fail('PL412', 'Version ' || OLD.version_number
                || ' is adopted and changes no more. Make the next version.');
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT * INTO v_new FROM version AS v
     WHERE v.authority_id = NEW.authority_id AND v.pledge_id = NEW.pledge_id
       AND v.version_number = NEW.version_number;
    IF v_new.state IS DISTINCT FROM 'draft' THEN
        PERFORM fail('PL412', 'Version ' || NEW.version_number
            || ' is adopted and changes no more. Make the next version.');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER pledge_touch BEFORE UPDATE ON pledge FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER version_sealed BEFORE INSERT OR UPDATE OR DELETE ON version
    FOR EACH ROW EXECUTE FUNCTION version_sealed();
CREATE TRIGGER version_touch BEFORE UPDATE ON version FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER outcome_sealed BEFORE INSERT OR UPDATE OR DELETE ON outcome
    FOR EACH ROW EXECUTE FUNCTION part_sealed();
CREATE TRIGGER statement_sealed BEFORE INSERT OR UPDATE OR DELETE ON statement
    FOR EACH ROW EXECUTE FUNCTION part_sealed();
CREATE TRIGGER lineage_sealed BEFORE INSERT OR UPDATE OR DELETE ON lineage
    FOR EACH ROW EXECUTE FUNCTION part_sealed();

DO $$ BEGIN PERFORM tenant_tables('{pledge,version,outcome,statement,lineage}'); END $$;

CREATE VIEW pledge_resource WITH (security_invoker = true) AS
    SELECT p.authority_id, p.pledge_id,
           'authorities/' || p.authority_id || '/pledges/' || p.pledge_id AS name, p.title,
           p.audience,
           coalesce((SELECT max(v.version_number) FROM version AS v
                      WHERE v.authority_id = p.authority_id AND v.pledge_id = p.pledge_id
                        AND v.state = 'adopted'), 0) AS current_version,
           p.create_time, p.update_time, etag(p.revision) AS etag
      FROM pledge AS p;
COMMENT ON VIEW pledge_resource IS 'Pledges as the API shows them';

CREATE VIEW version_resource WITH (security_invoker = true) AS
    SELECT v.authority_id, v.pledge_id, v.version_number,
           'authorities/' || v.authority_id || '/pledges/' || v.pledge_id || '/versions/'
               || v.version_number AS name,
           v.version_number AS number, v.title, v.note, v.state, v.adopted_on,
           coalesce('authorities/' || v.authority_id || '/bodies/' || v.adopted_by, '')
               AS adopted_by,
           v.content_hash,
           (SELECT count(*) FROM outcome AS o
             WHERE o.authority_id = v.authority_id AND o.pledge_id = v.pledge_id
               AND o.version_number = v.version_number)::int4 AS outcome_count,
           (SELECT count(*) FROM statement AS s
             WHERE s.authority_id = v.authority_id AND s.pledge_id = v.pledge_id
               AND s.version_number = v.version_number)::int4 AS statement_count,
           v.create_time, v.update_time, etag(v.revision) AS etag
      FROM version AS v;
COMMENT ON VIEW version_resource IS 'Versions as the API shows them, without their parts';

CREATE VIEW statement_resource WITH (security_invoker = true) AS
    SELECT s.authority_id, s.pledge_id, s.version_number, s.position,
           'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/'
               || s.version_number || '/statements/' || s.statement_id AS name,
           s.statement_id, s.outcome_id, s.title, s.text, s.easy_read, s.audience, s.age_from,
           s.age_to, s.principles
      FROM statement AS s;
COMMENT ON VIEW statement_resource IS 'Statements as the API shows them';

CREATE VIEW lineage_resource WITH (security_invoker = true) AS
    SELECT l.authority_id, l.pledge_id, l.version_number, l.position,
           coalesce(l.from_statement_id, '') AS from_statement_id,
           coalesce(l.to_statement_id, '') AS to_statement_id, l.change, l.reason
      FROM lineage AS l;
COMMENT ON VIEW lineage_resource IS 'Steps of lineage as the API shows them';

CREATE FUNCTION pledge_create(p_id text, p_title text, p_audience text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    INSERT INTO pledge (authority_id, pledge_id, title, audience)
    VALUES (app_authority(), p_id, p_title, p_audience) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a pledge ' || p_id || '.', 'pledge_id');
    END IF;
END
$$;

CREATE FUNCTION pledge_update(p_id text, p_title text, p_audience text, p_etag text,
                              p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v pledge;
BEGIN
    PERFORM mask_check(p_paths, '{title,audience}');
    SELECT * INTO v FROM pledge WHERE authority_id = app_authority() AND pledge_id = p_id
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no pledge ' || p_id || '.', 'pledge.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'pledge.etag');
    UPDATE pledge SET
        title = CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END,
        audience = CASE WHEN masked('audience', p_paths) THEN p_audience ELSE v.audience END
    WHERE authority_id = app_authority() AND pledge_id = p_id;
END
$$;

COMMIT;
