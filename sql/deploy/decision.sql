-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:decision to pg
-- What moves a version on its way: notices and decisions, the withdrawal of one that was recorded wrongly,
-- and what a way has to do with the text and the adoption of its version.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- Locks the version of an endorsement that has the etag that the caller read, and gives it as a row of
-- endorsement_now(). p_field is the request's field that names it.
CREATE FUNCTION endorsement_hold(p_pledge text, p_number int, p_id text, p_etag text, p_field text)
RETURNS record
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
BEGIN
    PERFORM FROM version WHERE authority_id = app_authority() AND pledge_id = p_pledge
        AND version_number = p_number FOR NO KEY UPDATE;
    SELECT * INTO v FROM endorsement_now() AS s
     WHERE s.pledge_id = p_pledge AND s.version_number = p_number AND s.endorsement_id = p_id;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such endorsement.', p_field);
    END IF;
    PERFORM etag_check(p_etag, v.etag, 'etag');
    RETURN v;
END
$$;

-- The same of one that is to go on; fails where it cannot.
CREATE FUNCTION endorsement_lock(p_pledge text, p_number int, p_id text, p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record := endorsement_hold(p_pledge, p_number, p_id, p_etag, 'parent');
BEGIN
    IF v.state <> 'under_way' THEN
        PERFORM fail('PL412', 'The endorsement has ended: ' || v.state || ' on ' || v.ended_on || '.',
            'parent');
    END IF;
END
$$;

CREATE FUNCTION notice_give(p_pledge text, p_version text, p_id text, p_body text, p_meeting text,
                            p_published_on date, p_urgency_reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_held_on date;
BEGIN
    PERFORM endorsement_lock(p_pledge, version_number(p_version), p_id, '');
    SELECT m.held_on INTO v_held_on FROM meeting AS m
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting;
    IF NOT FOUND THEN
        PERFORM fail('PL400', 'There is no such meeting. Add it first.', 'notice.meeting');
    ELSIF NOT EXISTS (SELECT FROM endorsement AS e
            JOIN route_step AS s ON s.authority_id = e.authority_id AND s.route_id = e.route_id
             AND s.route_revision = e.route_revision AND s.body_id = p_body
           WHERE e.authority_id = app_authority() AND e.pledge_id = p_pledge
             AND e.version_number = version_number(p_version) AND e.endorsement_id = p_id) THEN
        PERFORM fail('PL412', 'The body is not on the route.', 'notice.meeting');
    ELSIF p_published_on IS NULL OR p_published_on > current_date THEN
        PERFORM fail('PL400', 'Say on which day it was published, as YYYY-MM-DD, today or earlier.',
            'notice.published_on');
    ELSIF p_published_on > v_held_on THEN
        PERFORM fail('PL400', 'A notice comes before the meeting, ' || v_held_on || '.',
            'notice.published_on');
    ELSIF v_held_on - p_published_on < notice_days() AND NOT is_said(p_urgency_reason) THEN
        PERFORM fail('PL400', 'A key decision has ' || notice_days() || ' days of notice, and this one '
            || v_held_on - p_published_on || '. Say why it cannot wait.', 'notice.urgency_reason');
    END IF;
    INSERT INTO endorsement_notice (authority_id, pledge_id, version_number, endorsement_id, body_id,
                                    meeting_id, published_on, urgency_reason)
    VALUES (app_authority(), p_pledge, version_number(p_version), p_id, p_body, p_meeting,
            p_published_on, p_urgency_reason);
END
$$;

-- Every mistake in a decision that is to be recorded at a step.
CREATE FUNCTION decision_violations(
    p_held_on date, p_since date, p_kind text, p_minute_ref text, p_recommendation text,
    p_vote_taken boolean, p_for int, p_against int, p_abstained int, p_call_in_days int,
    p_call_in_waiver text, p_key boolean, p_noticed boolean) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(violation('decision.' || r.field, r.rule) ORDER BY r.n), '[]')
      FROM (VALUES
        (1, p_held_on > current_date, 'meeting', 'must not be in the future'),
        (2, p_held_on < p_since, 'meeting', 'must not be before the body''s turn came, ' || p_since),
        (3, p_kind = '', 'kind', 'is needed'),
        (4, NOT is_said(p_minute_ref) OR char_length(p_minute_ref) > 60, 'minute_ref',
            'must have 1 to 60 characters'),
        (5, NOT is_said(p_recommendation) OR char_length(p_recommendation) > 2000, 'recommendation',
            'must have 1 to 2000 characters'),
        (6, least(p_for, p_against, p_abstained) < 0
            OR p_vote_taken <> (p_for + p_against + p_abstained > 0), 'vote_taken',
            'is set where there are votes, and only there'),
        (7, p_kind IN ('endorse', 'approve', 'refer_on') AND p_against > p_for, 'votes_against',
            'must not outnumber those for it'),
        (8, is_said(p_call_in_waiver) AND p_call_in_days = 0, 'call_in_waiver',
            'is for steps with days of call-in'),
        (9, p_key AND NOT p_noticed, 'key_decision',
            'needs a notice of this meeting on the forward plan'),
        (10, NOT p_key AND p_noticed, 'key_decision',
            'is needed: it was announced as one for this meeting')
      ) AS r (n, broken, field, rule)
     WHERE r.broken
$$;

CREATE FUNCTION decision_record(
    p_pledge text, p_version text, p_id text, p_body text, p_meeting text, p_kind text,
    p_minute_ref text, p_recommendation text, p_vote_taken boolean, p_for int, p_against int,
    p_abstained int, p_key boolean, p_call_in_waiver text, p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v record;
    v_step route_step;
    v_move route_move;
    v_held_on date;
    v_bad jsonb;
BEGIN
    PERFORM endorsement_lock(p_pledge, v_number, p_id, p_etag);
    SELECT * INTO v FROM endorsement_now() AS s
     WHERE s.pledge_id = p_pledge AND s.version_number = v_number AND s.endorsement_id = p_id;
    SELECT * INTO v_step FROM route_step AS s
     WHERE s.authority_id = app_authority() AND s.route_id = v.route_id
       AND s.route_revision = v.route_revision AND s.step_id = v.step_id;
    SELECT m.held_on INTO v_held_on FROM meeting AS m
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting;
    IF NOT EXISTS (SELECT FROM route_recorder AS r
                    WHERE r.authority_id = app_authority() AND r.route_id = v.route_id
                      AND r.route_revision = v.route_revision AND r.step_id = v.step_id
                      AND r.role = app_role()) THEN
        PERFORM fail('PL403', 'Your role may not record decisions of ' || v.body_display_name || '.');
    ELSIF v_held_on IS NULL THEN
        PERFORM fail('PL400', 'There is no such meeting. Add it first.', 'decision.meeting');
    ELSIF v.called_in THEN
        PERFORM fail('PL412', 'The last decision is called in: ' || v.body_display_name
            || ' is to say what becomes of it.', 'decision.meeting');
    ELSIF p_body <> v.body_id THEN
        PERFORM fail('PL412', 'It is the turn of ' || v.body_display_name || '.', 'decision.meeting');
    END IF;
    v_bad := decision_violations(v_held_on, v.waiting_since, p_kind, p_minute_ref, p_recommendation,
        p_vote_taken, p_for, p_against, p_abstained, v_step.call_in_days, p_call_in_waiver, p_key,
        EXISTS (SELECT FROM endorsement_notice AS n
                 WHERE n.authority_id = app_authority() AND n.pledge_id = p_pledge
                   AND n.version_number = v_number AND n.endorsement_id = p_id
                   AND n.body_id = p_body AND n.meeting_id = p_meeting));
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The decision cannot be recorded like this.', v_bad);
    ELSIF EXISTS (SELECT FROM decisions_held('9999-12-31', '9999-12-31') AS d
                   WHERE d.pledge_id = p_pledge AND d.version_number = v_number
                     AND d.endorsement_id = p_id AND d.body_id = p_body AND d.meeting_id = p_meeting) THEN
        PERFORM fail('PL409', 'The meeting has decided on it already.', 'decision.meeting');
    END IF;
    SELECT * INTO v_move FROM route_move AS m
     WHERE m.authority_id = app_authority() AND m.route_id = v.route_id
       AND m.route_revision = v.route_revision AND m.step_id = v.step_id AND m.decision = p_kind;
    IF NOT FOUND THEN
        PERFORM fail('PL412', 'The route has no such decision at this step. There is: '
            || (SELECT string_agg(replace(m.decision, '_', ' '), ', ' ORDER BY m.position)
                  FROM route_move AS m
                 WHERE m.authority_id = app_authority() AND m.route_id = v.route_id
                   AND m.route_revision = v.route_revision AND m.step_id = v.step_id) || '.',
            'decision.kind');
    ELSIF p_kind = 'amend' AND EXISTS (SELECT FROM version AS w
            WHERE w.authority_id = app_authority() AND w.pledge_id = p_pledge
              AND w.version_number = v_number AND w.state = 'adopted') THEN
        PERFORM fail('PL412', 'Version ' || v_number
            || ' is adopted and changes no more. Make the next version.', 'decision.kind');
    END IF;
    INSERT INTO endorsement_decision (authority_id, pledge_id, version_number, endorsement_id, number,
        step_id, body_id, meeting_id, decided_on, kind, minute_ref, recommendation, vote_taken,
        votes_for, votes_against, votes_abstained, key_decision, call_in_waiver, effective_on,
        leads_to, to_step_id, draft, waiting_since, days_allowed)
    VALUES (app_authority(), p_pledge, v_number, p_id, 1 + (
            SELECT count(*) FROM endorsement_decision AS d
             WHERE d.authority_id = app_authority() AND d.pledge_id = p_pledge
               AND d.version_number = v_number AND d.endorsement_id = p_id), v.step_id, p_body,
        p_meeting, v_held_on, p_kind, p_minute_ref, p_recommendation, p_vote_taken, p_for, p_against,
        p_abstained, p_key, p_call_in_waiver,
        CASE WHEN is_said(p_call_in_waiver) THEN v_held_on
             WHEN v_step.working_days THEN working_days_after(v_held_on, v_step.call_in_days)
             ELSE v_held_on + v_step.call_in_days END,
        v_move.leads_to, CASE v_move.leads_to WHEN 'stay' THEN v.step_id ELSE v_move.to_step_id END,
        v.last_draft, v.waiting_since, v.days_allowed);
END
$$;

-- Withdraws the last decision that counts, as long as nothing was built on it.
CREATE FUNCTION decision_withdraw(p_pledge text, p_version text, p_id text, p_number int, p_reason text,
                                  p_withdrawn_on date, p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v_on date := coalesce(p_withdrawn_on, current_date);
    v record;
    d record;
BEGIN
    v := endorsement_hold(p_pledge, v_number, p_id, p_etag, 'name');
    SELECT c.*, b.display_name AS body_name INTO d FROM endorsement_decision AS c
      JOIN body AS b ON b.authority_id = c.authority_id AND b.body_id = c.body_id
     WHERE c.authority_id = app_authority() AND c.pledge_id = p_pledge
       AND c.version_number = v_number AND c.endorsement_id = p_id AND c.number = p_number;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'The endorsement has no decision ' || p_number || '.', 'number');
    ELSIF NOT EXISTS (SELECT FROM route_recorder AS r
                       WHERE r.authority_id = app_authority() AND r.route_id = v.route_id
                         AND r.route_revision = v.route_revision AND r.step_id = d.step_id
                         AND r.role = app_role()) THEN
        PERFORM fail('PL403', 'Your role may not withdraw decisions of ' || d.body_name || '.');
    ELSIF EXISTS (SELECT FROM endorsement_withdrawal AS w
                   WHERE w.authority_id = app_authority() AND w.pledge_id = p_pledge
                     AND w.version_number = v_number AND w.endorsement_id = p_id
                     AND w.number = p_number) THEN
        PERFORM fail('PL412', 'Decision ' || p_number || ' is withdrawn already.', 'number');
    ELSIF p_number <> v.last_decision THEN
        PERFORM fail('PL412', 'The version has moved on: decision ' || v.last_decision
            || ' came after it.', 'number');
    ELSIF EXISTS (SELECT FROM endorsement_call_in AS c
                   WHERE c.authority_id = app_authority() AND c.pledge_id = p_pledge
                     AND c.version_number = v_number AND c.endorsement_id = p_id
                     AND c.number = p_number) THEN
        PERFORM fail('PL412', 'It was called in.', 'number');
    ELSIF EXISTS (SELECT FROM endorsement_draft AS f
                   WHERE f.authority_id = app_authority() AND f.pledge_id = p_pledge
                     AND f.version_number = v_number AND f.endorsement_id = p_id
                     AND f.amended_by = p_number) THEN
        PERFORM fail('PL412', 'The text was amended by it.', 'number');
    ELSIF d.leads_to = 'approved' AND EXISTS (SELECT FROM version AS n
            WHERE n.authority_id = app_authority() AND n.pledge_id = p_pledge
              AND n.version_number = v_number AND n.adopted_on >= d.decided_on) THEN
        PERFORM fail('PL412', 'The version was adopted by it.', 'number');
    ELSIF EXISTS (SELECT FROM endorsement_now() AS s
                   WHERE s.pledge_id = p_pledge AND s.version_number = v_number
                     AND s.endorsement_id <> p_id AND s.state = 'under_way') THEN
        PERFORM fail('PL412', 'The version is on another way by now.', 'number');
    ELSIF v_on > current_date OR v_on < d.decided_on THEN
        PERFORM fail('PL400', 'Say a day from ' || d.decided_on || ' to today.', 'withdrawn_on');
    END IF;
    INSERT INTO endorsement_withdrawal (authority_id, pledge_id, version_number, endorsement_id,
                                        number, withdrawn_on, reason)
    VALUES (app_authority(), p_pledge, v_number, p_id, p_number, v_on, p_reason);
END
$$;

-- The last decision of an endorsement that is not ended for good, locked; fails where it is another one.
CREATE FUNCTION call_in_decision(p_pledge text, p_number int, p_id text, p_decision int, p_etag text)
RETURNS endorsement_decision
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    d endorsement_decision;
BEGIN
    v := endorsement_hold(p_pledge, p_number, p_id, p_etag, 'name');
    SELECT * INTO d FROM endorsement_decision AS c
     WHERE c.authority_id = app_authority() AND c.pledge_id = p_pledge
       AND c.version_number = p_number AND c.endorsement_id = p_id AND c.number = p_decision;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'The endorsement has no decision ' || p_decision || '.', 'number');
    ELSIF v.last_decision <> p_decision THEN
        PERFORM fail('PL412', 'It is not the last decision that counts.', 'number');
    ELSIF EXISTS (SELECT FROM version AS n
            WHERE n.authority_id = app_authority() AND n.pledge_id = p_pledge
              AND n.version_number = p_number AND n.adopted_on >= d.decided_on) THEN
        PERFORM fail('PL412', 'The version was adopted by it.', 'number');
    END IF;
    RETURN d;
END
$$;

CREATE FUNCTION decision_call_in(p_pledge text, p_version text, p_id text, p_number int,
                                 p_called_in_on date, p_called_by text, p_reason text, p_body text,
                                 p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    d endorsement_decision := call_in_decision(p_pledge, version_number(p_version), p_id, p_number,
                                               p_etag);
BEGIN
    IF d.effective_on = d.decided_on THEN
        PERFORM fail('PL412', 'It took effect at once: there are no days of call-in.', 'number');
    ELSIF p_called_in_on IS NULL OR p_called_in_on > current_date
          OR p_called_in_on NOT BETWEEN d.decided_on AND d.effective_on THEN
        PERFORM fail('PL400', 'It can be called in from ' || d.decided_on || ' to ' || d.effective_on
            || ', not in the future.', 'called_in_on');
    ELSIF NOT EXISTS (SELECT FROM body AS b WHERE b.authority_id = app_authority()
                         AND b.body_id = p_body) THEN
        PERFORM fail('PL404', 'There is no body ' || p_body || '.', 'body');
    END IF;
    INSERT INTO endorsement_call_in (authority_id, pledge_id, version_number, endorsement_id, number,
                                     called_in_on, called_by, reason, body_id)
    VALUES (app_authority(), p_pledge, version_number(p_version), p_id, p_number, p_called_in_on,
            p_called_by, p_reason, p_body)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL412', 'Decision ' || p_number || ' was called in already.', 'number');
    END IF;
END
$$;

CREATE FUNCTION call_in_decide(p_pledge text, p_version text, p_id text, p_number int, p_outcome text,
                               p_body text, p_meeting text, p_minute_ref text, p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    d endorsement_decision := call_in_decision(p_pledge, version_number(p_version), p_id, p_number,
                                               p_etag);
    c record;
    v_held_on date;
BEGIN
    SELECT i.*, b.display_name INTO c FROM endorsement_call_in AS i
      JOIN body AS b ON b.authority_id = i.authority_id AND b.body_id = i.body_id
     WHERE i.authority_id = app_authority() AND i.pledge_id = p_pledge
       AND i.version_number = d.version_number AND i.endorsement_id = p_id AND i.number = p_number;
    IF NOT FOUND THEN
        PERFORM fail('PL412', 'Decision ' || p_number || ' is not called in.', 'number');
    ELSIF c.body_id <> p_body THEN
        PERFORM fail('PL412', 'It went to ' || c.display_name || '.', 'meeting');
    END IF;
    SELECT m.held_on INTO v_held_on FROM meeting AS m
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting;
    IF NOT FOUND THEN
        PERFORM fail('PL400', 'There is no such meeting. Add it first.', 'meeting');
    ELSIF v_held_on > current_date OR v_held_on < c.called_in_on THEN
        PERFORM fail('PL400', 'The meeting was from ' || c.called_in_on || ' to today.', 'meeting');
    END IF;
    INSERT INTO endorsement_call_in_outcome (authority_id, pledge_id, version_number, endorsement_id,
                                             number, body_id, meeting_id, decided_on, outcome,
                                             minute_ref)
    VALUES (app_authority(), p_pledge, d.version_number, p_id, p_number, p_body, p_meeting, v_held_on,
            p_outcome, p_minute_ref)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL412', 'What becomes of it is decided.', 'number');
    END IF;
END
$$;

-- Text that changes on the way is the next draft, of the last decision where that one amended it.
CREATE FUNCTION version_drafted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
BEGIN
    SELECT s.endorsement_id, s.last_draft, d.number, d.decided_on INTO v
      FROM endorsement_now() AS s
      LEFT JOIN endorsement_decision AS d ON d.authority_id = NEW.authority_id
       AND d.pledge_id = s.pledge_id AND d.version_number = s.version_number
       AND d.endorsement_id = s.endorsement_id AND d.number = s.last_decision AND d.kind = 'amend'
     WHERE s.pledge_id = NEW.pledge_id AND s.version_number = NEW.version_number
       AND (s.state = 'under_way' OR s.state = 'approved' AND d.number IS NOT NULL)
       AND s.content_hash
           <> encode(sha256(version_content(NEW.pledge_id, NEW.version_number)), 'hex')
     ORDER BY s.state DESC LIMIT 1;
    IF FOUND THEN
        PERFORM endorsement_draft_add(NEW.pledge_id, NEW.version_number, v.endorsement_id,
            v.last_draft + 1, coalesce(v.decided_on, current_date), v.number);
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER version_drafted AFTER UPDATE ON version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'draft')
    EXECUTE FUNCTION version_drafted();

-- A version that was put on a route is adopted when its last one has ended approved, as it was approved.
CREATE FUNCTION version_endorsed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
BEGIN
    SELECT s.*, d.body_id AS approver, b.display_name AS approver_name INTO v
      FROM endorsement_now() AS s
      LEFT JOIN endorsement_decision AS d ON d.authority_id = NEW.authority_id
       AND d.pledge_id = s.pledge_id AND d.version_number = s.version_number
       AND d.endorsement_id = s.endorsement_id AND d.number = s.last_decision
      LEFT JOIN body AS b ON b.authority_id = d.authority_id AND b.body_id = d.body_id
     WHERE s.pledge_id = NEW.pledge_id AND s.version_number = NEW.version_number
     ORDER BY s.ended_on DESC NULLS FIRST LIMIT 1;
    IF NOT FOUND THEN
        RETURN NEW;
    ELSIF v.state = 'under_way' THEN
        PERFORM fail('PL412', 'The version is on its way: it waits for ' || v.body_display_name
            || ' since ' || v.waiting_since || '.', 'name');
    ELSIF v.state = 'rejected' THEN
        PERFORM fail('PL412', 'The version was rejected by ' || v.approver_name || ' on ' || v.ended_on
            || '.', 'name');
    ELSIF v.content_hash <> NEW.content_hash THEN
        PERFORM fail('PL412', 'The text is not the one that ' || v.approver_name || ' approved.',
            'name');
    ELSIF v.approver <> NEW.adopted_by THEN
        PERFORM fail('PL400', 'It was approved by ' || v.approver_name || '.', 'adopted_by');
    ELSIF NEW.adopted_on < v.effective_on THEN
        PERFORM fail('PL400', 'The approval takes effect on ' || v.effective_on || '.', 'adopted_on');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER version_endorsed BEFORE UPDATE ON version FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state = 'adopted') EXECUTE FUNCTION version_endorsed();

COMMIT;
