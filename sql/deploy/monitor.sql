-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:monitor to pg
-- How each statement stands in a round. The worst that was said stands, and a return that is
-- missing counts as bad news: no statement with a missing return is green.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION monitor_round(p_id text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_id text;
BEGIN
    IF p_id = '' THEN
        SELECT r.round_id INTO v_id FROM round AS r
         WHERE r.authority_id = app_authority() AND r.opens_on <= current_date
         ORDER BY r.opens_on DESC, r.round_id DESC LIMIT 1;
        IF NOT FOUND THEN
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
COMMENT ON FUNCTION monitor_round(text)
    IS 'The round asked for, or the latest that has opened.';

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

-- These two are plpgsql because it keeps their plans, which cost more than running them.
--
-- What each owner says of each statement it has commitments to, ranked like standings. An owner
-- who has answered for some of its commitments to a statement only is not green either.
CREATE FUNCTION monitor_owner(p_round text)
RETURNS TABLE (statement_id text, owner_id text, resource_name text, display_name text,
               return_state text, rating text, reason text, days_late int, commitment_count int,
               evidence_count int, rank int)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH owed AS MATERIALIZED (
        SELECT w.statement_id, w.owner_id, w.commitment_id FROM round_owed AS w
         WHERE w.authority_id = app_authority() AND w.round_id = p_round
    ), expected AS MATERIALIZED (
        SELECT t.owner_id, t.resource_name, t.display_name, t.counts, t.state, t.due_on,
               t.days_late
          FROM return_standing AS t
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
    ), said AS (
        SELECT l.statement_id, l.owner_id, count(*)::int4 AS commitment_count,
               min(l.worst) AS worst, count(*) FILTER (WHERE l.worst IS NULL) AS open_count,
               (count(*) FILTER (WHERE l.has_evidence))::int4 AS evidence_count,
               (array_agg(l.reason))[1] AS reason
          FROM (SELECT w.statement_id, w.owner_id, a.worst, a.reason, a.has_evidence
                  FROM owed AS w
                  LEFT JOIN answered AS a ON a.owner_id = w.owner_id
                   AND a.commitment_id = w.commitment_id
                 ORDER BY w.statement_id, w.owner_id, a.worst NULLS LAST, w.commitment_id) AS l
         GROUP BY l.statement_id, l.owner_id
    )
    SELECT s.statement_id, s.owner_id, e.resource_name, e.display_name, e.state,
           coalesce(('{red,amber,green}'::text[])[s.worst], ''), coalesce(s.reason, ''),
           e.days_late, s.commitment_count, s.evidence_count,
           CASE WHEN s.worst = 1 THEN 1
                WHEN s.open_count > 0 AND (e.state = 'missing' OR r.close_time IS NOT NULL
                    OR current_date > e.due_on) THEN 2
                WHEN s.worst = 2 THEN 3
                WHEN s.open_count > 0 THEN 5
                ELSE 6 END AS rank
      FROM said AS s
      JOIN expected AS e ON e.owner_id = s.owner_id
      JOIN round AS r ON r.authority_id = app_authority() AND r.round_id = p_round
     ORDER BY s.statement_id, rank, s.owner_id;
END
$$;
COMMENT ON FUNCTION monitor_owner(text) IS 'In the order of statements, the worst first.';

-- A statement's rank among those that somebody has committed to.
CREATE FUNCTION statement_rank(p_round text) RETURNS TABLE (statement_id text, rank int)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT m.statement_id,
           coalesce(min(m.rank) FILTER (WHERE m.rank < 4),
                    CASE WHEN bool_or(m.rank = 6) THEN 6 ELSE 5 END)
      FROM monitor_owner(p_round) AS m
     GROUP BY m.statement_id
$$;

-- The same of the round before, which is usually closed, so that its ranks are recorded.
CREATE FUNCTION statement_rank_before(p_round text) RETURNS TABLE (statement_id text, rank int)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_before text := monitor_round_before(p_round);
BEGIN
    IF v_before IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT k.statement_id, k.rank FROM round_standing AS k
                  WHERE k.authority_id = app_authority() AND k.round_id = v_before;
    IF NOT FOUND THEN
        RETURN QUERY SELECT k.statement_id, k.rank FROM statement_rank(v_before) AS k;
    END IF;
END
$$;

CREATE FUNCTION monitor_statement(p_round text)
RETURNS TABLE (statement_id text, title text, text text, outcome_title text, standing text,
               trend text, owner_count int, missing_count int, awaited_count int, rank int,
               place int, owners text[], owner_names text[], return_states text[],
               ratings text[], reasons text[], days_late int[], commitment_counts int[],
               evidence_count int, young_rating text, young_rated_on date, disagrees boolean,
               past_rounds text[], past_standings text[])
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH line AS (
        SELECT m.statement_id, count(*)::int4 AS owner_count,
               (count(*) FILTER (WHERE m.rank = 2))::int4 AS missing_count,
               (count(*) FILTER (WHERE m.rank = 5))::int4 AS awaited_count,
               coalesce(min(m.rank) FILTER (WHERE m.rank < 4),
                        CASE WHEN bool_or(m.rank = 6) THEN 6 ELSE 5 END) AS rank,
               array_agg(m.resource_name) AS owners,
               array_agg(m.display_name) AS owner_names,
               array_agg(m.return_state) AS return_states,
               array_agg(m.rating) AS ratings,
               array_agg(m.reason) AS reasons,
               array_agg(m.days_late) AS days_late,
               array_agg(m.commitment_count) AS commitment_counts,
               sum(m.evidence_count)::int4 AS evidence_count
          FROM monitor_owner(p_round) AS m GROUP BY m.statement_id
    ), past AS MATERIALIZED (
        -- how it stood in the rounds before that an officer has closed, the latest first
        SELECT k.statement_id,
               array_agg(k.round_id ORDER BY b.observed_to DESC, b.round_id DESC) AS rounds,
               array_agg(standing_label(k.rank) ORDER BY b.observed_to DESC, b.round_id DESC)
                   AS standings
          FROM (SELECT x.round_id, x.observed_to FROM round AS r
                  JOIN round AS x ON x.authority_id = r.authority_id AND x.pledge_id = r.pledge_id
                   AND x.version_number = r.version_number AND x.close_time IS NOT NULL
                   AND (x.observed_to, x.round_id) < (r.observed_to, r.round_id)
                 WHERE r.authority_id = app_authority() AND r.round_id = p_round
                 ORDER BY x.observed_to DESC, x.round_id DESC LIMIT 6) AS b
          JOIN round_standing AS k ON k.authority_id = app_authority() AND k.round_id = b.round_id
         GROUP BY k.statement_id
    ), ranked AS (
        SELECT s.statement_id, s.title, s.text, o.title AS outcome_title, s.position,
               coalesce(l.rank, 4) AS rank,
               b.rank AS rank_before, l.owner_count, l.missing_count, l.awaited_count, l.owners,
               l.owner_names, l.return_states, l.ratings, l.reasons, l.days_late,
               l.commitment_counts, l.evidence_count, y.prevailing, y.rated_on,
               h.rounds AS past_rounds, h.standings AS past_standings
          FROM round AS r
          JOIN statement AS s ON s.authority_id = r.authority_id AND s.pledge_id = r.pledge_id
           AND s.version_number = r.version_number
          JOIN outcome AS o ON o.authority_id = s.authority_id AND o.pledge_id = s.pledge_id
           AND o.version_number = s.version_number AND o.outcome_id = s.outcome_id
          LEFT JOIN line AS l ON l.statement_id = s.statement_id
          LEFT JOIN past AS h ON h.statement_id = s.statement_id
          LEFT JOIN LATERAL (
               -- how young people rated it last; the counts are told elsewhere, without small ones
               SELECT rating_prevailing(q.keeping, q.partly, q.not_keeping) AS prevailing,
                      q.rated_on
                 FROM statement_rating AS q
                WHERE q.authority_id = s.authority_id AND q.pledge_id = s.pledge_id
                  AND q.version_number = s.version_number AND q.statement_id = s.statement_id
                ORDER BY q.rated_on DESC, q.rating DESC LIMIT 1) AS y ON true
          LEFT JOIN statement_rank_before(p_round) AS b ON b.statement_id = s.statement_id
         WHERE r.authority_id = app_authority() AND r.round_id = p_round
    )
    SELECT k.statement_id, k.title, k.text, k.outcome_title, standing_label(k.rank),
           CASE WHEN k.rank_before IS NULL OR k.rank IN (4, 5) OR k.rank_before = 5 THEN ''
                WHEN k.rank > k.rank_before THEN 'better'
                WHEN k.rank < k.rank_before THEN 'worse'
                ELSE 'same' END,
           coalesce(k.owner_count, 0), coalesce(k.missing_count, 0),
           coalesce(k.awaited_count, 0), k.rank, k.position, coalesce(k.owners, '{}'),
           coalesce(k.owner_names, '{}'), coalesce(k.return_states, '{}'),
           coalesce(k.ratings, '{}'), coalesce(k.reasons, '{}'), coalesce(k.days_late, '{}'),
           coalesce(k.commitment_counts, '{}'), coalesce(k.evidence_count, 0),
           coalesce(k.prevailing, ''), k.rated_on,
           -- side by side and never averaged: it is told where the two do not say the same
           coalesce(k.prevailing <> CASE k.rank WHEN 1 THEN 'not_keeping' WHEN 3 THEN 'partly'
                                                WHEN 6 THEN 'keeping' END AND k.prevailing <> '', false),
           coalesce(k.past_rounds, '{}'), coalesce(k.past_standings, '{}')
      FROM ranked AS k
     ORDER BY k.rank, k.position;
END
$$;

COMMIT;
