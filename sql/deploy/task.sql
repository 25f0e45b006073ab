-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:task to pg
-- What is the caller's to do in an authority: one list over everything, worked out when it is asked for,
-- so that nothing is to be ticked off and nothing is forgotten. Each branch is of the roles that can do it;
-- nobody's words are in it, only where they are.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- A thing to do: what, with which resource, in words, by which day, and how many.
CREATE TYPE task_line AS (kind text, name text, title text, due_on date, count int);

CREATE FUNCTION soon_days() RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 30 $$;
COMMENT ON FUNCTION soon_days() IS 'How long before its day what comes round again is told of.';

CREATE FUNCTION in_short(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN char_length(p_text) > 120 THEN left(p_text, 119) || '…' ELSE p_text END $$;
COMMENT ON FUNCTION in_short(text) IS 'At most 120 characters, for a line of a list.';

-- Returns: who owes them, who certifies them, who reviews them, and who is reminded.
CREATE FUNCTION return_tasks(p_prefix text, p_role text) RETURNS SETOF task_line
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF p_role IN ('director', 'partner_agency') THEN
        RETURN QUERY
        -- of the open rounds, what the caller's own owner is asked for
        WITH asked AS MATERIALIZED (
            SELECT p_prefix || 'rounds/' || r.round_id || '/returns/' || t.owner_id AS name, t.state, t.due_on,
                   t.display_name || ' for ' || r.title AS whose, c.commitment_count
              FROM round AS r
              JOIN return_standing AS t ON t.authority_id = r.authority_id AND t.round_id = r.round_id
               AND t.owner_id = app_owner()
             CROSS JOIN LATERAL (
                SELECT count(DISTINCT w.commitment_id)::int4 AS commitment_count FROM round_owed AS w
                 WHERE w.authority_id = r.authority_id AND w.round_id = r.round_id
                   AND w.owner_id = t.owner_id) AS c
             WHERE r.authority_id = app_authority()
               AND r.close_time IS NULL AND r.opens_on <= current_date
               AND current_date <= greatest(r.closes_on, t.due_on) AND c.commitment_count > 0
        )
        SELECT 'send_return', e.name, 'Return of ' || e.whose, e.due_on, e.commitment_count
          FROM asked AS e WHERE e.state IN ('not_started', 'draft', 'checked', 'missing')
        UNION ALL
        SELECT 'answer_query', e.name, 'Question on the return of ' || e.whose, e.due_on, 1
          FROM asked AS e WHERE e.state = 'queried';
    END IF;
    IF p_role IN ('director', 'officer') THEN
        RETURN QUERY
        WITH received AS MATERIALIZED (
            -- of all rounds; one pass over the submissions and one over the moves, names only of what is left
            SELECT s.round_id, s.owner_id, s.submission, coalesce(m.kind, received_state(s.submission)) AS state
              FROM (SELECT DISTINCT ON (l.round_id, l.owner_id) l.round_id, l.owner_id, l.submission
                      FROM return_submission AS l
                     WHERE l.authority_id = app_authority()
                       AND (p_role = 'officer' OR p_role = 'director' AND l.owner_id = app_owner())
                     ORDER BY l.round_id DESC, l.owner_id DESC, l.submission DESC) AS s
              LEFT JOIN (SELECT DISTINCT ON (n.round_id, n.owner_id) n.round_id, n.owner_id, n.submission, n.kind
                           FROM return_move AS n
                          WHERE n.authority_id = app_authority()
                            AND (p_role = 'officer' OR p_role = 'director' AND n.owner_id = app_owner())
                          ORDER BY n.round_id DESC, n.owner_id DESC, n.submission DESC, n.move DESC) AS m
                     ON m.round_id = s.round_id AND m.owner_id = s.owner_id AND m.submission = s.submission
        ), waiting AS MATERIALIZED (
            SELECT p_prefix || 'rounds/' || e.round_id || '/returns/' || e.owner_id AS name, e.round_id,
                   e.owner_id, e.submission, e.state, o.kind AS owner_kind, r.due_on,
                   o.display_name || ' for ' || r.title AS whose
              FROM received AS e
              JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = e.round_id
              JOIN owner AS o ON o.authority_id = app_authority() AND o.owner_id = e.owner_id
             WHERE e.state IN ('submitted', 'resubmitted', 'certified')
        )
        SELECT 'certify_return', e.name, 'Return of ' || e.whose || ' waits to be certified',
               coalesce(x.due_on, e.due_on),
               (SELECT count(*)::int4 FROM progress AS p
                 WHERE p.authority_id = app_authority() AND p.round_id = e.round_id
                   AND p.owner_id = e.owner_id AND p.submission = e.submission)
          FROM waiting AS e
          LEFT JOIN round_extended AS x ON x.authority_id = app_authority() AND x.round_id = e.round_id
           AND x.owner_id = e.owner_id
         WHERE e.state IN ('submitted', 'resubmitted')
           AND e.owner_kind = CASE p_role WHEN 'director' THEN 'department' ELSE 'partner_agency' END
        UNION ALL
        SELECT 'review_return', e.name, 'Return of ' || e.whose || ' is certified: accept or query it', NULL, 1
          FROM waiting AS e WHERE p_role = 'officer' AND e.state = 'certified'
        UNION ALL
        SELECT 'publish_returns', p_prefix || 'rounds/' || r.round_id, 'Returns for ' || r.title
               || ' are accepted: publish them', NULL, e.count
          FROM (SELECT a.round_id, count(*)::int4 AS count FROM received AS a
                 WHERE p_role = 'officer' AND a.state = 'accepted' GROUP BY a.round_id) AS e
          JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = e.round_id;
    END IF;
    IF p_role = 'officer' THEN
        RETURN QUERY
        SELECT 'close_round', p_prefix || 'rounds/' || r.round_id, r.title || ' takes no more returns',
               r.closes_on, 1
          FROM round AS r
         WHERE r.authority_id = app_authority() AND r.close_time IS NULL
           AND current_date > r.closes_on
           AND NOT EXISTS (SELECT FROM round_extended AS x WHERE x.authority_id = r.authority_id
                              AND x.round_id = r.round_id AND x.due_on >= current_date)
        UNION ALL
        SELECT 'set_address', p_prefix || 'reminderAddresses/' || m.level || '/' || m.owner_id,
               'Reminders of ' || o.display_name || ' have no address for the ' || m.level, NULL, count(*)::int
          FROM reminder AS m
          JOIN owner AS o ON o.authority_id = m.authority_id AND o.owner_id = m.owner_id
         WHERE m.authority_id = app_authority() AND m.state = 'no_address'
         GROUP BY m.level, m.owner_id, o.display_name;
    END IF;
END
$$;

-- The way of a version: decisions to be recorded, and amendments.
CREATE FUNCTION version_tasks(p_prefix text, p_role text) RETURNS SETOF task_line
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT 'record_decision', s.name, p.title || ' version ' || s.version_number || ' waits at '
           || s.body_display_name, s.waiting_since + s.days_allowed, s.days_waited
      FROM endorsement_standing(current_date, '9999-12-31') AS s
      JOIN pledge AS p ON p.authority_id = app_authority() AND p.pledge_id = s.pledge_id
     WHERE s.step_id <> '' AND s.state NOT IN ('approved', 'rejected')
       AND p_role IN ('officer', 'support_worker')
       AND EXISTS (SELECT FROM route_recorder AS c
                    WHERE c.authority_id = app_authority() AND p_prefix || 'routes/' || c.route_id = s.route
                      AND c.route_revision = s.route_revision AND c.step_id = s.step_id
                      AND c.role = p_role)
    UNION ALL
    SELECT 'decide_amendment', a.name, 'Amendment ' || a.amendment_id || ' of ' || c.title
           || ' is not decided', c.closes_on, 1
      FROM amendment_resource AS a
      JOIN consultation_resource AS c ON c.authority_id = a.authority_id
       AND c.consultation_id = a.consultation_id
     WHERE p_role = 'officer' AND a.authority_id = app_authority() AND a.state = 'proposed';
END
$$;

-- What young people said and asked: words to be moderated, issues to be answered.
CREATE FUNCTION voice_tasks(p_prefix text, p_role text) RETURNS SETOF task_line
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT 'moderate_texts', c.name, 'Words of ' || c.title || ' wait to be moderated', NULL::date, t.count
      FROM (SELECT x.consultation_id, count(*)::int AS count FROM response_text_resource AS x
             WHERE x.authority_id = app_authority() AND x.state = 'waiting'
             GROUP BY x.consultation_id) AS t
      JOIN consultation_resource AS c ON c.authority_id = app_authority()
       AND c.consultation_id = t.consultation_id
     WHERE p_role = 'support_worker'
    UNION ALL
    SELECT 'moderate_words', p_prefix || 'pledges/' || p.pledge_id || '/versions/' || t.version_number,
           'Words with ratings of ' || p.title || ' version ' || t.version_number || ' wait to be moderated', NULL,
           count(*)::int
      FROM response_text AS t
      JOIN pledge AS p ON p.authority_id = t.authority_id AND p.pledge_id = t.pledge_id
     WHERE p_role = 'support_worker' AND t.authority_id = app_authority() AND t.rating IS NOT NULL
       AND t.state = 'waiting'
     GROUP BY p.pledge_id, p.title, t.version_number
    UNION ALL
    SELECT 'moderate_words', w.name, 'What Young Inspectors found at ' || w.title || ' waits to be moderated', NULL,
           w.count
      FROM findings_waiting AS w WHERE p_role = 'support_worker'
    UNION ALL
    SELECT 'read_concerns', rtrim(p_prefix, '/'), 'Safeguarding concerns', NULL, x.count
      FROM (SELECT count(*)::int AS count FROM safeguarding_concerns()) AS x
     WHERE p_role = 'safeguarding_officer' AND x.count > 0
    UNION ALL
    -- the director answers; officers hear of it once it is overdue
    SELECT 'answer_issue', i.name, 'An issue that young people raised with ' || i.department_display_name
           || ' waits for an answer', i.due_on, 1
      FROM raised_issues(current_date, '9999-12-31') AS i
     WHERE i.state = 'awaiting_answer'
       AND CASE p_role WHEN 'director' THEN i.department = (SELECT o.resource_name FROM owner AS o
                                 WHERE o.authority_id = app_authority() AND o.owner_id = app_owner())
                       WHEN 'officer' THEN i.days_over > 0 ELSE false END
    UNION ALL
    SELECT 'ask_satisfied', i.name, i.department_display_name
           || ' has answered an issue: ask the group whether it is satisfied', NULL, 1
      FROM raised_issues(current_date, '9999-12-31') AS i
     WHERE i.state = 'answered' AND p_role = 'support_worker';
END
$$;

-- What bodies and owners undertook besides returns.
CREATE FUNCTION work_tasks(p_prefix text, p_role text) RETURNS SETOF task_line
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH work AS MATERIALIZED (
        SELECT w.milestone, w.owner_id, w.name, w.title, w.due_on, w.days_over FROM work_item_standing AS w
         WHERE w.authority_id = app_authority() AND w.open
           AND p_role IN ('officer', 'director', 'partner_agency')
    )
    -- an owner's action is the owner's; a seat's is noted by officers
    SELECT 'do_action', a.name, b.display_name || ' asked ' || a.owner_display_name || ': ' || in_short(a.text),
           a.due_on, 1
      FROM action_standing(current_date, '9999-12-31') AS a
      JOIN body AS b ON b.authority_id = app_authority() AND b.body_id = a.body_id
     WHERE a.state = 'open'
       AND CASE WHEN p_role IN ('director', 'partner_agency')
                THEN a.owner = (SELECT o.resource_name FROM owner AS o
                                 WHERE o.authority_id = app_authority() AND o.owner_id = app_owner())
                WHEN p_role = 'officer' THEN a.owner = '' ELSE false END
    UNION ALL
    SELECT 'do_work', w.name, in_short(w.title), w.due_on, 1
      FROM work AS w
     WHERE w.due_on <= current_date + soon_days()
       AND CASE WHEN p_role IN ('director', 'partner_agency') THEN w.owner_id = app_owner()
                WHEN p_role = 'officer' THEN w.days_over > 0 ELSE false END
    UNION ALL
    SELECT 'assign_work', w.name, in_short(w.title) || ' has no owner', w.due_on, 1
      FROM work AS w WHERE p_role = 'officer' AND w.milestone = 0 AND w.owner_id IS NULL
    UNION ALL
    SELECT 'record_attendance', p_prefix || 'briefings/' || b.briefing_id, 'Who came to ' || b.title
           || ' is not recorded', b.held_on, 1
      FROM briefing AS b
     WHERE p_role IN ('officer', 'support_worker') AND b.authority_id = app_authority()
       AND b.held_on < current_date
       AND NOT EXISTS (SELECT FROM briefing_attendance AS a WHERE a.authority_id = b.authority_id
                          AND a.briefing_id = b.briefing_id)
       AND NOT EXISTS (SELECT FROM briefing_headcount AS h WHERE h.authority_id = b.authority_id
                          AND h.briefing_id = b.briefing_id)
    UNION ALL
    SELECT 'review_strategy', s.name, s.title || ' is to be reviewed', s.due_on, 1
      FROM strategy_review_due AS s
     WHERE s.authority_id = app_authority() AND s.due_on <= current_date + soon_days()
       AND CASE WHEN p_role IN ('director', 'partner_agency') THEN s.owner_id = app_owner()
                ELSE p_role = 'officer' END
    UNION ALL
    -- the owner answers; officers hear of it once it is overdue
    SELECT 'answer_finding', f.name, 'Young Inspectors asked for something at ' || f.title, f.due_on, 1
      FROM follow_up_due AS f
     WHERE f.authority_id = app_authority()
       AND CASE WHEN p_role IN ('director', 'partner_agency') THEN f.owner_id = app_owner()
                WHEN p_role = 'officer' THEN f.state = 'overdue' ELSE false END;
END
$$;

-- place: to order by, what has waited longest first, what has no day last.
CREATE FUNCTION tasks()
RETURNS TABLE (place text, kind text, name text, title text, due_on date, days_late int, count int)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_role text := coalesce(app_role(), '');
    v_prefix text := 'authorities/' || app_authority() || '/';
BEGIN
    RETURN QUERY
    SELECT to_char(coalesce(t.due_on, DATE '9999-12-31'), 'YYYYMMDD') || ' ' || t.kind || ' ' || t.name,
           t.kind, t.name, t.title, t.due_on, greatest(0, current_date - t.due_on), t.count
      FROM (SELECT * FROM return_tasks(v_prefix, v_role)
            UNION ALL SELECT * FROM version_tasks(v_prefix, v_role)
            UNION ALL SELECT * FROM voice_tasks(v_prefix, v_role)
            UNION ALL SELECT * FROM work_tasks(v_prefix, v_role)) AS t;
END
$$;
COMMENT ON FUNCTION tasks() IS 'What the caller could do now and somebody waits for.';

INSERT INTO role_permission (role, permission)
SELECT r, 'task.read' FROM unnest('{council_administrator,officer,director,elected_member,support_worker,'
    'safeguarding_officer,partner_agency}'::text[]) AS r;

COMMIT;
