-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:ranking to pg
-- How what was answered is counted. Rankings are counted from one matrix: how many responses prefer
-- each option to each other one. A response prefers what it put into a better place, and whatever it
-- ranked to whatever it left out; it says nothing about two options in one place, or two it left out.
--   Borda    an option gets a point for each option that a response prefers it to, and half of one for
--            each that the response says nothing about; so every response gives away the same number
--            of points, however many options it ranks
--   Schulze  one option beats another when the strongest chain of victories from it is stronger than
--            any back; a chain is as strong as its weakest victory, a victory as strong as the number
--            of responses for it. An option that beats every other one in pairs (Condorcet) is first.
-- Options that are equal share a place. Among options with one place the first of the question is told
-- first.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- wins[(i - 1) * count + j]: how many responses prefer option i to option j.
CREATE FUNCTION ranking_wins(p_consultation text, p_question int, p_count int) RETURNS int[]
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH ballot AS MATERIALIZED (
        SELECT a.ranking, a.places FROM response_answer AS a
         WHERE a.authority_id = app_authority() AND a.consultation_id = p_consultation
           AND a.question = p_question
    ), ranked AS (
        SELECT o.option, count(*)::int AS votes
          FROM ballot AS b, unnest(b.ranking) AS o (option) GROUP BY o.option
    ), counted AS ( -- one number stands for a pair, which groups faster than three
        SELECT (x.option * 64 + y.option) * 2 + (x.place = y.place)::int AS pair,
               count(*)::int AS votes
          FROM ballot AS b, unnest(b.ranking, b.places) WITH ORDINALITY AS x (option, place, n),
               unnest(b.ranking[x.n + 1:], b.places[x.n + 1:]) AS y (option, place)
         GROUP BY 1
    ), pair AS (
        SELECT c.pair / 128 AS better, c.pair / 2 % 64 AS worse,
               coalesce(sum(c.votes) FILTER (WHERE c.pair % 2 = 0), 0)::int AS above,
               coalesce(sum(c.votes) FILTER (WHERE c.pair % 2 = 1), 0)::int AS level
          FROM counted AS c GROUP BY 1, 2
    )
    -- Whoever ranked i prefers it to j, but those who put j above it or beside it.
    SELECT array_agg(CASE WHEN i = j THEN 0 ELSE coalesce(r.votes, 0) - coalesce(p.above, 0)
                              - coalesce(p.level, 0) - coalesce(q.level, 0) END ORDER BY i, j)
      FROM generate_series(1, p_count) AS i
     CROSS JOIN generate_series(1, p_count) AS j
      LEFT JOIN ranked AS r ON r.option = i
      LEFT JOIN pair AS p ON p.better = j AND p.worse = i
      LEFT JOIN pair AS q ON q.better = i AND q.worse = j
$$;

-- The strength of the strongest chain from each option to each other one, in the same form.
CREATE FUNCTION ranking_strengths(p_wins int[], p_count int) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_strengths int[] := ARRAY(
        SELECT CASE WHEN p_wins[(i - 1) * p_count + j] > p_wins[(j - 1) * p_count + i]
                    THEN p_wins[(i - 1) * p_count + j] ELSE 0 END
          FROM generate_series(1, p_count) AS i, generate_series(1, p_count) AS j ORDER BY i, j);
    v_to int;
    v_on int;
BEGIN
    FOR k IN 1..p_count LOOP
        FOR i IN 1..p_count LOOP
            v_to := v_strengths[(i - 1) * p_count + k];
            CONTINUE WHEN v_to = 0 OR i = k;
            FOR j IN 1..p_count LOOP
                v_on := least(v_to, v_strengths[(k - 1) * p_count + j]);
                IF v_on > v_strengths[(i - 1) * p_count + j] AND i <> j THEN
                    v_strengths[(i - 1) * p_count + j] := v_on;
                END IF;
            END LOOP;
        END LOOP;
    END LOOP;
    RETURN v_strengths;
END
$$;

-- Every option of a ranking with what it gets in both ways.
CREATE FUNCTION ranking_counted(p_consultation text, p_question int)
RETURNS TABLE (option int, statement_id text, label text, points float8, borda_place int,
               beats int, schulze_place int)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_count int;
    v_ballots int;
    v_wins int[];
    v_strengths int[];
BEGIN
    SELECT count(*)::int INTO v_count FROM consultation_option AS o
     WHERE o.authority_id = app_authority() AND o.consultation_id = p_consultation
       AND o.question = p_question;
    SELECT count(*)::int INTO v_ballots FROM response_answer AS a
     WHERE a.authority_id = app_authority() AND a.consultation_id = p_consultation
       AND a.question = p_question;
    v_wins := ranking_wins(p_consultation, p_question, v_count);
    v_strengths := ranking_strengths(v_wins, v_count);
    RETURN QUERY
        WITH duel AS MATERIALIZED (
            SELECT i, (v_ballots + v_wins[(i - 1) * v_count + j]
                       - v_wins[(j - 1) * v_count + i]) / 2.0 AS points,
                   sign(v_strengths[(i - 1) * v_count + j]
                        - v_strengths[(j - 1) * v_count + i]) AS victory
              FROM generate_series(1, v_count) AS i, generate_series(1, v_count) AS j
             WHERE i <> j
        ), total AS (
            SELECT d.i, sum(d.points)::float8 AS points,
                   count(*) FILTER (WHERE d.victory > 0)::int AS beats,
                   count(*) FILTER (WHERE d.victory < 0)::int AS beaten
              FROM duel AS d GROUP BY d.i
        )
        SELECT o.option, o.statement_id::text, o.label, t.points,
               rank() OVER (ORDER BY t.points DESC)::int, t.beats, t.beaten + 1
          FROM total AS t
          JOIN consultation_option AS o ON o.authority_id = app_authority()
           AND o.consultation_id = p_consultation AND o.question = p_question AND o.option = t.i;
END
$$;

-- Results are for the voice team at any time and for others once they are final: what changed from one
-- day to the next would be what somebody answered.
CREATE FUNCTION results_of(p_consultation text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_close_time timestamptz;
BEGIN
    SELECT c.close_time INTO v_close_time FROM consultation AS c
     WHERE c.authority_id = app_authority() AND c.consultation_id = p_consultation;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no consultation ' || p_consultation || '.', 'name');
    ELSIF v_close_time IS NULL AND NOT in_voice_team() THEN
        PERFORM fail('PL412', 'The results are told when the consultation is closed for good.', 'name');
    END IF;
    RETURN p_consultation;
END
$$;
COMMENT ON FUNCTION results_of(text)
    IS 'The consultation whose results the caller may see, or ends the call.';

CREATE FUNCTION tally_results(p_consultation text)
RETURNS TABLE (question int, kind text, prompt text, answer_count int, suppressed boolean,
               answers int[], labels text[], counts int[], withheld boolean[])
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH offered AS (
        SELECT q.question, q.kind, q.prompt, v.value, coalesce(o.label, '') AS label
          FROM consultation_question AS q
          LEFT JOIN consultation_option AS o ON o.authority_id = q.authority_id
           AND o.consultation_id = q.consultation_id AND o.question = q.question
         CROSS JOIN LATERAL (SELECT coalesce(o.option, r.rating) AS value
                               FROM generate_series(1, CASE q.kind WHEN 'rating' THEN 5 ELSE 1 END)
                                 AS r (rating)) AS v
         WHERE q.authority_id = app_authority() AND q.consultation_id = p_consultation
           AND q.kind IN ('rating', 'choice')
    ), counted AS (
        SELECT f.question, f.kind, f.prompt, f.value, f.label,
               (SELECT count(*) FROM response_answer AS a
                 WHERE a.authority_id = app_authority() AND a.consultation_id = p_consultation
                   AND a.question = f.question AND a.value = f.value)::int AS count
          FROM offered AS f
    ), told AS (
        SELECT c.*, sum(c.count) OVER whole < 6 AND NOT in_voice_team() AS none,
               -- Of one count alone that is withheld the total would tell, so the next smallest goes too.
               NOT in_voice_team() AND (c.count < 6
                   OR (min(c.count) OVER whole < 6 AND rank() OVER (whole ORDER BY c.count) <= 2))
                   AS withheld
          FROM counted AS c WINDOW whole AS (PARTITION BY c.question)
    )
    SELECT t.question, t.kind, t.prompt, CASE WHEN t.none THEN 0 ELSE sum(t.count)::int END, t.none,
           array_agg(t.value ORDER BY t.value), array_agg(t.label ORDER BY t.value),
           array_agg(CASE WHEN t.none OR t.withheld THEN 0 ELSE t.count END ORDER BY t.value),
           array_agg(t.none OR t.withheld ORDER BY t.value)
      FROM told AS t
     GROUP BY t.question, t.kind, t.prompt, t.none
     ORDER BY t.question
$$;

CREATE FUNCTION ranking_results(p_consultation text)
RETURNS TABLE (question int, prompt text, ranking_count int, option_count int, suppressed boolean,
               borda_places int[], borda_options int[], borda_statements text[],
               borda_labels text[], borda_points float8[], schulze_places int[],
               schulze_options int[], schulze_statements text[], schulze_labels text[],
               schulze_beats float8[])
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH asked AS (
        SELECT q.question, q.prompt, n.rankings, m.options, n.rankings < 6 AND NOT in_voice_team() AS none
          FROM consultation_question AS q
         CROSS JOIN LATERAL (SELECT count(*)::int AS rankings FROM response_answer AS a
                              WHERE a.authority_id = app_authority()
                                AND a.consultation_id = p_consultation
                                AND a.question = q.question) AS n
         CROSS JOIN LATERAL (SELECT count(*)::int AS options FROM consultation_option AS o
                              WHERE o.authority_id = app_authority()
                                AND o.consultation_id = p_consultation
                                AND o.question = q.question) AS m
         WHERE q.authority_id = app_authority() AND q.consultation_id = p_consultation
           AND q.kind = 'ranking'
    ), counted AS MATERIALIZED (
        SELECT a.question, c.*,
               row_number() OVER (PARTITION BY a.question ORDER BY c.borda_place, c.option) AS borda_line,
               row_number() OVER (PARTITION BY a.question ORDER BY c.schulze_place, c.option) AS schulze_line
          FROM asked AS a, ranking_counted(p_consultation, a.question) AS c
         WHERE a.rankings > 0 AND NOT a.none
    )
    SELECT a.question, a.prompt, CASE WHEN a.none THEN 0 ELSE a.rankings END, a.options, a.none,
           b.*, s.*
      FROM asked AS a
     CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(c.borda_place ORDER BY c.borda_line), '{}'),
               coalesce(array_agg(c.option ORDER BY c.borda_line), '{}'),
               coalesce(array_agg(c.statement_id ORDER BY c.borda_line), '{}'),
               coalesce(array_agg(c.label ORDER BY c.borda_line), '{}'),
               coalesce(array_agg(c.points ORDER BY c.borda_line), '{}')
          FROM counted AS c WHERE c.question = a.question AND c.borda_line <= 10) AS b
     CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(c.schulze_place ORDER BY c.schulze_line), '{}'),
               coalesce(array_agg(c.option ORDER BY c.schulze_line), '{}'),
               coalesce(array_agg(c.statement_id ORDER BY c.schulze_line), '{}'),
               coalesce(array_agg(c.label ORDER BY c.schulze_line), '{}'),
               coalesce(array_agg(c.beats::float8 ORDER BY c.schulze_line), '{}')
          FROM counted AS c WHERE c.question = a.question AND c.schulze_line <= 10) AS s
     ORDER BY a.question
$$;

COMMIT;
