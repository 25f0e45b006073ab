-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:work_record to pg
-- How the work programme is written: items, what becomes of them, and decisions on proposals.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- The identifier of an owner, or NULL where there is none; a name of another authority is refused.
CREATE FUNCTION owner_known(p_name text, p_field text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_name ~ '^authorities/' AND NOT starts_with(p_name, 'authorities/' || app_authority() || '/') THEN
        PERFORM owner_of(p_name, p_field);
    END IF;
    RETURN (SELECT o.owner_id FROM owner AS o WHERE o.authority_id = app_authority() AND o.resource_name = p_name);
END
$$;

-- Ends the call when rules are broken. p_broken, p_fields and p_rules go together.
CREATE FUNCTION rules_hold(p_what text, p_broken boolean[], p_fields text[], p_rules text[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    SELECT jsonb_agg(violation(r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM unnest(p_broken, p_fields, p_rules) WITH ORDINALITY AS r (broken, field, rule, n) WHERE r.broken;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', p_what || ' cannot be recorded like this.', v_bad);
    END IF;
END
$$;

-- --- items ----------------------------------------------------------------------------------------

-- What is wrong with a plan.
CREATE FUNCTION work_plan_violations(p_title text, p_description text, p_owner text, p_owner_id text, p_note text,
                                     p_cost bigint, p_pledges text[], p_versions text[], p_ids text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(violation('work_item.' || f.field, f.rule) ORDER BY f.part, f.n), '[]') FROM (
        SELECT 1 AS part, x.n, x.field, x.rule
          FROM (VALUES
            (1, NOT is_said(p_title) OR char_length(p_title) > 200, 'title', 'must have 1 to 200 characters'),
            (2, char_length(p_description) > 4000, 'description', 'must have at most 4000 characters'),
            (3, p_owner <> '' AND p_owner_id IS NULL, 'owner', 'names no department or partner agency'),
            (4, char_length(p_note) > 1000, 'resource_note', 'must have at most 1000 characters'),
            (5, p_cost NOT BETWEEN 0 AND 1000000000000, 'cost_pence', 'must be 0 to 1000000000000'),
            (6, cardinality(p_ids) > 50, 'statements', 'are at most 50')) AS x (n, broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT 2, s.n, 'statements[' || s.n - 1 || ']', CASE WHEN s.nth > 1 THEN 'is there twice' ELSE 'is no statement' END
          FROM (SELECT u.*, row_number() OVER (PARTITION BY u.pledge, u.version, u.id ORDER BY u.n) AS nth
                  FROM unnest(p_pledges, p_versions, p_ids) WITH ORDINALITY AS u (pledge, version, id, n)) AS s
         WHERE s.nth > 1 OR NOT EXISTS (
            SELECT FROM statement AS t
             WHERE t.authority_id = app_authority() AND t.pledge_id = s.pledge
               AND t.version_number = version_number(s.version) AND t.statement_id = s.id)) AS f
$$;

CREATE FUNCTION work_plan_write(p_id text, p_revision int, p_title text, p_description text, p_priority text,
                                p_owner_id text, p_note text, p_cost bigint, p_due_on date, p_pledges text[],
                                p_versions text[], p_ids text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    INSERT INTO work_item_revision (authority_id, work_item_id, revision, title, description, priority, owner_id,
                                    resource_note, cost_pence, due_on)
    VALUES (app_authority(), p_id, p_revision, p_title, p_description, p_priority, p_owner_id, p_note, p_cost, p_due_on);
    INSERT INTO work_item_statement (authority_id, work_item_id, revision, pledge_id, version_number, statement_id)
    SELECT app_authority(), p_id, p_revision, s.pledge, version_number(s.version), s.id
      FROM unnest(p_pledges, p_versions, p_ids) AS s (pledge, version, id);
END
$$;

-- Whoever takes up a proposal or decides on it does so one after the other.
CREATE FUNCTION proposal_hold(p_programme text, p_number text) RETURNS void
LANGUAGE sql SET search_path = pledge, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(
        'pledge.proposal ' || app_authority() || '/' || p_programme || '/' || p_number, 0))
$$;

CREATE FUNCTION work_item_create(
    p_id text, p_title text, p_description text, p_source text, p_heading text, p_body text, p_meeting text,
    p_programme text, p_number text, p_priority text, p_owner text, p_note text, p_cost bigint, p_pledges text[],
    p_versions text[], p_ids text[], p_due_on date, p_added_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_owner text := owner_known(p_owner, 'work_item.owner');
    v_added_on date := coalesce(p_added_on, current_date);
    v_bad jsonb;
    v record;
BEGIN
    IF app_role() = 'support_worker' AND p_source NOT IN ('', 'young_people') THEN
        PERFORM fail('PL403', 'Support workers add what young people ask for.');
    END IF;
    IF p_programme <> '' THEN
        PERFORM proposal_hold(p_programme, p_number);
    END IF;
    SELECT * INTO v FROM proposals_at('9999-12-31', '9999-12-31') AS p
     WHERE p.programme_id = p_programme AND p.number = version_number(p_number);
    IF p_source = 'national' AND v.work_item <> '' THEN
        PERFORM fail('PL409', 'The proposal is taken up already by ' || v.work_item || '.', 'work_item.proposal');
    ELSIF p_source = 'national' AND v.set_aside THEN
        PERFORM fail('PL412', 'The proposal is set aside. Decide on it anew first.', 'work_item.proposal');
    ELSIF p_source = 'national' AND v.number IS NOT NULL THEN
        p_title := CASE WHEN p_title = '' THEN left(v.text, 200) ELSE p_title END;
        p_priority := CASE WHEN p_priority = '' THEN v.priority ELSE p_priority END;
        v_owner := CASE WHEN p_owner = '' THEN v.owner_id ELSE v_owner END;
        p_note := CASE WHEN p_note = '' THEN v.resource_note ELSE p_note END;
        p_cost := CASE WHEN p_cost = 0 THEN v.cost_pence ELSE p_cost END;
    END IF;
    SELECT coalesce(jsonb_agg(violation(x.field, x.rule) ORDER BY x.n), '[]')
           || work_plan_violations(p_title, p_description, p_owner, v_owner, p_note, p_cost, p_pledges, p_versions, p_ids)
      INTO v_bad
      FROM (VALUES
        (1, NOT is_id(p_id), 'work_item_id',
            'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
        (2, p_source = '', 'work_item.source', 'must be forum, young people, national or own'),
        (3, (p_source = 'young_people') <> (p_heading <> ''), 'work_item.heading',
            'is needed of what young people ask for, and of that only'),
        (4, p_meeting <> '' AND p_source <> 'forum', 'work_item.meeting', 'is of what the forum asks for only'),
        (5, p_meeting <> '' AND p_source = 'forum' AND NOT EXISTS (SELECT FROM meeting AS m
            WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting),
            'work_item.meeting', 'names no meeting'),
        (6, (p_source = 'national') <> (p_programme <> ''), 'work_item.proposal',
            'is needed of a national source, and of that only'),
        (7, p_source = 'national' AND p_programme <> '' AND v.number IS NULL, 'work_item.proposal', 'names no proposal'),
        (8, v_added_on > current_date, 'work_item.added_on', 'must not be ahead'),
        (9, p_due_on < v_added_on, 'work_item.due_on', 'must not be before it came into the programme'))
        AS x (n, broken, field, rule)
     WHERE x.broken;
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The item cannot be added like this.', v_bad);
    END IF;
    INSERT INTO work_item (authority_id, work_item_id, source, heading, body_id, meeting_id, programme_id, number, added_on)
    VALUES (app_authority(), p_id, p_source, p_heading, nullif(p_body, ''), nullif(p_meeting, ''), v.programme_id,
            v.number, v_added_on)
    ON CONFLICT (authority_id, work_item_id) DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already an item ' || p_id || '.', 'work_item_id');
    END IF;
    PERFORM work_plan_write(p_id, 1, p_title, p_description, p_priority, v_owner, p_note, p_cost, p_due_on,
        p_pledges, p_versions, p_ids);
END
$$;

-- The item, which stays as it is until the transaction ends. p_own: officers and its owner may go on only.
CREATE FUNCTION work_item_hold(p_id text, p_field text, p_own boolean, OUT ret_owner text, OUT ret_added_on date,
                               OUT ret_progressed_on date)
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('pledge.work_item ' || app_authority() || '/' || p_id, 0));
    SELECT w.owner_id, w.added_on, w.progressed_on INTO ret_owner, ret_added_on, ret_progressed_on
      FROM work_items_planned('9999-12-31', '9999-12-31') AS w WHERE w.work_item_id = p_id;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no item ' || p_id || '.', p_field);
    ELSIF p_own AND app_role() <> 'officer' AND ret_owner IS DISTINCT FROM app_owner() THEN
        PERFORM fail('PL403', 'Only its owner and officers say what becomes of an item.');
    END IF;
END
$$;

-- Fields that the mask leaves out stay as they were.
CREATE FUNCTION work_item_update(
    p_id text, p_etag text, p_title text, p_description text, p_priority text, p_owner text, p_note text,
    p_cost bigint, p_pledges text[], p_versions text[], p_ids text[], p_due_on date, p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_added_on date := (work_item_hold(p_id, 'work_item.name', true)).ret_added_on;
    v_owner text := owner_known(p_owner, 'work_item.owner');
    v work_item_revision;
    v_bad jsonb;
BEGIN
    PERFORM mask_check(p_paths,
        '{title,description,priority,owner,resource_note,cost_pence,statements,due_on}');
    SELECT * INTO v FROM work_item_revision AS r
     WHERE r.authority_id = app_authority() AND r.work_item_id = p_id ORDER BY r.revision DESC LIMIT 1;
    PERFORM etag_check(p_etag, etag(v.revision), 'work_item.etag');
    v.title := CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END;
    v.description := CASE WHEN masked('description', p_paths) THEN p_description ELSE v.description END;
    v.priority := CASE WHEN masked('priority', p_paths) THEN p_priority ELSE v.priority END;
    v.resource_note := CASE WHEN masked('resource_note', p_paths) THEN p_note ELSE v.resource_note END;
    v.cost_pence := CASE WHEN masked('cost_pence', p_paths) THEN p_cost ELSE v.cost_pence END;
    v.due_on := CASE WHEN masked('due_on', p_paths) THEN p_due_on ELSE v.due_on END;
    IF masked('owner', p_paths) THEN
        v.owner_id := v_owner;
    ELSE
        p_owner := '';
    END IF;
    IF NOT masked('statements', p_paths) THEN
        SELECT coalesce(array_agg(s.pledge_id), '{}'), coalesce(array_agg(s.version_number::text), '{}'),
               coalesce(array_agg(s.statement_id), '{}') INTO p_pledges, p_versions, p_ids
          FROM work_item_statement AS s
         WHERE s.authority_id = app_authority() AND s.work_item_id = p_id AND s.revision = v.revision;
    END IF;
    v_bad := work_plan_violations(v.title, v.description, p_owner, v.owner_id, v.resource_note, v.cost_pence,
        p_pledges, p_versions, p_ids);
    IF v.due_on < v_added_on THEN
        v_bad := v_bad || violation('work_item.due_on', 'must not be before it came into the programme');
    END IF;
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The item cannot be changed like this.', v_bad);
    END IF;
    PERFORM work_plan_write(p_id, v.revision + 1, v.title, v.description, v.priority, v.owner_id, v.resource_note,
        v.cost_pence, v.due_on, p_pledges, p_versions, p_ids);
END
$$;

-- --- what becomes of them -------------------------------------------------------------------------

CREATE FUNCTION work_milestone_add(p_id text, p_title text, p_due_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM work_item_hold(p_id, 'parent', true);
    PERFORM rules_hold('The milestone',
        ARRAY[NOT is_said(p_title) OR char_length(p_title) > 200, coalesce(p_due_on, '-infinity') < v.ret_added_on],
        '{milestone.title,milestone.due_on}',
        '{"must have 1 to 200 characters","must be a day, YYYY-MM-DD, not before the item came into the programme"}');
    INSERT INTO work_milestone (authority_id, work_item_id, milestone, title, due_on)
    SELECT app_authority(), p_id, count(*) + 1, p_title, p_due_on FROM work_milestone AS m
     WHERE m.authority_id = app_authority() AND m.work_item_id = p_id;
END
$$;

CREATE FUNCTION work_milestone_mark_add(p_id text, p_milestone text, p_state text, p_on date, p_note text)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_on date := coalesce(p_on, current_date);
    v_from date;
BEGIN
    SELECT * INTO v FROM work_item_hold(p_id, 'name', true);
    PERFORM FROM work_milestone AS m
     WHERE m.authority_id = app_authority() AND m.work_item_id = p_id AND m.milestone = version_number(p_milestone);
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such milestone.', 'name');
    END IF;
    SELECT greatest(v.ret_added_on, max(k.marked_on)) INTO v_from FROM work_milestone_mark AS k
     WHERE k.authority_id = app_authority() AND k.work_item_id = p_id AND k.milestone = version_number(p_milestone);
    PERFORM rules_hold('The milestone',
        ARRAY[p_state = '', v_on NOT BETWEEN v_from AND current_date,
              char_length(p_note) > 500 OR p_state = 'dropped' AND NOT is_said(p_note)],
        '{state,marked_on,note}',
        ARRAY['must be open, reached or dropped', 'must be a day from ' || v_from || ' to today',
              'must have at most 500 characters, and at least one where a milestone is dropped']);
    INSERT INTO work_milestone_mark (authority_id, work_item_id, milestone, mark, state, note, marked_on)
    SELECT app_authority(), p_id, version_number(p_milestone), count(*) + 1, p_state, p_note, v_on
      FROM work_milestone_mark AS k
     WHERE k.authority_id = app_authority() AND k.work_item_id = p_id AND k.milestone = version_number(p_milestone);
END
$$;

CREATE FUNCTION work_progress_add(p_id text, p_state text, p_rating text, p_narrative text, p_reason text, p_on date)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_on date := coalesce(p_on, current_date);
    v_from date;
BEGIN
    SELECT * INTO v FROM work_item_hold(p_id, 'parent', true);
    v_from := greatest(v.ret_added_on, v.ret_progressed_on);
    PERFORM rules_hold('The progress',
        ARRAY[p_state IN ('', 'proposed'), p_state = 'under_way' AND p_rating = '',
              NOT is_said(p_narrative) OR char_length(p_narrative) > 2000, char_length(p_reason) > 2000,
              NOT is_said(p_reason) AND (p_rating IN ('amber', 'red') OR p_state = 'dropped'),
              v_on NOT BETWEEN v_from AND current_date],
        '{progress.state,progress.rating,progress.narrative,progress.reason,progress.reason,progress.happened_on}',
        ARRAY['must be agreed, under way, done or dropped', 'is needed of what is under way',
              'must have 1 to 2000 characters', 'must have at most 2000 characters',
              'is needed where it is amber, red or dropped', 'must be a day from ' || v_from || ' to today']);
    IF v.ret_owner IS NULL AND p_state <> 'dropped' THEN
        PERFORM fail('PL412', 'Nobody sees to the item yet. Say first who does.', 'parent');
    END IF;
    INSERT INTO work_progress (authority_id, work_item_id, progress, state, rating, narrative, reason, happened_on)
    SELECT app_authority(), p_id, count(*) + 1, p_state, p_rating, p_narrative, p_reason, v_on
      FROM work_progress AS p WHERE p.authority_id = app_authority() AND p.work_item_id = p_id;
END
$$;

-- An agency offers to any item, in its own name.
CREATE FUNCTION work_offer_add(p_id text, p_agency text, p_text text, p_offered_on date, p_ready_on date)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_offered_on date := coalesce(p_offered_on, current_date);
    v_ready_on date := coalesce(p_ready_on, v_offered_on);
BEGIN
    SELECT * INTO v FROM work_item_hold(p_id, 'parent', app_role() = 'director');
    IF app_role() = 'partner_agency' AND p_agency NOT IN ('', app_owner()) THEN
        PERFORM fail('PL403', 'You act for ' || app_owner() || ', not for ' || p_agency || '.', 'offer.agency');
    END IF;
    PERFORM rules_hold('The offer',
        ARRAY[NOT EXISTS (SELECT FROM owner AS o WHERE o.authority_id = app_authority() AND o.owner_id = p_agency
                  AND o.kind = 'partner_agency'),
              NOT is_said(p_text) OR char_length(p_text) > 500, v_offered_on > current_date,
              v_ready_on < v_offered_on],
        '{offer.agency,offer.text,offer.offered_on,offer.ready_on}',
        '{"names no partner agency","must have 1 to 500 characters","must not be ahead","must not be before the offer"}');
    INSERT INTO work_offer (authority_id, work_item_id, offer, owner_id, text, offered_on, ready_on)
    SELECT app_authority(), p_id, count(*) + 1, p_agency, p_text, v_offered_on, v_ready_on
      FROM work_offer AS f WHERE f.authority_id = app_authority() AND f.work_item_id = p_id;
END
$$;

CREATE FUNCTION work_achievement_add(p_id text, p_text text, p_on date, p_evidence text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_on date := coalesce(p_on, current_date);
BEGIN
    SELECT * INTO v FROM work_item_hold(p_id, 'parent', true);
    PERFORM rules_hold('The achievement',
        ARRAY[NOT is_said(p_text) OR char_length(p_text) > 500, v_on NOT BETWEEN v.ret_added_on AND current_date,
              NOT is_said(p_evidence) OR char_length(p_evidence) > 500],
        '{achievement.text,achievement.achieved_on,achievement.evidence}',
        ARRAY['must have 1 to 500 characters', 'must be a day from ' || v.ret_added_on || ' to today',
              'must have 1 to 500 characters']);
    INSERT INTO work_achievement (authority_id, work_item_id, achievement, text, evidence, achieved_on)
    SELECT app_authority(), p_id, count(*) + 1, p_text, p_evidence, v_on
      FROM work_achievement AS h WHERE h.authority_id = app_authority() AND h.work_item_id = p_id;
END
$$;

-- --- proposals ------------------------------------------------------------------------------------

CREATE FUNCTION proposal_decide(p_programme text, p_number text, p_priority text, p_owner text, p_target text,
                                p_note text, p_cost bigint, p_set_aside boolean, p_reason text, p_on date)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_owner text := owner_known(p_owner, 'decision.owner');
    v_on date := coalesce(p_on, current_date);
    v_from date;
BEGIN
    PERFORM proposal_hold(p_programme, p_number);
    SELECT * INTO v FROM proposals_at('9999-12-31', '9999-12-31') AS p
     WHERE p.programme_id = p_programme AND p.number = version_number(p_number);
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such proposal.', 'name');
    ELSIF p_set_aside AND v.state IN ('taken_up', 'under_way', 'done') THEN
        PERFORM fail('PL412', 'It is taken up by ' || v.work_item || '.', 'decision.set_aside');
    END IF;
    SELECT greatest(g.published_on, v.decided_on) INTO v_from FROM programme AS g
     WHERE g.authority_id = app_authority() AND g.programme_id = p_programme;
    PERFORM rules_hold('The decision',
        ARRAY[p_owner <> '' AND v_owner IS NULL, char_length(p_target) > 500, char_length(p_note) > 1000,
              p_cost NOT BETWEEN 0 AND 1000000000000, char_length(p_reason) > 1000,
              p_set_aside AND NOT is_said(p_reason), v_on NOT BETWEEN v_from AND current_date],
        '{decision.owner,decision.target,decision.resource_note,decision.cost_pence,decision.reason,decision.reason,'
            'decision.decided_on}',
        ARRAY['names no department or partner agency', 'must have at most 500 characters',
              'must have at most 1000 characters', 'must be 0 to 1000000000000', 'must have at most 1000 characters',
              'is needed when it is set aside', 'must be a day from ' || v_from || ' to today']);
    INSERT INTO proposal_decision (authority_id, programme_id, number, decision, priority, owner_id, target,
                                   resource_note, cost_pence, set_aside, reason, decided_on)
    SELECT app_authority(), p_programme, v.number, count(*) + 1, p_priority, v_owner, p_target, p_note, p_cost,
           p_set_aside, p_reason, v_on
      FROM proposal_decision AS d
     WHERE d.authority_id = app_authority() AND d.programme_id = p_programme AND d.number = v.number;
END
$$;

COMMIT;
