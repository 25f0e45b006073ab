-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:return to pg
-- Returns. A submission, its progress and the moves made with it are facts: they are only ever
-- added. Where a return stands follows from its latest submission and that one's latest move.
--
-- The content of a submission, whose SHA-256 is recorded, is written like a version's:
--   pledge-return   1
--   authority, round, owner, submission, received_on     one line each
--   progress        commitment, rating, narrative, reason, measure, day, evidence   (in order)
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
    CONSTRAINT progress_evidence_length CHECK (char_length(evidence) <= 1000)
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
    CONSTRAINT return_move_kind_known CHECK (kind IN ('certified', 'queried', 'accepted')),
    CONSTRAINT return_move_query_length CHECK (char_length(query) <= 2000),
    CONSTRAINT return_move_query_queried CHECK ((kind = 'queried') = is_said(query))
);
COMMENT ON CONSTRAINT return_move_etag_latest ON return_move
    IS 'etag: another move came at the same moment';
COMMENT ON CONSTRAINT return_move_return_exists ON return_move IS 'return: is no return';
COMMENT ON CONSTRAINT return_move_move_range ON return_move IS 'move: counts from 1';
COMMENT ON CONSTRAINT return_move_kind_known ON return_move
    IS 'kind: must be certified, queried or accepted';
COMMENT ON CONSTRAINT return_move_query_length ON return_move
    IS 'query: must have at most 2000 characters';
COMMENT ON CONSTRAINT return_move_query_queried ON return_move
    IS 'query: must ask something when a return is queried, and only then';

-- A partner agency sees its own returns only, whatever a statement asks for.
DO $$
DECLARE
    v_table text;
    v_rule text := '(authority_id = app_authority() AND (app_role() IS DISTINCT FROM'
        ' ''partner_agency'' OR owner_id = app_owner()))';
BEGIN
    FOREACH v_table IN ARRAY '{return_submission,progress,return_move}'::text[] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY %I ON %I USING %s WITH CHECK %s', v_table || '_tenant',
            v_table, v_rule, v_rule);
    END LOOP;
END
$$;

CREATE TABLE return_check (
    code   text COLLATE "C" NOT NULL,
    field  text NOT NULL,
    rule   text NOT NULL,
    remedy text NOT NULL,
    CONSTRAINT return_check_code_unique PRIMARY KEY (code),
    CONSTRAINT return_check_code_form CHECK (code ~ '^R[0-9]{3}$')
);
COMMENT ON CONSTRAINT return_check_code_unique ON return_check
    IS 'code: is already the code of another check';
COMMENT ON CONSTRAINT return_check_code_form ON return_check
    IS 'code: must be R and three digits';

INSERT INTO return_check (code, field, rule, remedy) VALUES
('R001', 'progress', 'A return answers for 1 to 500 commitments.',
    'Give one line of progress for each commitment of the owner.'),
('R002', 'commitment_id', 'Every line names its commitment.',
    'Fill in the identifier of the commitment.'),
('R003', 'commitment_id', 'The commitment must exist.',
    'Look the identifier up in the list of commitments.'),
('R004', 'commitment_id', 'The commitment must be one of the owner''s.',
    'Leave it to its own owner, or send it in that owner''s return.'),
('R005', 'commitment_id', 'The commitment must be owed in this round.',
    'Leave it out: it belongs to another pledge version or was withdrawn.'),
('R006', 'commitment_id', 'Every commitment is answered once.',
    'Keep one of the lines.'),
('R007', 'progress', 'Every commitment that the owner owes in the round is answered.',
    'Add a line for it, or have an officer withdraw the commitment.'),
('R010', 'rating', 'Every line has a rating.', 'Choose red, amber or green.'),
('R011', 'narrative', 'A narrative has at most 4000 characters.',
    'Shorten it and name a document as evidence.'),
('R012', 'reason', 'A rating below green needs a reason.', 'Fill in the reason.'),
('R013', 'reason', 'A reason has at most 2000 characters.', 'Shorten it.'),
('R014', 'measure_value', 'A measure''s value has at most 200 characters.',
    'Give the value alone and put the rest into the narrative.'),
('R015', 'evidence', 'Evidence has at most 1000 characters.',
    'Give the reference of the document instead of its words.'),
('R020', 'actual_on', 'An actual is not dated in the future.', 'Use a day up to today.'),
('R021', 'actual_on', 'A day is written YYYY-MM-DD and exists in the calendar.',
    'Write it as in 2016-07-31.'),
('R030', 'received_on', 'A return is not received in the future.',
    'Leave the day empty for today.'),
('R031', 'received_on', 'Only an officer may record an earlier day of receipt.',
    'Leave the day empty, or ask an officer to record the return.'),
('R032', 'received_on', 'The day of receipt is written YYYY-MM-DD and exists in the calendar.',
    'Write it as in 2016-07-31.'),
('R040', 'owner', 'The owner has commitments in the round.',
    'See which owners the round expects.'),
('R050', 'parent', 'The round has opened on the day of receipt.',
    'Send the return on or after the round''s first day.'),
('R051', 'parent', 'The round is not over on the day of receipt and nobody has closed it.',
    'Ask an officer; a return that came on paper in time can still be recorded by one'
    ' until the round is closed.'),
('R060', 'etag', 'A return that replaces another names the etag of the one it replaces.',
    'Read the return that was received and send its etag.'),
('R061', 'etag', 'The etag is the one of the latest submission.',
    'Read the return again and repeat your change.'),
('R062', 'etag', 'An accepted return is not replaced.', 'Report the change in the next round.');

CREATE VIEW owner_return WITH (security_invoker = true) AS
    SELECT s.authority_id, s.round_id, s.owner_id, s.submission, s.received_on, s.content_hash,
           s.recorded_at, coalesce(m.kind, 'submitted') AS state,
           CASE m.kind WHEN 'queried' THEN m.query ELSE '' END AS query,
           's' || s.submission || 'm' || coalesce(m.move, 0) AS etag,
           coalesce(m.move, 0) AS move,
           (SELECT f.received_on FROM return_submission AS f
             WHERE f.authority_id = s.authority_id AND f.round_id = s.round_id
               AND f.owner_id = s.owner_id AND f.submission = 1) AS first_received_on
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
COMMENT ON VIEW owner_return IS 'The latest submission of each owner in each round';

CREATE VIEW return_resource WITH (security_invoker = true) AS
    SELECT t.authority_id, t.round_id, t.owner_id,
           'authorities/' || t.authority_id || '/rounds/' || t.round_id || '/returns/'
               || t.owner_id AS name,
           o.resource_name AS owner, t.submission, t.state, t.received_on,
           greatest(0, t.received_on - r.due_on) AS days_late, t.query, t.content_hash,
           t.recorded_at AS create_time, t.etag
      FROM owner_return AS t
      JOIN round AS r ON r.authority_id = t.authority_id AND r.round_id = t.round_id
      JOIN owner AS o ON o.authority_id = t.authority_id AND o.owner_id = t.owner_id;
COMMENT ON VIEW return_resource IS 'Returns as the API shows them, without their progress';

CREATE VIEW return_standing WITH (security_invoker = true) AS
    SELECT r.authority_id, r.round_id, o.owner_id, o.resource_name, o.display_name, s.submission,
           s.received_on, f.received_on AS first_received_on,
           CASE m.kind WHEN 'queried' THEN m.query ELSE '' END AS query,
           coalesce(m.kind, CASE WHEN s.submission IS NOT NULL THEN 'submitted'
                                 WHEN r.close_time IS NOT NULL OR current_date > r.due_on
                                 THEN 'missing' ELSE 'due' END) AS state,
           greatest(0, coalesce(f.received_on, least(current_date, r.closes_on)) - r.due_on)
               AS days_late
      FROM round AS r
      JOIN owner AS o ON o.authority_id = r.authority_id
      -- one look into the index for each owner, however many submissions there are
      LEFT JOIN LATERAL (
            SELECT l.submission, l.received_on FROM return_submission AS l
             WHERE l.authority_id = r.authority_id AND l.round_id = r.round_id
               AND l.owner_id = o.owner_id
             ORDER BY l.submission DESC LIMIT 1) AS s ON true
      LEFT JOIN LATERAL (
            SELECT n.kind, n.query FROM return_move AS n
             WHERE n.authority_id = r.authority_id AND n.round_id = r.round_id
               AND n.owner_id = o.owner_id AND n.submission = s.submission
             ORDER BY n.move DESC LIMIT 1) AS m ON true
      LEFT JOIN return_submission AS f ON f.authority_id = r.authority_id
       AND f.round_id = r.round_id AND f.owner_id = o.owner_id AND f.submission = 1;
COMMENT ON VIEW return_standing
    IS 'Where the return of each owner stands in each round, whether it owes one or not';

CREATE VIEW expected_return WITH (security_invoker = true) AS
    SELECT t.authority_id, t.round_id, t.owner_id, t.resource_name, t.display_name,
           w.commitment_count, t.submission, t.received_on, t.first_received_on, t.query,
           t.state, t.days_late
      FROM (SELECT d.authority_id, d.round_id, d.owner_id,
                   count(DISTINCT d.commitment_id)::int4 AS commitment_count
              FROM round_owed AS d
             WHERE app_role() IS DISTINCT FROM 'partner_agency' OR d.owner_id = app_owner()
             GROUP BY d.authority_id, d.round_id, d.owner_id) AS w
      JOIN return_standing AS t ON t.authority_id = w.authority_id AND t.round_id = w.round_id
       AND t.owner_id = w.owner_id;
COMMENT ON VIEW expected_return IS 'Who owes a return in each round and where it stands';

-- Breaches of the rules for the lines of returns, by line and then by code; of a stream the first
-- 1000. One return comes with lines of its own (owner_return.progress[3]), many as a stream of lines
-- (requests[3].progress). p_of_rounds and p_of_owners name each return, p_rounds and p_owners the
-- return of each line. plpgsql, because it keeps the plan, which costs more than running it.
CREATE FUNCTION progress_violations(
    p_stream boolean, p_of_rounds text[], p_of_owners text[], p_rounds text[], p_owners text[],
    p_commitments text[], p_ratings text[], p_narratives text[], p_reasons text[],
    p_measures text[], p_actuals text[], p_evidence text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    WITH asked AS MATERIALIZED (
        SELECT u.round, u.owner, r.pledge_id, r.version_number
          FROM unnest(p_of_rounds, p_of_owners) AS u (round, owner)
          JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = u.round
    ), asks AS MATERIALIZED (
        -- all open rounds of a version ask an owner the same, so that is looked up once
        SELECT d.pledge_id, d.version_number, d.owner, w.commitment_id AS id
          FROM (SELECT DISTINCT pledge_id, version_number, owner FROM asked) AS d
         CROSS JOIN LATERAL (
               SELECT DISTINCT v.commitment_id FROM version_owed AS v
                WHERE v.authority_id = app_authority() AND v.pledge_id = d.pledge_id
                  AND v.version_number = d.version_number AND v.owner_id = d.owner) AS w
    ), owed AS MATERIALIZED (
        SELECT round, owner, id FROM asked JOIN asks USING (pledge_id, version_number, owner)
    ), line AS MATERIALIZED (
        SELECT u.round, u.owner, u.id, u.rating, u.narrative, u.reason, u.measure, u.actual,
               u.evidence, u.n, o.id IS NOT NULL AS owed,
               CASE WHEN o.id IS NOT NULL THEN u.owner
                    ELSE (SELECT c.owner_id FROM commitment AS c
                           WHERE c.authority_id = app_authority() AND c.commitment_id = u.id)
                    END AS owner_of,
               row_number() OVER (PARTITION BY u.round, u.owner, u.id ORDER BY u.n) AS nth
          -- with subscripts rather than ORDINALITY the planner expects many, and joins by hash
          FROM ROWS FROM (unnest(p_rounds, p_owners, p_commitments, p_ratings, p_narratives,
                                 p_reasons, p_measures, p_actuals, p_evidence),
                          generate_subscripts(p_rounds, 1))
               AS u (round, owner, id, rating, narrative, reason, measure, actual, evidence, n)
          LEFT JOIN owed AS o ON o.round = u.round AND o.owner = u.owner AND o.id = u.id
    ), sent AS (
        -- no joins of lines with lines: there may be 200000 of them
        SELECT e.round, e.owner, count(e.n) AS lines, coalesce(min(e.n), 1) AS n
          FROM (SELECT u.round, u.owner, NULL::bigint AS n
                  FROM unnest(p_of_rounds, p_of_owners) AS u (round, owner)
                UNION ALL
                SELECT l.round, l.owner, l.n FROM line AS l) AS e
         GROUP BY e.round, e.owner
    ), breach (n, field, code, rule) AS (
        SELECT CASE WHEN p_stream THEN s.n ELSE 0 END, '', 'R001', 'must be 1 to 500 lines'
          FROM sent AS s WHERE s.lines NOT BETWEEN 1 AND 500
        UNION ALL
        SELECT l.n, k.field, k.code, k.rule
          FROM line AS l
         CROSS JOIN LATERAL (VALUES
            ('commitment_id', 'R002', l.id = '', 'is needed'),
            ('commitment_id', 'R003', l.id <> '' AND l.owner_of IS NULL,
                'there is no commitment ' || left(l.id, 63)),
            ('commitment_id', 'R004', l.owner_of <> l.owner,
                'commitment ' || l.id || ' is not one of ' || l.owner),
            ('commitment_id', 'R005', l.owner_of = l.owner AND NOT l.owed,
                'commitment ' || l.id || ' is not owed in this round'),
            ('commitment_id', 'R006', l.id <> '' AND l.nth > 1,
                'commitment ' || left(l.id, 63) || ' is answered more than once'),
            ('rating', 'R010', l.rating NOT IN ('red', 'amber', 'green'),
                'must be red, amber or green'),
            ('narrative', 'R011', char_length(l.narrative) > 4000,
                'must have at most 4000 characters'),
            ('reason', 'R012', l.rating IN ('red', 'amber') AND NOT is_said(l.reason),
                l.rating || ' needs a reason'),
            ('reason', 'R013', char_length(l.reason) > 2000,
                'must have at most 2000 characters'),
            ('measure_value', 'R014', char_length(l.measure) > 200,
                'must have at most 200 characters'),
            ('evidence', 'R015', char_length(l.evidence) > 1000,
                'must have at most 1000 characters'),
            ('actual_on', 'R020', l.actual <> '' AND date_or_null(l.actual) > current_date,
                l.actual || ' is in the future'),
            ('actual_on', 'R021', l.actual <> '' AND date_or_null(l.actual) IS NULL,
                'must be a day as YYYY-MM-DD')
         ) AS k (field, code, broken, rule)
         -- nearly every line keeps all of these, and is done with at once
         WHERE k.broken AND (l.owed AND l.owner_of = l.owner AND l.nth = 1
            AND (l.rating = 'green' OR l.rating IN ('red', 'amber') AND is_said(l.reason))
            AND char_length(l.narrative) <= 4000 AND char_length(l.reason) <= 2000
            AND char_length(l.measure) <= 200 AND char_length(l.evidence) <= 1000
            AND (l.actual = '' OR date_or_null(l.actual) <= current_date)) IS NOT TRUE
        UNION ALL
        SELECT CASE WHEN p_stream THEN m.n ELSE 1000000 END, '', 'R007',
               'commitment ' || m.id || ' is not answered'
          FROM (SELECT s.n, o.id
                  FROM (SELECT o.round, o.owner, o.id FROM owed AS o
                        EXCEPT
                        SELECT l.round, l.owner, l.id FROM line AS l) AS o
                  JOIN sent AS s ON s.round = o.round AND s.owner = o.owner) AS m
    ), first AS (
        SELECT b.n, b.code, b.rule,
               CASE WHEN p_stream THEN 'requests[' || b.n - 1 || '].progress'
                    WHEN b.field = '' THEN 'owner_return.progress'
                    ELSE 'owner_return.progress[' || b.n - 1 || ']' END
                   || CASE b.field WHEN '' THEN '' ELSE '.' || b.field END AS field
          FROM breach AS b
         ORDER BY b.n, b.code, b.rule LIMIT CASE WHEN p_stream THEN 1000 END
    )
    SELECT coalesce(jsonb_agg(violation(f.field, f.rule, f.code) ORDER BY f.n, f.code, f.rule),
                    '[]')
      FROM first AS f);
END
$$;

-- Breaches of the rules for the day of receipt.
CREATE FUNCTION received_on_violations(p_given text, p_field text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_given = '' OR pledge.date_or_null(p_given) = current_date THEN '[]'::jsonb
        WHEN pledge.date_or_null(p_given) IS NULL
        THEN jsonb_build_array(pledge.violation(p_field, 'must be a day as YYYY-MM-DD', 'R032'))
        WHEN pledge.date_or_null(p_given) > current_date
        THEN jsonb_build_array(pledge.violation(p_field, p_given || ' is in the future', 'R030'))
        WHEN pledge.app_role() IS DISTINCT FROM 'officer'
        THEN jsonb_build_array(pledge.violation(p_field,
                                                'only an officer may record an earlier day', 'R031'))
        ELSE '[]'::jsonb END
$$;

-- The day that a return counts as received.
CREATE FUNCTION received_day(p_given text) RETURNS date
LANGUAGE sql STABLE
AS $$
    SELECT CASE p_given WHEN '' THEN current_date
        ELSE least(coalesce(pledge.date_or_null(p_given), current_date), current_date) END
$$;

-- The head of a return's content; its lines follow.
CREATE FUNCTION return_content_head(p_round text, p_owner text, p_submission int, p_day date)
RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT E'pledge-return\t1\nauthority\t' || pledge.app_authority() || E'\nround\t' || p_round
        || E'\nowner\t' || p_owner || E'\nsubmission\t' || p_submission
        || E'\nreceived_on\t' || p_day || E'\n'
$$;
COMMENT ON FUNCTION return_content_head(text, text, int, date)
    IS 'What content_line() would say, without its calls; identifiers and numbers need no escapes';

CREATE FUNCTION progress_content(p_id text, p_rating text, p_narrative text, p_reason text,
                                 p_measure text, p_actual text, p_evidence text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 'progress' || E'\t' || pledge.content_field(p_id)
        || E'\t' || pledge.content_field(p_rating) || E'\t' || pledge.content_field(p_narrative)
        || E'\t' || pledge.content_field(p_reason) || E'\t' || pledge.content_field(p_measure)
        || E'\t' || pledge.content_field(p_actual) || E'\t' || pledge.content_field(p_evidence)
        || E'\n'
$$;
COMMENT ON FUNCTION progress_content(text, text, text, text, text, text, text)
    IS 'What content_line() would say, without a call for each line';

CREATE FUNCTION content_hash(p_content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT encode(sha256(convert_to(p_content, 'UTF8')), 'hex') $$;

-- Refuses what breaks rules, telling all of them.
CREATE FUNCTION violations_check(p_bad jsonb, p_of_returns text DEFAULT 'The return breaks ')
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_bad <> '[]' THEN
        PERFORM fail_all('PL400', p_of_returns || jsonb_array_length(p_bad)
            || CASE jsonb_array_length(p_bad) WHEN 1 THEN ' rule.' ELSE ' rules.' END
            || ' Nothing was recorded.', p_bad);
    END IF;
END
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

-- Is the round open on the day that the return counts as received?
CREATE FUNCTION return_window_check(p_round round, p_day date) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_round.close_time IS NOT NULL THEN
        PERFORM fail('PL412', 'Round ' || p_round.round_id || ' is closed for good.', 'parent',
            'R051');
    ELSIF p_day < p_round.opens_on THEN
        PERFORM fail('PL412', 'Round ' || p_round.round_id || ' takes returns from '
            || p_round.opens_on || '.', 'parent', 'R050');
    ELSIF p_day > p_round.closes_on THEN
        PERFORM fail('PL412', 'Round ' || p_round.round_id || ' took returns until '
            || p_round.closes_on || '.', 'parent', 'R051');
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
    ELSIF p_last.state = 'accepted' THEN
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

CREATE FUNCTION return_submit(
    p_round text, p_owner text, p_received_on text, p_etag text, p_commitments text[],
    p_ratings text[], p_narratives text[], p_reasons text[], p_measures text[],
    p_actuals text[], p_evidence text[]) RETURNS void
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
BEGIN
    -- The lock keeps the round from being closed under a return that is on its way in.
    SELECT * INTO v_round FROM round WHERE authority_id = app_authority() AND round_id = p_round
       FOR SHARE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no round ' || p_round || '.', 'parent');
    END IF;
    v_owner := owner_of(p_owner, 'owner_return.owner');
    PERFORM return_may_act(v_owner, 'owner_return.owner');
    PERFORM return_window_check(v_round,
        CASE app_role() WHEN 'officer' THEN v_day ELSE current_date END);
    PERFORM FROM version_owed AS w
      WHERE w.authority_id = app_authority() AND w.pledge_id = v_round.pledge_id
        AND w.version_number = v_round.version_number AND w.owner_id = v_owner;
    IF NOT FOUND THEN
        PERFORM fail('PL412', v_owner || ' has no commitment in round ' || p_round || '.',
            'owner_return.owner', 'R040');
    END IF;
    PERFORM FROM owner WHERE authority_id = app_authority() AND owner_id = v_owner
        FOR NO KEY UPDATE;
    SELECT * INTO v_last FROM owner_return
     WHERE authority_id = app_authority() AND round_id = p_round AND owner_id = v_owner;
    PERFORM return_etag_check(v_last, p_etag);

    PERFORM violations_check(
        progress_violations(false, ARRAY[p_round], ARRAY[v_owner],
            array_fill(p_round, ARRAY[v_lines]), array_fill(v_owner, ARRAY[v_lines]),
            p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals, p_evidence)
        || received_on_violations(p_received_on, 'owner_return.received_on'));

    v_submission := coalesce(v_last.submission, 0) + 1;
    SELECT return_content_head(p_round, v_owner, v_submission, v_day)
        || string_agg(progress_content(u.id, u.rating, u.narrative, u.reason, u.measure,
                                       u.actual, u.evidence), '' ORDER BY u.n)
      INTO v_content
      FROM unnest(p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals,
                  p_evidence)
           WITH ORDINALITY AS u (id, rating, narrative, reason, measure, actual, evidence, n);
    INSERT INTO return_submission (authority_id, round_id, owner_id, submission, received_on,
                                   content_hash, principal_id)
    VALUES (app_authority(), p_round, v_owner, v_submission, v_day,
            content_hash(v_content), app_principal());
    INSERT INTO progress (authority_id, round_id, owner_id, submission, commitment_id, position,
                          rating, narrative, reason, measure_value, actual_on, evidence)
    SELECT app_authority(), p_round, v_owner, v_submission, u.id, u.n, u.rating, u.narrative,
           u.reason, u.measure, date_or_null(u.actual), u.evidence
      FROM unnest(p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals,
                  p_evidence)
           WITH ORDINALITY AS u (id, rating, narrative, reason, measure, actual, evidence, n);
END
$$;

-- One function for the three moves, as each only adds a fact when the standing allows it.
CREATE FUNCTION return_move_add(p_round text, p_owner text, p_kind text, p_etag text,
                                p_query text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_kind text;
    v owner_return;
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
    IF p_kind = 'certified' AND v_kind <> 'department'
        AND app_role() IS DISTINCT FROM 'officer' THEN
        PERFORM fail('PL403', 'A partner agency''s return is certified by an officer.', 'name');
    ELSIF p_kind <> 'certified' AND app_role() IS DISTINCT FROM 'officer' THEN
        PERFORM fail('PL403', 'Only an officer reviews returns.', 'name');
    END IF;
    PERFORM etag_check(p_etag, v.etag, 'etag');
    IF v.state = 'accepted' THEN
        PERFORM fail('PL412', 'The return was accepted and changes no more.', 'name');
    ELSIF p_kind = 'certified' AND v.state = 'certified' THEN
        PERFORM fail('PL412', 'The return is already certified.', 'name');
    ELSIF p_kind = 'certified' AND v.state = 'queried' THEN
        PERFORM fail('PL412', 'The return was sent back with a question. Send it again first.',
            'name');
    ELSIF p_kind = 'accepted' AND v.state <> 'certified' THEN
        PERFORM fail('PL412', 'Only a certified return can be accepted; this one is '
            || v.state || '.', 'name');
    END IF;
    INSERT INTO return_move (authority_id, round_id, owner_id, submission, move, kind, query,
                             principal_id)
    VALUES (app_authority(), p_round, p_owner, v.submission, v.move + 1, p_kind, p_query,
            app_principal());
END
$$;

COMMIT;
