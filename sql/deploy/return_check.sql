-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:return_check to pg
-- What a return must pass. A check is of one of four layers; it refuses, or it asks and is content
-- with a confirmation that says why the line is right all the same. All problems are told at once.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE return_check (
    code   text COLLATE "C" NOT NULL,
    field  text NOT NULL,
    layer  text NOT NULL,
    asks   boolean NOT NULL DEFAULT false,
    rule   text NOT NULL,
    remedy text NOT NULL,
    CONSTRAINT return_check_code_unique PRIMARY KEY (code),
    CONSTRAINT return_check_code_form CHECK (code ~ '^R[0-9]{3}$'),
    CONSTRAINT return_check_layer_known
        CHECK (layer IN ('format', 'completeness', 'consistency', 'plausibility'))
);
COMMENT ON COLUMN return_check.asks
    IS 'It asks whether the line is right all the same, and a confirmation answers';
COMMENT ON CONSTRAINT return_check_layer_known ON return_check
    IS 'layer: must be format, completeness, consistency or plausibility';
COMMENT ON CONSTRAINT return_check_code_unique ON return_check
    IS 'code: is already the code of another check';
COMMENT ON CONSTRAINT return_check_code_form ON return_check
    IS 'code: must be R and three digits';

INSERT INTO return_check (code, field, layer, rule, remedy) VALUES
('R001', 'progress', 'completeness', 'A return answers for 1 to 500 commitments.',
    'Give one line of progress for each commitment of the owner.'),
('R002', 'commitment_id', 'completeness', 'Every line names its commitment.',
    'Fill in the identifier of the commitment.'),
('R003', 'commitment_id', 'consistency', 'The commitment must exist.',
    'Look the identifier up in the list of commitments.'),
('R004', 'commitment_id', 'consistency', 'The commitment must be one of the owner''s.',
    'Leave it to its own owner, or send it in that owner''s return.'),
('R005', 'commitment_id', 'consistency', 'The commitment must be owed in this round.',
    'Leave it out: it belongs to another pledge version or was withdrawn.'),
('R006', 'commitment_id', 'consistency', 'Every commitment is answered once.',
    'Keep one of the lines.'),
('R007', 'progress', 'completeness', 'Every commitment that the owner owes in the round is answered.',
    'Add a line for it, or have an officer withdraw the commitment.'),
('R010', 'rating', 'completeness', 'Every line has a rating.', 'Choose red, amber or green.'),
('R011', 'narrative', 'format', 'A narrative has at most 4000 characters.',
    'Shorten it and name a document as evidence.'),
('R012', 'reason', 'completeness', 'A rating below green needs a reason.', 'Fill in the reason.'),
('R013', 'reason', 'format', 'A reason has at most 2000 characters.', 'Shorten it.'),
('R014', 'measure_value', 'format', 'A measure''s value has at most 200 characters.',
    'Give the value alone and put the rest into the narrative.'),
('R015', 'evidence', 'format', 'Evidence has at most 1000 characters.',
    'Give the reference of the document instead of its words.'),
('R016', 'confirmation', 'format', 'A confirmation has at most 1000 characters.', 'Shorten it.'),
('R020', 'actual_on', 'consistency', 'An actual is not dated in the future.', 'Use a day up to today.'),
('R021', 'actual_on', 'format', 'A day is written YYYY-MM-DD and exists in the calendar.',
    'Write it as in 2016-07-31.'),
('R030', 'received_on', 'consistency', 'A return is not received in the future.',
    'Leave the day empty for today.'),
('R031', 'received_on', 'consistency', 'Only an officer may record an earlier day of receipt.',
    'Leave the day empty, or ask an officer to record the return.'),
('R032', 'received_on', 'format', 'The day of receipt is written YYYY-MM-DD and exists in the calendar.',
    'Write it as in 2016-07-31.'),
('R040', 'owner', 'consistency', 'The owner has commitments in the round.',
    'See which owners the round expects.'),
('R050', 'parent', 'consistency', 'The round has opened on the day of receipt.',
    'Send the return on or after the round''s first day.'),
('R051', 'parent', 'consistency', 'The round is not over on the day of receipt and nobody has closed it.',
    'Ask an officer; a return that came on paper in time can still be recorded by one'
    ' until the round is closed.'),
('R052', 'observed_to', 'consistency',
    'A return that says until when it observed says the last day of the round''s period.',
    'See that it is the return for this round, and send it to the round that it is for.'),
('R060', 'etag', 'consistency', 'A return that replaces another names the etag of the one it replaces.',
    'Read the return that was received and send its etag.'),
('R061', 'etag', 'consistency', 'The etag is the one of the latest submission.',
    'Read the return again and repeat your change.'),
('R062', 'etag', 'consistency', 'An accepted return is not replaced.', 'Report the change in the next round.');
INSERT INTO return_check (code, field, layer, asks, rule, remedy) VALUES
('R101', 'rating', 'consistency', true,
    'A rating moves by one step from a round to the next, not from red to green or back.',
    'Correct the rating, or confirm the line and say what changed.'),
('R102', 'narrative', 'consistency', true,
    'A narrative of 40 characters or more is not, word for word, that of the round before.',
    'Say what was done in this period, or confirm the line and say why it is the same.'),
('R110', 'measure_value', 'plausibility', true,
    'A measure that is a number is between half and twice that of the round before.',
    'Correct the value, or confirm the line and say what moved it.'),
('R111', 'measure_value', 'plausibility', true, 'A share is between 0 % and 100 %.',
    'Correct the value, or confirm the line and say what it is a share of.'),
('R112', 'actual_on', 'plausibility', true,
    'The day of an actual lies within the round''s observation period.',
    'Correct the day, or confirm the line and say why it counts for this round.');

-- A measure's value where it is a number, which may be a share; NULL where it is words.
CREATE FUNCTION measure_number(p_value text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT substring(p_value from '^\s*(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)\s*%?\s*$')::numeric $$;

-- The round before in which an owner sent a return, of whichever version of the pledge. OFFSET keeps
-- what it ends apart: joined, the returns of all would be read for one's.
CREATE FUNCTION round_before(p_pledge text, p_observed_to date, p_owner text)
RETURNS TABLE (round_id text)
LANGUAGE sql STABLE
AS $$
    SELECT x.round_id FROM pledge.round AS x
     WHERE x.authority_id = pledge.app_authority() AND x.pledge_id = p_pledge
       AND x.observed_to < p_observed_to
       AND EXISTS (SELECT FROM pledge.return_submission AS f
                    WHERE f.authority_id = pledge.app_authority() AND f.round_id = x.round_id
                      AND f.owner_id = p_owner OFFSET 0)
     ORDER BY x.observed_to DESC, x.round_id DESC LIMIT 1
$$;

-- Whether what a line says keeps all rules for sure, as nearly every line does; of one that does not,
-- progress_problems() finds out whether a rule is broken, and which. Every rule that is about what a line
-- says has its words here. p_number and p_day: the measure and the actual as such, NULL where they are not.
CREATE FUNCTION line_is_plain(
    p_rating text, p_narrative text, p_reason text, p_measure text, p_number numeric, p_actual text,
    p_day date, p_evidence text, p_confirmation text, p_observed_from date, p_observed_to date,
    p_earlier_rating text, p_earlier_narrative text, p_earlier_number numeric) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT (p_rating = 'green' OR p_rating IN ('red', 'amber') AND pledge.is_said(p_reason))
       AND char_length(p_narrative) <= 4000 AND char_length(p_reason) <= 2000
       AND char_length(p_measure) <= 200 AND char_length(p_evidence) <= 1000
       AND char_length(p_confirmation) <= 1000
       AND (p_actual = '' OR p_day <= current_date AND p_day BETWEEN p_observed_from AND p_observed_to)
       AND (p_earlier_rating IS NULL OR 'amber' IN (p_rating, p_earlier_rating)
            OR p_rating = p_earlier_rating)
       AND (char_length(p_narrative) < 40 OR p_narrative IS DISTINCT FROM p_earlier_narrative)
       AND (p_number IS NULL OR (p_earlier_number IS NULL OR p_earlier_number >= 0
                AND p_number BETWEEN p_earlier_number / 2 AND p_earlier_number * 2)
            AND (p_number BETWEEN 0 AND 100 OR p_measure NOT LIKE '%\%%'))
$$;

-- Whether one return answers for all that its owner owes in an open round, once, in plain lines. All but
-- a few do, and of those this is all there is to find out: it takes a third of the time that
-- progress_problems() takes.
CREATE FUNCTION return_is_plain(
    p_round round, p_owner text, p_commitments text[], p_ratings text[], p_narratives text[],
    p_reasons text[], p_measures text[], p_actuals text[], p_evidence text[],
    p_confirmations text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_owed text[];
    v_before text;
    v_counts int;
BEGIN
    v_owed := ARRAY(SELECT DISTINCT w.commitment_id FROM version_owed AS w
        WHERE w.authority_id = app_authority() AND w.pledge_id = p_round.pledge_id
          AND w.version_number = p_round.version_number AND w.owner_id = p_owner);
    -- as many lines as are owed, and none that is owed is without one
    IF (cardinality(p_commitments) BETWEEN 1 AND 500
            AND cardinality(p_commitments) = cardinality(v_owed) AND v_owed <@ p_commitments) IS NOT TRUE THEN
        RETURN false;
    END IF;
    SELECT b.round_id INTO v_before
      FROM round_before(p_round.pledge_id, p_round.observed_to, p_owner) AS b;
    IF FOUND THEN
        SELECT t.counts INTO v_counts FROM owner_return AS t
         WHERE t.authority_id = app_authority() AND t.round_id = v_before AND t.owner_id = p_owner;
    END IF;
    RETURN (
        SELECT bool_and(line_is_plain(l.rating, l.narrative, l.reason, l.measure, l.number,
                            l.actual, l.day, l.evidence, l.confirmation, p_round.observed_from,
                            p_round.observed_to, e.rating, e.narrative,
                            measure_number(e.measure_value)) IS TRUE)
          FROM (SELECT u.*, measure_number(u.measure) AS number, date_or_null(u.actual) AS day
                  FROM unnest(p_commitments, p_ratings, p_narratives, p_reasons, p_measures,
                              p_actuals, p_evidence, p_confirmations)
                       AS u (id, rating, narrative, reason, measure, actual, evidence,
                             confirmation) OFFSET 0) AS l
          LEFT JOIN progress AS e ON e.authority_id = app_authority() AND e.round_id = v_before
           AND e.owner_id = p_owner AND e.submission = v_counts AND e.commitment_id = l.id);
END
$$;

-- What the checks find in the lines of returns, by line and then by code; of a stream the first
-- 1000. One return comes with lines of its own (owner_return.progress[3]), many as a stream of lines
-- (requests[3].progress). p_of_rounds and p_of_owners name each return, p_rounds and p_owners the
-- return of each line. plpgsql, because it keeps the plan, which costs more than running it.
CREATE FUNCTION progress_problems(
    p_stream boolean, p_of_rounds text[], p_of_owners text[], p_rounds text[], p_owners text[],
    p_commitments text[], p_ratings text[], p_narratives text[], p_reasons text[],
    p_measures text[], p_actuals text[], p_evidence text[], p_confirmations text[])
RETURNS TABLE (line int, commitment_id text, field text, code text, found text, expected text)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT u.round, u.owner, r.pledge_id, r.version_number, r.observed_from, r.observed_to
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
        SELECT round, owner, id, observed_from, observed_to
          FROM asked JOIN asks USING (pledge_id, version_number, owner)
    ), earlier AS MATERIALIZED (
        -- what the owner said of it in the round before, of whichever version
        SELECT a.round, a.owner, p.commitment_id AS id, b.round_id, p.rating, p.narrative,
               measure_number(p.measure_value) AS measure, p.measure_value
          FROM asked AS a
         CROSS JOIN LATERAL round_before(a.pledge_id, a.observed_to, a.owner) AS b
         CROSS JOIN LATERAL (
               SELECT t.counts FROM owner_return AS t
                WHERE t.authority_id = app_authority() AND t.round_id = b.round_id
                  AND t.owner_id = a.owner OFFSET 0) AS t
         CROSS JOIN LATERAL (
               SELECT y.commitment_id, y.rating, y.narrative, y.measure_value FROM progress AS y
                WHERE y.authority_id = app_authority() AND y.round_id = b.round_id
                  AND y.owner_id = a.owner AND y.submission = t.counts OFFSET 0) AS p
    ), line AS MATERIALIZED (
        SELECT u.round, u.owner, u.id, u.rating, u.narrative, u.reason, u.measure, u.actual,
               u.evidence, u.confirmation, u.n, o.id IS NOT NULL AS owed,
               o.observed_from, o.observed_to,
               CASE WHEN o.id IS NOT NULL THEN u.owner
                    ELSE (SELECT c.owner_id FROM commitment AS c
                           WHERE c.authority_id = app_authority() AND c.commitment_id = u.id)
                    END AS owner_of,
               row_number() OVER (PARTITION BY u.round, u.owner, u.id ORDER BY u.n) AS nth,
               CASE WHEN u.actual <> '' THEN date_or_null(u.actual) END AS day,
               CASE WHEN u.measure <> '' THEN measure_number(u.measure) END AS number,
               e.round_id AS earlier_round, e.rating AS earlier_rating,
               e.narrative AS earlier_narrative, e.measure AS earlier_number,
               e.measure_value AS earlier_measure
          -- with subscripts rather than ORDINALITY the planner expects many, and joins by hash
          FROM ROWS FROM (unnest(p_rounds, p_owners, p_commitments, p_ratings, p_narratives,
                                 p_reasons, p_measures, p_actuals, p_evidence, p_confirmations),
                          generate_subscripts(p_rounds, 1))
               AS u (round, owner, id, rating, narrative, reason, measure, actual, evidence,
                     confirmation, n)
          LEFT JOIN owed AS o ON o.round = u.round AND o.owner = u.owner AND o.id = u.id
          LEFT JOIN earlier AS e ON e.round = u.round AND e.owner = u.owner AND e.id = u.id
    ), sent AS (
        -- no joins of lines with lines: there may be 200000 of them
        SELECT e.round, e.owner, count(e.n) AS lines, coalesce(min(e.n), 1) AS n
          FROM (SELECT u.round, u.owner, NULL::bigint AS n
                  FROM unnest(p_of_rounds, p_of_owners) AS u (round, owner)
                UNION ALL
                SELECT l.round, l.owner, l.n FROM line AS l) AS e
         GROUP BY e.round, e.owner
    ), breach (n, id, field, code, found, expected) AS (
        SELECT CASE WHEN p_stream THEN s.n ELSE 0 END, '', '', 'R001', s.lines || ' lines',
               'must be 1 to 500 lines'
          FROM sent AS s WHERE s.lines NOT BETWEEN 1 AND 500
        UNION ALL
        SELECT l.n, l.id, k.field, k.code, k.found, k.expected
          FROM line AS l
         CROSS JOIN LATERAL (VALUES
            ('commitment_id', 'R002', l.id = '', '', 'must name the commitment'),
            ('commitment_id', 'R003', l.id <> '' AND l.owner_of IS NULL, left(l.id, 63),
                'must name a commitment that there is'),
            ('commitment_id', 'R004', l.owner_of <> l.owner, l.id || ' of ' || l.owner_of,
                'must be a commitment of ' || l.owner),
            ('commitment_id', 'R005', l.owner_of = l.owner AND NOT l.owed, l.id,
                'must be owed in this round'),
            ('commitment_id', 'R006', l.id <> '' AND l.nth > 1, left(l.id, 63) || ' again',
                'must be answered once'),
            ('rating', 'R010', l.rating NOT IN ('red', 'amber', 'green'), left(l.rating, 63),
                'must be red, amber or green'),
            ('narrative', 'R011', char_length(l.narrative) > 4000,
                char_length(l.narrative)::text, 'must have at most 4000 characters'),
            ('reason', 'R012', l.rating IN ('red', 'amber') AND NOT is_said(l.reason), '',
                'must say why the rating is ' || l.rating),
            ('reason', 'R013', char_length(l.reason) > 2000, char_length(l.reason)::text,
                'must have at most 2000 characters'),
            ('measure_value', 'R014', char_length(l.measure) > 200,
                char_length(l.measure)::text, 'must have at most 200 characters'),
            ('evidence', 'R015', char_length(l.evidence) > 1000, char_length(l.evidence)::text,
                'must have at most 1000 characters'),
            ('confirmation', 'R016', char_length(l.confirmation) > 1000,
                char_length(l.confirmation)::text, 'must have at most 1000 characters'),
            ('actual_on', 'R020', l.day > current_date, l.actual, 'must not be in the future'),
            ('actual_on', 'R021', l.actual <> '' AND l.day IS NULL, left(l.actual, 63),
                'must be a day as YYYY-MM-DD'),
            ('rating', 'R101', NOT is_said(l.confirmation)
                AND (l.rating, l.earlier_rating) IN (('red', 'green'), ('green', 'red')),
                l.rating || ', ' || l.earlier_rating || ' in round ' || l.earlier_round,
                'is two steps from the round before: correct or confirm it'),
            ('narrative', 'R102', NOT is_said(l.confirmation)
                AND char_length(l.narrative) >= 40 AND l.narrative = l.earlier_narrative, 'the words of round ' || l.earlier_round,
                'is that of the round before: correct or confirm it'),
            ('measure_value', 'R110', NOT is_said(l.confirmation)
                AND l.number NOT BETWEEN least(l.earlier_number / 2, l.earlier_number * 2)
                AND greatest(l.earlier_number / 2, l.earlier_number * 2),
                l.measure || ', ' || l.earlier_measure || ' in round ' || l.earlier_round,
                'is far from the round before: correct or confirm it'),
            ('measure_value', 'R111', NOT is_said(l.confirmation) AND l.measure LIKE '%\%%'
                AND l.number NOT BETWEEN 0 AND 100, l.measure,
                'is no share between 0 % and 100 %: correct or confirm it'),
            ('actual_on', 'R112', NOT is_said(l.confirmation) AND l.day <= current_date
                AND l.day NOT BETWEEN l.observed_from AND l.observed_to, l.actual,
                'is outside ' || l.observed_from || ' to ' || l.observed_to
                    || ': correct or confirm it')
         ) AS k (field, code, broken, found, expected)
         -- nearly every line keeps all of these, and is done with at once
         WHERE k.broken AND (l.owed AND l.owner_of = l.owner AND l.nth = 1
            AND line_is_plain(l.rating, l.narrative, l.reason, l.measure, l.number, l.actual, l.day,
                              l.evidence, l.confirmation, l.observed_from, l.observed_to,
                              l.earlier_rating, l.earlier_narrative, l.earlier_number)) IS NOT TRUE
        UNION ALL
        SELECT CASE WHEN p_stream THEN m.n ELSE 1000000 END, m.id, '', 'R007', m.id,
               'must be answered'
          FROM (SELECT s.n, o.id
                  FROM (SELECT o.round, o.owner, o.id FROM owed AS o
                        EXCEPT
                        SELECT l.round, l.owner, l.id FROM line AS l) AS o
                  JOIN sent AS s ON s.round = o.round AND s.owner = o.owner) AS m
    )
    SELECT CASE WHEN b.n BETWEEN 1 AND 999999 THEN b.n::int ELSE 0 END, b.id,
           CASE WHEN p_stream THEN 'requests[' || b.n - 1 || '].progress'
                WHEN b.field = '' THEN 'owner_return.progress'
                ELSE 'owner_return.progress[' || b.n - 1 || ']' END
               || CASE b.field WHEN '' THEN '' ELSE '.' || b.field END,
           b.code, b.found, b.expected
      FROM breach AS b
     ORDER BY b.n, b.code, b.found LIMIT CASE WHEN p_stream THEN 1000 END;
END
$$;

-- One of them as a violation, to refuse with.
CREATE FUNCTION problem_violation(p_field text, p_code text, p_found text, p_expected text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT pledge.violation(p_field,
        p_expected || CASE p_found WHEN '' THEN '' ELSE ' (found ' || p_found || ')' END, p_code)
$$;

CREATE FUNCTION progress_violations(
    p_stream boolean, p_of_rounds text[], p_of_owners text[], p_rounds text[], p_owners text[],
    p_commitments text[], p_ratings text[], p_narratives text[], p_reasons text[],
    p_measures text[], p_actuals text[], p_evidence text[], p_confirmations text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(problem_violation(p.field, p.code, p.found, p.expected)
                   ORDER BY p.n), '[]')
          FROM progress_problems(p_stream, p_of_rounds, p_of_owners, p_rounds, p_owners,
                   p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals,
                   p_evidence, p_confirmations)
               WITH ORDINALITY AS p (line, commitment_id, field, code, found, expected, n));
END
$$;

-- Is it the return for this round?
CREATE FUNCTION observed_violations(p_round round, p_given text, p_field text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN p_given IN ('', p_round.observed_to::text) THEN '[]'::jsonb
        ELSE jsonb_build_array(pledge.problem_violation(p_field, 'R052', left(p_given, 63),
            'must be ' || p_round.observed_to || ', the last day that round '
                || p_round.round_id || ' observes')) END
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

COMMIT;
