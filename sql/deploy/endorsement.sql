-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:endorsement to pg
-- Endorsements: a version of a pledge on its route from body to body. Meetings, notices, decisions and
-- drafts are facts: they are only ever added, and carry the day they happened on and when they were
-- recorded. Where a version stood on a day follows from the last decision of that day or before that was
-- not withdrawn by then. Words of the field:
--   notice   a key decision is announced on the forward plan, 28 days before it is taken
--   draft    the text of the version as bodies see it; what a body amends becomes the next draft
--   call-in  days in which a decision may be called in before it takes effect; one that is waits for the
--            body that it goes to, which lets it stand or sends it back to who took it
--   stall    a version that waits at a step for longer than its route allows
--   withdrawal   of a decision that was recorded wrongly
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE meeting (
    authority_id text COLLATE "C" NOT NULL,
    body_id      text COLLATE "C" NOT NULL,
    meeting_id   text COLLATE "C" NOT NULL,
    held_on      date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meeting_meeting_id_unique PRIMARY KEY (authority_id, body_id, meeting_id),
    CONSTRAINT meeting_parent_exists FOREIGN KEY (authority_id, body_id) REFERENCES body,
    CONSTRAINT meeting_meeting_id_form CHECK (is_id(meeting_id))
);
COMMENT ON CONSTRAINT meeting_meeting_id_unique ON meeting
    IS 'meeting_id: is already the identifier of another meeting of the body';
COMMENT ON CONSTRAINT meeting_parent_exists ON meeting IS 'parent: names no body';
COMMENT ON CONSTRAINT meeting_meeting_id_form ON meeting
    IS 'meeting_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';

CREATE TABLE endorsement (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    endorsement_id text COLLATE "C" NOT NULL,
    route_id       text COLLATE "C" NOT NULL,
    route_revision int NOT NULL,
    started_on     date NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endorsement_endorsement_id_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, endorsement_id),
    CONSTRAINT endorsement_parent_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT endorsement_route_exists
        FOREIGN KEY (authority_id, route_id, route_revision) REFERENCES route,
    CONSTRAINT endorsement_endorsement_id_form CHECK (is_id(endorsement_id))
);
COMMENT ON CONSTRAINT endorsement_endorsement_id_unique ON endorsement
    IS 'endorsement_id: is already the identifier of another endorsement of the version';
COMMENT ON CONSTRAINT endorsement_parent_exists ON endorsement IS 'parent: names no version';
COMMENT ON CONSTRAINT endorsement_route_exists ON endorsement IS 'route: names no route';
COMMENT ON CONSTRAINT endorsement_endorsement_id_form ON endorsement
    IS 'endorsement_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
CREATE INDEX endorsement_route ON endorsement (authority_id, route_id, route_revision);

CREATE TABLE endorsement_draft (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    endorsement_id text COLLATE "C" NOT NULL,
    draft          int NOT NULL,
    content        bytea NOT NULL,
    content_hash   text NOT NULL,
    drafted_on     date NOT NULL,
    amended_by     int,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endorsement_draft_draft_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, endorsement_id, draft),
    CONSTRAINT endorsement_draft_endorsement_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, endorsement_id)
        REFERENCES endorsement,
    CONSTRAINT endorsement_draft_draft_range CHECK (draft >= 1),
    CONSTRAINT endorsement_draft_content_hash_form CHECK (content_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON CONSTRAINT endorsement_draft_draft_unique ON endorsement_draft
    IS 'draft: another draft came at the same moment';
COMMENT ON CONSTRAINT endorsement_draft_endorsement_exists ON endorsement_draft
    IS 'endorsement: is no endorsement';
COMMENT ON CONSTRAINT endorsement_draft_draft_range ON endorsement_draft IS 'draft: counts from 1';
COMMENT ON CONSTRAINT endorsement_draft_content_hash_form ON endorsement_draft
    IS 'content_hash: must be 64 lower case hexadecimal digits';

CREATE TABLE endorsement_notice (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    endorsement_id text COLLATE "C" NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    meeting_id     text COLLATE "C" NOT NULL,
    published_on   date NOT NULL,
    urgency_reason text NOT NULL DEFAULT '',
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endorsement_notice_meeting_once PRIMARY KEY
        (authority_id, pledge_id, version_number, endorsement_id, body_id, meeting_id),
    CONSTRAINT endorsement_notice_endorsement_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, endorsement_id)
        REFERENCES endorsement,
    CONSTRAINT endorsement_notice_meeting_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES meeting,
    CONSTRAINT endorsement_notice_urgency_reason_length CHECK (char_length(urgency_reason) <= 2000)
);
COMMENT ON CONSTRAINT endorsement_notice_meeting_once ON endorsement_notice
    IS 'meeting: has a notice of it already';
COMMENT ON CONSTRAINT endorsement_notice_endorsement_exists ON endorsement_notice
    IS 'parent: names no endorsement';
COMMENT ON CONSTRAINT endorsement_notice_meeting_exists ON endorsement_notice
    IS 'meeting: names no meeting';
COMMENT ON CONSTRAINT endorsement_notice_urgency_reason_length ON endorsement_notice
    IS 'urgency_reason: must have at most 2000 characters';
CREATE INDEX endorsement_notice_meeting ON endorsement_notice (authority_id, body_id, meeting_id);

CREATE TABLE endorsement_decision (
    authority_id    text COLLATE "C" NOT NULL,
    pledge_id       text COLLATE "C" NOT NULL,
    version_number  int NOT NULL,
    endorsement_id  text COLLATE "C" NOT NULL,
    number          int NOT NULL,
    step_id         text COLLATE "C" NOT NULL,
    body_id         text COLLATE "C" NOT NULL,
    meeting_id      text COLLATE "C" NOT NULL,
    decided_on      date NOT NULL,
    kind            text NOT NULL,
    minute_ref      text NOT NULL,
    recommendation  text NOT NULL,
    vote_taken      boolean NOT NULL,
    votes_for       int NOT NULL,
    votes_against   int NOT NULL,
    votes_abstained int NOT NULL,
    key_decision    boolean NOT NULL,
    call_in_waiver  text NOT NULL,
    effective_on    date NOT NULL,
    leads_to        text NOT NULL,
    to_step_id      text COLLATE "C",
    draft           int NOT NULL,
    waiting_since   date NOT NULL,
    days_allowed    int NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endorsement_decision_etag_latest
        PRIMARY KEY (authority_id, pledge_id, version_number, endorsement_id, number),
    CONSTRAINT endorsement_decision_draft_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, endorsement_id, draft)
        REFERENCES endorsement_draft,
    CONSTRAINT endorsement_decision_meeting_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES meeting,
    CONSTRAINT endorsement_decision_kind_known CHECK (kind IN
        ('endorse', 'approve', 'amend', 'refer_back', 'refer_on', 'note', 'reject')),
    CONSTRAINT endorsement_decision_minute_ref_length
        CHECK (is_said(minute_ref) AND char_length(minute_ref) <= 60),
    CONSTRAINT endorsement_decision_recommendation_length
        CHECK (is_said(recommendation) AND char_length(recommendation) <= 2000),
    CONSTRAINT endorsement_decision_votes_for_range CHECK (votes_for BETWEEN 0 AND 1000),
    CONSTRAINT endorsement_decision_votes_against_range CHECK (votes_against BETWEEN 0 AND 1000),
    CONSTRAINT endorsement_decision_votes_abstained_range
        CHECK (votes_abstained BETWEEN 0 AND 1000),
    CONSTRAINT endorsement_decision_vote_taken_votes
        CHECK (vote_taken = (votes_for + votes_against + votes_abstained > 0)),
    CONSTRAINT endorsement_decision_call_in_waiver_length
        CHECK (char_length(call_in_waiver) <= 2000),
    CONSTRAINT endorsement_decision_leads_to_known
        CHECK (leads_to IN ('step', 'stay', 'approved', 'rejected'))
);
COMMENT ON CONSTRAINT endorsement_decision_etag_latest ON endorsement_decision
    IS 'etag: another decision was recorded at the same moment';
COMMENT ON CONSTRAINT endorsement_decision_draft_exists ON endorsement_decision
    IS 'draft: is no draft';
COMMENT ON CONSTRAINT endorsement_decision_meeting_exists ON endorsement_decision
    IS 'decision.meeting: names no meeting';
COMMENT ON CONSTRAINT endorsement_decision_kind_known ON endorsement_decision
    IS 'decision.kind: must be endorse, approve, amend, refer back, refer on, note or reject';
COMMENT ON CONSTRAINT endorsement_decision_minute_ref_length ON endorsement_decision
    IS 'decision.minute_ref: must have 1 to 60 characters';
COMMENT ON CONSTRAINT endorsement_decision_recommendation_length ON endorsement_decision
    IS 'decision.recommendation: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT endorsement_decision_votes_for_range ON endorsement_decision
    IS 'decision.votes_for: must be 0 to 1000';
COMMENT ON CONSTRAINT endorsement_decision_votes_against_range ON endorsement_decision
    IS 'decision.votes_against: must be 0 to 1000';
COMMENT ON CONSTRAINT endorsement_decision_votes_abstained_range ON endorsement_decision
    IS 'decision.votes_abstained: must be 0 to 1000';
COMMENT ON CONSTRAINT endorsement_decision_vote_taken_votes ON endorsement_decision
    IS 'decision.vote_taken: is set where there are votes, and only there';
COMMENT ON CONSTRAINT endorsement_decision_call_in_waiver_length ON endorsement_decision
    IS 'decision.call_in_waiver: must have at most 2000 characters';
COMMENT ON CONSTRAINT endorsement_decision_leads_to_known ON endorsement_decision
    IS 'leads_to: must be step, stay, approved or rejected';
CREATE INDEX endorsement_decision_meeting
    ON endorsement_decision (authority_id, body_id, meeting_id);

CREATE TABLE endorsement_withdrawal (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    endorsement_id text COLLATE "C" NOT NULL,
    number         int NOT NULL,
    withdrawn_on   date NOT NULL,
    reason         text NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endorsement_withdrawal_number_once
        PRIMARY KEY (authority_id, pledge_id, version_number, endorsement_id, number),
    CONSTRAINT endorsement_withdrawal_decision_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, endorsement_id, number)
        REFERENCES endorsement_decision,
    CONSTRAINT endorsement_withdrawal_reason_length
        CHECK (is_said(reason) AND char_length(reason) <= 2000)
);
COMMENT ON TABLE endorsement_withdrawal IS 'Decisions that were recorded wrongly, and count no more from'
    ' the day on which that was found.';
COMMENT ON CONSTRAINT endorsement_withdrawal_number_once ON endorsement_withdrawal
    IS 'number: is withdrawn already';
COMMENT ON CONSTRAINT endorsement_withdrawal_decision_exists ON endorsement_withdrawal
    IS 'number: is no decision';
COMMENT ON CONSTRAINT endorsement_withdrawal_reason_length ON endorsement_withdrawal
    IS 'reason: must have 1 to 2000 characters';

CREATE TABLE endorsement_call_in (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    endorsement_id text COLLATE "C" NOT NULL,
    number         int NOT NULL,
    called_in_on   date NOT NULL,
    called_by      text NOT NULL,
    reason         text NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endorsement_call_in_number_once
        PRIMARY KEY (authority_id, pledge_id, version_number, endorsement_id, number),
    CONSTRAINT endorsement_call_in_decision_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, endorsement_id, number)
        REFERENCES endorsement_decision,
    CONSTRAINT endorsement_call_in_body_exists FOREIGN KEY (authority_id, body_id) REFERENCES body,
    CONSTRAINT endorsement_call_in_called_by_length
        CHECK (is_said(called_by) AND char_length(called_by) <= 200),
    CONSTRAINT endorsement_call_in_reason_length
        CHECK (is_said(reason) AND char_length(reason) <= 2000)
);
COMMENT ON TABLE endorsement_call_in IS 'Decisions that were called in, and the body that it went to.';
COMMENT ON CONSTRAINT endorsement_call_in_number_once ON endorsement_call_in
    IS 'number: is called in already';
COMMENT ON CONSTRAINT endorsement_call_in_decision_exists ON endorsement_call_in
    IS 'number: is no decision';
COMMENT ON CONSTRAINT endorsement_call_in_body_exists ON endorsement_call_in
    IS 'body: names no body';
COMMENT ON CONSTRAINT endorsement_call_in_called_by_length ON endorsement_call_in
    IS 'called_by: must have 1 to 200 characters';
COMMENT ON CONSTRAINT endorsement_call_in_reason_length ON endorsement_call_in
    IS 'reason: must have 1 to 2000 characters';
CREATE INDEX endorsement_call_in_body ON endorsement_call_in (authority_id, body_id);

CREATE TABLE endorsement_call_in_outcome (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    endorsement_id text COLLATE "C" NOT NULL,
    number         int NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    meeting_id     text COLLATE "C" NOT NULL,
    decided_on     date NOT NULL,
    outcome        text NOT NULL,
    minute_ref     text NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endorsement_call_in_outcome_number_once
        PRIMARY KEY (authority_id, pledge_id, version_number, endorsement_id, number),
    CONSTRAINT endorsement_call_in_outcome_call_in_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, endorsement_id, number)
        REFERENCES endorsement_call_in,
    CONSTRAINT endorsement_call_in_outcome_meeting_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES meeting,
    CONSTRAINT endorsement_call_in_outcome_outcome_known
        CHECK (outcome IN ('stands', 'referred_back')),
    CONSTRAINT endorsement_call_in_outcome_minute_ref_length
        CHECK (is_said(minute_ref) AND char_length(minute_ref) <= 60)
);
COMMENT ON TABLE endorsement_call_in_outcome IS 'What became of decisions that were called in.';
COMMENT ON CONSTRAINT endorsement_call_in_outcome_number_once ON endorsement_call_in_outcome
    IS 'number: is decided already';
COMMENT ON CONSTRAINT endorsement_call_in_outcome_call_in_exists ON endorsement_call_in_outcome
    IS 'number: is not called in';
COMMENT ON CONSTRAINT endorsement_call_in_outcome_meeting_exists ON endorsement_call_in_outcome
    IS 'meeting: names no meeting';
COMMENT ON CONSTRAINT endorsement_call_in_outcome_outcome_known ON endorsement_call_in_outcome
    IS 'outcome: must be stands or referred back';
COMMENT ON CONSTRAINT endorsement_call_in_outcome_minute_ref_length ON endorsement_call_in_outcome
    IS 'minute_ref: must have 1 to 60 characters';
CREATE INDEX endorsement_call_in_outcome_meeting
    ON endorsement_call_in_outcome (authority_id, body_id, meeting_id);

DO $$ BEGIN PERFORM tenant_tables('{meeting,endorsement,endorsement_draft,endorsement_notice,'
        'endorsement_decision,endorsement_withdrawal,endorsement_call_in,'
        'endorsement_call_in_outcome}'); END $$;

CREATE VIEW meeting_resource WITH (security_invoker = true) AS
    SELECT m.authority_id, m.body_id, m.meeting_id,
           'authorities/' || m.authority_id || '/bodies/' || m.body_id || '/meetings/'
               || m.meeting_id AS name, m.held_on, m.recorded_at AS create_time
      FROM meeting AS m;
COMMENT ON VIEW meeting_resource IS 'Meetings as the API shows them';

CREATE VIEW notice_resource WITH (security_invoker = true) AS
    SELECT n.authority_id, n.pledge_id, n.version_number, n.endorsement_id, n.body_id, n.meeting_id,
           'authorities/' || n.authority_id || '/pledges/' || n.pledge_id || '/versions/'
               || n.version_number || '/endorsements/' || n.endorsement_id AS endorsement,
           p.title AS pledge_title,
           'authorities/' || n.authority_id || '/bodies/' || n.body_id || '/meetings/'
               || n.meeting_id AS meeting,
           b.display_name AS body_display_name, m.held_on, n.published_on,
           m.held_on - n.published_on AS days_of_notice, n.urgency_reason
      FROM endorsement_notice AS n
      JOIN pledge AS p ON p.authority_id = n.authority_id AND p.pledge_id = n.pledge_id
      JOIN body AS b ON b.authority_id = n.authority_id AND b.body_id = n.body_id
      JOIN meeting AS m ON m.authority_id = n.authority_id AND m.body_id = n.body_id
       AND m.meeting_id = n.meeting_id;
COMMENT ON VIEW notice_resource IS 'Notices of key decisions as the API shows them';

CREATE FUNCTION notice_days() RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 28 $$;
COMMENT ON FUNCTION notice_days()
    IS 'Days from the notice of a key decision to the decision (S.I. 2012/2089, regulation 9).';

-- Decisions that were taken by a day and not withdrawn by then, by what was recorded by the end of another.
CREATE FUNCTION decisions_held(p_as_at date, p_known_on date) RETURNS SETOF endorsement_decision
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT d.* FROM endorsement_decision AS d
     WHERE d.authority_id = app_authority() AND d.decided_on <= p_as_at
       AND d.recorded_at::date <= p_known_on
       AND NOT EXISTS (SELECT FROM endorsement_withdrawal AS w
            WHERE w.authority_id = d.authority_id AND w.pledge_id = d.pledge_id
              AND w.version_number = d.version_number AND w.endorsement_id = d.endorsement_id
              AND w.number = d.number AND w.withdrawn_on <= p_as_at
              AND w.recorded_at::date <= p_known_on)
$$;
COMMENT ON FUNCTION decisions_held(date, date) IS 'The decisions that counted on a day.';

-- How each endorsement of the authority stood on a day, by what was recorded by the end of another.
CREATE FUNCTION endorsement_standing(p_as_at date, p_known_on date)
RETURNS TABLE (
    pledge_id text, version_number int, endorsement_id text, name text, version text, route text,
    route_revision int, started_on date, state text, step_id text, body_id text, body text,
    body_display_name text, waiting_since date, days_waited int, days_allowed int, stalled boolean,
    days_over int, ended_on date, effective_on date, decision_count int, last_decision int,
    last_draft int, content_hash text, create_time timestamptz, etag text, called_in boolean)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH held AS MATERIALIZED (SELECT * FROM decisions_held(p_as_at, p_known_on)),
    changes AS MATERIALIZED (
        SELECT f.pledge_id, f.version_number, f.endorsement_id, count(*)::int AS count
          FROM (SELECT d.pledge_id, d.version_number, d.endorsement_id FROM endorsement_decision AS d
                 WHERE d.authority_id = app_authority()
                UNION ALL
                SELECT w.pledge_id, w.version_number, w.endorsement_id FROM endorsement_withdrawal AS w
                 WHERE w.authority_id = app_authority()
                UNION ALL
                SELECT c.pledge_id, c.version_number, c.endorsement_id FROM endorsement_call_in AS c
                 WHERE c.authority_id = app_authority()
                UNION ALL
                SELECT o.pledge_id, o.version_number, o.endorsement_id
                  FROM endorsement_call_in_outcome AS o WHERE o.authority_id = app_authority()) AS f
         GROUP BY f.pledge_id, f.version_number, f.endorsement_id)
    SELECT e.pledge_id, e.version_number, e.endorsement_id, v.name || '/endorsements/'
               || e.endorsement_id, v.name, 'authorities/' || e.authority_id || '/routes/' || e.route_id,
           e.route_revision, e.started_on, w.state, coalesce(s.step_id, ''), b.body_id,
           coalesce('authorities/' || e.authority_id || '/bodies/' || b.body_id, ''),
           coalesce(b.display_name, ''), x.since, x.waited, y.allowed,
           x.over > 0, greatest(x.over, 0), CASE WHEN s.step_id IS NULL THEN d.decided_on END,
           CASE w.state WHEN 'approved' THEN greatest(d.effective_on, o.decided_on) END,
           (SELECT count(*) FROM held AS h
             WHERE h.pledge_id = e.pledge_id AND h.version_number = e.version_number
               AND h.endorsement_id = e.endorsement_id)::int,
           coalesce(d.number, 0), f.draft, f.content_hash, e.recorded_at,
           etag(coalesce(n.count, 0) + 1), w.called_in
      FROM endorsement AS e
     CROSS JOIN LATERAL (SELECT 'authorities/' || e.authority_id || '/pledges/' || e.pledge_id
               || '/versions/' || e.version_number AS name) AS v
      LEFT JOIN LATERAL (
        SELECT c.* FROM held AS c
         WHERE c.pledge_id = e.pledge_id AND c.version_number = e.version_number
           AND c.endorsement_id = e.endorsement_id
         ORDER BY c.number DESC LIMIT 1) AS d ON true
      LEFT JOIN changes AS n ON n.pledge_id = e.pledge_id AND n.version_number = e.version_number
       AND n.endorsement_id = e.endorsement_id
      LEFT JOIN endorsement_call_in AS c ON c.authority_id = e.authority_id
       AND c.pledge_id = e.pledge_id AND c.version_number = e.version_number
       AND c.endorsement_id = e.endorsement_id AND c.number = d.number
       AND c.called_in_on <= p_as_at AND c.recorded_at::date <= p_known_on
      LEFT JOIN endorsement_call_in_outcome AS o ON o.authority_id = c.authority_id
       AND o.pledge_id = c.pledge_id AND o.version_number = c.version_number
       AND o.endorsement_id = c.endorsement_id AND o.number = c.number
       AND o.decided_on <= p_as_at AND o.recorded_at::date <= p_known_on
     CROSS JOIN LATERAL (SELECT c.number IS NOT NULL AND o.number IS NULL AS called_in,
               c.number IS NOT NULL AND o.outcome IS DISTINCT FROM 'stands' AS undone) AS u
     CROSS JOIN LATERAL (SELECT CASE WHEN NOT u.undone AND d.leads_to IN ('approved', 'rejected')
               THEN d.leads_to ELSE 'under_way' END AS state, u.called_in) AS w
      LEFT JOIN route_step AS s ON s.authority_id = e.authority_id AND s.route_id = e.route_id
       AND s.route_revision = e.route_revision AND w.state = 'under_way'
       AND CASE WHEN d.number IS NULL THEN s.position = 1 WHEN u.undone THEN s.step_id = d.step_id
                ELSE s.step_id = d.to_step_id END
      LEFT JOIN body AS b ON b.authority_id = s.authority_id
       AND b.body_id = CASE WHEN w.called_in THEN c.body_id ELSE s.body_id END
     CROSS JOIN LATERAL (SELECT CASE WHEN s.step_id IS NULL THEN NULL
               WHEN d.number IS NULL THEN e.started_on
               WHEN w.called_in THEN c.called_in_on WHEN o.number IS NOT NULL THEN o.decided_on
               WHEN d.leads_to = 'stay' THEN d.waiting_since ELSE d.decided_on END AS since,
               CASE WHEN w.called_in THEN 0 ELSE coalesce(s.days_allowed, 0) END AS allowed) AS y
     CROSS JOIN LATERAL (SELECT y.since, coalesce(p_as_at - y.since, 0) AS waited,
               CASE WHEN y.allowed > 0 THEN coalesce(p_as_at - y.since - y.allowed, 0)
                    ELSE 0 END AS over) AS x
     CROSS JOIN LATERAL (
        SELECT c.draft, c.content_hash FROM endorsement_draft AS c
         WHERE c.authority_id = e.authority_id AND c.pledge_id = e.pledge_id
           AND c.version_number = e.version_number AND c.endorsement_id = e.endorsement_id
           AND (c.draft = 1 OR c.drafted_on <= p_as_at AND c.recorded_at::date <= p_known_on)
         ORDER BY c.draft DESC LIMIT 1) AS f
     WHERE e.authority_id = app_authority() AND e.started_on <= p_as_at
       AND e.recorded_at::date <= p_known_on;
END
$$;
COMMENT ON FUNCTION endorsement_standing(date, date)
    IS 'Where each endorsement stood at the end of a day, by what was known at the end of another.';

-- The decisions of one endorsement in order, as they looked on a day.
CREATE FUNCTION endorsement_history(p_pledge text, p_number int, p_id text, p_as_at date,
                                    p_known_on date)
RETURNS TABLE (
    number int, step_id text, body text, body_display_name text, meeting text, decided_on date,
    kind text, minute_ref text, recommendation text, vote_taken boolean, votes_for int,
    votes_against int, votes_abstained int, key_decision boolean, notice_on date,
    urgency_reason text, call_in_waiver text, effective_on date, leads_to text, to_step_id text,
    draft int, content_hash text, amended_draft int, amended_hash text, earlier_text boolean,
    waiting_since date, days_waited int, days_allowed int, stalled boolean,
    recorded_at timestamptz, withdrawn_on date, withdrawal_reason text, called_in_on date,
    called_in_by text, call_in_reason text, call_in_body text, call_in_outcome text,
    call_in_decided_on date, call_in_minute_ref text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH seen AS (
        SELECT f.draft, f.content_hash, f.amended_by FROM endorsement_draft AS f
         WHERE f.authority_id = app_authority() AND f.pledge_id = p_pledge
           AND f.version_number = p_number AND f.endorsement_id = p_id
           AND (f.draft = 1 OR f.drafted_on <= p_as_at AND f.recorded_at::date <= p_known_on)
    )
    SELECT d.number, d.step_id, 'authorities/' || d.authority_id || '/bodies/' || d.body_id,
           b.display_name, 'authorities/' || d.authority_id || '/bodies/' || d.body_id
               || '/meetings/' || d.meeting_id,
           d.decided_on, d.kind, d.minute_ref, d.recommendation, d.vote_taken, d.votes_for,
           d.votes_against, d.votes_abstained, d.key_decision, n.published_on,
           coalesce(n.urgency_reason, ''), d.call_in_waiver, d.effective_on, d.leads_to,
           coalesce(d.to_step_id, ''), d.draft, f.content_hash, coalesce(a.draft, 0),
           coalesce(a.content_hash, ''),
           (SELECT s.content_hash FROM seen AS s ORDER BY s.draft DESC LIMIT 1)
               <> coalesce(a.content_hash, f.content_hash),
           d.waiting_since, d.decided_on - d.waiting_since, d.days_allowed,
           d.days_allowed > 0 AND d.decided_on - d.waiting_since > d.days_allowed, d.recorded_at,
           w.withdrawn_on, coalesce(w.reason, ''), c.called_in_on, coalesce(c.called_by, ''),
           coalesce(c.reason, ''),
           coalesce('authorities/' || c.authority_id || '/bodies/' || c.body_id, ''),
           coalesce(o.outcome, ''), o.decided_on, coalesce(o.minute_ref, '')
      FROM endorsement_decision AS d
      JOIN body AS b ON b.authority_id = d.authority_id AND b.body_id = d.body_id
      JOIN endorsement_draft AS f ON f.authority_id = d.authority_id AND f.pledge_id = d.pledge_id
       AND f.version_number = d.version_number AND f.endorsement_id = d.endorsement_id
       AND f.draft = d.draft
      LEFT JOIN LATERAL (SELECT s.draft, s.content_hash FROM seen AS s
                          WHERE s.amended_by = d.number ORDER BY s.draft DESC LIMIT 1) AS a ON true
      LEFT JOIN endorsement_notice AS n ON n.authority_id = d.authority_id
       AND n.pledge_id = d.pledge_id AND n.version_number = d.version_number
       AND n.endorsement_id = d.endorsement_id AND n.body_id = d.body_id
       AND n.meeting_id = d.meeting_id AND d.key_decision
      LEFT JOIN endorsement_withdrawal AS w ON w.authority_id = d.authority_id
       AND w.pledge_id = d.pledge_id AND w.version_number = d.version_number
       AND w.endorsement_id = d.endorsement_id AND w.number = d.number
       AND w.withdrawn_on <= p_as_at AND w.recorded_at::date <= p_known_on
      LEFT JOIN endorsement_call_in AS c ON c.authority_id = d.authority_id
       AND c.pledge_id = d.pledge_id AND c.version_number = d.version_number
       AND c.endorsement_id = d.endorsement_id AND c.number = d.number
       AND c.called_in_on <= p_as_at AND c.recorded_at::date <= p_known_on
      LEFT JOIN endorsement_call_in_outcome AS o ON o.authority_id = c.authority_id
       AND o.pledge_id = c.pledge_id AND o.version_number = c.version_number
       AND o.endorsement_id = c.endorsement_id AND o.number = c.number
       AND o.decided_on <= p_as_at AND o.recorded_at::date <= p_known_on
     WHERE d.authority_id = app_authority() AND d.pledge_id = p_pledge
       AND d.version_number = p_number AND d.endorsement_id = p_id
       AND d.decided_on <= p_as_at AND d.recorded_at::date <= p_known_on
$$;
COMMENT ON FUNCTION endorsement_history(text, int, text, date, date)
    IS 'What bodies decided on a version by a day, and whether the text changed since.';

-- With all that is recorded, whatever its day.
CREATE FUNCTION endorsement_now() RETURNS TABLE (
    pledge_id text, version_number int, endorsement_id text, name text, route_id text,
    route_revision int, state text, step_id text, body_id text, body_display_name text,
    waiting_since date, days_allowed int, ended_on date, effective_on date, last_decision int,
    last_draft int, content_hash text, etag text, called_in boolean)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT s.pledge_id, s.version_number, s.endorsement_id, s.name, e.route_id, s.route_revision,
           s.state, s.step_id, s.body_id, s.body_display_name, s.waiting_since, s.days_allowed,
           s.ended_on, s.effective_on, s.last_decision, s.last_draft, s.content_hash, s.etag,
           s.called_in
      FROM endorsement_standing('9999-12-31', '9999-12-31') AS s
      JOIN endorsement AS e ON e.authority_id = app_authority() AND e.pledge_id = s.pledge_id
       AND e.version_number = s.version_number AND e.endorsement_id = s.endorsement_id
$$;

-- Key decisions that were announced by a day and not yet taken on it. place: to order them by.
CREATE FUNCTION forward_plan(p_as_at date)
RETURNS TABLE (place text, endorsement text, pledge_title text, meeting text, body_display_name text,
               held_on date, published_on date, days_of_notice int, urgency_reason text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT n.held_on || ' ' || n.meeting || ' ' || n.endorsement, n.endorsement, n.pledge_title,
           n.meeting, n.body_display_name, n.held_on, n.published_on, n.days_of_notice,
           n.urgency_reason
      FROM notice_resource AS n
     WHERE n.authority_id = app_authority() AND n.published_on <= p_as_at AND n.held_on >= p_as_at
       AND NOT EXISTS (SELECT FROM decisions_held(p_as_at, '9999-12-31') AS d
            WHERE d.pledge_id = n.pledge_id AND d.version_number = n.version_number
              AND d.endorsement_id = n.endorsement_id AND d.body_id = n.body_id
              AND d.meeting_id = n.meeting_id)
$$;

-- Versions that had waited too long on a day. place: to order them by, the longest over first.
CREATE FUNCTION stalls(p_as_at date)
RETURNS TABLE (place text, endorsement text, pledge_title text, body text, body_display_name text,
               waiting_since date, days_waited int, days_allowed int, days_over int)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT to_char(9999999 - s.days_over, 'FM0000000') || ' ' || s.name, s.name, p.title, s.body,
           s.body_display_name, s.waiting_since, s.days_waited, s.days_allowed, s.days_over
      FROM endorsement_standing(p_as_at, '9999-12-31') AS s
      JOIN pledge AS p ON p.authority_id = app_authority() AND p.pledge_id = s.pledge_id
     WHERE s.stalled
$$;

CREATE FUNCTION meeting_create(p_body text, p_id text, p_held_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM body WHERE authority_id = app_authority() AND body_id = p_body) THEN
        PERFORM fail('PL404', 'There is no body ' || p_body || '.', 'parent');
    ELSIF p_held_on IS NULL THEN
        PERFORM fail('PL400', 'Say on which day, as YYYY-MM-DD.', 'meeting.held_on');
    END IF;
    INSERT INTO meeting (authority_id, body_id, meeting_id, held_on)
    VALUES (app_authority(), p_body, p_id, p_held_on) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'The body has a meeting ' || p_id || ' already.', 'meeting_id');
    END IF;
END
$$;

CREATE FUNCTION endorsement_draft_add(p_pledge text, p_number int, p_id text, p_draft int, p_on date,
                                      p_amended_by int) RETURNS void
LANGUAGE sql SET search_path = pledge, pg_temp
AS $$
    INSERT INTO endorsement_draft (authority_id, pledge_id, version_number, endorsement_id, draft,
                                   content, content_hash, drafted_on, amended_by)
    SELECT app_authority(), p_pledge, p_number, p_id, p_draft, c, encode(sha256(c), 'hex'), p_on,
           p_amended_by
      FROM version_content(p_pledge, p_number) AS c
$$;

CREATE FUNCTION endorsement_start(p_pledge text, p_version text, p_id text, p_route text,
                                  p_started_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v_revision int := route_latest(p_route);
    v_last record;
BEGIN
    PERFORM FROM version WHERE authority_id = app_authority() AND pledge_id = p_pledge
        AND version_number = v_number FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such version.', 'parent');
    ELSIF v_revision IS NULL THEN
        PERFORM fail('PL400', 'There is no route ' || p_route || '.', 'endorsement.route');
    ELSIF p_started_on IS NULL OR p_started_on > current_date THEN
        PERFORM fail('PL400', 'Say on which day it began, as YYYY-MM-DD, today or earlier.',
            'endorsement.started_on');
    ELSIF EXISTS (SELECT FROM endorsement AS e WHERE e.authority_id = app_authority()
                     AND e.pledge_id = p_pledge AND e.version_number = v_number
                     AND e.endorsement_id = p_id) THEN
        PERFORM fail('PL409', 'The version has an endorsement ' || p_id || ' already.',
            'endorsement_id');
    ELSIF version_gaps(p_pledge, v_number) <> '[]' THEN
        PERFORM fail('PL412', 'The draft has outcomes without statements. Complete it first.', 'parent');
    END IF;
    SELECT s.name, s.state, s.ended_on INTO v_last FROM endorsement_now() AS s
     WHERE s.pledge_id = p_pledge AND s.version_number = v_number
       AND (s.state = 'under_way' OR s.ended_on > p_started_on) LIMIT 1;
    IF FOUND AND v_last.state = 'under_way' THEN
        PERFORM fail('PL412', 'The version is under way already: ' || v_last.name || '.', 'parent');
    ELSIF FOUND THEN
        PERFORM fail('PL400', 'It cannot begin before the one before it ended, ' || v_last.ended_on
            || '.', 'endorsement.started_on');
    END IF;
    INSERT INTO endorsement (authority_id, pledge_id, version_number, endorsement_id, route_id,
                             route_revision, started_on)
    VALUES (app_authority(), p_pledge, v_number, p_id, p_route, v_revision, p_started_on);
    PERFORM endorsement_draft_add(p_pledge, v_number, p_id, 1, p_started_on, NULL);
END
$$;

COMMIT;
