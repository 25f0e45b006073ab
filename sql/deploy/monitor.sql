-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:monitor to pg
-- How each statement stands in a round: at the end of a day (as at), by what was recorded by the end of
-- another (known on). A return that is missing counts as bad news: no statement with a missing return is
-- green. Everything is rolled up from the same lines, of one commitment to one statement each.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION monitor_round(p_id text, p_as_at date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_id text;
BEGIN
    IF p_id = '' THEN
        SELECT r.round_id INTO v_id FROM round AS r
         WHERE r.authority_id = app_authority() AND r.opens_on <= p_as_at
         ORDER BY r.opens_on DESC, r.round_id DESC LIMIT 1;
        IF NOT FOUND AND p_as_at < current_date THEN
            PERFORM fail('PL404', 'No round had opened by then, so there is nothing to show.', 'as_at');
        ELSIF NOT FOUND THEN
            PERFORM fail('PL404', 'No round has opened yet, so there is nothing to show.'
                ' Add a round first.', 'round_id');
        END IF;
    ELSE
        SELECT r.round_id INTO v_id FROM round AS r
         WHERE r.authority_id = app_authority() AND r.round_id = p_id;
        IF NOT FOUND THEN
            PERFORM fail('PL404', 'There is no round ' || left(p_id, 63) || '.', 'round_id');
        END IF;
    END IF;
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION monitor_round(text, date)
    IS 'The round asked for, or the latest that had opened.';

CREATE FUNCTION monitor_round_before(p_id text) RETURNS text
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT b.round_id FROM round AS r
      JOIN round AS b ON b.authority_id = r.authority_id AND b.pledge_id = r.pledge_id
       AND b.version_number = r.version_number
       AND (b.observed_to, b.round_id) < (r.observed_to, r.round_id)
     WHERE r.authority_id = app_authority() AND r.round_id = p_id
     ORDER BY b.observed_to DESC, b.round_id DESC LIMIT 1
$$;

-- Standings and ratings by how bad they are, from 1. The order of standings is the API's.
CREATE FUNCTION standing_label(p_rank int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ('{red,missing,amber,no_commitment,awaited,green}'::text[])[p_rank] $$;

CREATE FUNCTION standing_trend(p_rank int, p_before int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_rank IS NULL OR p_before IS NULL OR p_rank IN (4, 5) OR p_before = 5 THEN ''
                WHEN p_rank > p_before THEN 'better'
                WHEN p_rank < p_before THEN 'worse'
                ELSE 'same' END
$$;

-- Side by side and never averaged: it is told where the two do not say the same.
CREATE FUNCTION standing_disagrees(p_rank int, p_prevailing text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(p_prevailing <> '' AND p_prevailing <> CASE p_rank
        WHEN 1 THEN 'not_keeping' WHEN 3 THEN 'partly' WHEN 6 THEN 'keeping' END, false)
$$;

-- The rule of a round: of the day, or that by which an officer closed it.
CREATE FUNCTION monitor_rule(p_round text, p_as_at date, p_known_on date) RETURNS roll_up
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT roll_up_on(least(p_as_at, p_known_on), coalesce((
        SELECT r.close_time FROM round AS r
         WHERE r.authority_id = app_authority() AND r.round_id = p_round), 'infinity'))
$$;

-- The rest is plpgsql because it keeps its plans, which cost more than running them.
--
-- What each commitment to each statement was answered with. worst: 1 red, 2 amber, 3 green, NULL for no
-- answer, which is_missing where one was due.
CREATE FUNCTION monitor_line(p_round text, p_as_at date, p_known_on date)
RETURNS TABLE (statement_id text, owner_id text, commitment_id text, worst int, is_missing boolean,
               reason text, has_evidence boolean, resource_name text, display_name text,
               return_state text, days_late int, weight int)
LANGUAGE plpgsql STABLE ROWS 200 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_rule roll_up := monitor_rule(p_round, p_as_at, p_known_on);
    v_closed boolean := (SELECT is_closed_on(r.close_time, p_as_at, p_known_on) FROM round AS r
                          WHERE r.authority_id = app_authority() AND r.round_id = p_round);
BEGIN
    RETURN QUERY
    WITH owed AS MATERIALIZED (
        SELECT w.statement_id, w.owner_id, w.commitment_id
          FROM round_owed_on(p_round, p_as_at, p_known_on) AS w
    ), expected AS MATERIALIZED (
        SELECT t.owner_id, t.resource_name, t.display_name, t.counts, t.state,
               t.state = 'missing' OR v_closed OR p_as_at > t.due_on AS is_due, t.days_late,
               coalesce((SELECT g.weight FROM roll_up_weight AS g
                          WHERE g.authority_id = app_authority() AND g.revision = v_rule.revision
                            AND g.owner_id = t.owner_id), 1) AS weight
          FROM return_standing_on(p_as_at, p_known_on) AS t
         WHERE t.authority_id = app_authority() AND t.round_id = p_round
           AND t.owner_id IN (SELECT w.owner_id FROM owed AS w)
    ), answered AS MATERIALIZED (
        -- each owner's lines lie together, so one range of the index is read for each
        SELECT a.owner_id, a.commitment_id, a.reason, a.evidence <> '' AS has_evidence,
               CASE a.rating WHEN 'red' THEN 1 WHEN 'amber' THEN 2 ELSE 3 END AS worst
          FROM expected AS e
         CROSS JOIN LATERAL (
            SELECT p.owner_id, p.commitment_id, p.rating, p.reason, p.evidence FROM progress AS p
             WHERE p.authority_id = app_authority() AND p.round_id = p_round
               AND p.owner_id = e.owner_id AND p.submission = e.counts OFFSET 0) AS a
    )
    SELECT w.statement_id, w.owner_id, w.commitment_id, a.worst, a.worst IS NULL AND e.is_due,
           coalesce(a.reason, ''), coalesce(a.has_evidence, false), e.resource_name, e.display_name,
           e.state, e.days_late, e.weight
      FROM owed AS w
      JOIN expected AS e ON e.owner_id = w.owner_id
      LEFT JOIN answered AS a ON a.owner_id = w.owner_id AND a.commitment_id = w.commitment_id;
END
$$;

-- What each owner says of each statement it has commitments to: its worst rating. An owner who has
-- answered for some of its commitments to a statement only is not green either.
CREATE FUNCTION monitor_owner(p_round text, p_as_at date, p_known_on date)
RETURNS TABLE (statement_id text, owner_id text, resource_name text, display_name text,
               return_state text, rating text, reason text, days_late int, commitment_count int,
               evidence_count int, rank int, worst int, weight int, is_whole boolean)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH said AS (
        SELECT l.statement_id, l.owner_id, l.resource_name, l.display_name, l.return_state,
               (array_agg(l.reason))[1] AS reason, l.days_late, count(*)::int4 AS commitment_count,
               (count(*) FILTER (WHERE l.has_evidence))::int4 AS evidence_count,
               owner_rank(min(l.worst), bool_or(l.is_missing), bool_or(l.worst IS NULL)) AS rank,
               min(l.worst) AS worst, l.weight, bool_and(l.worst IS NOT NULL) AS is_whole
          FROM (SELECT * FROM monitor_line(p_round, p_as_at, p_known_on) AS m
                 ORDER BY m.statement_id, m.owner_id, m.resource_name, m.display_name,
                          m.return_state, m.days_late, m.weight, m.worst NULLS LAST,
                          m.commitment_id) AS l
         GROUP BY l.statement_id, l.owner_id, l.resource_name, l.display_name, l.return_state,
                  l.days_late, l.weight
    )
    SELECT s.statement_id, s.owner_id, s.resource_name, s.display_name, s.return_state,
           coalesce(('{red,amber,green}'::text[])[s.worst], ''), s.reason, s.days_late,
           s.commitment_count, s.evidence_count, s.rank, s.worst, s.weight, s.is_whole
      FROM said AS s
     ORDER BY s.statement_id, s.rank, s.owner_id;
END
$$;
COMMENT ON FUNCTION monitor_owner(text, date, date) IS 'In the order of statements, the worst first.';

-- A statement's rank among those that somebody has committed to.
CREATE FUNCTION statement_rank(p_round text, p_as_at date, p_known_on date)
RETURNS TABLE (statement_id text, rank int)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_rule roll_up := monitor_rule(p_round, p_as_at, p_known_on);
BEGIN
    RETURN QUERY
    SELECT m.statement_id,
           roll_up_rank(v_rule.rule, v_rule.green_from, v_rule.amber_from, min(m.worst),
               rating_score(sum((m.worst - 1) * m.weight), sum(m.weight) FILTER (WHERE m.worst > 0)),
               bool_or(m.rank = 2), false, bool_or(m.is_whole))
      FROM monitor_owner(p_round, p_as_at, p_known_on) AS m
     GROUP BY m.statement_id;
END
$$;

-- The same of an earlier round, which is usually closed, so that its ranks are recorded.
CREATE FUNCTION statement_rank_then(p_round text, p_as_at date, p_known_on date)
RETURNS TABLE (statement_id text, rank int)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF p_round IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT k.statement_id, k.rank FROM round_standing AS k
                  WHERE k.authority_id = app_authority() AND k.round_id = p_round
                    AND k.recorded_at::date <= least(p_as_at, p_known_on);
    IF NOT FOUND THEN
        RETURN QUERY SELECT k.statement_id, k.rank
                       FROM statement_rank(p_round, p_as_at, p_known_on) AS k;
    END IF;
END
$$;

CREATE FUNCTION monitor_statement(p_round text, p_as_at date, p_known_on date)
RETURNS TABLE (statement_id text, title text, text text, outcome_title text, standing text,
               trend text, owner_count int, missing_count int, awaited_count int, rank int,
               place int, owners text[], owner_names text[], return_states text[],
               ratings text[], reasons text[], days_late int[], commitment_counts int[],
               evidence_count int, young_rating text, young_rated_on date, disagrees boolean,
               past_rounds text[], past_standings text[], score int, young_suppressed boolean,
               young_answers text[], young_counts int[], young_withheld boolean[])
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_rule roll_up := monitor_rule(p_round, p_as_at, p_known_on);
BEGIN
    RETURN QUERY
    WITH line AS (
        SELECT m.statement_id, count(*)::int4 AS owner_count,
               (count(*) FILTER (WHERE m.rank = 2))::int4 AS missing_count,
               (count(*) FILTER (WHERE m.rank = 5))::int4 AS awaited_count,
               min(m.worst) AS worst, bool_or(m.is_whole) AS is_whole,
               rating_score(sum((m.worst - 1) * m.weight),
                            sum(m.weight) FILTER (WHERE m.worst > 0)) AS score,
               array_agg(m.resource_name) AS owners,
               array_agg(m.display_name) AS owner_names,
               array_agg(m.return_state) AS return_states,
               array_agg(m.rating) AS ratings,
               array_agg(m.reason) AS reasons,
               array_agg(m.days_late) AS days_late,
               array_agg(m.commitment_count) AS commitment_counts,
               sum(m.evidence_count)::int4 AS evidence_count
          FROM monitor_owner(p_round, p_as_at, p_known_on) AS m GROUP BY m.statement_id
    ), past AS MATERIALIZED (
        -- how it stood in the rounds before that an officer has closed, the latest first
        SELECT k.statement_id,
               array_agg(k.round_id ORDER BY b.observed_to DESC, b.round_id DESC) AS rounds,
               array_agg(standing_label(k.rank) ORDER BY b.observed_to DESC, b.round_id DESC)
                   AS standings
          FROM (SELECT x.round_id, x.observed_to FROM round AS r
                  JOIN round AS x ON x.authority_id = r.authority_id AND x.pledge_id = r.pledge_id
                   AND x.version_number = r.version_number
                   AND is_closed_on(x.close_time, p_as_at, p_known_on)
                   AND (x.observed_to, x.round_id) < (r.observed_to, r.round_id)
                 WHERE r.authority_id = app_authority() AND r.round_id = p_round
                 ORDER BY x.observed_to DESC, x.round_id DESC LIMIT 6) AS b
          JOIN round_standing AS k ON k.authority_id = app_authority() AND k.round_id = b.round_id
         GROUP BY k.statement_id
    ), young AS MATERIALIZED (
        SELECT q.statement_id, q.prevailing, q.rated_on, q.suppressed, q.answers, q.counts, q.withheld
          FROM round AS r
         CROSS JOIN LATERAL young_ratings(r.pledge_id, r.version_number, p_as_at, p_known_on) AS q
         WHERE r.authority_id = app_authority() AND r.round_id = p_round
    ), ranked AS (
        SELECT s.statement_id, s.title, s.text, o.title AS outcome_title, s.position,
               CASE WHEN l.statement_id IS NULL THEN 4
                    ELSE roll_up_rank(v_rule.rule, v_rule.green_from, v_rule.amber_from, l.worst,
                                      l.score, l.missing_count > 0, false, l.is_whole) END AS rank,
               b.rank AS rank_before, l.owner_count, l.missing_count, l.awaited_count, l.owners,
               l.owner_names, l.return_states, l.ratings, l.reasons, l.days_late,
               l.commitment_counts, l.evidence_count, l.score, y.prevailing, y.rated_on,
               y.suppressed, y.answers, y.counts, y.withheld,
               h.rounds AS past_rounds, h.standings AS past_standings
          FROM round AS r
          JOIN statement AS s ON s.authority_id = r.authority_id AND s.pledge_id = r.pledge_id
           AND s.version_number = r.version_number
          JOIN outcome AS o ON o.authority_id = s.authority_id AND o.pledge_id = s.pledge_id
           AND o.version_number = s.version_number AND o.outcome_id = s.outcome_id
          LEFT JOIN line AS l ON l.statement_id = s.statement_id
          LEFT JOIN past AS h ON h.statement_id = s.statement_id
          LEFT JOIN young AS y ON y.statement_id = s.statement_id
          LEFT JOIN statement_rank_then(monitor_round_before(p_round), p_as_at, p_known_on) AS b
                 ON b.statement_id = s.statement_id
         WHERE r.authority_id = app_authority() AND r.round_id = p_round
    )
    SELECT k.statement_id, k.title, k.text, k.outcome_title, standing_label(k.rank),
           standing_trend(k.rank, k.rank_before),
           coalesce(k.owner_count, 0), coalesce(k.missing_count, 0),
           coalesce(k.awaited_count, 0), k.rank, k.position, coalesce(k.owners, '{}'),
           coalesce(k.owner_names, '{}'), coalesce(k.return_states, '{}'),
           coalesce(k.ratings, '{}'), coalesce(k.reasons, '{}'), coalesce(k.days_late, '{}'),
           coalesce(k.commitment_counts, '{}'), coalesce(k.evidence_count, 0),
           coalesce(k.prevailing, ''), k.rated_on, standing_disagrees(k.rank, k.prevailing),
           coalesce(k.past_rounds, '{}'), coalesce(k.past_standings, '{}'),
           CASE v_rule.rule WHEN 'weighted' THEN coalesce(k.score, 0) ELSE 0 END,
           coalesce(k.suppressed, false), coalesce(k.answers, '{}'), coalesce(k.counts, '{}'),
           coalesce(k.withheld, '{}')
      FROM ranked AS k
     ORDER BY k.rank, k.position;
END
$$;

COMMIT;
