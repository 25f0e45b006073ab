-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:commitment to pg
-- What departments and partner agencies undertake to do, and the statements that it serves. A
-- statement that a commitment no longer serves keeps its row, marked with the time it ended.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE commitment (
    authority_id     text COLLATE "C" NOT NULL,
    commitment_id    text COLLATE "C" NOT NULL,
    owner_id         text COLLATE "C" NOT NULL,
    pledge_id        text COLLATE "C" NOT NULL,
    version_number   int NOT NULL,
    summary          text NOT NULL,
    theme            text NOT NULL DEFAULT '',
    expected_outcome text NOT NULL DEFAULT '',
    measure          text NOT NULL DEFAULT '',
    target           text NOT NULL DEFAULT '',
    due_on           date,
    cost_note        text NOT NULL DEFAULT '',
    plan_links       text[] NOT NULL DEFAULT '{}',
    withdrawn        boolean NOT NULL DEFAULT false,
    create_time      timestamptz NOT NULL DEFAULT now(),
    update_time      timestamptz NOT NULL DEFAULT now(),
    revision         int NOT NULL DEFAULT 1,
    CONSTRAINT commitment_commitment_id_unique PRIMARY KEY (authority_id, commitment_id),
    CONSTRAINT commitment_statements_version
        UNIQUE (authority_id, commitment_id, pledge_id, version_number),
    CONSTRAINT commitment_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT commitment_statements_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT commitment_commitment_id_form CHECK (is_id(commitment_id)),
    CONSTRAINT commitment_summary_length
        CHECK (is_said(summary) AND char_length(summary) <= 500),
    CONSTRAINT commitment_theme_length CHECK (char_length(theme) <= 100),
    CONSTRAINT commitment_expected_outcome_length CHECK (char_length(expected_outcome) <= 2000),
    CONSTRAINT commitment_measure_length CHECK (char_length(measure) <= 500),
    CONSTRAINT commitment_target_length CHECK (char_length(target) <= 200),
    CONSTRAINT commitment_cost_note_length CHECK (char_length(cost_note) <= 1000),
    CONSTRAINT commitment_plan_links_length CHECK (texts_within(plan_links, 20, 300))
);
COMMENT ON CONSTRAINT commitment_commitment_id_unique ON commitment
    IS 'commitment_id: is already the identifier of another commitment';
COMMENT ON CONSTRAINT commitment_statements_version ON commitment
    IS 'statements: must be of one pledge version';
COMMENT ON CONSTRAINT commitment_owner_exists ON commitment
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT commitment_statements_exists ON commitment
    IS 'statements: must be of a version that exists';
COMMENT ON CONSTRAINT commitment_commitment_id_form ON commitment
    IS 'commitment_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT commitment_summary_length ON commitment
    IS 'summary: must have 1 to 500 characters';
COMMENT ON CONSTRAINT commitment_theme_length ON commitment
    IS 'theme: must have at most 100 characters';
COMMENT ON CONSTRAINT commitment_expected_outcome_length ON commitment
    IS 'expected_outcome: must have at most 2000 characters';
COMMENT ON CONSTRAINT commitment_measure_length ON commitment
    IS 'measure: must have at most 500 characters';
COMMENT ON CONSTRAINT commitment_target_length ON commitment
    IS 'target: must have at most 200 characters';
COMMENT ON CONSTRAINT commitment_cost_note_length ON commitment
    IS 'cost_note: must have at most 1000 characters';
COMMENT ON CONSTRAINT commitment_plan_links_length ON commitment
    IS 'plan_links: must be at most 20 items of 1 to 300 characters each';
CREATE INDEX commitment_owner ON commitment (authority_id, owner_id, commitment_id);
CREATE INDEX commitment_version
    ON commitment (authority_id, pledge_id, version_number, owner_id, commitment_id);

CREATE TABLE commitment_statement (
    authority_id   text COLLATE "C" NOT NULL,
    commitment_id  text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    statement_id   text COLLATE "C" NOT NULL,
    position       int NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    ended_at       timestamptz,
    CONSTRAINT commitment_statement_statements_once
        PRIMARY KEY (authority_id, commitment_id, statement_id),
    CONSTRAINT commitment_statement_commitment_version
        FOREIGN KEY (authority_id, commitment_id, pledge_id, version_number)
        REFERENCES commitment (authority_id, commitment_id, pledge_id, version_number),
    CONSTRAINT commitment_statement_statements_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id)
        REFERENCES statement,
    CONSTRAINT commitment_statement_statements_count CHECK (position BETWEEN 1 AND 50)
);
COMMENT ON CONSTRAINT commitment_statement_statements_once ON commitment_statement
    IS 'statements: must be named once each';
COMMENT ON CONSTRAINT commitment_statement_commitment_version ON commitment_statement
    IS 'commitment: must be one of the same pledge version';
COMMENT ON CONSTRAINT commitment_statement_statements_exists ON commitment_statement
    IS 'statements: must exist, and stay in their version as long as a commitment names them';
COMMENT ON CONSTRAINT commitment_statement_statements_count ON commitment_statement
    IS 'statements: a commitment serves at most 50';
CREATE INDEX commitment_statement_statement
    ON commitment_statement (authority_id, pledge_id, version_number, statement_id);

-- When what is owed ended and when it was taken up again, so that a past day can be asked about.
CREATE TABLE commitment_turn (
    authority_id  text COLLATE "C" NOT NULL,
    commitment_id text COLLATE "C" NOT NULL,
    statement_id  text COLLATE "C" NOT NULL,
    turn          int NOT NULL,
    owed          boolean NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT commitment_turn_turn_once
        PRIMARY KEY (authority_id, commitment_id, statement_id, turn),
    CONSTRAINT commitment_turn_commitment_exists FOREIGN KEY (authority_id, commitment_id)
        REFERENCES commitment
);
COMMENT ON COLUMN commitment_turn.statement_id IS 'Empty for the commitment as a whole';
COMMENT ON CONSTRAINT commitment_turn_turn_once ON commitment_turn
    IS 'commitment: changed at the same moment';
COMMENT ON CONSTRAINT commitment_turn_commitment_exists ON commitment_turn
    IS 'commitment: names no commitment';

CREATE FUNCTION commitment_turns() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v jsonb := to_jsonb(NEW);
    v_statement text := coalesce(v ->> 'statement_id', '');
BEGIN
    INSERT INTO commitment_turn (authority_id, commitment_id, statement_id, turn, owed)
    SELECT NEW.authority_id, NEW.commitment_id, v_statement, 1 + count(*),
           coalesce(NOT (v ->> 'withdrawn')::boolean, v ->> 'ended_at' IS NULL)
      FROM commitment_turn AS t
     WHERE t.authority_id = NEW.authority_id AND t.commitment_id = NEW.commitment_id
       AND t.statement_id = v_statement;
    RETURN NULL;
END
$$;
CREATE TRIGGER commitment_begins AFTER INSERT ON commitment
    FOR EACH ROW WHEN (NEW.withdrawn) EXECUTE FUNCTION commitment_turns();
CREATE TRIGGER commitment_turns AFTER UPDATE OF withdrawn ON commitment
    FOR EACH ROW WHEN (NEW.withdrawn <> OLD.withdrawn) EXECUTE FUNCTION commitment_turns();
CREATE TRIGGER commitment_statement_turns AFTER UPDATE OF ended_at ON commitment_statement
    FOR EACH ROW WHEN ((NEW.ended_at IS NULL) <> (OLD.ended_at IS NULL))
    EXECUTE FUNCTION commitment_turns();

CREATE FUNCTION commitment_owed_on(p_authority text, p_commitment text, p_statement text, p_day date)
RETURNS boolean
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce(bool_and(x.owed), true)
      FROM (SELECT DISTINCT ON (t.statement_id) t.owed FROM commitment_turn AS t
             WHERE t.authority_id = p_authority AND t.commitment_id = p_commitment
               AND t.statement_id IN ('', p_statement) AND t.recorded_at::date <= p_day
             ORDER BY t.statement_id, t.turn DESC) AS x
$$;
COMMENT ON FUNCTION commitment_owed_on(text, text, text, date)
    IS 'Whether a commitment was owed to a statement at the end of a day, if it was there.';

CREATE TRIGGER commitment_touch BEFORE UPDATE ON commitment
    FOR EACH ROW EXECUTE FUNCTION touch();

DO $$ BEGIN PERFORM tenant_tables('{commitment,commitment_statement,commitment_turn}'); END $$;

-- The statements are looked up row by row, so that a page asks the index only for its own.
CREATE VIEW commitment_resource WITH (security_invoker = true) AS
    SELECT c.authority_id, c.commitment_id, c.owner_id,
           'authorities/' || c.authority_id || '/commitments/' || c.commitment_id AS name,
           o.resource_name AS owner,
           ARRAY(SELECT 'authorities/' || s.authority_id || '/pledges/' || s.pledge_id
                     || '/versions/' || s.version_number || '/statements/' || s.statement_id
                   FROM commitment_statement AS s
                  WHERE s.authority_id = c.authority_id AND s.commitment_id = c.commitment_id
                    AND s.ended_at IS NULL
                  ORDER BY s.position, s.statement_id) AS statements,
           c.summary, c.theme, c.expected_outcome, c.measure, c.target, c.due_on, c.cost_note,
           c.plan_links, c.withdrawn, c.create_time, c.update_time, etag(c.revision) AS etag
      FROM commitment AS c
      JOIN owner AS o ON o.authority_id = c.authority_id AND o.owner_id = c.owner_id;
COMMENT ON VIEW commitment_resource IS 'Commitments as the API shows them';

-- Checks the statements of a commitment as the three arrays that their names consist of.
CREATE FUNCTION commitment_statements_check(p_pledges text[], p_versions text[], p_ids text[])
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    IF cardinality(p_ids) NOT BETWEEN 1 AND 50 THEN
        PERFORM fail('PL400', 'A commitment serves 1 to 50 statements.',
            'commitment.statements');
    END IF;
    SELECT jsonb_agg(violation('commitment.statements[' || u.n - 1 || ']', r.rule) ORDER BY u.n)
      INTO v_bad
      FROM (SELECT s.pledge, s.version, s.id, s.n,
                   row_number() OVER (PARTITION BY s.pledge, s.version, s.id ORDER BY s.n) AS nth
              FROM unnest(p_pledges, p_versions, p_ids)
                   WITH ORDINALITY AS s (pledge, version, id, n)) AS u
     CROSS JOIN LATERAL (VALUES
        (u.nth > 1, 'is named twice'),
        (u.pledge <> p_pledges[1] OR u.version <> p_versions[1],
            'must be of the same pledge version as the first'),
        (NOT EXISTS (SELECT FROM statement AS t
             WHERE t.authority_id = app_authority() AND t.pledge_id = u.pledge
               AND t.version_number = version_number(u.version) AND t.statement_id = u.id),
            'is no statement')
     ) AS r (broken, rule)
     WHERE r.broken;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The commitment names statements that it cannot serve.', v_bad);
    END IF;
END
$$;

CREATE FUNCTION commitment_create(
    p_id text, p_owner text, p_pledges text[], p_versions text[], p_ids text[], p_summary text,
    p_theme text, p_expected_outcome text, p_measure text, p_target text, p_due_on date,
    p_cost_note text, p_plan_links text[], p_withdrawn boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_owner text := owner_of(p_owner, 'commitment.owner');
BEGIN
    PERFORM commitment_statements_check(p_pledges, p_versions, p_ids);
    INSERT INTO commitment (authority_id, commitment_id, owner_id, pledge_id, version_number,
                            summary, theme, expected_outcome, measure, target, due_on, cost_note,
                            plan_links, withdrawn)
    VALUES (app_authority(), p_id, v_owner, p_pledges[1], version_number(p_versions[1]),
            p_summary, p_theme, p_expected_outcome, p_measure, p_target, p_due_on, p_cost_note,
            p_plan_links, p_withdrawn)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a commitment ' || p_id || '.', 'commitment_id');
    END IF;
    INSERT INTO commitment_statement (authority_id, commitment_id, pledge_id, version_number,
                                      statement_id, position)
    SELECT app_authority(), p_id, p_pledges[1], version_number(p_versions[1]), u.id, u.n
      FROM unnest(p_ids) WITH ORDINALITY AS u (id, n);
END
$$;

CREATE FUNCTION commitment_update(
    p_id text, p_pledges text[], p_versions text[], p_ids text[], p_summary text,
    p_theme text, p_expected_outcome text, p_measure text, p_target text, p_due_on date,
    p_cost_note text, p_plan_links text[], p_withdrawn boolean, p_etag text, p_paths text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v commitment;
BEGIN
    PERFORM mask_check(p_paths, '{statements,summary,theme,expected_outcome,measure,target,'
        'due_on,cost_note,plan_links,withdrawn}');
    SELECT * INTO v FROM commitment
     WHERE authority_id = app_authority() AND commitment_id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no commitment ' || p_id || '.', 'commitment.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'commitment.etag');
    IF masked('statements', p_paths) THEN
        PERFORM commitment_statements_check(p_pledges, p_versions, p_ids);
        IF p_pledges[1] <> v.pledge_id OR version_number(p_versions[1]) <> v.version_number THEN
            PERFORM fail('PL400', 'A commitment stays with its pledge version.'
                ' Make a new one for another version.', 'commitment.statements');
        END IF;
        UPDATE commitment_statement SET ended_at = now()
         WHERE authority_id = app_authority() AND commitment_id = p_id
           AND ended_at IS NULL AND statement_id <> ALL (p_ids);
        INSERT INTO commitment_statement (authority_id, commitment_id, pledge_id, version_number,
                                          statement_id, position)
        SELECT app_authority(), p_id, v.pledge_id, v.version_number, u.id, u.n
          FROM unnest(p_ids) WITH ORDINALITY AS u (id, n)
        ON CONFLICT (authority_id, commitment_id, statement_id)
        DO UPDATE SET position = excluded.position, ended_at = NULL;
    END IF;
    UPDATE commitment SET
        summary = CASE WHEN masked('summary', p_paths) THEN p_summary ELSE v.summary END,
        theme = CASE WHEN masked('theme', p_paths) THEN p_theme ELSE v.theme END,
        expected_outcome = CASE WHEN masked('expected_outcome', p_paths) THEN p_expected_outcome
                                ELSE v.expected_outcome END,
        measure = CASE WHEN masked('measure', p_paths) THEN p_measure ELSE v.measure END,
        target = CASE WHEN masked('target', p_paths) THEN p_target ELSE v.target END,
        due_on = CASE WHEN masked('due_on', p_paths) THEN p_due_on ELSE v.due_on END,
        cost_note = CASE WHEN masked('cost_note', p_paths) THEN p_cost_note
                         ELSE v.cost_note END,
        plan_links = CASE WHEN masked('plan_links', p_paths) THEN p_plan_links
                          ELSE v.plan_links END,
        withdrawn = CASE WHEN masked('withdrawn', p_paths) THEN p_withdrawn ELSE v.withdrawn END
    WHERE authority_id = app_authority() AND commitment_id = p_id;
END
$$;

COMMIT;
