-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:route to pg
-- Routes: by which bodies, in which order, an authority endorses a version of its pledge, and what
-- each body may decide. A route is revised by adding a revision; nothing of an earlier one changes,
-- because versions under way go on by the revision that they began with. Words of the field:
--   step       one body's turn
--   move       a decision that is possible at a step, and where it leads
--   recorder   a role that may record decisions of a step
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- Bank holidays of England and Wales, with substitute days. An operator adds a year when it is proclaimed.
CREATE TABLE bank_holiday (
    day date NOT NULL,
    CONSTRAINT bank_holiday_day_unique PRIMARY KEY (day)
);
COMMENT ON CONSTRAINT bank_holiday_day_unique ON bank_holiday IS 'day: is there already';

INSERT INTO bank_holiday (day)
SELECT (y.year || '-' || d.day)::date FROM (VALUES
    (2007, '{01-01,04-06,04-09,05-07,05-28,08-27,12-25,12-26}'),
    (2008, '{01-01,03-21,03-24,05-05,05-26,08-25,12-25,12-26}'),
    (2009, '{01-01,04-10,04-13,05-04,05-25,08-31,12-25,12-28}'),
    (2010, '{01-01,04-02,04-05,05-03,05-31,08-30,12-27,12-28}'),
    (2011, '{01-03,04-22,04-25,04-29,05-02,05-30,08-29,12-26,12-27}'),
    (2012, '{01-02,04-06,04-09,05-07,06-04,06-05,08-27,12-25,12-26}'),
    (2013, '{01-01,03-29,04-01,05-06,05-27,08-26,12-25,12-26}'),
    (2014, '{01-01,04-18,04-21,05-05,05-26,08-25,12-25,12-26}'),
    (2015, '{01-01,04-03,04-06,05-04,05-25,08-31,12-25,12-28}'),
    (2016, '{01-01,03-25,03-28,05-02,05-30,08-29,12-26,12-27}'),
    (2017, '{01-02,04-14,04-17,05-01,05-29,08-28,12-25,12-26}'),
    (2018, '{01-01,03-30,04-02,05-07,05-28,08-27,12-25,12-26}'),
    (2019, '{01-01,04-19,04-22,05-06,05-27,08-26,12-25,12-26}'),
    (2020, '{01-01,04-10,04-13,05-08,05-25,08-31,12-25,12-28}'),
    (2021, '{01-01,04-02,04-05,05-03,05-31,08-30,12-27,12-28}'),
    (2022, '{01-03,04-15,04-18,05-02,06-02,06-03,08-29,09-19,12-26,12-27}'),
    (2023, '{01-02,04-07,04-10,05-01,05-08,05-29,08-28,12-25,12-26}'),
    (2024, '{01-01,03-29,04-01,05-06,05-27,08-26,12-25,12-26}'),
    (2025, '{01-01,04-18,04-21,05-05,05-26,08-25,12-25,12-26}'),
    (2026, '{01-01,04-03,04-06,05-04,05-25,08-31,12-25,12-28}'),
    (2027, '{01-01,03-26,03-29,05-03,05-31,08-30,12-27,12-28}')
  ) AS y (year, days), unnest(y.days::text[]) AS d (day);

-- The day so many working days after another: no Saturday, Sunday or bank holiday.
CREATE FUNCTION working_days_after(p_day date, p_days int) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_day date := p_day;
BEGIN
    FOR i IN 1 .. p_days LOOP
        LOOP
            v_day := v_day + 1;
            EXIT WHEN extract(isodow FROM v_day) < 6
                AND NOT EXISTS (SELECT FROM bank_holiday AS h WHERE h.day = v_day);
        END LOOP;
    END LOOP;
    IF NOT EXISTS (SELECT FROM bank_holiday AS h
                    WHERE extract(year FROM h.day) = extract(year FROM v_day)) THEN
        PERFORM fail('PL412', 'The bank holidays of ' || extract(year FROM v_day)
            || ' are not known here: working days cannot be counted.');
    END IF;
    RETURN v_day;
END
$$;

CREATE TABLE route (
    authority_id   text COLLATE "C" NOT NULL,
    route_id       text COLLATE "C" NOT NULL,
    route_revision int NOT NULL,
    display_name   text NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT route_route_id_unique PRIMARY KEY (authority_id, route_id, route_revision),
    CONSTRAINT route_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT route_route_id_form CHECK (is_id(route_id)),
    CONSTRAINT route_route_revision_range CHECK (route_revision BETWEEN 1 AND 999999),
    CONSTRAINT route_display_name_length
        CHECK (is_said(display_name) AND char_length(display_name) <= 200)
);
COMMENT ON CONSTRAINT route_route_id_unique ON route
    IS 'route_id: is already the identifier of another route';
COMMENT ON CONSTRAINT route_parent_exists ON route IS 'parent: names no authority';
COMMENT ON CONSTRAINT route_route_id_form ON route
    IS 'route_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT route_route_revision_range ON route IS 'route_revision: counts from 1';
COMMENT ON CONSTRAINT route_display_name_length ON route
    IS 'display_name: must have 1 to 200 characters';

CREATE TABLE route_step (
    authority_id   text COLLATE "C" NOT NULL,
    route_id       text COLLATE "C" NOT NULL,
    route_revision int NOT NULL,
    step_id        text COLLATE "C" NOT NULL,
    position       int NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    days_allowed   int NOT NULL,
    call_in_days   int NOT NULL,
    working_days   boolean NOT NULL,
    CONSTRAINT route_step_step_id_unique
        PRIMARY KEY (authority_id, route_id, route_revision, step_id),
    CONSTRAINT route_step_steps_order UNIQUE (authority_id, route_id, route_revision, position),
    CONSTRAINT route_step_route_exists
        FOREIGN KEY (authority_id, route_id, route_revision) REFERENCES route,
    CONSTRAINT route_step_body_exists FOREIGN KEY (authority_id, body_id) REFERENCES body,
    CONSTRAINT route_step_step_id_form CHECK (is_id(step_id)),
    CONSTRAINT route_step_steps_count CHECK (position BETWEEN 1 AND 20),
    CONSTRAINT route_step_days_allowed_range CHECK (days_allowed BETWEEN 0 AND 3660),
    CONSTRAINT route_step_call_in_days_range CHECK (call_in_days BETWEEN 0 AND 60)
);
COMMENT ON CONSTRAINT route_step_step_id_unique ON route_step IS 'step_id: is in the route twice';
COMMENT ON CONSTRAINT route_step_steps_order ON route_step IS 'steps: two have the same place';
COMMENT ON CONSTRAINT route_step_route_exists ON route_step IS 'route: is no route';
COMMENT ON CONSTRAINT route_step_body_exists ON route_step IS 'body: names no body';
COMMENT ON CONSTRAINT route_step_step_id_form ON route_step
    IS 'step_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT route_step_steps_count ON route_step IS 'steps: a route has at most 20';
COMMENT ON CONSTRAINT route_step_days_allowed_range ON route_step
    IS 'days_allowed: must be 1 to 3660, or 0 where none is set';
COMMENT ON CONSTRAINT route_step_call_in_days_range ON route_step
    IS 'call_in_days: must be 0 to 60';
CREATE INDEX route_step_body ON route_step (authority_id, body_id);

CREATE TABLE route_move (
    authority_id   text COLLATE "C" NOT NULL,
    route_id       text COLLATE "C" NOT NULL,
    route_revision int NOT NULL,
    step_id        text COLLATE "C" NOT NULL,
    decision       text NOT NULL,
    position       int NOT NULL,
    leads_to       text NOT NULL,
    to_step_id     text COLLATE "C",
    CONSTRAINT route_move_decision_once
        PRIMARY KEY (authority_id, route_id, route_revision, step_id, decision),
    CONSTRAINT route_move_step_id_exists
        FOREIGN KEY (authority_id, route_id, route_revision, step_id) REFERENCES route_step,
    CONSTRAINT route_move_to_step_id_exists
        FOREIGN KEY (authority_id, route_id, route_revision, to_step_id) REFERENCES route_step,
    CONSTRAINT route_move_decision_known CHECK (decision IN
        ('endorse', 'approve', 'amend', 'refer_back', 'refer_on', 'note', 'reject')),
    CONSTRAINT route_move_leads_to_known
        CHECK (leads_to IN ('step', 'stay', 'approved', 'rejected')),
    CONSTRAINT route_move_to_step_id_step CHECK ((leads_to = 'step') = (to_step_id IS NOT NULL))
);
COMMENT ON CONSTRAINT route_move_decision_once ON route_move
    IS 'decision: is at the step twice';
COMMENT ON CONSTRAINT route_move_step_id_exists ON route_move IS 'step_id: is no step of the route';
COMMENT ON CONSTRAINT route_move_to_step_id_exists ON route_move
    IS 'to_step_id: is no step of the route';
COMMENT ON CONSTRAINT route_move_decision_known ON route_move
    IS 'decision: must be endorse, approve, amend, refer back, refer on, note or reject';
COMMENT ON CONSTRAINT route_move_leads_to_known ON route_move
    IS 'leads_to: must be step, stay, approved or rejected';
COMMENT ON CONSTRAINT route_move_to_step_id_step ON route_move
    IS 'to_step_id: is needed where the decision leads to a step, and only there';

CREATE TABLE route_recorder (
    authority_id   text COLLATE "C" NOT NULL,
    route_id       text COLLATE "C" NOT NULL,
    route_revision int NOT NULL,
    step_id        text COLLATE "C" NOT NULL,
    role           text COLLATE "C" NOT NULL,
    CONSTRAINT route_recorder_role_once
        PRIMARY KEY (authority_id, route_id, route_revision, step_id, role),
    CONSTRAINT route_recorder_step_id_exists
        FOREIGN KEY (authority_id, route_id, route_revision, step_id) REFERENCES route_step,
    CONSTRAINT route_recorder_role_known CHECK (role IN ('officer', 'support_worker'))
);
COMMENT ON CONSTRAINT route_recorder_role_once ON route_recorder IS 'role: is at the step twice';
COMMENT ON CONSTRAINT route_recorder_step_id_exists ON route_recorder
    IS 'step_id: is no step of the route';
COMMENT ON CONSTRAINT route_recorder_role_known ON route_recorder
    IS 'role: must be officer or support worker';

DO $$ BEGIN PERFORM tenant_tables('{route,route_step,route_move,route_recorder}'); END $$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('council_administrator', '{route.read,route.write}'::text[]),
    ('officer', '{route.read,route.write,endorsement.read,endorsement.write,endorsement.decide}'),
    ('director', '{route.read,endorsement.read}'),
    ('elected_member', '{route.read,endorsement.read}'),
    ('support_worker', '{route.read,endorsement.read,endorsement.decide}'),
    ('inspector', '{route.read,endorsement.read}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

CREATE VIEW route_resource WITH (security_invoker = true) AS
    SELECT r.authority_id, r.route_id, r.route_revision,
           'authorities/' || r.authority_id || '/routes/' || r.route_id AS name, r.display_name,
           r.route_revision AS revision,
           NOT EXISTS (SELECT FROM route AS n
                        WHERE n.authority_id = r.authority_id AND n.route_id = r.route_id
                          AND n.route_revision > r.route_revision) AS latest,
           r.recorded_at AS create_time, etag(r.route_revision) AS etag
      FROM route AS r;
COMMENT ON VIEW route_resource IS 'Revisions of routes as the API shows them, without their steps';

CREATE VIEW route_step_resource WITH (security_invoker = true) AS
    SELECT s.authority_id, s.route_id, s.route_revision, s.position, s.step_id,
           'authorities/' || s.authority_id || '/bodies/' || s.body_id AS body,
           b.display_name AS body_display_name, s.days_allowed, s.call_in_days,
           s.working_days
      FROM route_step AS s
      JOIN body AS b ON b.authority_id = s.authority_id AND b.body_id = s.body_id;
COMMENT ON VIEW route_step_resource IS 'Steps of routes as the API shows them';

CREATE VIEW route_move_resource WITH (security_invoker = true) AS
    SELECT m.authority_id, m.route_id, m.route_revision, m.position, m.step_id, m.decision,
           CASE WHEN m.leads_to <> 'step' THEN m.leads_to
                WHEN t.position <= s.position THEN 'back'
                WHEN t.position = s.position + 1 THEN 'next' ELSE 'step' END AS leads_to,
           CASE WHEN t.position = s.position + 1 THEN '' ELSE coalesce(m.to_step_id, '') END
               AS to_step_id
      FROM route_move AS m
      JOIN route_step AS s ON s.authority_id = m.authority_id AND s.route_id = m.route_id
       AND s.route_revision = m.route_revision AND s.step_id = m.step_id
      LEFT JOIN route_step AS t ON t.authority_id = m.authority_id AND t.route_id = m.route_id
       AND t.route_revision = m.route_revision AND t.step_id = m.to_step_id;
COMMENT ON VIEW route_move_resource IS 'Decisions that are possible on routes as the API shows them';

CREATE FUNCTION route_latest(p_route text) RETURNS int
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT max(r.route_revision) FROM route AS r
     WHERE r.authority_id = app_authority() AND r.route_id = p_route
$$;
COMMENT ON FUNCTION route_latest(text) IS 'The newest revision of a route, or NULL.';

CREATE FUNCTION route_at(p_route text, p_revision int) RETURNS int
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$ SELECT CASE p_revision WHEN 0 THEN route_latest(p_route) ELSE p_revision END $$;
COMMENT ON FUNCTION route_at(text, int) IS 'The revision that is asked for; 0 is the newest.';

-- Every mistake in the steps, moves and recorders of a route.
CREATE FUNCTION route_violations(
    p_steps text[], p_bodies text[], p_move_steps text[], p_decisions text[], p_leads text[],
    p_to_steps text[], p_recorder_steps text[], p_roles text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH step AS (
        SELECT s.id, s.body, s.n, count(*) OVER (PARTITION BY s.id) AS times
          FROM unnest(p_steps, p_bodies) WITH ORDINALITY AS s (id, body, n)
    ), move AS (
        SELECT m.*, f.n AS at, t.n AS target,
               count(*) OVER (PARTITION BY m.step, m.decision) AS times
          FROM unnest(p_move_steps, p_decisions, p_leads, p_to_steps) WITH ORDINALITY
               AS m (step, decision, leads, to_step, n)
          LEFT JOIN step AS f ON f.id = m.step AND f.times = 1
          LEFT JOIN step AS t ON t.id = m.to_step AND t.times = 1
    ), gap (part, n, field, rule) AS (
        SELECT 0, 0, 'route.steps', 'must be 1 to 20'
         WHERE cardinality(p_steps) NOT BETWEEN 1 AND 20
        UNION ALL
        SELECT 1, s.n, 'route.steps[' || s.n - 1 || '].' || r.field, r.rule
          FROM step AS s
         CROSS JOIN LATERAL (VALUES
            (NOT is_id(s.id), 'step_id', 'must be 1 to 63 lower case letters, digits and hyphens'),
            (s.times > 1, 'step_id', 'is in the route twice'),
            (NOT EXISTS (SELECT FROM body AS b WHERE b.authority_id = app_authority()
                            AND b.body_id = s.body), 'body', 'names no body'),
            (NOT EXISTS (SELECT FROM move AS m WHERE m.step = s.id AND m.leads <> 'stay'),
                'step_id', 'has no decision that moves it on'),
            (NOT EXISTS (SELECT FROM unnest(p_recorder_steps) AS c WHERE c = s.id),
                'step_id', 'has nobody who may record its decisions')
         ) AS r (broken, field, rule)
         WHERE r.broken
        UNION ALL
        SELECT 2, m.n, 'route.moves[' || m.n - 1 || '].' || r.field, r.rule
          FROM move AS m
         CROSS JOIN LATERAL (VALUES
            (m.at IS NULL, 'step_id', 'is no step of the route'),
            (m.times > 1, 'decision', 'is at the step twice'),
            (m.decision = '', 'decision', 'is needed'),
            (m.leads = '', 'leads_to', 'is needed'),
            ((m.leads IN ('step', 'back')) <> (m.to_step <> ''), 'to_step_id',
                'is needed where the decision leads to a step or back, and only there'),
            (m.to_step <> '' AND m.target IS NULL, 'to_step_id', 'is no step of the route'),
            (m.leads = 'step' AND m.target <= m.at, 'to_step_id',
                'must be a later step; use back'),
            (m.leads = 'back' AND m.target > m.at, 'to_step_id',
                'must be an earlier step or the same'),
            (m.leads = 'next' AND m.at = cardinality(p_steps), 'leads_to',
                'the last step has no next one; use approved'),
            (m.leads IN ('back', 'rejected') AND m.decision IN ('endorse', 'approve', 'refer_on'),
                'leads_to', 'does not fit the decision'),
            (m.leads = 'approved' AND m.decision IN ('refer_back', 'refer_on', 'reject'),
                'leads_to', 'does not fit the decision'),
            (m.leads = 'stay' AND m.decision <> 'note', 'leads_to', 'only a note moves nothing')
         ) AS r (broken, field, rule)
         WHERE r.broken
        UNION ALL
        SELECT 3, 0, 'route.moves', 'must lead to approved at some step'
         WHERE NOT EXISTS (SELECT FROM move AS m WHERE m.leads = 'approved')
        UNION ALL
        SELECT 4, c.n, 'route.recorders[' || c.n - 1 || '].' || r.field, r.rule
          FROM (SELECT u.step, u.role, u.n, count(*) OVER (PARTITION BY u.step, u.role) AS times
                  FROM unnest(p_recorder_steps, p_roles) WITH ORDINALITY AS u (step, role, n)) AS c
         CROSS JOIN LATERAL (VALUES
            (NOT EXISTS (SELECT FROM step AS s WHERE s.id = c.step), 'step_id',
                'is no step of the route'),
            (c.role NOT IN ('officer', 'support_worker'), 'role',
                'must be officer or support worker'),
            (c.times > 1, 'role', 'is at the step twice')
         ) AS r (broken, field, rule)
         WHERE r.broken
    )
    SELECT coalesce(jsonb_agg(violation(g.field, g.rule) ORDER BY g.part, g.n, g.field), '[]')
      FROM gap AS g
$$;

CREATE FUNCTION route_write(
    p_route text, p_revision int, p_display_name text, p_steps text[], p_bodies text[],
    p_days int[], p_call_ins int[], p_move_steps text[], p_decisions text[], p_leads text[],
    p_to_steps text[], p_recorder_steps text[], p_roles text[], p_working boolean[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb := route_violations(p_steps, p_bodies, p_move_steps, p_decisions, p_leads,
        p_to_steps, p_recorder_steps, p_roles);
BEGIN
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The route does not hold together.', v_bad);
    END IF;
    INSERT INTO route (authority_id, route_id, route_revision, display_name)
    VALUES (app_authority(), p_route, p_revision, p_display_name);
    INSERT INTO route_step (authority_id, route_id, route_revision, step_id, position, body_id,
                            days_allowed, call_in_days, working_days)
    SELECT app_authority(), p_route, p_revision, s.id, s.n, s.body, s.days, s.call_in,
           coalesce(s.working, false)
      FROM unnest(p_steps, p_bodies, p_days, p_call_ins, p_working) WITH ORDINALITY
           AS s (id, body, days, call_in, working, n);
    INSERT INTO route_move (authority_id, route_id, route_revision, step_id, decision, position,
                            leads_to, to_step_id)
    SELECT app_authority(), p_route, p_revision, m.step, m.decision, m.n,
           CASE WHEN m.leads IN ('next', 'back') THEN 'step' ELSE m.leads END,
           CASE m.leads WHEN 'next' THEN p_steps[array_position(p_steps, m.step) + 1]
                        ELSE nullif(m.to_step, '') END
      FROM unnest(p_move_steps, p_decisions, p_leads, p_to_steps) WITH ORDINALITY
           AS m (step, decision, leads, to_step, n);
    INSERT INTO route_recorder (authority_id, route_id, route_revision, step_id, role)
    SELECT app_authority(), p_route, p_revision, c.step, c.role
      FROM unnest(p_recorder_steps, p_roles) AS c (step, role);
END
$$;

CREATE FUNCTION route_create(
    p_route text, p_display_name text, p_steps text[], p_bodies text[], p_days int[],
    p_call_ins int[], p_move_steps text[], p_decisions text[], p_leads text[], p_to_steps text[],
    p_recorder_steps text[], p_roles text[], p_working boolean[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF route_latest(p_route) IS NOT NULL THEN
        PERFORM fail('PL409', 'There is already a route ' || p_route || '.', 'route_id');
    ELSIF NOT is_id(p_route) THEN
        PERFORM fail('PL400', 'An identifier has 1 to 63 lower case letters, digits and hyphens'
            ' and starts with no hyphen.', 'route_id');
    END IF;
    PERFORM route_write(p_route, 1, p_display_name, p_steps, p_bodies, p_days, p_call_ins,
        p_move_steps, p_decisions, p_leads, p_to_steps, p_recorder_steps, p_roles, p_working);
END
$$;

CREATE FUNCTION route_revise(
    p_route text, p_etag text, p_display_name text, p_steps text[], p_bodies text[], p_days int[],
    p_call_ins int[], p_move_steps text[], p_decisions text[], p_leads text[], p_to_steps text[],
    p_recorder_steps text[], p_roles text[], p_paths text[], p_working boolean[] DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v route;
BEGIN
    PERFORM mask_check(p_paths, '{display_name,steps,moves,recorders}');
    -- One revision at a time: two at once would both be the next one.
    PERFORM FROM authority WHERE authority_id = app_authority() FOR NO KEY UPDATE;
    SELECT * INTO v FROM route AS r WHERE r.authority_id = app_authority() AND r.route_id = p_route
     ORDER BY r.route_revision DESC LIMIT 1;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no route ' || p_route || '.', 'route.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.route_revision), 'route.etag');
    IF NOT masked('steps', p_paths) THEN
        SELECT array_agg(s.step_id ORDER BY s.position), array_agg(s.body_id ORDER BY s.position),
               array_agg(s.days_allowed ORDER BY s.position),
               array_agg(s.call_in_days ORDER BY s.position),
               array_agg(s.working_days ORDER BY s.position)
          INTO p_steps, p_bodies, p_days, p_call_ins, p_working FROM route_step AS s
         WHERE s.authority_id = app_authority() AND s.route_id = p_route
           AND s.route_revision = v.route_revision;
    END IF;
    IF NOT masked('moves', p_paths) THEN
        SELECT array_agg(m.step_id ORDER BY m.position), array_agg(m.decision ORDER BY m.position),
               array_agg(m.leads_to ORDER BY m.position), array_agg(m.to_step_id ORDER BY m.position)
          INTO p_move_steps, p_decisions, p_leads, p_to_steps FROM route_move_resource AS m
         WHERE m.authority_id = app_authority() AND m.route_id = p_route
           AND m.route_revision = v.route_revision;
    END IF;
    IF NOT masked('recorders', p_paths) THEN
        SELECT array_agg(c.step_id ORDER BY c.step_id, c.role),
               array_agg(c.role ORDER BY c.step_id, c.role)
          INTO p_recorder_steps, p_roles FROM route_recorder AS c
         WHERE c.authority_id = app_authority() AND c.route_id = p_route
           AND c.route_revision = v.route_revision;
    END IF;
    PERFORM route_write(p_route, v.route_revision + 1,
        CASE WHEN masked('display_name', p_paths) THEN p_display_name ELSE v.display_name END,
        p_steps, p_bodies, p_days, p_call_ins, p_move_steps, p_decisions, p_leads, p_to_steps,
        p_recorder_steps, p_roles, p_working);
END
$$;

COMMIT;
