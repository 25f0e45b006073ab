-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:visit to pg
-- Young Inspectors visit those who provide for children in care, say what they found, and see what became of
-- it. Who they are is recorded nowhere: a visit has how many. What they found are words of young people: they
-- wait to be moderated, nobody outside the voice team sees a finding before, and one whose words are a
-- safeguarding concern is in no list any more, nor is what was answered to it. Words of the field:
--   provider   the organisation or the place that was visited, never a person
--   finding    a strength, something to improve, or something urgent; in their words, about a statement or not
--   follow-up  what the owner that commissions the provider does about a finding, by a day. The last answer
--              stands: it says that it is done, or not yet
-- Identifiers of findings are random, so that no gap between them tells that there is another.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE visit (
    authority_id text COLLATE "C" NOT NULL,
    visit_id     text COLLATE "C" NOT NULL,
    provider     text NOT NULL,
    provides     text NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    visited_on   date NOT NULL,
    inspectors   int NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT visit_visit_id_unique PRIMARY KEY (authority_id, visit_id),
    CONSTRAINT visit_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT visit_visit_id_form CHECK (is_id(visit_id)),
    CONSTRAINT visit_provider_length CHECK (is_said(provider) AND char_length(provider) <= 200),
    CONSTRAINT visit_provides_length CHECK (is_said(provides) AND char_length(provides) <= 200),
    CONSTRAINT visit_inspectors_range CHECK (inspectors BETWEEN 1 AND 100)
);
COMMENT ON CONSTRAINT visit_visit_id_unique ON visit
    IS 'visit_id: is already the identifier of another visit';
COMMENT ON CONSTRAINT visit_owner_exists ON visit
    IS 'visit.owner: names no department or partner agency';
COMMENT ON CONSTRAINT visit_visit_id_form ON visit
    IS 'visit_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT visit_provider_length ON visit
    IS 'visit.provider: must have 1 to 200 characters';
COMMENT ON CONSTRAINT visit_provides_length ON visit
    IS 'visit.provides: must have 1 to 200 characters';
COMMENT ON CONSTRAINT visit_inspectors_range ON visit IS 'visit.inspectors: must be 1 to 100';
CREATE INDEX visit_visited ON visit (authority_id, visited_on, visit_id);
CREATE INDEX visit_owner ON visit (authority_id, owner_id);

CREATE TABLE visit_finding (
    authority_id     text COLLATE "C" NOT NULL,
    visit_id         text COLLATE "C" NOT NULL,
    finding_id       text COLLATE "C" NOT NULL,
    kind             text NOT NULL,
    pledge_id        text COLLATE "C",
    version_number   int,
    statement_id     text COLLATE "C",
    follow_up_due_on date,
    recorded_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT visit_finding_finding_id_unique PRIMARY KEY (authority_id, visit_id, finding_id),
    CONSTRAINT visit_finding_visit_exists FOREIGN KEY (authority_id, visit_id) REFERENCES visit,
    CONSTRAINT visit_finding_statement_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id) REFERENCES statement,
    CONSTRAINT visit_finding_statement_whole
        CHECK (num_nonnulls(pledge_id, version_number, statement_id) IN (0, 3)),
    CONSTRAINT visit_finding_kind_known CHECK (kind IN ('strength', 'improvement', 'urgent')),
    CONSTRAINT visit_finding_follow_up_due_on_urgent
        CHECK (kind <> 'urgent' OR follow_up_due_on IS NOT NULL)
);
COMMENT ON TABLE visit_finding IS 'follow_up_due_on: NULL where no follow-up is wanted';
COMMENT ON CONSTRAINT visit_finding_finding_id_unique ON visit_finding
    IS 'visit.findings: have another identifier each; repeat the call';
COMMENT ON CONSTRAINT visit_finding_visit_exists ON visit_finding IS 'visit: names no visit';
COMMENT ON CONSTRAINT visit_finding_statement_exists ON visit_finding
    IS 'visit.findings: name no statement';
COMMENT ON CONSTRAINT visit_finding_statement_whole ON visit_finding
    IS 'visit.findings: name a statement whole or not at all';
COMMENT ON CONSTRAINT visit_finding_kind_known ON visit_finding
    IS 'visit.findings: must be strength, improvement or urgent';
COMMENT ON CONSTRAINT visit_finding_follow_up_due_on_urgent ON visit_finding
    IS 'visit.findings: say by which day what is urgent is followed up';
CREATE INDEX visit_finding_statement
    ON visit_finding (authority_id, pledge_id, version_number, statement_id);

CREATE TABLE visit_answer (
    authority_id text COLLATE "C" NOT NULL,
    visit_id     text COLLATE "C" NOT NULL,
    finding_id   text COLLATE "C" NOT NULL,
    answer       int NOT NULL,
    text         text NOT NULL,
    answered_on  date NOT NULL,
    done_on      date,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT visit_answer_answer_unique PRIMARY KEY (authority_id, visit_id, finding_id, answer),
    CONSTRAINT visit_answer_finding_exists
        FOREIGN KEY (authority_id, visit_id, finding_id) REFERENCES visit_finding,
    CONSTRAINT visit_answer_text_length CHECK (is_said(text) AND char_length(text) <= 2000),
    CONSTRAINT visit_answer_done_on_order CHECK (done_on <= answered_on)
);
COMMENT ON TABLE visit_answer IS 'done_on: NULL while it is not done';
COMMENT ON CONSTRAINT visit_answer_answer_unique ON visit_answer
    IS 'name: another answer was recorded at the same moment';
COMMENT ON CONSTRAINT visit_answer_finding_exists ON visit_answer IS 'name: names no finding';
COMMENT ON CONSTRAINT visit_answer_text_length ON visit_answer
    IS 'text: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT visit_answer_done_on_order ON visit_answer
    IS 'done_on: must not be after answered_on';

ALTER TABLE response_text
    ADD CONSTRAINT response_text_finding_exists
        FOREIGN KEY (authority_id, visit_id, finding_id) REFERENCES visit_finding;
COMMENT ON CONSTRAINT response_text_finding_exists ON response_text IS 'finding: names no finding';
CREATE UNIQUE INDEX response_text_finding ON response_text (authority_id, visit_id, finding_id)
    WHERE finding_id IS NOT NULL;

DO $$ BEGIN PERFORM tenant_tables('{visit,visit_finding,visit_answer}', NULL); END $$;
-- A partner agency sees visits to those that it commissions.
CREATE POLICY visit_tenant ON visit
    USING (authority_id = app_authority()
        AND (app_role() IS DISTINCT FROM 'partner_agency' OR owner_id = app_owner()))
    WITH CHECK (authority_id = app_authority());
-- Who may not see the words may not see that there is a finding: the subqueries see what the caller sees. It
-- is inserted before its words.
CREATE POLICY visit_finding_tenant ON visit_finding
    USING (authority_id = app_authority()
        AND EXISTS (SELECT FROM visit AS v
                     WHERE v.authority_id = visit_finding.authority_id
                       AND v.visit_id = visit_finding.visit_id)
        AND EXISTS (SELECT FROM response_text AS t
                     WHERE t.authority_id = visit_finding.authority_id
                       AND t.visit_id = visit_finding.visit_id
                       AND t.finding_id = visit_finding.finding_id))
    WITH CHECK (authority_id = app_authority());
CREATE POLICY visit_finding_definer ON visit_finding TO CURRENT_USER
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());
CREATE POLICY visit_answer_tenant ON visit_answer
    USING (authority_id = app_authority()
        AND EXISTS (SELECT FROM visit_finding AS f
                     WHERE f.authority_id = visit_answer.authority_id
                       AND f.visit_id = visit_answer.visit_id
                       AND f.finding_id = visit_answer.finding_id))
    WITH CHECK (authority_id = app_authority());

-- Findings that the caller may see, with their follow-up as at a day, by what was recorded by the end of
-- another. place: to order them by, what is to be followed up first comes first.
CREATE FUNCTION visit_findings(p_as_at date, p_known_on date)
RETURNS TABLE (visit_id text, finding_id text, owner_id text, name text, visit text, provider text,
               visited_on date, owner text, owner_display_name text, kind text, text text, words text,
               state text, statement text, follow_up_due_on date, follow_up text, days_over int,
               answer text, answered_on date, done_on date, answer_count int, place text)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT v.visit_id, f.finding_id, v.owner_id,
           'authorities/' || v.authority_id || '/visits/' || v.visit_id || '/findings/' || f.finding_id,
           'authorities/' || v.authority_id || '/visits/' || v.visit_id, v.provider, v.visited_on,
           o.resource_name, o.display_name, f.kind, t.text, text_name(t.authority_id, NULL, t.text_id),
           t.state,
           coalesce('authorities/' || f.authority_id || '/pledges/' || f.pledge_id || '/versions/'
               || f.version_number || '/statements/' || f.statement_id, ''),
           f.follow_up_due_on, w.state,
           CASE w.state WHEN 'overdue' THEN p_as_at - f.follow_up_due_on ELSE 0 END,
           coalesce(a.text, ''), a.answered_on, a.done_on, coalesce(a.answer, 0),
           coalesce(f.follow_up_due_on, '9999-12-31') || ' ' || v.visit_id || '/' || f.finding_id
      FROM visit AS v
      JOIN owner AS o ON o.authority_id = v.authority_id AND o.owner_id = v.owner_id
      JOIN visit_finding AS f ON f.authority_id = v.authority_id AND f.visit_id = v.visit_id
      JOIN response_text AS t ON t.authority_id = f.authority_id AND t.visit_id = f.visit_id
       AND t.finding_id = f.finding_id AND t.state <> 'concern'
      LEFT JOIN LATERAL (
        SELECT e.answer, e.text, e.answered_on, e.done_on FROM visit_answer AS e
         WHERE e.authority_id = f.authority_id AND e.visit_id = f.visit_id
           AND e.finding_id = f.finding_id AND e.answered_on <= p_as_at
           AND e.recorded_at::date <= p_known_on
         ORDER BY e.answer DESC LIMIT 1) AS a ON true
     CROSS JOIN LATERAL (SELECT CASE WHEN f.follow_up_due_on IS NULL THEN 'none'
                                     WHEN a.done_on IS NOT NULL THEN 'done'
                                     WHEN f.follow_up_due_on < p_as_at THEN 'overdue'
                                     ELSE 'open' END AS state) AS w
     WHERE v.authority_id = app_authority() AND v.visited_on <= p_as_at
       AND v.recorded_at::date <= p_known_on;
END
$$;
COMMENT ON FUNCTION visit_findings(date, date)
    IS 'What Young Inspectors found, as the caller may see it, and what became of it as at a day.';

CREATE FUNCTION visits(p_as_at date, p_known_on date)
RETURNS TABLE (visit_id text, name text, provider text, provides text, owner text,
               owner_display_name text, visited_on date, inspectors int, suppressed boolean,
               finding_count int, waiting_count int, open_count int, overdue_count int,
               create_time timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT v.visit_id, 'authorities/' || v.authority_id || '/visits/' || v.visit_id, v.provider,
           v.provides, o.resource_name, o.display_name, v.visited_on,
           CASE WHEN x.small THEN 0 ELSE v.inspectors END, x.small, count(f.finding_id)::int,
           (count(*) FILTER (WHERE f.state = 'waiting'))::int,
           (count(*) FILTER (WHERE f.follow_up IN ('open', 'overdue')))::int,
           (count(*) FILTER (WHERE f.follow_up = 'overdue'))::int, v.recorded_at
      FROM visit AS v
      JOIN owner AS o ON o.authority_id = v.authority_id AND o.owner_id = v.owner_id
     CROSS JOIN LATERAL (SELECT NOT in_voice_team() AND v.inspectors < least_shown() AS small) AS x
      LEFT JOIN visit_findings(p_as_at, p_known_on) AS f ON f.visit_id = v.visit_id
     WHERE v.authority_id = app_authority() AND v.visited_on <= p_as_at
       AND v.recorded_at::date <= p_known_on
     GROUP BY v.authority_id, v.visit_id, o.resource_name, o.display_name, x.small;
END
$$;
COMMENT ON FUNCTION visits(date, date) IS 'Visits of Young Inspectors, without small counts.';

CREATE FUNCTION visit_answers(p_visit text, p_finding text, p_as_at date, p_known_on date)
RETURNS TABLE (finding text, answer int, text text, answered_on date, done_on date, create_time timestamptz)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT f.name, e.answer, e.text, e.answered_on, e.done_on, e.recorded_at
      FROM visit_findings(p_as_at, p_known_on) AS f
      JOIN visit_answer AS e ON e.authority_id = app_authority() AND e.visit_id = f.visit_id
       AND e.finding_id = f.finding_id AND e.answered_on <= p_as_at AND e.recorded_at::date <= p_known_on
     WHERE f.visit_id = p_visit AND (f.finding_id = p_finding OR p_finding = '')
     ORDER BY f.place COLLATE "C", e.answer
$$;
COMMENT ON FUNCTION visit_answers(text, text, date, date)
    IS 'Every answer to a finding, or to those of a visit where p_finding is empty.';

-- A statement and those of earlier versions that became it, by their resource names.
CREATE FUNCTION statement_origins(p_pledge text, p_number int, p_statement text)
RETURNS TABLE (statement text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH RECURSIVE origin (version_number, statement_id) AS (
        SELECT p_number, p_statement COLLATE "C"
        UNION
        SELECT l.base_number, l.from_statement_id
          FROM origin AS o
          JOIN lineage AS l ON l.authority_id = app_authority() AND l.pledge_id = p_pledge
           AND l.version_number = o.version_number AND l.to_statement_id = o.statement_id
         WHERE l.from_statement_id IS NOT NULL)
    SELECT 'authorities/' || app_authority() || '/pledges/' || p_pledge || '/versions/'
               || o.version_number || '/statements/' || o.statement_id
      FROM origin AS o
$$;

-- For lists of what is to be done. A finding is followed up when everybody may see it.
CREATE VIEW follow_up_due WITH (security_invoker = true) AS
    SELECT app_authority() AS authority_id, f.owner_id, f.name, f.provider AS title, f.kind,
           f.follow_up_due_on AS due_on, f.follow_up AS state, f.days_over
      FROM visit_findings(current_date, '9999-12-31') AS f
     WHERE f.follow_up IN ('open', 'overdue') AND f.state = 'shown';
COMMENT ON VIEW follow_up_due IS 'Findings of Young Inspectors that wait for their follow-up today';

CREATE VIEW findings_waiting WITH (security_invoker = true) AS
    SELECT app_authority() AS authority_id, f.visit AS name, f.provider AS title, f.visited_on,
           count(*)::int AS count
      FROM visit_findings(current_date, '9999-12-31') AS f
     WHERE f.state = 'waiting'
     GROUP BY f.visit, f.provider, f.visited_on;
COMMENT ON VIEW findings_waiting
    IS 'Of each visit how many findings wait to be moderated; for the voice team, others see none';

-- p_pledges, p_versions, p_statements: '' for a finding that is of no statement.
CREATE FUNCTION visit_record(
    p_id text, p_provider text, p_provides text, p_owner text, p_on date, p_inspectors int,
    p_kinds text[], p_texts text[], p_pledges text[], p_versions text[], p_statements text[],
    p_due_on date[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
    v_ids text[];
BEGIN
    SELECT jsonb_agg(violation(r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM (
        SELECT 0 AS n, x.field, x.rule
          FROM owner_problem(p_owner, 'visit.owner') AS o (problem)
         CROSS JOIN LATERAL (VALUES
            (NOT is_id(p_id), 'visit_id', 'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
            (NOT is_said(p_provider) OR char_length(p_provider) > 200, 'visit.provider',
                'must have 1 to 200 characters'),
            (NOT is_said(p_provides) OR char_length(p_provides) > 200, 'visit.provides',
                'must have 1 to 200 characters'),
            (o.problem IS NOT NULL, 'visit.owner', o.problem),
            (p_on IS NULL OR p_on > current_date, 'visit.visited_on',
                'must be a day, as YYYY-MM-DD, today or earlier'),
            (p_inspectors NOT BETWEEN 1 AND 100, 'visit.inspectors', 'must be 1 to 100'),
            (cardinality(p_kinds) NOT BETWEEN 1 AND 50, 'visit.findings', 'are 1 to 50')
          ) AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT f.n, format('visit.findings[%s].%s', f.n - 1, x.field), x.rule
          FROM unnest(p_kinds, p_texts, p_pledges, p_versions, p_statements, p_due_on) WITH ORDINALITY
            AS f (kind, text, pledge, version, statement, due_on, n)
         CROSS JOIN LATERAL (VALUES
            (f.kind = '', 'kind', 'must be strength, improvement or urgent'),
            (NOT is_said(f.text) OR char_length(f.text) > 2000, 'text', 'must have 1 to 2000 characters'),
            (f.statement <> '' AND NOT EXISTS (SELECT FROM statement AS s
                  JOIN version AS v ON v.authority_id = s.authority_id AND v.pledge_id = s.pledge_id
                   AND v.version_number = s.version_number AND v.state = 'adopted'
                 WHERE s.authority_id = app_authority() AND s.pledge_id = f.pledge
                   AND s.version_number = version_number(f.version) AND s.statement_id = f.statement),
                'statement', 'is no statement of an adopted version'),
            (f.kind = 'urgent' AND f.due_on IS NULL, 'follow_up_due_on',
                'must say by which day what is urgent is followed up'),
            (f.due_on < p_on, 'follow_up_due_on', 'must not be before the visit')
          ) AS x (broken, field, rule)
         WHERE x.broken
      ) AS r;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The visit cannot be recorded like this.', v_bad);
    END IF;
    INSERT INTO visit (authority_id, visit_id, provider, provides, owner_id, visited_on, inspectors,
                       principal_id)
    VALUES (app_authority(), p_id, p_provider, p_provides, owner_of(p_owner, 'visit.owner'), p_on,
            p_inspectors, app_principal()) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is a visit ' || p_id || ' already.', 'visit_id');
    END IF;
    v_ids := ARRAY(SELECT left(gen_random_uuid()::text, 8) FROM unnest(p_kinds));
    INSERT INTO visit_finding (authority_id, visit_id, finding_id, kind, pledge_id, version_number,
                               statement_id, follow_up_due_on)
    SELECT app_authority(), p_id, f.id, f.kind, nullif(f.pledge, ''),
           CASE WHEN f.statement <> '' THEN version_number(f.version) END, nullif(f.statement, ''), f.due_on
      FROM unnest(v_ids, p_kinds, p_pledges, p_versions, p_statements, p_due_on)
        AS f (id, kind, pledge, version, statement, due_on);
    INSERT INTO response_text (authority_id, visit_id, finding_id, received_on, text)
    SELECT app_authority(), p_id, f.id, p_on, f.text FROM unnest(v_ids, p_texts) AS f (id, text);
END
$$;

-- Officers answer for anybody, directors and agencies for those that their own owner commissions.
CREATE FUNCTION visit_answer_add(p_visit text, p_finding text, p_text text, p_on date, p_done_on date)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_on date := coalesce(p_on, current_date);
    v_last date;
    v_bad jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(
        'pledge.visit ' || app_authority() || '/' || p_visit || '/' || p_finding, 0));
    -- With all that is recorded, whatever its day.
    SELECT * INTO v FROM visit_findings('9999-12-31', '9999-12-31') AS f
     WHERE f.visit_id = p_visit AND f.finding_id = p_finding;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such finding.', 'name');
    ELSIF app_role() <> 'officer' AND v.owner_id IS DISTINCT FROM app_owner() THEN
        PERFORM fail('PL403', 'Only officers and ' || v.owner_display_name || ' follow this finding up.');
    ELSIF v.state <> 'shown' THEN
        PERFORM fail('PL412', 'It is not shown yet: its words wait to be moderated, or are hidden.', 'name');
    ELSIF v.follow_up = 'none' THEN
        PERFORM fail('PL412', 'No follow-up is wanted.', 'name');
    END IF;
    v_last := greatest(v.visited_on, v.answered_on);
    SELECT jsonb_agg(violation(x.field, x.rule)) INTO v_bad
      FROM (VALUES
        (NOT is_said(p_text) OR char_length(p_text) > 2000, 'text', 'must have 1 to 2000 characters'),
        (v_on > current_date OR v_on < v_last, 'answered_on', 'must be from ' || v_last || ' to today'),
        (p_done_on > v_on OR p_done_on < v.visited_on, 'done_on',
            'must be from the visit, ' || v.visited_on || ', to the day of the answer')
      ) AS x (broken, field, rule)
     WHERE x.broken;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The answer cannot be recorded like this.', v_bad);
    END IF;
    INSERT INTO visit_answer (authority_id, visit_id, finding_id, answer, text, answered_on, done_on,
                              principal_id)
    VALUES (app_authority(), p_visit, p_finding, v.answer_count + 1, p_text, v_on, p_done_on,
            app_principal());
END
$$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('support_worker', '{visit.read,visit.record}'::text[]),
    ('officer', '{visit.read,visit.answer}'),
    ('director', '{visit.read,visit.answer}'),
    ('elected_member', '{visit.read}'),
    ('council_administrator', '{visit.read}'),
    ('inspector', '{visit.read}'),
    ('partner_agency', '{visit.read,visit.answer}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

COMMIT;
