-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:national_programme to pg
-- Programmes of the government: what they propose, area by area, and what the authority decided on each
-- proposal. All are facts and only ever added; the last decision stands. How far a proposal is follows from the
-- item of the work programme that takes it up (work_programme).
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE programme (
    authority_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    title        text NOT NULL,
    publisher    text NOT NULL,
    published_on date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT programme_programme_id_unique PRIMARY KEY (authority_id, programme_id),
    CONSTRAINT programme_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT programme_programme_id_form CHECK (is_id(programme_id)),
    CONSTRAINT programme_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT programme_publisher_length CHECK (is_said(publisher) AND char_length(publisher) <= 200)
);
COMMENT ON CONSTRAINT programme_programme_id_unique ON programme
    IS 'programme_id: is already the identifier of another programme';
COMMENT ON CONSTRAINT programme_parent_exists ON programme IS 'parent: names no authority';
COMMENT ON CONSTRAINT programme_programme_id_form ON programme
    IS 'programme_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT programme_title_length ON programme IS 'programme.title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT programme_publisher_length ON programme
    IS 'programme.publisher: must have 1 to 200 characters';

CREATE TABLE programme_area (
    authority_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    area         int NOT NULL,
    title        text NOT NULL,
    CONSTRAINT programme_area_area_unique PRIMARY KEY (authority_id, programme_id, area),
    CONSTRAINT programme_area_title_once UNIQUE (authority_id, programme_id, title),
    CONSTRAINT programme_area_programme_exists FOREIGN KEY (authority_id, programme_id) REFERENCES programme,
    CONSTRAINT programme_area_areas_count CHECK (area BETWEEN 1 AND 50),
    CONSTRAINT programme_area_title_length CHECK (is_said(title) AND char_length(title) <= 100)
);
COMMENT ON CONSTRAINT programme_area_area_unique ON programme_area IS 'area: is there already';
COMMENT ON CONSTRAINT programme_area_title_once ON programme_area IS 'area: is there already';
COMMENT ON CONSTRAINT programme_area_programme_exists ON programme_area IS 'area: is of no programme';
COMMENT ON CONSTRAINT programme_area_areas_count ON programme_area IS 'proposals: are of at most 50 areas';
COMMENT ON CONSTRAINT programme_area_title_length ON programme_area
    IS 'proposals.area: must have 1 to 100 characters';

CREATE TABLE proposal (
    authority_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    number       int NOT NULL,
    area         int NOT NULL,
    text         text NOT NULL,
    CONSTRAINT proposal_number_unique PRIMARY KEY (authority_id, programme_id, number),
    CONSTRAINT proposal_area_exists FOREIGN KEY (authority_id, programme_id, area) REFERENCES programme_area,
    CONSTRAINT proposal_number_range CHECK (number BETWEEN 1 AND 9999),
    CONSTRAINT proposal_text_length CHECK (is_said(text) AND char_length(text) <= 2000)
);
COMMENT ON CONSTRAINT proposal_number_unique ON proposal IS 'proposals.number: is there twice';
COMMENT ON CONSTRAINT proposal_area_exists ON proposal IS 'proposals.area: is none of the programme';
COMMENT ON CONSTRAINT proposal_number_range ON proposal IS 'proposals.number: must be 1 to 9999';
COMMENT ON CONSTRAINT proposal_text_length ON proposal IS 'proposals.text: must have 1 to 2000 characters';

CREATE TABLE proposal_decision (
    authority_id  text COLLATE "C" NOT NULL,
    programme_id  text COLLATE "C" NOT NULL,
    number        int NOT NULL,
    decision      int NOT NULL,
    priority      text NOT NULL,
    owner_id      text COLLATE "C",
    target        text NOT NULL,
    resource_note text NOT NULL,
    cost_pence    bigint NOT NULL,
    set_aside     boolean NOT NULL,
    reason        text NOT NULL,
    decided_on    date NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_decision_decision_unique PRIMARY KEY (authority_id, programme_id, number, decision),
    CONSTRAINT proposal_decision_proposal_exists
        FOREIGN KEY (authority_id, programme_id, number) REFERENCES proposal,
    CONSTRAINT proposal_decision_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT proposal_decision_priority_known CHECK (priority IN ('', 'high', 'medium', 'low')),
    CONSTRAINT proposal_decision_target_length CHECK (char_length(target) <= 500),
    CONSTRAINT proposal_decision_resource_note_length CHECK (char_length(resource_note) <= 1000),
    CONSTRAINT proposal_decision_cost_pence_range CHECK (cost_pence BETWEEN 0 AND 1000000000000),
    CONSTRAINT proposal_decision_reason_length CHECK (char_length(reason) <= 1000),
    CONSTRAINT proposal_decision_reason_said CHECK (NOT set_aside OR is_said(reason))
);
COMMENT ON CONSTRAINT proposal_decision_decision_unique ON proposal_decision
    IS 'name: another decision was recorded at the same moment';
COMMENT ON CONSTRAINT proposal_decision_proposal_exists ON proposal_decision IS 'name: names no proposal';
COMMENT ON CONSTRAINT proposal_decision_owner_exists ON proposal_decision
    IS 'decision.owner: names no department or partner agency';
COMMENT ON CONSTRAINT proposal_decision_priority_known ON proposal_decision
    IS 'decision.priority: must be high, medium or low';
COMMENT ON CONSTRAINT proposal_decision_target_length ON proposal_decision
    IS 'decision.target: must have at most 500 characters';
COMMENT ON CONSTRAINT proposal_decision_resource_note_length ON proposal_decision
    IS 'decision.resource_note: must have at most 1000 characters';
COMMENT ON CONSTRAINT proposal_decision_cost_pence_range ON proposal_decision
    IS 'decision.cost_pence: must be 0 to 1000000000000';
COMMENT ON CONSTRAINT proposal_decision_reason_length ON proposal_decision
    IS 'decision.reason: must have at most 1000 characters';
COMMENT ON CONSTRAINT proposal_decision_reason_said ON proposal_decision
    IS 'decision.reason: is needed when it is set aside';
CREATE INDEX proposal_decision_owner ON proposal_decision (authority_id, owner_id);

DO $$ BEGIN PERFORM tenant_tables('{programme,programme_area,proposal,proposal_decision}'); END $$;

CREATE VIEW programme_resource WITH (security_invoker = true) AS
    SELECT p.authority_id, p.programme_id,
           'authorities/' || p.authority_id || '/programmes/' || p.programme_id AS name,
           p.title, p.publisher, p.published_on, p.recorded_at AS create_time
      FROM programme AS p;
COMMENT ON VIEW programme_resource IS 'Programmes as the API shows them, without how far they are';

-- What is wrong with one line that is to be loaded: the field and the rule.
CREATE FUNCTION proposal_line_violations(p_number int, p_area text, p_text text, p_owner text, p_target text,
                                         p_note text, p_cost bigint, p_day text, p_published_on date)
RETURNS TABLE (field text, rule text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT x.field, x.rule
      FROM (VALUES
        (p_number NOT BETWEEN 1 AND 9999, 'number', 'must be 1 to 9999'),
        (NOT is_said(p_area) OR char_length(p_area) > 100, 'area', 'must have 1 to 100 characters'),
        (NOT is_said(p_text) OR char_length(p_text) > 2000, 'text', 'must have 1 to 2000 characters'),
        (p_owner <> '' AND NOT EXISTS (SELECT FROM owner AS o
            WHERE o.authority_id = app_authority() AND o.owner_id = p_owner), 'owner_id',
            'is no department or partner agency'),
        (char_length(p_target) > 500, 'target', 'must have at most 500 characters'),
        (char_length(p_note) > 1000, 'resource_note', 'must have at most 1000 characters'),
        (p_cost NOT BETWEEN 0 AND 1000000000000, 'cost_pence', 'must be 0 to 1000000000000'),
        (p_day <> '' AND date_or_null(p_day) IS NULL, 'decided_on', 'must be a day, YYYY-MM-DD'),
        (date_or_null(p_day) NOT BETWEEN p_published_on AND current_date, 'decided_on',
            'must be from the day of publication to today')) AS x (broken, field, rule)
     WHERE x.broken
$$;

CREATE FUNCTION programme_import(
    p_id text, p_title text, p_publisher text, p_published_on date, p_numbers int[], p_areas text[],
    p_texts text[], p_priorities text[], p_owners text[], p_targets text[], p_notes text[], p_costs bigint[],
    p_days text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    SELECT jsonb_agg(violation(f.field, f.rule) ORDER BY f.n, f.field) INTO v_bad FROM (
        SELECT 0 AS n, x.field, x.rule
          FROM (VALUES
            (NOT is_id(p_id), 'programme_id',
                'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
            (NOT is_said(p_title) OR char_length(p_title) > 200, 'programme.title', 'must have 1 to 200 characters'),
            (NOT is_said(p_publisher) OR char_length(p_publisher) > 200, 'programme.publisher',
                'must have 1 to 200 characters'),
            (coalesce(p_published_on, 'infinity') > current_date, 'programme.published_on',
                'must be a day, YYYY-MM-DD, and not one that is ahead'),
            (cardinality(p_numbers) NOT BETWEEN 1 AND 1000, 'proposals', 'must be 1 to 1000'),
            ((SELECT count(DISTINCT a) FROM unnest(p_areas) AS a) > 50, 'proposals', 'are of at most 50 areas'))
            AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT l.n, 'proposals[' || l.n - 1 || '].' || v.field, v.rule
          FROM unnest(p_numbers, p_areas, p_texts, p_owners, p_targets, p_notes, p_costs, p_days)
               WITH ORDINALITY AS l (number, area, text, owner, target, note, cost, day, n)
         CROSS JOIN LATERAL proposal_line_violations(l.number, l.area, l.text, l.owner, l.target, l.note, l.cost,
                                                     l.day, p_published_on) AS v
        UNION ALL
        SELECT l.n, 'proposals[' || l.n - 1 || '].number', 'is there already'
          FROM (SELECT u.n, row_number() OVER (PARTITION BY u.number ORDER BY u.n) AS nth
                  FROM unnest(p_numbers) WITH ORDINALITY AS u (number, n)) AS l
         WHERE l.nth > 1) AS f;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The programme cannot be loaded like this.', v_bad);
    END IF;
    INSERT INTO programme (authority_id, programme_id, title, publisher, published_on)
    VALUES (app_authority(), p_id, p_title, p_publisher, p_published_on)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a programme ' || p_id || '.', 'programme_id');
    END IF;
    INSERT INTO programme_area (authority_id, programme_id, area, title)
    SELECT app_authority(), p_id, row_number() OVER (ORDER BY min(l.number)), l.area
      FROM unnest(p_numbers, p_areas) AS l (number, area) GROUP BY l.area;
    INSERT INTO proposal (authority_id, programme_id, number, area, text)
    SELECT app_authority(), p_id, l.number, a.area, l.text
      FROM unnest(p_numbers, p_areas, p_texts) AS l (number, area, text)
      JOIN programme_area AS a ON a.authority_id = app_authority() AND a.programme_id = p_id AND a.title = l.area;
    INSERT INTO proposal_decision (authority_id, programme_id, number, decision, priority, owner_id, target,
                                   resource_note, cost_pence, set_aside, reason, decided_on)
    SELECT app_authority(), p_id, l.number, 1, l.priority, nullif(l.owner, ''), l.target, l.note, l.cost, false, '',
           coalesce(date_or_null(l.day), current_date)
      FROM unnest(p_numbers, p_priorities, p_owners, p_targets, p_notes, p_costs, p_days)
           AS l (number, priority, owner, target, note, cost, day)
     WHERE l.priority || l.owner || l.target || l.note || l.day <> '' OR l.cost <> 0;
END
$$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('officer', '{work.read,work.add,work.write,work.record}'::text[]),
    ('support_worker', '{work.read,work.add}'),
    ('director', '{work.read,work.record}'),
    ('partner_agency', '{work.read,work.record}'),
    ('elected_member', '{work.read}'),
    ('inspector', '{work.read}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

COMMIT;
