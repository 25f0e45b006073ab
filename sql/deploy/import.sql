-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:import to pg
-- Many returns at once, as a stream of their lines: all are recorded or none. What a single return
-- must obey, each of these must; only a return that replaces another is sent by itself.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION returns_import(
    p_rounds text[], p_owners text[], p_days text[], p_commitments text[], p_ratings text[],
    p_narratives text[], p_reasons text[], p_measures text[], p_actuals text[],
    p_evidence text[], p_confirmations text[], p_observed text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_round round;
    v_owners text[];
    v_of_rounds text[];
    v_of_owners text[];
    v_of_days date[];
    v_bad jsonb;
BEGIN
    -- Locks in one order: rounds, so that none is closed meanwhile, then owners.
    FOR v IN SELECT u.round, min(u.n) AS n
               FROM unnest(p_rounds) WITH ORDINALITY AS u (round, n)
              GROUP BY u.round ORDER BY u.round LOOP
        PERFORM FROM round WHERE authority_id = app_authority() AND round_id = v.round FOR SHARE;
        IF NOT FOUND THEN
            PERFORM fail('PL404', 'There is no round ' || v.round || '.',
                'requests[' || v.n - 1 || '].parent');
        END IF;
    END LOOP;
    FOR v IN SELECT u.owner, min(u.n) AS n
               FROM unnest(p_owners) WITH ORDINALITY AS u (owner, n)
              GROUP BY u.owner ORDER BY u.owner LOOP
        PERFORM return_may_act(owner_of(v.owner, 'requests[' || v.n - 1 || '].owner'),
            'requests[' || v.n - 1 || '].owner');
        PERFORM FROM owner WHERE authority_id = app_authority() AND resource_name = v.owner
            FOR NO KEY UPDATE;
    END LOOP;
    SELECT array_agg(o.owner_id ORDER BY u.n) INTO v_owners
      FROM unnest(p_owners) WITH ORDINALITY AS u (owner, n)
      JOIN owner AS o ON o.authority_id = app_authority() AND o.resource_name = u.owner;

    FOR v IN SELECT DISTINCT u.round, u.owner, received_day(u.day) AS day
               FROM unnest(p_rounds, v_owners, p_days) AS u (round, owner, day)
              ORDER BY u.round, u.owner, day LOOP
        SELECT * INTO v_round FROM round WHERE authority_id = app_authority() AND round_id = v.round;
        PERFORM return_window_check(v_round, v.owner,
            CASE app_role() WHEN 'officer' THEN v.day ELSE current_date END);
    END LOOP;

    WITH sent AS MATERIALIZED (
        SELECT u.round, u.owner, min(u.n) AS n, min(u.day) <> max(u.day) AS differs,
               min(u.day) AS day, max(u.observed) AS observed
          FROM unnest(p_rounds, v_owners, p_days, p_observed)
               WITH ORDINALITY AS u (round, owner, day, observed, n)
         GROUP BY u.round, u.owner
    ), owing AS MATERIALIZED (
        SELECT d.pledge_id, d.version_number, d.owner
          FROM (SELECT DISTINCT r.pledge_id, r.version_number, s.owner
                  FROM sent AS s
                  JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = s.round) AS d
         WHERE EXISTS (SELECT FROM version_owed AS w WHERE w.authority_id = app_authority()
                          AND w.pledge_id = d.pledge_id AND w.version_number = d.version_number
                          AND w.owner_id = d.owner)
    ), breach AS (
        SELECT s.n, violation('requests[' || s.n - 1 || '].owner',
                   s.owner || ' has no commitment in round ' || s.round, 'R040') AS bad
          FROM sent AS s
          JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = s.round
         WHERE (r.pledge_id, r.version_number, s.owner) NOT IN (
                   SELECT o.pledge_id, o.version_number, o.owner FROM owing AS o)
        UNION ALL
        SELECT s.n, violation('requests[' || s.n - 1 || '].owner',
                   s.owner || ' has sent a return in round ' || s.round
                       || '; to replace it, send the new one by itself with its etag', 'R060')
          FROM sent AS s
         WHERE EXISTS (SELECT FROM return_submission AS t WHERE t.authority_id = app_authority()
                          AND t.round_id = s.round AND t.owner_id = s.owner)
        UNION ALL
        SELECT s.n, violation('requests[' || s.n - 1 || '].received_on',
                   'must be the same in all lines of a return', 'R032')
          FROM sent AS s WHERE s.differs
        UNION ALL
        SELECT s.n, jsonb_array_elements(observed_violations(r, s.observed,
                   'requests[' || s.n - 1 || '].observed_to'))
          FROM sent AS s
          JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = s.round
         WHERE s.observed <> r.observed_to::text
        UNION ALL
        SELECT s.n, jsonb_array_elements(
                   received_on_violations(s.day, 'requests[' || s.n - 1 || '].received_on'))
          FROM sent AS s WHERE s.day <> ''
    )
    SELECT array_agg(s.round ORDER BY s.n), array_agg(s.owner ORDER BY s.n),
           array_agg(received_day(s.day) ORDER BY s.n),
           (SELECT coalesce(jsonb_agg(b.bad ORDER BY b.n), '[]') FROM breach AS b)
      INTO v_of_rounds, v_of_owners, v_of_days, v_bad
      FROM sent AS s;
    PERFORM violations_check(v_bad || progress_violations(true, v_of_rounds, v_of_owners, p_rounds,
        v_owners, p_commitments, p_ratings, p_narratives, p_reasons, p_measures, p_actuals,
        p_evidence, p_confirmations), 'The returns break at least ');

    INSERT INTO return_submission (authority_id, round_id, owner_id, submission, received_on,
                                   content_hash, principal_id)
    SELECT app_authority(), s.round, s.owner, 1, s.day,
           content_hash(return_content_head(s.round, s.owner, 1, s.day) || l.content),
           app_principal()
      FROM unnest(v_of_rounds, v_of_owners, v_of_days) AS s (round, owner, day)
      JOIN (SELECT u.round, u.owner,
                   string_agg(progress_content(u.id, u.rating, u.narrative, u.reason, u.measure,
                                               u.actual, u.evidence, u.confirmation), '' ORDER BY u.n)
                       AS content
              FROM unnest(p_rounds, v_owners, p_commitments, p_ratings, p_narratives, p_reasons,
                          p_measures, p_actuals, p_evidence, p_confirmations)
                   WITH ORDINALITY AS u (round, owner, id, rating, narrative, reason, measure,
                                         actual, evidence, confirmation, n)
             GROUP BY u.round, u.owner) AS l ON l.round = s.round AND l.owner = s.owner;
    INSERT INTO progress (authority_id, round_id, owner_id, submission, commitment_id, position,
                          rating, narrative, reason, measure_value, actual_on, evidence, confirmation)
    SELECT app_authority(), u.round, u.owner, 1, u.id,
           row_number() OVER (PARTITION BY u.round, u.owner ORDER BY u.n), u.rating, u.narrative,
           u.reason, u.measure, CASE WHEN u.actual <> '' THEN date_or_null(u.actual) END,
           u.evidence, u.confirmation
      FROM unnest(p_rounds, v_owners, p_commitments, p_ratings, p_narratives, p_reasons,
                  p_measures, p_actuals, p_evidence, p_confirmations)
           WITH ORDINALITY AS u (round, owner, id, rating, narrative, reason, measure, actual,
                                 evidence, confirmation, n);
    INSERT INTO return_attempt (authority_id, round_id, owner_id, attempt, submission, line_count,
                                principal_id)
    SELECT app_authority(), u.round, u.owner,
           1 + coalesce((SELECT max(a.attempt) FROM return_attempt AS a
                          WHERE a.authority_id = app_authority() AND a.round_id = u.round
                            AND a.owner_id = u.owner), 0),
           1, count(*), app_principal()
      FROM unnest(p_rounds, v_owners) AS u (round, owner)
     GROUP BY u.round, u.owner;
    DELETE FROM return_draft AS d USING unnest(v_of_rounds, v_of_owners) AS u (round, owner)
     WHERE d.authority_id = app_authority() AND d.round_id = u.round AND d.owner_id = u.owner;
END
$$;
COMMENT ON FUNCTION returns_import(text[], text[], text[], text[], text[], text[], text[], text[],
    text[], text[], text[], text[]) IS 'Records first returns of any rounds and owners from their lines.';

COMMIT;
