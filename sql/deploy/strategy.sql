-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:strategy to pg
-- What carries the pledge: strategies and services of departments and partner agencies, the statements that
-- each carries, and their reviews. Words of the field:
--   strategy   a written plan for some years
--   service    what young people can use: a session each month, a group, a place to stay
--   carries    it is named as a way in which a statement is kept. Statements follow lineage: what became of
--              one in the next adopted version is carried, too
--   review     somebody looked whether it still does, with an outcome and mostly a day of the next
-- A review is due on the day that the last one set; before the first, on the day that was set with the strategy.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE strategy (
    authority_id  text COLLATE "C" NOT NULL,
    strategy_id   text COLLATE "C" NOT NULL,
    kind          text NOT NULL,
    title         text NOT NULL,
    summary       text NOT NULL DEFAULT '',
    owner_id      text COLLATE "C" NOT NULL,
    runs_from     date NOT NULL,
    runs_to       date,
    review_due_on date,
    create_time   timestamptz NOT NULL DEFAULT now(),
    update_time   timestamptz NOT NULL DEFAULT now(),
    revision      int NOT NULL DEFAULT 1,
    CONSTRAINT strategy_strategy_id_unique PRIMARY KEY (authority_id, strategy_id),
    CONSTRAINT strategy_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT strategy_strategy_id_form CHECK (is_id(strategy_id)),
    CONSTRAINT strategy_kind_known CHECK (kind IN ('strategy', 'service')),
    CONSTRAINT strategy_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT strategy_summary_length CHECK (char_length(summary) <= 2000),
    CONSTRAINT strategy_runs_to_order CHECK (runs_to >= runs_from),
    CONSTRAINT strategy_review_due_on_order CHECK (review_due_on >= runs_from)
);
COMMENT ON CONSTRAINT strategy_strategy_id_unique ON strategy
    IS 'strategy_id: is already the identifier of another strategy or service';
COMMENT ON CONSTRAINT strategy_owner_exists ON strategy
    IS 'strategy.owner: names no department or partner agency';
COMMENT ON CONSTRAINT strategy_strategy_id_form ON strategy
    IS 'strategy_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT strategy_kind_known ON strategy IS 'strategy.kind: must be strategy or service';
COMMENT ON CONSTRAINT strategy_title_length ON strategy
    IS 'strategy.title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT strategy_summary_length ON strategy
    IS 'strategy.summary: must have at most 2000 characters';
COMMENT ON CONSTRAINT strategy_runs_to_order ON strategy
    IS 'strategy.runs_to: must not be before runs_from';
COMMENT ON CONSTRAINT strategy_review_due_on_order ON strategy
    IS 'strategy.review_due_on: must not be before runs_from';
CREATE INDEX strategy_owner ON strategy (authority_id, owner_id);
CREATE TRIGGER strategy_touch BEFORE UPDATE ON strategy
    FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE strategy_statement (
    authority_id   text COLLATE "C" NOT NULL,
    strategy_id    text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    statement_id   text COLLATE "C" NOT NULL,
    position       int NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    ended_at       timestamptz,
    CONSTRAINT strategy_statement_statements_once
        PRIMARY KEY (authority_id, strategy_id, pledge_id, version_number, statement_id),
    CONSTRAINT strategy_statement_strategy_exists
        FOREIGN KEY (authority_id, strategy_id) REFERENCES strategy,
    CONSTRAINT strategy_statement_statements_exist
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id) REFERENCES statement,
    CONSTRAINT strategy_statement_statements_count CHECK (position BETWEEN 1 AND 50)
);
COMMENT ON CONSTRAINT strategy_statement_statements_once ON strategy_statement
    IS 'strategy.statements: must be named once each';
COMMENT ON CONSTRAINT strategy_statement_strategy_exists ON strategy_statement
    IS 'strategy: names no strategy or service';
COMMENT ON CONSTRAINT strategy_statement_statements_exist ON strategy_statement
    IS 'strategy.statements: must exist';
COMMENT ON CONSTRAINT strategy_statement_statements_count ON strategy_statement
    IS 'strategy.statements: are at most 50';
CREATE INDEX strategy_statement_statement
    ON strategy_statement (authority_id, pledge_id, version_number, statement_id);

CREATE TABLE strategy_review (
    authority_id text COLLATE "C" NOT NULL,
    strategy_id  text COLLATE "C" NOT NULL,
    review       int NOT NULL,
    reviewed_on  date NOT NULL,
    outcome      text NOT NULL,
    note         text NOT NULL,
    next_due_on  date,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT strategy_review_review_unique PRIMARY KEY (authority_id, strategy_id, review),
    CONSTRAINT strategy_review_strategy_exists
        FOREIGN KEY (authority_id, strategy_id) REFERENCES strategy,
    CONSTRAINT strategy_review_outcome_known
        CHECK (outcome IN ('continued', 'changed', 'replaced', 'ended')),
    CONSTRAINT strategy_review_note_length CHECK (is_said(note) AND char_length(note) <= 2000),
    CONSTRAINT strategy_review_next_due_on_order CHECK (next_due_on > reviewed_on),
    CONSTRAINT strategy_review_next_due_on_over
        CHECK (next_due_on IS NULL OR outcome IN ('continued', 'changed'))
);
COMMENT ON CONSTRAINT strategy_review_review_unique ON strategy_review
    IS 'parent: another review was recorded at the same moment';
COMMENT ON CONSTRAINT strategy_review_strategy_exists ON strategy_review
    IS 'parent: names no strategy or service';
COMMENT ON CONSTRAINT strategy_review_outcome_known ON strategy_review
    IS 'review.outcome: must be continued, changed, replaced or ended';
COMMENT ON CONSTRAINT strategy_review_note_length ON strategy_review
    IS 'review.note: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT strategy_review_next_due_on_order ON strategy_review
    IS 'review.next_due_on: must be after reviewed_on';
COMMENT ON CONSTRAINT strategy_review_next_due_on_over ON strategy_review
    IS 'review.next_due_on: must be empty for what was replaced or ended';

DO $$ BEGIN PERFORM tenant_tables('{strategy,strategy_statement,strategy_review}'); END $$;

-- Which statements each strategy or service carries, of whichever adopted version.
CREATE VIEW strategy_carries WITH (security_invoker = true) AS
    WITH RECURSIVE carried AS (
        SELECT s.authority_id, s.strategy_id, s.pledge_id, s.version_number, s.statement_id
          FROM strategy_statement AS s
         WHERE s.ended_at IS NULL
        UNION
        SELECT c.authority_id, c.strategy_id, l.pledge_id, l.version_number, l.to_statement_id
          FROM carried AS c
          JOIN lineage AS l ON l.authority_id = c.authority_id AND l.pledge_id = c.pledge_id
           AND l.base_number = c.version_number AND l.from_statement_id = c.statement_id
          JOIN version AS v ON v.authority_id = l.authority_id AND v.pledge_id = l.pledge_id
           AND v.version_number = l.version_number AND v.state = 'adopted'
         WHERE l.to_statement_id IS NOT NULL)
    SELECT c.authority_id, c.strategy_id, c.pledge_id, c.version_number, c.statement_id,
           'authorities/' || c.authority_id || '/pledges/' || c.pledge_id || '/versions/'
               || c.version_number || '/statements/' || c.statement_id AS statement
      FROM carried AS c;
COMMENT ON VIEW strategy_carries
    IS 'The statements that strategies and services carry, and what became of them in later versions';

-- Strategies and services as they stood at the end of a day, by what was recorded by the end of another.
-- place: to order them by, those due first first.
CREATE FUNCTION strategy_standing(p_as_at date, p_known_on date)
RETURNS TABLE (strategy_id text, owner_id text, name text, kind text, title text, summary text, owner text,
               owner_display_name text, runs_from date, runs_to date, review_due_on date,
               review_state text, days_over int, reviewed_on date, outcome text, review_count int,
               statements text[], carried_statements text[], create_time timestamptz, update_time timestamptz, etag text, place text)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s.strategy_id, s.owner_id,
           'authorities/' || s.authority_id || '/strategies/' || s.strategy_id, s.kind, s.title, s.summary,
           o.resource_name, o.display_name, s.runs_from, s.runs_to, d.due_on,
           CASE WHEN d.due_on IS NULL THEN 'none' WHEN d.due_on < p_as_at THEN 'overdue' ELSE 'due' END,
           coalesce(greatest(p_as_at - d.due_on, 0), 0), r.reviewed_on, coalesce(r.outcome, ''),
           coalesce(r.review, 0),
           ARRAY(SELECT 'authorities/' || n.authority_id || '/pledges/' || n.pledge_id || '/versions/'
                     || n.version_number || '/statements/' || n.statement_id
                   FROM strategy_statement AS n
                  WHERE n.authority_id = s.authority_id AND n.strategy_id = s.strategy_id
                    AND n.ended_at IS NULL
                  ORDER BY n.position, n.pledge_id, n.version_number, n.statement_id),
           coalesce(k.statements, '{}'), s.create_time, s.update_time, etag(s.revision),
           coalesce(d.due_on, '9999-12-31') || ' ' || s.strategy_id
      FROM strategy AS s
      JOIN owner AS o ON o.authority_id = s.authority_id AND o.owner_id = s.owner_id
      LEFT JOIN (
        SELECT c.strategy_id, array_agg(c.statement ORDER BY c.pledge_id, t.position) AS statements
          FROM strategy_carries AS c
          JOIN (SELECT v.pledge_id, max(v.version_number) AS version_number FROM version AS v
                 WHERE v.authority_id = app_authority() AND v.state = 'adopted'
                   AND v.adopted_on <= p_as_at
                 GROUP BY v.pledge_id) AS l
            ON l.pledge_id = c.pledge_id AND l.version_number = c.version_number
          JOIN statement AS t ON t.authority_id = c.authority_id AND t.pledge_id = c.pledge_id
           AND t.version_number = c.version_number AND t.statement_id = c.statement_id
         WHERE c.authority_id = app_authority()
         GROUP BY c.strategy_id) AS k ON k.strategy_id = s.strategy_id
      LEFT JOIN LATERAL (
        SELECT t.review, t.reviewed_on, t.outcome, t.next_due_on FROM strategy_review AS t
         WHERE t.authority_id = s.authority_id AND t.strategy_id = s.strategy_id
           AND t.reviewed_on <= p_as_at AND t.recorded_at::date <= p_known_on
         ORDER BY t.review DESC LIMIT 1) AS r ON true
     CROSS JOIN LATERAL (SELECT CASE WHEN r.review IS NULL THEN s.review_due_on
                                     ELSE r.next_due_on END AS due_on) AS d
     WHERE s.authority_id = app_authority() AND s.create_time::date <= p_known_on
       -- Today what is planned is told, too; of a past day nobody knows what was planned then.
       AND (s.runs_from <= p_as_at OR p_as_at = current_date);
END
$$;
COMMENT ON FUNCTION strategy_standing(date, date)
    IS 'Strategies and services with when their next review is due, as at a day.';

-- For lists of what is to be done.
CREATE VIEW strategy_review_due WITH (security_invoker = true) AS
    SELECT app_authority() AS authority_id, s.owner_id, s.name, s.title, s.review_due_on AS due_on,
           s.review_state AS state, s.days_over
      FROM strategy_standing(current_date, '9999-12-31') AS s
     WHERE s.review_due_on IS NOT NULL;
COMMENT ON VIEW strategy_review_due IS 'Reviews that are due or overdue today';

-- The last day of those that are asked for: within so many days, or ever for 0.
CREATE FUNCTION review_horizon(p_as_at date, p_days int) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_days NOT BETWEEN 0 AND 3650 THEN
        PERFORM fail('PL400', 'Ask for what is due within 1 to 3650 days, or 0 for all.', 'within_days');
    END IF;
    RETURN CASE p_days WHEN 0 THEN 'infinity' ELSE p_as_at + p_days END;
END
$$;

-- The statements of a strategy as the three arrays that their names consist of.
CREATE FUNCTION strategy_statement_violations(p_pledges text[], p_versions text[], p_ids text[])
RETURNS TABLE (field text, rule text, n bigint)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT 'strategy.statements', 'are at most 50', 0 WHERE cardinality(p_ids) > 50
    UNION ALL
    SELECT format('strategy.statements[%s]', u.n - 1), x.rule, u.n
      FROM (SELECT s.pledge, s.version, s.id, s.n,
                   row_number() OVER (PARTITION BY s.pledge, s.version, s.id ORDER BY s.n) AS nth
              FROM unnest(p_pledges, p_versions, p_ids)
                   WITH ORDINALITY AS s (pledge, version, id, n)) AS u
     CROSS JOIN LATERAL (VALUES
        (u.nth > 1, 'is named twice'),
        (NOT EXISTS (SELECT FROM statement AS t
              JOIN version AS v ON v.authority_id = t.authority_id AND v.pledge_id = t.pledge_id
               AND v.version_number = t.version_number AND v.state = 'adopted'
             WHERE t.authority_id = app_authority() AND t.pledge_id = u.pledge
               AND t.version_number = version_number(u.version) AND t.statement_id = u.id),
            'is no statement of an adopted version')) AS x (broken, rule)
     WHERE x.broken
$$;

-- Those that are not named any more keep their row, with the time it ended.
CREATE FUNCTION strategy_statements_set(p_strategy text, p_pledges text[], p_versions text[], p_ids text[])
RETURNS void
LANGUAGE sql SET search_path = pledge, pg_temp
AS $$
    UPDATE strategy_statement AS s SET ended_at = now()
     WHERE s.authority_id = app_authority() AND s.strategy_id = p_strategy AND s.ended_at IS NULL
       AND NOT EXISTS (SELECT FROM unnest(p_pledges, p_versions, p_ids) AS u (pledge, version, id)
                        WHERE u.pledge = s.pledge_id AND version_number(u.version) = s.version_number
                          AND u.id = s.statement_id);
    INSERT INTO strategy_statement (authority_id, strategy_id, pledge_id, version_number, statement_id,
                                    position)
    SELECT app_authority(), p_strategy, u.pledge, version_number(u.version), u.id, u.n
      FROM unnest(p_pledges, p_versions, p_ids) WITH ORDINALITY AS u (pledge, version, id, n)
    ON CONFLICT (authority_id, strategy_id, pledge_id, version_number, statement_id)
    DO UPDATE SET position = excluded.position, ended_at = NULL
$$;

CREATE FUNCTION strategy_create(
    p_id text, p_kind text, p_title text, p_summary text, p_owner text, p_from date, p_to date,
    p_review_due_on date, p_pledges text[], p_versions text[], p_ids text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    SELECT jsonb_agg(violation(r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM (
        SELECT x.field, x.rule, 0 AS n
          FROM owner_problem(p_owner, 'strategy.owner') AS o (problem)
         CROSS JOIN LATERAL (VALUES
            (NOT is_id(p_id), 'strategy_id',
                'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
            (p_kind = '', 'strategy.kind', 'must be strategy or service'),
            (NOT is_said(p_title) OR char_length(p_title) > 200, 'strategy.title',
                'must have 1 to 200 characters'),
            (char_length(p_summary) > 2000, 'strategy.summary', 'must have at most 2000 characters'),
            (o.problem IS NOT NULL, 'strategy.owner', o.problem),
            (p_from IS NULL, 'strategy.runs_from', 'must be a day, as YYYY-MM-DD'),
            (p_to < p_from, 'strategy.runs_to', 'must not be before runs_from'),
            (p_review_due_on < p_from, 'strategy.review_due_on', 'must not be before runs_from')
          ) AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT v.field, v.rule, v.n FROM strategy_statement_violations(p_pledges, p_versions, p_ids) AS v
      ) AS r;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The strategy or service cannot be like this.', v_bad);
    END IF;
    INSERT INTO strategy (authority_id, strategy_id, kind, title, summary, owner_id, runs_from, runs_to,
                          review_due_on)
    VALUES (app_authority(), p_id, p_kind, p_title, p_summary, owner_of(p_owner, 'strategy.owner'),
            p_from, p_to, p_review_due_on) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is a strategy or service ' || p_id || ' already.', 'strategy_id');
    END IF;
    PERFORM strategy_statements_set(p_id, p_pledges, p_versions, p_ids);
END
$$;

CREATE FUNCTION strategy_update(
    p_id text, p_title text, p_summary text, p_to date, p_review_due_on date, p_pledges text[],
    p_versions text[], p_ids text[], p_etag text, p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v strategy;
    v_bad jsonb;
BEGIN
    PERFORM mask_check(p_paths, '{title,summary,runs_to,review_due_on,statements}');
    SELECT * INTO v FROM strategy
     WHERE authority_id = app_authority() AND strategy_id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no strategy or service ' || p_id || '.', 'strategy.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'strategy.etag');
    SELECT jsonb_agg(violation(r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM (
        SELECT 'strategy.' || x.field AS field, x.rule, 0 AS n
          FROM (VALUES
            (NOT is_said(p_title) OR char_length(p_title) > 200, 'title', 'must have 1 to 200 characters'),
            (char_length(p_summary) > 2000, 'summary', 'must have at most 2000 characters'),
            (p_to < v.runs_from, 'runs_to', 'must not be before runs_from'),
            (p_review_due_on < v.runs_from, 'review_due_on', 'must not be before runs_from')
          ) AS x (broken, field, rule)
         WHERE x.broken AND masked(x.field, p_paths)
        UNION ALL
        SELECT s.field, s.rule, s.n FROM strategy_statement_violations(p_pledges, p_versions, p_ids) AS s
         WHERE masked('statements', p_paths)
      ) AS r;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The strategy or service cannot be like this.', v_bad);
    ELSIF masked('review_due_on', p_paths) AND p_review_due_on IS DISTINCT FROM v.review_due_on
       AND EXISTS (SELECT FROM strategy_review AS r
                    WHERE r.authority_id = app_authority() AND r.strategy_id = p_id) THEN
        PERFORM fail('PL412', 'It was reviewed: the last review says when the next is due.',
            'strategy.review_due_on');
    ELSIF masked('statements', p_paths) THEN
        PERFORM strategy_statements_set(p_id, p_pledges, p_versions, p_ids);
    END IF;
    UPDATE strategy SET
        title = CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END,
        summary = CASE WHEN masked('summary', p_paths) THEN p_summary ELSE v.summary END,
        runs_to = CASE WHEN masked('runs_to', p_paths) THEN p_to ELSE v.runs_to END,
        review_due_on = CASE WHEN masked('review_due_on', p_paths) THEN p_review_due_on
                             ELSE v.review_due_on END
     WHERE authority_id = app_authority() AND strategy_id = p_id;
END
$$;

-- Officers review any, directors and agencies those of their own owner.
CREATE FUNCTION strategy_review_record(p_id text, p_on date, p_outcome text, p_note text, p_next date)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v strategy;
    v_on date := coalesce(p_on, current_date);
    v_last date;
    v_bad jsonb;
BEGIN
    SELECT * INTO v FROM strategy
     WHERE authority_id = app_authority() AND strategy_id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no strategy or service ' || p_id || '.', 'parent');
    ELSIF app_role() <> 'officer' AND v.owner_id IS DISTINCT FROM app_owner() THEN
        PERFORM fail('PL403', 'Only its owner and officers review a strategy or service.');
    END IF;
    SELECT greatest(v.runs_from, max(r.reviewed_on)) INTO v_last FROM strategy_review AS r
     WHERE r.authority_id = app_authority() AND r.strategy_id = p_id;
    SELECT jsonb_agg(violation('review.' || x.field, x.rule)) INTO v_bad
      FROM (VALUES
        (v_on > current_date OR v_on < v_last, 'reviewed_on', 'must be from ' || v_last || ' to today'),
        (p_outcome = '', 'outcome', 'must be continued, changed, replaced or ended'),
        (NOT is_said(p_note) OR char_length(p_note) > 2000, 'note', 'must have 1 to 2000 characters'),
        (p_next <= v_on, 'next_due_on', 'must be after reviewed_on'),
        (p_next IS NOT NULL AND p_outcome IN ('replaced', 'ended'), 'next_due_on',
            'must be empty for what was replaced or ended')) AS x (broken, field, rule)
     WHERE x.broken;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The review cannot be recorded like this.', v_bad);
    END IF;
    INSERT INTO strategy_review (authority_id, strategy_id, review, reviewed_on, outcome, note,
                                 next_due_on, principal_id)
    SELECT app_authority(), p_id, count(*) + 1, v_on, p_outcome, p_note, p_next, app_principal()
      FROM strategy_review AS r
     WHERE r.authority_id = app_authority() AND r.strategy_id = p_id;
END
$$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('officer', '{strategy.read,strategy.write,strategy.assess}'::text[]),
    ('support_worker', '{strategy.read,strategy.write}'),
    ('director', '{strategy.read,strategy.assess}'),
    ('elected_member', '{strategy.read}'),
    ('council_administrator', '{strategy.read}'),
    ('inspector', '{strategy.read}'),
    ('partner_agency', '{strategy.read,strategy.assess}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

COMMIT;
