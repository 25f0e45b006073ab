-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:return to pg
-- Returns. A submission, its progress and the moves made with it are facts: they are only ever
-- added. Where a return stands follows from its latest submission and that one's latest move; what
-- counts is the latest that was certified, and as long as none was, the latest.
--
-- The content of a submission, whose SHA-256 is recorded, is written like a version's:
--   pledge-return   2
--   authority, round, owner, submission, received_on     one line each
--   progress        commitment, rating, narrative, reason, measure, day, evidence, confirmation
--                   (in order)
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE return_submission (
    authority_id text COLLATE "C" NOT NULL,
    round_id     text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    submission   int NOT NULL,
    received_on  date NOT NULL,
    content_hash text NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT return_submission_etag_latest
        PRIMARY KEY (authority_id, round_id, owner_id, submission),
    CONSTRAINT return_submission_parent_exists FOREIGN KEY (authority_id, round_id)
        REFERENCES round,
    CONSTRAINT return_submission_owner_exists FOREIGN KEY (authority_id, owner_id)
        REFERENCES owner,
    CONSTRAINT return_submission_submission_range CHECK (submission >= 1),
    CONSTRAINT return_submission_content_hash_form CHECK (content_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON CONSTRAINT return_submission_etag_latest ON return_submission
    IS 'etag: another submission came at the same moment';
COMMENT ON CONSTRAINT return_submission_parent_exists ON return_submission
    IS 'parent: names no round';
COMMENT ON CONSTRAINT return_submission_owner_exists ON return_submission
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT return_submission_submission_range ON return_submission
    IS 'submission: counts from 1';
COMMENT ON CONSTRAINT return_submission_content_hash_form ON return_submission
    IS 'content_hash: must be 64 lower case hexadecimal digits';

CREATE TABLE progress (
    authority_id  text COLLATE "C" NOT NULL,
    round_id      text COLLATE "C" NOT NULL,
    owner_id      text COLLATE "C" NOT NULL,
    submission    int NOT NULL,
    commitment_id text COLLATE "C" NOT NULL,
    position      int NOT NULL,
    rating        text NOT NULL,
    narrative     text NOT NULL DEFAULT '',
    reason        text NOT NULL DEFAULT '',
    measure_value text NOT NULL DEFAULT '',
    actual_on     date,
    evidence      text NOT NULL DEFAULT '',
    confirmation  text NOT NULL DEFAULT '',
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT progress_commitment_id_once
        PRIMARY KEY (authority_id, round_id, owner_id, submission, commitment_id),
    CONSTRAINT progress_return_exists FOREIGN KEY (authority_id, round_id, owner_id, submission)
        REFERENCES return_submission,
    CONSTRAINT progress_commitment_id_exists FOREIGN KEY (authority_id, commitment_id)
        REFERENCES commitment,
    CONSTRAINT progress_progress_count CHECK (position BETWEEN 1 AND 500),
    CONSTRAINT progress_rating_known CHECK (rating IN ('red', 'amber', 'green')),
    CONSTRAINT progress_narrative_length CHECK (char_length(narrative) <= 4000),
    CONSTRAINT progress_reason_length CHECK (char_length(reason) <= 2000),
    CONSTRAINT progress_reason_needed CHECK (rating = 'green' OR is_said(reason)),
    CONSTRAINT progress_measure_value_length CHECK (char_length(measure_value) <= 200),
    CONSTRAINT progress_actual_on_past CHECK (actual_on <= recorded_at::date),
    CONSTRAINT progress_evidence_length CHECK (char_length(evidence) <= 1000),
    CONSTRAINT progress_confirmation_length CHECK (char_length(confirmation) <= 1000)
);
COMMENT ON CONSTRAINT progress_commitment_id_once ON progress
    IS 'commitment_id: is in the return twice';
COMMENT ON CONSTRAINT progress_return_exists ON progress IS 'return: is no return';
COMMENT ON CONSTRAINT progress_commitment_id_exists ON progress
    IS 'commitment_id: names no commitment';
COMMENT ON CONSTRAINT progress_progress_count ON progress
    IS 'progress: a return answers for at most 500 commitments';
COMMENT ON CONSTRAINT progress_rating_known ON progress
    IS 'rating: must be red, amber or green';
COMMENT ON CONSTRAINT progress_narrative_length ON progress
    IS 'narrative: must have at most 4000 characters';
COMMENT ON CONSTRAINT progress_reason_length ON progress
    IS 'reason: must have at most 2000 characters';
COMMENT ON CONSTRAINT progress_reason_needed ON progress
    IS 'reason: must say why the rating is below green';
COMMENT ON CONSTRAINT progress_measure_value_length ON progress
    IS 'measure_value: must have at most 200 characters';
COMMENT ON CONSTRAINT progress_actual_on_past ON progress
    IS 'actual_on: must not be in the future';
COMMENT ON CONSTRAINT progress_evidence_length ON progress
    IS 'evidence: must have at most 1000 characters';
COMMENT ON CONSTRAINT progress_confirmation_length ON progress
    IS 'confirmation: must have at most 1000 characters';

-- What may be done with a return that was received, and by whom.
CREATE TABLE return_move_kind (
    kind        text NOT NULL,
    from_states text[] NOT NULL,
    by_owner    boolean NOT NULL,
    CONSTRAINT return_move_kind_kind_once PRIMARY KEY (kind)
);
COMMENT ON TABLE return_move_kind
    IS 'by_owner: a department''s director may, for the own department; otherwise officers only';
COMMENT ON CONSTRAINT return_move_kind_kind_once ON return_move_kind IS 'kind: is there already';
INSERT INTO return_move_kind (kind, from_states, by_owner) VALUES
('certified', '{submitted,resubmitted}', true),
('queried', '{submitted,resubmitted,certified}', false),
('accepted', '{certified}', false),
('published', '{accepted}', false);

CREATE TABLE return_move (
    authority_id text COLLATE "C" NOT NULL,
    round_id     text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    submission   int NOT NULL,
    move         int NOT NULL,
    kind         text NOT NULL,
    query        text NOT NULL DEFAULT '',
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT return_move_etag_latest
        PRIMARY KEY (authority_id, round_id, owner_id, submission, move),
    CONSTRAINT return_move_return_exists
        FOREIGN KEY (authority_id, round_id, owner_id, submission) REFERENCES return_submission,
    CONSTRAINT return_move_move_range CHECK (move >= 1),
    CONSTRAINT return_move_kind_known CHECK (kind IN ('certified', 'queried', 'accepted', 'published')),
    CONSTRAINT return_move_query_length CHECK (char_length(query) <= 2000),
    CONSTRAINT return_move_query_queried CHECK ((kind = 'queried') = is_said(query))
);
COMMENT ON CONSTRAINT return_move_etag_latest ON return_move
    IS 'etag: another move came at the same moment';
COMMENT ON CONSTRAINT return_move_return_exists ON return_move IS 'return: is no return';
COMMENT ON CONSTRAINT return_move_move_range ON return_move IS 'move: counts from 1';
COMMENT ON CONSTRAINT return_move_kind_known ON return_move
    IS 'kind: must be certified, queried, accepted or published';
COMMENT ON CONSTRAINT return_move_query_length ON return_move
    IS 'query: must have at most 2000 characters';
COMMENT ON CONSTRAINT return_move_query_queried ON return_move
    IS 'query: must ask something when a return is queried, and only then';

-- What an owner is still working on; no fact yet, so it is overwritten.
CREATE TABLE return_draft (
    authority_id text COLLATE "C" NOT NULL,
    round_id     text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    lines        jsonb NOT NULL,
    checked      boolean NOT NULL,
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    CONSTRAINT return_draft_owner_once PRIMARY KEY (authority_id, round_id, owner_id),
    CONSTRAINT return_draft_parent_exists FOREIGN KEY (authority_id, round_id) REFERENCES round,
    CONSTRAINT return_draft_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT return_draft_progress_size CHECK (octet_length(lines::text) <= 4194304)
);
COMMENT ON COLUMN return_draft.checked IS 'No check had anything against it when it was saved';
COMMENT ON CONSTRAINT return_draft_owner_once ON return_draft IS 'owner: has a draft already';
COMMENT ON CONSTRAINT return_draft_parent_exists ON return_draft IS 'parent: names no round';
COMMENT ON CONSTRAINT return_draft_owner_exists ON return_draft
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT return_draft_progress_size ON return_draft
    IS 'progress: a draft has at most 4 MiB';
CREATE TRIGGER return_draft_touch BEFORE UPDATE ON return_draft
    FOR EACH ROW EXECUTE FUNCTION touch();

-- Each try to send a return, taken or refused.
CREATE TABLE return_attempt (
    authority_id text COLLATE "C" NOT NULL,
    round_id     text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    attempt      int NOT NULL,
    submission   int,
    status       text NOT NULL DEFAULT 'OK',
    message      text NOT NULL DEFAULT '',
    codes        text[] NOT NULL DEFAULT '{}',
    line_count   int NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT return_attempt_attempt_once PRIMARY KEY (authority_id, round_id, owner_id, attempt),
    CONSTRAINT return_attempt_parent_exists FOREIGN KEY (authority_id, round_id) REFERENCES round,
    CONSTRAINT return_attempt_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT return_attempt_submission_taken CHECK ((submission IS NOT NULL) = (status = 'OK'))
);
COMMENT ON CONSTRAINT return_attempt_attempt_once ON return_attempt
    IS 'attempt: another came at the same moment';
COMMENT ON CONSTRAINT return_attempt_parent_exists ON return_attempt IS 'parent: names no round';
COMMENT ON CONSTRAINT return_attempt_owner_exists ON return_attempt
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT return_attempt_submission_taken ON return_attempt
    IS 'submission: is what a try became that was taken';

-- A partner agency sees its own returns only, whatever a statement asks for.
DO $$ BEGIN PERFORM tenant_tables('{return_submission,progress,return_move,return_draft,return_attempt}',
    'authority_id = app_authority() AND (app_role() IS DISTINCT FROM ''partner_agency'''
    ' OR owner_id = app_owner())'); END $$;

CREATE FUNCTION received_state(p_submission int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE p_submission WHEN 1 THEN 'submitted' ELSE 'resubmitted' END $$;

CREATE VIEW owner_return WITH (security_invoker = true) AS
    SELECT s.authority_id, s.round_id, s.owner_id, s.submission, s.received_on, s.content_hash,
           s.recorded_at, coalesce(m.kind, received_state(s.submission)) AS state,
           CASE m.kind WHEN 'queried' THEN m.query ELSE '' END AS query,
           's' || s.submission || 'm' || coalesce(m.move, 0) AS etag,
           coalesce(m.move, 0) AS move,
           (SELECT f.received_on FROM return_submission AS f
             WHERE f.authority_id = s.authority_id AND f.round_id = s.round_id
               AND f.owner_id = s.owner_id AND f.submission = 1) AS first_received_on,
           coalesce((SELECT max(n.submission) FROM return_move AS n
                      WHERE n.authority_id = s.authority_id AND n.round_id = s.round_id
                        AND n.owner_id = s.owner_id AND n.kind = 'certified'),
                    s.submission) AS counts
      FROM return_submission AS s
      LEFT JOIN LATERAL (
            SELECT n.kind, n.query, n.move FROM return_move AS n
             WHERE n.authority_id = s.authority_id AND n.round_id = s.round_id
               AND n.owner_id = s.owner_id AND n.submission = s.submission
             ORDER BY n.move DESC LIMIT 1) AS m ON true
     WHERE NOT EXISTS (
            SELECT FROM return_submission AS l
             WHERE l.authority_id = s.authority_id AND l.round_id = s.round_id
               AND l.owner_id = s.owner_id AND l.submission > s.submission);
COMMENT ON VIEW owner_return IS 'The latest submission of each owner in each round. counts: the one that was'
    ' certified last, if one was.';

CREATE VIEW return_resource WITH (security_invoker = true) AS
    SELECT t.authority_id, t.round_id, t.owner_id,
           'authorities/' || t.authority_id || '/rounds/' || t.round_id || '/returns/'
               || t.owner_id AS name,
           o.resource_name AS owner, t.submission, t.state, t.received_on, r.observed_to,
           greatest(0, t.received_on - coalesce(x.due_on, r.due_on)) AS days_late, t.query,
           t.content_hash, t.recorded_at AS create_time, t.etag
      FROM owner_return AS t
      JOIN round AS r ON r.authority_id = t.authority_id AND r.round_id = t.round_id
      JOIN owner AS o ON o.authority_id = t.authority_id AND o.owner_id = t.owner_id
      LEFT JOIN round_extended AS x ON x.authority_id = t.authority_id
       AND x.round_id = t.round_id AND x.owner_id = t.owner_id;
COMMENT ON VIEW return_resource IS 'Returns as the API shows them, without their progress';

-- Returns have days of their own; extensions and moves carry the one on which they were recorded.
CREATE FUNCTION return_standing_on(p_as_at date, p_known_on date)
RETURNS TABLE (authority_id text, round_id text, owner_id text, resource_name text, display_name text,
               submission int, counts int, received_on date, first_received_on date, due_on date,
               extension_reason text, query text, state text, days_late int)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT r.authority_id, r.round_id, o.owner_id, o.resource_name, o.display_name, s.submission,
           coalesce(c.submission, s.submission) AS counts,
           s.received_on, f.received_on AS first_received_on,
           coalesce(x.due_on, r.due_on) AS due_on, coalesce(x.reason, '') AS extension_reason,
           CASE m.kind WHEN 'queried' THEN m.query ELSE '' END AS query,
           coalesce(m.kind, CASE WHEN s.submission IS NOT NULL THEN received_state(s.submission)
                                 WHEN is_closed_on(r.close_time, p_as_at, p_known_on)
                                      OR p_as_at > coalesce(x.due_on, r.due_on)
                                 THEN 'missing'
                                 WHEN d.checked THEN 'checked'
                                 WHEN d.checked IS NOT NULL THEN 'draft'
                                 ELSE 'not_started' END) AS state,
           greatest(0, coalesce(f.received_on, least(p_as_at, greatest(r.closes_on, x.due_on)))
               - coalesce(x.due_on, r.due_on)) AS days_late
      FROM round AS r
      JOIN owner AS o ON o.authority_id = r.authority_id
      -- one look into the index for each owner, however many submissions there are
      LEFT JOIN LATERAL (
            SELECT l.submission, l.received_on FROM return_submission AS l
             WHERE l.authority_id = r.authority_id AND l.round_id = r.round_id
               AND l.owner_id = o.owner_id AND l.received_on <= p_as_at
               AND l.recorded_at::date <= p_known_on
             ORDER BY l.submission DESC LIMIT 1) AS s ON true
      LEFT JOIN LATERAL (
            SELECT n.kind, n.query FROM return_move AS n
             WHERE n.authority_id = r.authority_id AND n.round_id = r.round_id
               AND n.owner_id = o.owner_id AND n.submission = s.submission
               AND n.recorded_at::date <= least(p_as_at, p_known_on)
             ORDER BY n.move DESC LIMIT 1) AS m ON true
      LEFT JOIN LATERAL (
            SELECT n.submission FROM return_move AS n
             WHERE n.authority_id = r.authority_id AND n.round_id = r.round_id
               AND n.owner_id = o.owner_id AND n.kind = 'certified'
               AND n.recorded_at::date <= least(p_as_at, p_known_on)
             ORDER BY n.submission DESC LIMIT 1) AS c ON true
      LEFT JOIN return_submission AS f ON f.authority_id = r.authority_id
       AND f.round_id = r.round_id AND f.owner_id = o.owner_id AND f.submission = 1
       AND f.received_on <= p_as_at AND f.recorded_at::date <= p_known_on
      LEFT JOIN LATERAL (
            SELECT e.due_on, e.reason FROM round_extension AS e
             WHERE e.authority_id = r.authority_id AND e.round_id = r.round_id
               AND e.owner_id = o.owner_id AND e.recorded_at::date <= least(p_as_at, p_known_on)
             ORDER BY e.extension DESC LIMIT 1) AS x ON true
      -- of a past day it is not known who had begun
      LEFT JOIN return_draft AS d ON d.authority_id = r.authority_id
       AND d.round_id = r.round_id AND d.owner_id = o.owner_id
       AND least(p_as_at, p_known_on) >= current_date;
END;
COMMENT ON FUNCTION return_standing_on(date, date)
    IS 'Where the return of each owner, whether it owes one or not, stood in each round at the end of a'
    ' day, by what was recorded by the end of another.';

CREATE VIEW return_standing WITH (security_invoker = true) AS
    SELECT s.authority_id, s.round_id, s.owner_id, s.resource_name, s.display_name, s.submission,
           s.counts, s.received_on, s.first_received_on, s.due_on, s.extension_reason, s.query,
           s.state, s.days_late
      FROM return_standing_on(current_date, '9999-12-31') AS s;
COMMENT ON VIEW return_standing IS 'The same as it stands now';

CREATE VIEW expected_return WITH (security_invoker = true) AS
    SELECT t.authority_id, t.round_id, t.owner_id, t.resource_name, t.display_name,
           w.commitment_count, t.submission, t.received_on, t.first_received_on, t.query,
           t.state, t.due_on, t.extension_reason, t.days_late
      FROM (SELECT d.authority_id, d.round_id, d.owner_id,
                   count(DISTINCT d.commitment_id)::int4 AS commitment_count
              FROM round_owed AS d
             WHERE app_role() IS DISTINCT FROM 'partner_agency' OR d.owner_id = app_owner()
             GROUP BY d.authority_id, d.round_id, d.owner_id) AS w
      JOIN return_standing AS t ON t.authority_id = w.authority_id AND t.round_id = w.round_id
       AND t.owner_id = w.owner_id;
COMMENT ON VIEW expected_return IS 'Who owes a return in each round and where it stands';

-- The head of a return's content; its lines follow.
CREATE FUNCTION return_content_head(p_round text, p_owner text, p_submission int, p_day date)
RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT E'pledge-return\t2\nauthority\t' || pledge.app_authority() || E'\nround\t' || p_round
        || E'\nowner\t' || p_owner || E'\nsubmission\t' || p_submission
        || E'\nreceived_on\t' || p_day || E'\n'
$$;
COMMENT ON FUNCTION return_content_head(text, text, int, date)
    IS 'What content_line() would say, without its calls; identifiers and numbers need no escapes';

CREATE FUNCTION progress_content(p_id text, p_rating text, p_narrative text, p_reason text,
                                 p_measure text, p_actual text, p_evidence text,
                                 p_confirmation text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 'progress' || E'\t' || pledge.content_field(p_id)
        || E'\t' || pledge.content_field(p_rating) || E'\t' || pledge.content_field(p_narrative)
        || E'\t' || pledge.content_field(p_reason) || E'\t' || pledge.content_field(p_measure)
        || E'\t' || pledge.content_field(p_actual) || E'\t' || pledge.content_field(p_evidence)
        || E'\t' || pledge.content_field(p_confirmation) || E'\n'
$$;
COMMENT ON FUNCTION progress_content(text, text, text, text, text, text, text, text)
    IS 'What content_line() would say, without a call for each line';

-- STABLE as convert_to() is, so that a call becomes its expression.
CREATE FUNCTION content_hash(p_content text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT encode(sha256(convert_to(p_content, 'UTF8')), 'hex') $$;

-- The content of a submission as recorded, of which its hash was made.
CREATE FUNCTION return_content(p_round text, p_owner text, p_submission int) RETURNS text
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT return_content_head(s.round_id, s.owner_id, s.submission, s.received_on)
        || string_agg(progress_content(p.commitment_id, p.rating, p.narrative, p.reason,
               p.measure_value, coalesce(p.actual_on::text, ''), p.evidence, p.confirmation), ''
               ORDER BY p.position)
      FROM return_submission AS s
      JOIN progress AS p USING (authority_id, round_id, owner_id, submission)
     WHERE s.authority_id = app_authority() AND s.round_id = p_round AND s.owner_id = p_owner
       AND s.submission = p_submission
     GROUP BY s.round_id, s.owner_id, s.submission, s.received_on
$$;

-- All that happened to an owner's return in a round, in order.
CREATE VIEW return_event WITH (security_invoker = true) AS
    SELECT s.authority_id, s.round_id, s.owner_id, s.submission, 0 AS move,
           received_state(s.submission) AS state, '' AS query, s.recorded_at, s.principal_id
      FROM return_submission AS s
    UNION ALL
    SELECT m.authority_id, m.round_id, m.owner_id, m.submission, m.move, m.kind, m.query,
           m.recorded_at, m.principal_id
      FROM return_move AS m;
COMMENT ON VIEW return_event IS 'Submissions and the moves made with them';

COMMIT;
