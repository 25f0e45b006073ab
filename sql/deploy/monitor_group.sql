-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:monitor_group to pg
-- The monitor rolled up further, per outcome, owner or theme, by the same rule; and one round beside another,
-- across the lineage of the statements between their versions.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- A statement in a group stands by what was answered for the group's commitments to it alone.
CREATE FUNCTION monitor_group(p_round text, p_as_at date, p_known_on date, p_by text)
RETURNS TABLE (key text, title text, place int, rank int, score int, statement_count int,
               statement_counts int[], commitment_count int, missing_count int, awaited_count int,
               late_count int, evidence_count int, disagreeing_count int)
LANGUAGE plpgsql STABLE ROWS 50 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_rule roll_up := monitor_rule(p_round, p_as_at, p_known_on);
BEGIN
    RETURN QUERY
    WITH promise AS MATERIALIZED (
        SELECT s.statement_id, o.outcome_id, o.title AS outcome_title, o.position AS place, y.prevailing
          FROM round AS r
          JOIN statement AS s ON s.authority_id = r.authority_id AND s.pledge_id = r.pledge_id
           AND s.version_number = r.version_number
          JOIN outcome AS o ON o.authority_id = s.authority_id AND o.pledge_id = s.pledge_id
           AND o.version_number = s.version_number AND o.outcome_id = s.outcome_id
          LEFT JOIN LATERAL young_ratings(r.pledge_id, r.version_number, p_as_at, p_known_on) AS y
                 ON y.statement_id = s.statement_id
         WHERE r.authority_id = app_authority() AND r.round_id = p_round
    ), line AS (
        SELECT CASE p_by WHEN 'owner' THEN m.resource_name WHEN 'theme' THEN c.theme
                         ELSE p.outcome_id END AS key,
               CASE p_by WHEN 'owner' THEN m.display_name WHEN 'theme' THEN c.theme
                         ELSE p.outcome_title END AS title,
               CASE p_by WHEN 'outcome' THEN p.place ELSE 0 END AS place,
               p.statement_id, p.prevailing, m.owner_id, m.commitment_id, m.worst, m.is_missing,
               m.has_evidence, m.weight, m.days_late > 0 AND m.worst IS NOT NULL AS is_late
          FROM promise AS p
          LEFT JOIN monitor_line(p_round, p_as_at, p_known_on) AS m ON m.statement_id = p.statement_id
          LEFT JOIN commitment AS c ON c.authority_id = app_authority()
           AND c.commitment_id = m.commitment_id
         WHERE p_by = 'outcome' OR m.commitment_id IS NOT NULL
    ), owner_said AS (
        SELECT l.key, l.title, l.place, l.statement_id, l.prevailing, l.owner_id,
               CASE WHEN l.owner_id IS NOT NULL
                    THEN owner_rank(min(l.worst), bool_or(l.is_missing), bool_or(l.worst IS NULL)) END AS rank,
               min(l.worst) AS worst, max(l.weight) AS weight, bool_and(l.worst IS NOT NULL) AS is_whole
          FROM line AS l
         GROUP BY l.key, l.title, l.place, l.statement_id, l.prevailing, l.owner_id
    ), stands AS (
        SELECT o.key, o.prevailing,
               CASE WHEN bool_and(o.rank IS NULL) THEN 4
                    ELSE roll_up_rank(v_rule.rule, v_rule.green_from, v_rule.amber_from, min(o.worst),
                        rating_score(sum((o.worst - 1) * o.weight),
                                     sum(o.weight) FILTER (WHERE o.worst > 0)),
                        bool_or(o.rank = 2), false, bool_or(o.is_whole)) END AS rank
          FROM owner_said AS o GROUP BY o.key, o.statement_id, o.prevailing
    ), counted AS (
        SELECT t.key, count(*)::int4 AS statements,
               ARRAY[count(*) FILTER (WHERE t.rank = 1), count(*) FILTER (WHERE t.rank = 2),
                     count(*) FILTER (WHERE t.rank = 3), count(*) FILTER (WHERE t.rank = 4),
                     count(*) FILTER (WHERE t.rank = 5), count(*) FILTER (WHERE t.rank = 6)]::int4[]
                   AS counts,
               (count(*) FILTER (WHERE standing_disagrees(t.rank, t.prevailing)))::int4 AS disagreeing
          FROM stands AS t GROUP BY t.key
    ), answered AS (
        SELECT l.key, count(DISTINCT l.commitment_id)::int4 AS commitments,
               (count(DISTINCT l.commitment_id) FILTER (WHERE l.is_missing))::int4 AS missing,
               (count(DISTINCT l.commitment_id)
                   FILTER (WHERE l.worst IS NULL AND NOT l.is_missing))::int4 AS awaited,
               (count(DISTINCT l.commitment_id) FILTER (WHERE l.is_late))::int4 AS late,
               (count(DISTINCT l.commitment_id) FILTER (WHERE l.has_evidence))::int4 AS evidence
          FROM line AS l GROUP BY l.key
    ), rolled AS (
        SELECT o.key, min(o.title) AS title, min(o.place) AS place,
               rating_score(sum((o.worst - 1) * o.weight),
                            sum(o.weight) FILTER (WHERE o.worst > 0)) AS score,
               min(o.worst) AS worst, coalesce(bool_or(o.rank = 2), false) AS is_missing,
               bool_or(o.rank IS NULL) AS is_uncommitted, bool_or(o.is_whole) AS is_whole
          FROM owner_said AS o GROUP BY o.key
    )
    SELECT g.key, g.title, g.place,
           roll_up_rank(v_rule.rule, v_rule.green_from, v_rule.amber_from, g.worst, g.score, g.is_missing,
                        g.is_uncommitted, g.is_whole),
           CASE v_rule.rule WHEN 'weighted' THEN coalesce(g.score, 0) ELSE 0 END,
           c.statements, c.counts, a.commitments, a.missing, a.awaited, a.late, a.evidence, c.disagreeing
      FROM rolled AS g
      JOIN counted AS c ON c.key = g.key
      JOIN answered AS a ON a.key = g.key;
END
$$;
COMMENT ON FUNCTION monitor_group(text, date, date, text)
    IS 'p_by: outcome, owner or theme. Commitments without a theme are a group of their own.';

CREATE FUNCTION monitor_grouping(p_grouping text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_grouping NOT IN ('outcome', 'owner', 'theme') THEN
        PERFORM fail('PL400', 'grouping: must be outcome, owner or theme.', 'grouping');
    END IF;
    RETURN p_grouping;
END
$$;

-- The round that another one is held against: the one asked for, or the latest before it that was of an
-- earlier version.
CREATE FUNCTION monitor_round_against(p_round text, p_against text, p_as_at date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v round;
    v_against round;
BEGIN
    SELECT * INTO v FROM round AS r WHERE r.authority_id = app_authority() AND r.round_id = p_round;
    IF p_against = '' THEN
        SELECT * INTO v_against FROM round AS r
         WHERE r.authority_id = v.authority_id AND r.pledge_id = v.pledge_id
           AND r.version_number < v.version_number AND r.opens_on <= p_as_at
         ORDER BY r.observed_to DESC, r.round_id DESC LIMIT 1;
        IF NOT FOUND THEN
            PERFORM fail('PL404', 'No round of an earlier version had opened, so there is nothing to compare'
                ' with. Name a round.', 'against_round_id');
        END IF;
        RETURN v_against.round_id;
    END IF;
    SELECT * INTO v_against FROM round AS r
     WHERE r.authority_id = app_authority() AND r.round_id = p_against;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no round ' || left(p_against, 63) || '.', 'against_round_id');
    ELSIF p_against = p_round THEN
        PERFORM fail('PL400', 'Name another round than the one that it is held against.', 'against_round_id');
    ELSIF v_against.pledge_id <> v.pledge_id THEN
        PERFORM fail('PL400', 'Round ' || p_against || ' is of another pledge.', 'against_round_id');
    ELSIF v_against.version_number > v.version_number THEN
        PERFORM fail('PL400', 'Round ' || p_against || ' is of a later version. Ask for the later round, and name'
            ' the earlier as the one to compare with.', 'against_round_id');
    ELSIF v_against.version_number = v.version_number
          AND (v_against.observed_to, v_against.round_id) > (v.observed_to, v.round_id) THEN
        PERFORM fail('PL400', 'Round ' || p_against || ' is the later one. Ask for it, and name the other as the one'
            ' to compare with.', 'against_round_id');
    END IF;
    RETURN p_against;
END
$$;

-- Each statement of the later round with those that it came from, then (statement_id NULL) each of the
-- earlier that has no successor.
CREATE FUNCTION monitor_compared(p_round text, p_against text, p_as_at date, p_known_on date)
RETURNS TABLE (place int, statement_id text, title text, rank int, young text, rank_before int,
               from_ids text[], from_titles text[], changes text[], from_ranks int[],
               from_young text[], reason text)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH side AS MATERIALIZED (
        SELECT r.round_id = p_round AS is_now, s.statement_id, s.title, coalesce(k.rank, 4) AS rank,
               coalesce(y.prevailing, '') AS young, s.position
          FROM round AS r
          JOIN statement AS s ON s.authority_id = r.authority_id AND s.pledge_id = r.pledge_id
           AND s.version_number = r.version_number
          LEFT JOIN (SELECT true AS is_now, n.statement_id, n.rank
                       FROM statement_rank(p_round, p_as_at, p_known_on) AS n
                     UNION ALL
                     SELECT false, t.statement_id, t.rank
                       FROM statement_rank_then(p_against, p_as_at, p_known_on) AS t) AS k
                 ON k.is_now = (r.round_id = p_round) AND k.statement_id = s.statement_id
          LEFT JOIN LATERAL young_ratings(r.pledge_id, r.version_number, p_as_at, p_known_on) AS y
                 ON y.statement_id = s.statement_id
         WHERE r.authority_id = app_authority() AND r.round_id IN (p_round, p_against)
    ), step AS (
        SELECT c.place, c.change, nullif(c.from_statement_id, '') AS from_id,
               nullif(c.to_statement_id, '') AS to_id, c.reason
          FROM round AS r
          JOIN round AS b ON b.authority_id = r.authority_id AND b.round_id = p_against
         CROSS JOIN LATERAL compare_versions(r.pledge_id, b.version_number, r.version_number) AS c
         WHERE r.authority_id = app_authority() AND r.round_id = p_round
    )
    SELECT min(t.place), n.statement_id, n.title, n.rank, n.young, min(b.rank),
           coalesce(array_agg(b.statement_id ORDER BY b.position) FILTER (WHERE b.statement_id <> ''), '{}'),
           coalesce(array_agg(b.title ORDER BY b.position) FILTER (WHERE b.statement_id <> ''), '{}'),
           coalesce(array_agg(t.change ORDER BY b.position) FILTER (WHERE b.statement_id <> ''), '{}'),
           coalesce(array_agg(b.rank ORDER BY b.position) FILTER (WHERE b.statement_id <> ''), '{}'),
           coalesce(array_agg(b.young ORDER BY b.position) FILTER (WHERE b.statement_id <> ''), '{}'),
           coalesce(string_agg(DISTINCT nullif(t.reason, ''), ' '), '')
      FROM step AS t
      JOIN side AS n ON n.is_now AND n.statement_id = t.to_id
      LEFT JOIN side AS b ON NOT b.is_now AND b.statement_id = t.from_id
     GROUP BY n.statement_id, n.title, n.rank, n.young
    UNION ALL
    SELECT t.place, NULL, b.title, NULL, b.young, b.rank, ARRAY[b.statement_id], ARRAY[b.title],
           ARRAY[t.change], ARRAY[b.rank], ARRAY[b.young], t.reason
      FROM step AS t
      JOIN side AS b ON NOT b.is_now AND b.statement_id = t.from_id
     WHERE t.to_id IS NULL
     ORDER BY 1;
END
$$;

COMMIT;
