-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:submission to pg
-- How a return comes: drafted, sent, and moved on. Each try to send one is kept.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- The day that a return counts as received.
CREATE FUNCTION received_day(p_given text) RETURNS date
LANGUAGE sql STABLE
AS $$
    SELECT CASE p_given WHEN '' THEN current_date
        ELSE least(coalesce(pledge.date_or_null(p_given), current_date), current_date) END
$$;

-- May the caller act for this owner? Officers act for all, everybody else for their own.
CREATE FUNCTION return_may_act(p_owner text, p_field text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF app_role() IS DISTINCT FROM 'officer' AND app_owner() IS DISTINCT FROM p_owner THEN
        PERFORM fail('PL403', 'You act for ' || coalesce(app_owner(), 'nobody') || ', not for '
            || p_owner || '.', p_field);
    END IF;
END
$$;

-- Is the round open to the owner on the day that the return counts as received?
CREATE FUNCTION return_window_check(p_round round, p_owner text, p_day date) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_until date := p_round.closes_on;
BEGIN
    IF p_day > v_until THEN
        v_until := greatest(v_until, (SELECT x.due_on FROM round_extended AS x
            WHERE x.authority_id = p_round.authority_id AND x.round_id = p_round.round_id
              AND x.owner_id = p_owner));
    END IF;
    IF p_round.close_time IS NOT NULL THEN
        PERFORM fail('PL412', 'Round ' || p_round.round_id || ' is closed for good.', 'parent',
            'R051');
    ELSIF p_day < p_round.opens_on THEN
        PERFORM fail('PL412', 'Round ' || p_round.round_id || ' takes returns from '
            || p_round.opens_on || '.', 'parent', 'R050');
    ELSIF p_day > v_until THEN
        PERFORM fail('PL412', 'Round ' || p_round.round_id || ' took returns until '
            || v_until || '.', 'parent', 'R051');
    END IF;
END
$$;

-- May this submission follow the one that is there? p_last has no submission if none is.
CREATE FUNCTION return_etag_check(p_last owner_return, p_etag text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_last.submission IS NULL THEN
        IF p_etag <> '' THEN
            PERFORM fail('PL410', 'There is no earlier return that this one could replace.'
                ' Send it without an etag.', 'owner_return.etag', 'R061');
        END IF;
    ELSIF p_last.state IN ('accepted', 'published') THEN
        PERFORM fail('PL412', 'The return was accepted and is not replaced. Report the change'
            ' in the next round.', 'owner_return.etag', 'R062');
    ELSIF p_etag = '' THEN
        PERFORM fail('PL409', 'A return was already received on ' || p_last.received_on
            || '. To replace it, read it and send its etag with the new one.',
            'owner_return.etag', 'R060');
    ELSIF p_etag <> p_last.etag THEN
        PERFORM fail('PL410', 'The return was changed since you read it. Read it again and'
            ' repeat your change.', 'owner_return.etag', 'R061');
    END IF;
END
$$;

-- Keeps that somebody tried. What was refused is recorded after it was undone, by the method's
-- statement for that, so that the list has it as well.
CREATE FUNCTION return_attempt_add(p_round text, p_owner text, p_submission int, p_status text,
                                   p_message text, p_codes text[], p_lines int) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    INSERT INTO return_attempt (authority_id, round_id, owner_id, attempt, submission, status,
                                message, codes, line_count, principal_id)
    SELECT app_authority(), p_round, p_owner,
           1 + coalesce((SELECT max(a.attempt) FROM return_attempt AS a
                          WHERE a.authority_id = app_authority() AND a.round_id = p_round
                            AND a.owner_id = p_owner), 0),
           p_submission, p_status, left(p_message, 1000), p_codes, p_lines, app_principal();
END
$$;

-- Of a return that names no round or owner of the authority, or not the caller's own, there is no
-- list that it would belong to.
CREATE FUNCTION return_attempt_refused(p_round text, p_owner text, p_lines int, p_status text,
                                       p_message text, p_codes text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_owner text;
BEGIN
    SELECT o.owner_id INTO v_owner FROM owner AS o
     WHERE o.authority_id = app_authority() AND o.resource_name = p_owner
       AND (app_role() = 'officer' OR o.owner_id = app_owner())
       AND EXISTS (SELECT FROM round AS r
                    WHERE r.authority_id = app_authority() AND r.round_id = p_round)
       FOR NO KEY UPDATE OF o;
    IF FOUND THEN
        PERFORM return_attempt_add(p_round, v_owner, NULL, p_status, p_message,
            ARRAY(SELECT DISTINCT c FROM unnest(p_codes) AS c WHERE c <> '' ORDER BY c LIMIT 100),
            p_lines);
    END IF;
END
$$;

CREATE FUNCTION return_submit(
    p_round text, p_owner text, p_received_on text, p_observed_to text, p_etag text,
    p_commitments text[], p_ratings text[], p_narratives text[], p_reasons text[],
    p_measures text[], p_actuals text[], p_evidence text[], p_confirmations text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_round round;
    v_last owner_return;
    v_owner text;
    v_day date := received_day(p_received_on);
    v_lines int := cardinality(p_commitments);
    v_submission int;
    v_content text;
    v_bad jsonb := '[]';
BEGIN
    -- The lock keeps the round from being closed under a return that is on its way in.
    SELECT * INTO v_round FROM round WHERE authority_id = app_authority() AND round_id = p_round
       FOR SHARE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no round ' || p_round || '.', 'parent');
    END IF;
    v_owner := owner_of(p_owner, 'owner_return.owner');
    PERFORM return_may_act(v_owner, 'owner_return.owner');
    PERFORM return_window_check(v_round, v_owner,
        CASE app_role() WHEN 'officer' THEN v_day ELSE current_date END);
    PERFORM FROM owner WHERE authority_id = app_authority() AND owner_id = v_owner
        FOR NO KEY UPDATE;
    SELECT * INTO v_last FROM owner_return
     WHERE authority_id = app_authority() AND round_id = p_round AND owner_id = v_owner;
    PERFORM return_etag_check(v_last, p_etag);

    IF NOT return_is_plain(v_round, v_owner, p_commitments, p_ratings, p_narratives, p_reasons,
            p_measures, p_actuals, p_evidence, p_confirmations) THEN
        v_bad := progress_violations(false, ARRAY[p_round], ARRAY[v_owner],
            array_fill(p_round, ARRAY[v_lines]), array_fill(v_owner, ARRAY[v_lines]),
            p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals, p_evidence,
            p_confirmations);
    END IF;
    IF p_observed_to <> '' OR p_received_on <> '' THEN
        v_bad := v_bad || observed_violations(v_round, p_observed_to, 'owner_return.observed_to')
            || received_on_violations(p_received_on, 'owner_return.received_on');
    END IF;
    IF v_bad <> '[]' THEN
        -- lines that keep all rules are of commitments that are owed
        IF NOT EXISTS (SELECT FROM version_owed AS w
                WHERE w.authority_id = app_authority() AND w.pledge_id = v_round.pledge_id
                  AND w.version_number = v_round.version_number AND w.owner_id = v_owner) THEN
            PERFORM fail('PL412', v_owner || ' has no commitment in round ' || p_round || '.',
                'owner_return.owner', 'R040');
        END IF;
        PERFORM violations_check(v_bad);
    END IF;

    v_submission := coalesce(v_last.submission, 0) + 1;
    SELECT return_content_head(p_round, v_owner, v_submission, v_day)
        || string_agg(progress_content(u.id, u.rating, u.narrative, u.reason, u.measure,
                                       u.actual, u.evidence, u.confirmation), '' ORDER BY u.n)
      INTO v_content
      FROM unnest(p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals,
                  p_evidence, p_confirmations)
           WITH ORDINALITY AS u (id, rating, narrative, reason, measure, actual, evidence,
                                 confirmation, n);
    INSERT INTO return_submission (authority_id, round_id, owner_id, submission, received_on,
                                   content_hash, principal_id)
    VALUES (app_authority(), p_round, v_owner, v_submission, v_day,
            content_hash(v_content), app_principal());
    INSERT INTO progress (authority_id, round_id, owner_id, submission, commitment_id, position,
                          rating, narrative, reason, measure_value, actual_on, evidence,
                          confirmation)
    SELECT app_authority(), p_round, v_owner, v_submission, u.id, u.n, u.rating, u.narrative,
           u.reason, u.measure, date_or_null(u.actual), u.evidence, u.confirmation
      FROM unnest(p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals,
                  p_evidence, p_confirmations)
           WITH ORDINALITY AS u (id, rating, narrative, reason, measure, actual, evidence,
                                 confirmation, n);
    PERFORM return_attempt_add(p_round, v_owner, v_submission, 'OK', '', '{}', v_lines);
    DELETE FROM return_draft
     WHERE authority_id = app_authority() AND round_id = p_round AND owner_id = v_owner;
END
$$;

-- One function for all moves, as each only adds a fact when the standing allows it.
CREATE FUNCTION return_move_add(p_round text, p_owner text, p_kind text, p_etag text,
                                p_query text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_kind text;
    v owner_return;
    v_may return_move_kind;
BEGIN
    IF p_etag = '' AND p_kind <> 'queried' THEN
        PERFORM fail('PL400', 'Send the etag of the return that you have read.', 'etag');
    ELSIF p_kind = 'queried' AND (NOT is_said(p_query) OR char_length(p_query) > 2000) THEN
        PERFORM fail('PL400', 'A query has 1 to 2000 characters.', 'query');
    END IF;
    SELECT o.kind INTO v_kind FROM owner AS o
     WHERE o.authority_id = app_authority() AND o.owner_id = p_owner FOR NO KEY UPDATE;
    SELECT * INTO v FROM owner_return
     WHERE authority_id = app_authority() AND round_id = p_round AND owner_id = p_owner;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'No return of ' || p_owner || ' was received in round ' || p_round
            || '.', 'name');
    END IF;
    PERFORM return_may_act(p_owner, 'name');
    SELECT * INTO STRICT v_may FROM return_move_kind WHERE kind = p_kind;
    IF app_role() IS DISTINCT FROM 'officer' AND NOT (v_may.by_owner AND v_kind = 'department') THEN
        PERFORM fail('PL403', CASE WHEN v_may.by_owner
            THEN 'A partner agency''s return is certified by an officer.'
            ELSE 'Only an officer reviews returns.' END, 'name');
    END IF;
    PERFORM etag_check(p_etag, v.etag, 'etag');
    IF v.state <> ALL (v_may.from_states) THEN
        PERFORM fail('PL412', 'The return is ' || v.state || '; only one that is '
            || array_to_string(v_may.from_states, ' or ') || ' can be ' || p_kind || '.'
            || CASE v.state WHEN 'queried' THEN ' Send it again first.' ELSE '' END, 'name');
    END IF;
    INSERT INTO return_move (authority_id, round_id, owner_id, submission, move, kind, query,
                             principal_id)
    VALUES (app_authority(), p_round, p_owner, v.submission, v.move + 1, p_kind, p_query,
            app_principal());
END
$$;

-- Keeps what an owner has so far, in whatever state it is, and gives what the checks find in it.
CREATE FUNCTION return_draft_save(
    p_round text, p_owner text, p_observed_to text, p_etag text,
    p_commitments text[], p_ratings text[], p_narratives text[], p_reasons text[],
    p_measures text[], p_actuals text[], p_evidence text[], p_confirmations text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_owner text;
    v_round round;
    v return_draft;
    v_lines int := cardinality(p_commitments);
    v_checked boolean;
BEGIN
    SELECT * INTO v_round FROM round WHERE authority_id = app_authority() AND round_id = p_round;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no round ' || p_round || '.', 'parent');
    END IF;
    v_owner := owner_of(p_owner, 'draft.owner');
    PERFORM return_may_act(v_owner, 'draft.owner');
    IF v_round.close_time IS NOT NULL THEN
        PERFORM fail('PL412', 'Round ' || p_round || ' is closed for good.', 'parent', 'R051');
    END IF;
    IF v_lines > 500 THEN
        PERFORM violations_check(jsonb_build_array(problem_violation('draft.progress', 'R001',
            v_lines || ' lines', 'must be 1 to 500 lines')), 'The draft breaks ');
    END IF;
    PERFORM FROM owner WHERE authority_id = app_authority() AND owner_id = v_owner
        FOR NO KEY UPDATE;
    SELECT * INTO v FROM return_draft
     WHERE authority_id = app_authority() AND round_id = p_round AND owner_id = v_owner;
    IF FOUND THEN
        PERFORM etag_check(p_etag, etag(v.revision), 'draft.etag');
    ELSIF p_etag <> '' THEN
        PERFORM fail('PL410', 'There is no draft that this one could replace.',
            'draft.etag');
    END IF;
    v_checked := observed_violations(v_round, p_observed_to, 'draft.observed_to') = '[]';
    IF v_checked AND NOT return_is_plain(v_round, v_owner, p_commitments, p_ratings, p_narratives,
            p_reasons, p_measures, p_actuals, p_evidence, p_confirmations) THEN
        v_checked := NOT EXISTS (SELECT FROM progress_problems(false, ARRAY[p_round],
            ARRAY[v_owner], array_fill(p_round, ARRAY[v_lines]),
            array_fill(v_owner, ARRAY[v_lines]), p_commitments, p_ratings, p_narratives, p_reasons,
            p_measures, p_actuals, p_evidence, p_confirmations));
    END IF;
    INSERT INTO return_draft AS d (authority_id, round_id, owner_id, lines, checked)
    SELECT app_authority(), p_round, v_owner,
           coalesce(jsonb_agg(jsonb_build_array(u.id, u.rating, u.narrative, u.reason, u.measure,
               u.actual, u.evidence, u.confirmation) ORDER BY u.n), '[]'), v_checked
      FROM unnest(p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals,
                  p_evidence, p_confirmations)
           WITH ORDINALITY AS u (id, rating, narrative, reason, measure, actual, evidence,
                                 confirmation, n)
    ON CONFLICT (authority_id, round_id, owner_id)
    DO UPDATE SET lines = excluded.lines, checked = excluded.checked;
END
$$;

CREATE VIEW return_draft_line WITH (security_invoker = true) AS
    SELECT d.authority_id, d.round_id, d.owner_id, u.n AS position, u.line ->> 0 AS commitment_id,
           u.line ->> 1 AS rating, u.line ->> 2 AS narrative, u.line ->> 3 AS reason,
           u.line ->> 4 AS measure_value, u.line ->> 5 AS actual_on, u.line ->> 6 AS evidence,
           u.line ->> 7 AS confirmation
      FROM return_draft AS d
     CROSS JOIN LATERAL jsonb_array_elements(d.lines) WITH ORDINALITY AS u (line, n);
COMMENT ON VIEW return_draft_line IS 'Lines of drafts as they were sent, right or wrong';

CREATE VIEW return_draft_resource WITH (security_invoker = true) AS
    SELECT d.authority_id, d.round_id, d.owner_id,
           'authorities/' || d.authority_id || '/rounds/' || d.round_id || '/returns/'
               || d.owner_id AS name,
           o.resource_name AS owner, CASE WHEN d.checked THEN 'checked' ELSE 'draft' END AS state,
           r.observed_to, d.update_time, etag(d.revision) AS etag
      FROM return_draft AS d
      JOIN round AS r ON r.authority_id = d.authority_id AND r.round_id = d.round_id
      JOIN owner AS o ON o.authority_id = d.authority_id AND o.owner_id = d.owner_id;
COMMENT ON VIEW return_draft_resource IS 'Drafts as the API shows them, without their progress';

-- What the checks find in a draft, as it would be sent now.
CREATE FUNCTION return_draft_problems(p_round text, p_owner text)
RETURNS TABLE (code text, layer text, asks boolean, field text, line int, commitment_id text,
               found text, expected text, remedy text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH lines AS (
        SELECT count(*)::int AS n, coalesce(array_agg(l.commitment_id ORDER BY position), '{}') AS c,
               coalesce(array_agg(l.rating ORDER BY position), '{}') AS r,
               coalesce(array_agg(l.narrative ORDER BY position), '{}') AS nv,
               coalesce(array_agg(l.reason ORDER BY position), '{}') AS re,
               coalesce(array_agg(l.measure_value ORDER BY position), '{}') AS m,
               coalesce(array_agg(l.actual_on ORDER BY position), '{}') AS a,
               coalesce(array_agg(l.evidence ORDER BY position), '{}') AS e,
               coalesce(array_agg(l.confirmation ORDER BY position), '{}') AS k
          FROM return_draft_line AS l
         WHERE l.authority_id = app_authority() AND l.round_id = p_round AND l.owner_id = p_owner)
    SELECT p.code, c.layer, c.asks, p.field, p.line, p.commitment_id, p.found, p.expected, c.remedy
      FROM lines AS l
     CROSS JOIN LATERAL progress_problems(false, ARRAY[p_round], ARRAY[p_owner],
            array_fill(p_round, ARRAY[l.n]), array_fill(p_owner, ARRAY[l.n]), l.c, l.r, l.nv, l.re,
            l.m, l.a, l.e, l.k)
           WITH ORDINALITY AS p (line, commitment_id, field, code, found, expected, n)
      JOIN return_check AS c ON c.code = p.code
     ORDER BY p.n
$$;

COMMIT;
