-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:version to pg
-- Writing, adopting and comparing versions.
--
-- The content of a version, whose SHA-256 is recorded at adoption, is UTF-8 text of lines that
-- end in a line feed. A line is fields separated by a tab; in a field a backslash is written \\,
-- a tab \t and a line feed \n. The lines, in this order:
--   pledge-version  1
--   authority       identifier
--   pledge          identifier
--   version         number
--   title           title of the version
--   outcome         identifier, title                                        (each, in order)
--   statement       identifier, outcome, title, text, easy read, audience, youngest, oldest,
--                   principles                                               (each, in order)
--   lineage         from, to, change, reason                                 (each, in order)
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION content_field(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT replace(replace(replace(p_text, '\', '\\'), E'\t', '\t'), E'\n', '\n') $$;

CREATE FUNCTION content_line(VARIADIC p_fields text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT string_agg(pledge.content_field(f.field), E'\t' ORDER BY f.n) || E'\n'
      FROM unnest(p_fields) WITH ORDINALITY AS f (field, n)
$$;

CREATE FUNCTION version_content(p_pledge text, p_number int) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT convert_to(
        content_line('pledge-version', '1') || content_line('authority', v.authority_id)
        || content_line('pledge', v.pledge_id)
        || content_line('version', v.version_number::text) || content_line('title', v.title)
        || coalesce((
            SELECT string_agg(content_line('outcome', o.outcome_id, o.title), ''
                              ORDER BY o.position)
              FROM outcome AS o
             WHERE o.authority_id = v.authority_id AND o.pledge_id = v.pledge_id
               AND o.version_number = v.version_number), '')
        || coalesce((
            SELECT string_agg(content_line('statement', s.statement_id, s.outcome_id, s.title,
                                           s.text, s.easy_read, s.audience, s.age_from::text,
                                           s.age_to::text, s.principles), ''
                              ORDER BY s.position)
              FROM statement AS s
             WHERE s.authority_id = v.authority_id AND s.pledge_id = v.pledge_id
               AND s.version_number = v.version_number), '')
        || coalesce((
            SELECT string_agg(content_line('lineage', coalesce(l.from_statement_id, ''),
                                           coalesce(l.to_statement_id, ''), l.change, l.reason),
                              '' ORDER BY l.position)
              FROM lineage AS l
             WHERE l.authority_id = v.authority_id AND l.pledge_id = v.pledge_id
               AND l.version_number = v.version_number), ''), 'UTF8')
      FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = p_pledge
       AND v.version_number = p_number
$$;

CREATE FUNCTION outcome_violations(p_ids text[], p_titles text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(violation(
               'version.outcomes' || CASE WHEN o.n > 0 THEN '[' || o.n - 1 || '].' ELSE '' END
                   || r.field, r.rule) ORDER BY o.n, r.field), '[]')
      FROM (SELECT 0 AS n, '' AS id, '' AS title, 1 AS same
            UNION ALL
            SELECT u.n, u.id, u.title, count(*) OVER (PARTITION BY u.id)
              FROM unnest(p_ids, p_titles) WITH ORDINALITY AS u (id, title, n)) AS o
     CROSS JOIN LATERAL (VALUES
        ('', o.n = 0 AND cardinality(p_ids) NOT BETWEEN 1 AND 50, 'must be 1 to 50'),
        ('outcome_id', o.n > 0 AND NOT is_id(o.id),
            'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
        ('outcome_id', o.n > 0 AND o.same > 1, 'is in the version twice'),
        ('title', o.n > 0 AND (NOT is_said(o.title) OR char_length(o.title) > 200),
            'must have 1 to 200 characters')
     ) AS r (field, broken, rule)
     WHERE r.broken
$$;

CREATE FUNCTION statement_violations(p_ids text[], p_outcomes text[], p_titles text[],
                                     p_texts text[], p_easy_reads text[], p_audiences text[],
                                     p_known_outcomes text[], p_ages_from int[], p_ages_to int[],
                                     p_principles text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(violation(
               'version.statements' || CASE WHEN s.n > 0 THEN '[' || s.n - 1 || '].' ELSE '' END
                   || r.field, r.rule) ORDER BY s.n, r.field), '[]')
      FROM (SELECT 0 AS n, '' AS id, '' AS outcome, '' AS title, '' AS text, '' AS easy_read,
                   '' AS audience, 0 AS age_from, 0 AS age_to, '' AS principles, 1 AS same
            UNION ALL
            SELECT u.n, u.id, u.outcome, u.title, u.text, u.easy_read, u.audience,
                   coalesce(u.age_from, 0), coalesce(u.age_to, 0), coalesce(u.principles, ''),
                   count(*) OVER (PARTITION BY u.id)
              FROM unnest(p_ids, p_outcomes, p_titles, p_texts, p_easy_reads, p_audiences,
                          p_ages_from, p_ages_to, p_principles)
                   WITH ORDINALITY AS u (id, outcome, title, text, easy_read, audience, age_from,
                                         age_to, principles, n)) AS s
     CROSS JOIN LATERAL (VALUES
        ('', s.n = 0 AND cardinality(p_ids) NOT BETWEEN 1 AND 500, 'must be 1 to 500'),
        ('statement_id', s.n > 0 AND NOT is_id(s.id),
            'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
        ('statement_id', s.n > 0 AND s.same > 1, 'is in the version twice'),
        ('outcome_id', s.n > 0 AND s.outcome <> ALL (p_known_outcomes),
            'must be an outcome of the same version'),
        ('title', s.n > 0 AND (NOT is_said(s.title) OR char_length(s.title) > 80),
            'must have 1 to 80 characters'),
        ('text', s.n > 0 AND (NOT is_said(s.text) OR char_length(s.text) > 2000),
            'must have 1 to 2000 characters'),
        ('easy_read', char_length(s.easy_read) > 2000, 'must have at most 2000 characters'),
        ('audience', char_length(s.audience) > 200, 'must have at most 200 characters'),
        ('age_to', s.age_from < 0 OR s.age_to < s.age_from OR s.age_to > 25,
            'must be age_from or more, and 25 at most'),
        ('principles', s.principles !~ '^a?b?c?d?e?f?g?$',
            'must be letters from a to g, each once and in order')
     ) AS r (field, broken, rule)
     WHERE r.broken
$$;

CREATE FUNCTION lineage_violations(p_number int, p_froms text[], p_tos text[], p_changes text[],
                                   p_reasons text[], p_known_froms text[], p_known_tos text[])
RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(violation(
               'version.lineage' || CASE WHEN l.n > 0 THEN '[' || l.n - 1 || '].' ELSE '' END
                   || r.field, r.rule) ORDER BY l.n, r.field), '[]')
      FROM (SELECT 0 AS n, '' AS from_id, '' AS to_id, '' AS change, '' AS reason, 1 AS same
            UNION ALL
            SELECT u.n, u.from_id, u.to_id, u.change, u.reason,
                   count(*) OVER (PARTITION BY u.from_id, u.to_id)
              FROM unnest(p_froms, p_tos, p_changes, p_reasons)
                   WITH ORDINALITY AS u (from_id, to_id, change, reason, n)) AS l
     CROSS JOIN LATERAL (VALUES
        ('', l.n = 0 AND p_number = 1 AND cardinality(p_froms) > 0,
            'must be empty for version 1, which has none before it'),
        ('change', l.n > 0
            AND l.change NOT IN ('kept', 'reworded', 'merged', 'split', 'dropped', 'new'),
            'must be kept, reworded, merged, split, dropped or new'),
        ('from_statement_id', l.change = 'new' AND l.from_id <> '',
            'must be empty for a new statement'),
        ('from_statement_id', l.n > 0 AND p_number > 1 AND l.change <> 'new'
            AND l.from_id <> ALL (p_known_froms), 'must be a statement of the version before'),
        ('to_statement_id', l.change = 'dropped' AND l.to_id <> '',
            'must be empty for a dropped statement'),
        ('to_statement_id', l.n > 0 AND l.change <> 'dropped' AND l.to_id <> ALL (p_known_tos),
            'must be a statement of this version'),
        ('reason', l.change = 'dropped' AND NOT is_said(l.reason),
            'must say why the statement is dropped'),
        ('reason', char_length(l.reason) > 2000, 'must have at most 2000 characters'),
        ('', l.n > 0 AND l.same > 1, 'says the same step twice')
     ) AS r (field, broken, rule)
     WHERE r.broken
$$;

-- Writes the given parts of a draft whose row is already there and locked. A part that p_paths
-- leaves out stays as it is. Rows are changed in place, as commitments may refer to statements.
CREATE FUNCTION version_write_parts(
    p_pledge text, p_number int, p_outcome_ids text[], p_outcome_titles text[], p_ids text[],
    p_outcomes text[], p_titles text[], p_texts text[], p_easy_reads text[], p_audiences text[],
    p_froms text[], p_tos text[], p_changes text[], p_reasons text[], p_paths text[],
    p_ages_from int[], p_ages_to int[], p_principles text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_authority text := app_authority();
    v_outcomes boolean := masked('outcomes', p_paths);
    v_statements boolean := masked('statements', p_paths);
    v_lineage boolean := masked('lineage', p_paths);
    v_known_outcomes text[] := p_outcome_ids;
    v_known_tos text[] := p_ids;
    v_known_froms text[];
    v_bad jsonb := '[]';
BEGIN
    IF NOT v_outcomes THEN
        v_known_outcomes := ARRAY(SELECT o.outcome_id FROM outcome AS o
            WHERE o.authority_id = v_authority AND o.pledge_id = p_pledge
              AND o.version_number = p_number);
    END IF;
    IF NOT v_statements THEN
        v_known_tos := ARRAY(SELECT s.statement_id FROM statement AS s
            WHERE s.authority_id = v_authority AND s.pledge_id = p_pledge
              AND s.version_number = p_number);
    END IF;
    v_known_froms := ARRAY(SELECT s.statement_id FROM statement AS s
        WHERE s.authority_id = v_authority AND s.pledge_id = p_pledge
          AND s.version_number = p_number - 1);
    IF v_outcomes THEN
        v_bad := v_bad || outcome_violations(p_outcome_ids, p_outcome_titles);
    END IF;
    IF v_statements THEN
        v_bad := v_bad || statement_violations(p_ids, p_outcomes, p_titles, p_texts,
            p_easy_reads, p_audiences, v_known_outcomes, p_ages_from, p_ages_to, p_principles);
    END IF;
    IF v_lineage THEN
        v_bad := v_bad || lineage_violations(p_number, p_froms, p_tos, p_changes, p_reasons,
            v_known_froms, v_known_tos);
    END IF;
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The version has ' || jsonb_array_length(v_bad)
            || CASE jsonb_array_length(v_bad) WHEN 1 THEN ' mistake.' ELSE ' mistakes.' END,
            v_bad);
    END IF;

    IF v_lineage THEN
        DELETE FROM lineage AS l WHERE l.authority_id = v_authority AND l.pledge_id = p_pledge
           AND l.version_number = p_number;
    END IF;
    IF v_outcomes THEN
        SET CONSTRAINTS outcome_outcomes_order DEFERRED;
        INSERT INTO outcome (authority_id, pledge_id, version_number, outcome_id, position, title)
        SELECT v_authority, p_pledge, p_number, u.id, u.n, u.title
          FROM unnest(p_outcome_ids, p_outcome_titles) WITH ORDINALITY AS u (id, title, n)
        ON CONFLICT (authority_id, pledge_id, version_number, outcome_id)
        DO UPDATE SET position = excluded.position, title = excluded.title;
    END IF;
    IF v_statements THEN
        DELETE FROM statement AS s WHERE s.authority_id = v_authority AND s.pledge_id = p_pledge
           AND s.version_number = p_number AND s.statement_id <> ALL (p_ids);
        INSERT INTO statement (authority_id, pledge_id, version_number, statement_id, outcome_id,
                               position, title, text, easy_read, audience, age_from, age_to,
                               principles)
        SELECT v_authority, p_pledge, p_number, u.id, u.outcome, u.n, u.title, u.text,
               u.easy_read, u.audience, coalesce(u.age_from, 0), coalesce(u.age_to, 0),
               coalesce(u.principles, '')
          FROM unnest(p_ids, p_outcomes, p_titles, p_texts, p_easy_reads, p_audiences, p_ages_from,
                      p_ages_to, p_principles)
               WITH ORDINALITY AS u (id, outcome, title, text, easy_read, audience, age_from,
                                     age_to, principles, n)
        ON CONFLICT (authority_id, pledge_id, version_number, statement_id)
        DO UPDATE SET outcome_id = excluded.outcome_id, position = excluded.position,
            title = excluded.title, text = excluded.text, easy_read = excluded.easy_read,
            audience = excluded.audience, age_from = excluded.age_from,
            age_to = excluded.age_to, principles = excluded.principles;
    END IF;
    IF v_outcomes THEN
        DELETE FROM outcome AS o WHERE o.authority_id = v_authority AND o.pledge_id = p_pledge
           AND o.version_number = p_number AND o.outcome_id <> ALL (p_outcome_ids);
        SET CONSTRAINTS outcome_outcomes_order IMMEDIATE;
    END IF;
    IF v_lineage THEN
        INSERT INTO lineage (authority_id, pledge_id, version_number, position,
                             from_statement_id, to_statement_id, change, reason)
        SELECT v_authority, p_pledge, p_number, u.n, nullif(u.from_id, ''), nullif(u.to_id, ''),
               u.change, u.reason
          FROM unnest(p_froms, p_tos, p_changes, p_reasons)
               WITH ORDINALITY AS u (from_id, to_id, change, reason, n);
    END IF;
END
$$;

CREATE FUNCTION version_create(
    p_pledge text, p_id text, p_title text, p_note text, p_outcome_ids text[],
    p_outcome_titles text[], p_ids text[], p_outcomes text[], p_titles text[], p_texts text[],
    p_easy_reads text[], p_audiences text[], p_froms text[], p_tos text[], p_changes text[],
    p_reasons text[], p_ages_from int[] DEFAULT NULL, p_ages_to int[] DEFAULT NULL,
    p_principles text[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_id);
    v_last version;
BEGIN
    IF v_number = 0 THEN
        PERFORM fail('PL400', 'A version''s identifier is its number, from 1.', 'version_id');
    END IF;
    PERFORM FROM pledge WHERE authority_id = app_authority() AND pledge_id = p_pledge
        FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no pledge ' || p_pledge || '.', 'parent');
    END IF;
    SELECT * INTO v_last FROM version
     WHERE authority_id = app_authority() AND pledge_id = p_pledge
     ORDER BY version_number DESC LIMIT 1;
    IF v_number <= coalesce(v_last.version_number, 0) THEN
        PERFORM fail('PL409', 'There is already a version ' || v_number || '.', 'version_id');
    ELSIF v_number <> coalesce(v_last.version_number, 0) + 1 THEN
        PERFORM fail('PL400', 'The next version is number '
            || coalesce(v_last.version_number, 0) + 1 || '.', 'version_id');
    ELSIF v_last.state = 'draft' THEN
        PERFORM fail('PL412', 'Version ' || v_last.version_number
            || ' is still a draft. Adopt it before you begin the next.', 'version_id');
    END IF;
    INSERT INTO version (authority_id, pledge_id, version_number, title, note)
    VALUES (app_authority(), p_pledge, v_number, p_title, p_note);
    PERFORM version_write_parts(p_pledge, v_number, p_outcome_ids, p_outcome_titles, p_ids,
        p_outcomes, p_titles, p_texts, p_easy_reads, p_audiences, p_froms, p_tos, p_changes,
        p_reasons, '{}', p_ages_from, p_ages_to, p_principles);
END
$$;

-- Locks a version that is still to change and has the etag that the caller read.
CREATE FUNCTION version_lock(p_pledge text, p_number int, p_etag text, p_name_field text,
                             p_etag_field text) RETURNS version
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v version;
BEGIN
    SELECT * INTO v FROM version WHERE authority_id = app_authority() AND pledge_id = p_pledge
       AND version_number = p_number FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such version.', p_name_field);
    ELSIF v.state <> 'draft' THEN
        PERFORM fail('PL412', 'Version ' || p_number
            || ' is adopted and changes no more. Make the next version.', p_name_field);
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), p_etag_field);
    RETURN v;
END
$$;

CREATE FUNCTION version_update(
    p_pledge text, p_id text, p_title text, p_note text, p_outcome_ids text[],
    p_outcome_titles text[], p_ids text[], p_outcomes text[], p_titles text[], p_texts text[],
    p_easy_reads text[], p_audiences text[], p_froms text[], p_tos text[], p_changes text[],
    p_reasons text[], p_etag text, p_paths text[], p_ages_from int[] DEFAULT NULL,
    p_ages_to int[] DEFAULT NULL, p_principles text[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v version;
BEGIN
    PERFORM mask_check(p_paths, '{title,note,outcomes,statements,lineage}');
    v := version_lock(p_pledge, version_number(p_id), p_etag, 'version.name', 'version.etag');
    UPDATE version SET
        title = CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END,
        note = CASE WHEN masked('note', p_paths) THEN p_note ELSE v.note END
     WHERE authority_id = app_authority() AND pledge_id = p_pledge
       AND version_number = v.version_number;
    PERFORM version_write_parts(p_pledge, v.version_number, p_outcome_ids, p_outcome_titles,
        p_ids, p_outcomes, p_titles, p_texts, p_easy_reads, p_audiences, p_froms, p_tos,
        p_changes, p_reasons, p_paths, p_ages_from, p_ages_to, p_principles);
END
$$;

-- What keeps a draft from being adopted: an outcome or the whole version without statements.
CREATE FUNCTION version_gaps(p_pledge text, p_number int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH empty_outcome AS (
        SELECT o.outcome_id, o.position FROM outcome AS o
         WHERE o.authority_id = app_authority() AND o.pledge_id = p_pledge
           AND o.version_number = p_number
           AND NOT EXISTS (SELECT FROM statement AS s
               WHERE s.authority_id = o.authority_id AND s.pledge_id = o.pledge_id
                 AND s.version_number = o.version_number AND s.outcome_id = o.outcome_id)
    ), gap (n, field, rule) AS (
        SELECT 0, 'version.statements', 'must have at least one statement'
         WHERE NOT EXISTS (SELECT FROM statement AS s WHERE s.authority_id = app_authority()
               AND s.pledge_id = p_pledge AND s.version_number = p_number)
        UNION ALL
        SELECT e.position, 'version.outcomes[' || e.position - 1 || ']',
               'outcome ' || e.outcome_id || ' has no statement'
          FROM empty_outcome AS e
    )
    SELECT coalesce(jsonb_agg(violation(g.field, g.rule) ORDER BY g.n), '[]') FROM gap AS g
$$;

-- What keeps a lineage from accounting for both versions whole.
CREATE FUNCTION lineage_gaps(p_pledge text, p_number int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH step AS (
        SELECT l.position, l.from_statement_id, l.to_statement_id, l.change, a.text AS from_text,
               b.text AS to_text,
               count(*) OVER (PARTITION BY l.from_statement_id) AS from_count,
               count(*) OVER (PARTITION BY l.to_statement_id) AS to_count
          FROM lineage AS l
          LEFT JOIN statement AS a ON a.authority_id = l.authority_id
           AND a.pledge_id = l.pledge_id AND a.version_number = l.base_number
           AND a.statement_id = l.from_statement_id
          LEFT JOIN statement AS b ON b.authority_id = l.authority_id
           AND b.pledge_id = l.pledge_id AND b.version_number = l.version_number
           AND b.statement_id = l.to_statement_id
         WHERE l.authority_id = app_authority() AND l.pledge_id = p_pledge
           AND l.version_number = p_number
    ), gap (part, n, field, rule) AS (
        SELECT 1, s.position, 'version.lineage',
               CASE WHEN s.version_number < p_number
                   THEN 'does not say what became of statement ' || s.statement_id
                   ELSE 'does not say where statement ' || s.statement_id || ' comes from' END
          FROM statement AS s
         WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge AND p_number > 1
           AND s.version_number IN (p_number - 1, p_number)
           AND NOT EXISTS (SELECT FROM step AS t WHERE s.statement_id =
               CASE WHEN s.version_number < p_number THEN t.from_statement_id
                    ELSE t.to_statement_id END)
        UNION ALL
        SELECT 2, t.position, 'version.lineage[' || t.position - 1 || '].change', r.rule
          FROM step AS t
         CROSS JOIN LATERAL (VALUES
            (t.change IN ('kept', 'reworded') AND (t.from_count > 1 OR t.to_count > 1),
                t.change || ' means one statement to one; use merged or split'),
            (t.change = 'kept' AND t.from_text IS DISTINCT FROM t.to_text,
                'kept means the same words; use reworded'),
            (t.change = 'reworded' AND t.from_text IS NOT DISTINCT FROM t.to_text,
                'reworded means other words; use kept'),
            (t.change = 'merged' AND t.to_count < 2,
                'merged means several statements to one; use reworded'),
            (t.change = 'split' AND t.from_count < 2,
                'split means one statement to several; use reworded'),
            (t.change = 'dropped' AND t.from_count > 1,
                'a dropped statement has no other line'),
            (t.change = 'new' AND t.to_count > 1, 'a new statement has no other line')
         ) AS r (broken, rule)
         WHERE r.broken
    )
    SELECT coalesce(jsonb_agg(violation(g.field, g.rule) ORDER BY g.part, g.n), '[]')
      FROM gap AS g
$$;

CREATE FUNCTION version_adopt(p_pledge text, p_id text, p_etag text, p_adopted_on date,
                              p_adopted_by text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v version;
    v_before date;
    v_bad jsonb := '[]';
BEGIN
    IF p_etag = '' THEN
        PERFORM fail('PL400', 'Send the etag of the version that you have read.', 'etag');
    END IF;
    v := version_lock(p_pledge, version_number(p_id), p_etag, 'name', 'etag');
    SELECT b.adopted_on INTO v_before FROM version AS b
     WHERE b.authority_id = app_authority() AND b.pledge_id = p_pledge
       AND b.version_number = v.version_number - 1;
    IF p_adopted_on IS NULL THEN
        v_bad := v_bad || violation('adopted_on', 'is needed, as YYYY-MM-DD');
    ELSIF p_adopted_on > current_date THEN
        v_bad := v_bad || violation('adopted_on', 'must not be in the future');
    ELSIF p_adopted_on < v_before THEN
        v_bad := v_bad || violation('adopted_on',
            'must not be before the version before it was adopted, ' || v_before);
    END IF;
    IF NOT EXISTS (SELECT FROM body WHERE authority_id = app_authority()
                      AND body_id = p_adopted_by) THEN
        v_bad := v_bad || violation('adopted_by', 'must name the body that adopted it');
    END IF;
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'Say when and by which body the version was adopted.', v_bad);
    END IF;
    v_bad := version_gaps(p_pledge, v.version_number) || lineage_gaps(p_pledge, v.version_number);
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL412', 'The draft is not ready to be adopted: it has '
            || jsonb_array_length(v_bad)
            || CASE jsonb_array_length(v_bad) WHEN 1 THEN ' gap.' ELSE ' gaps.' END, v_bad);
    END IF;
    UPDATE version SET state = 'adopted', adopted_on = p_adopted_on, adopted_by = p_adopted_by,
           adopt_time = now(),
           content_hash = encode(sha256(version_content(p_pledge, v.version_number)), 'hex')
     WHERE authority_id = app_authority() AND pledge_id = p_pledge
       AND version_number = v.version_number;
END
$$;

-- The earlier version of a comparison: the one asked for, or the one just before.
CREATE FUNCTION compare_base(p_pledge text, p_number int, p_base int) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM version WHERE authority_id = app_authority() AND pledge_id = p_pledge
        AND version_number = p_number;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such version.', 'name');
    ELSIF p_number = 1 THEN
        PERFORM fail('PL412', 'Version 1 has none before it to compare with.', 'name');
    ELSIF p_base < 0 OR p_base >= p_number THEN
        PERFORM fail('PL400', 'The earlier version must be 1 to ' || p_number - 1 || '.',
            'base_version');
    END IF;
    RETURN CASE p_base WHEN 0 THEN p_number - 1 ELSE p_base END;
END
$$;

-- Follows lineage from an earlier version to a later one. Over one step the recorded change
-- stands; over several it follows from how many statements became how many.
CREATE FUNCTION compare_versions(p_pledge text, p_base int, p_number int)
RETURNS TABLE (place int, change text, from_statement_id text, from_text text,
               to_statement_id text, to_text text, reason text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH RECURSIVE way (from_id, at_number, at_id, change, reason) AS (
        SELECT s.statement_id, p_base, s.statement_id, ''::text, ''::text FROM statement AS s
         WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
           AND s.version_number = p_base
        UNION
        SELECT w.from_id, w.at_number + 1, l.to_statement_id, l.change, l.reason
          FROM way AS w
          JOIN lineage AS l ON l.authority_id = app_authority() AND l.pledge_id = p_pledge
           AND l.base_number = w.at_number AND l.from_statement_id = w.at_id
         WHERE w.at_number < p_number
    ), arrival AS (
        SELECT w.from_id, w.at_id AS to_id, min(w.change) AS change,
               string_agg(DISTINCT nullif(w.reason, ''), ' ') AS reason
          FROM way AS w WHERE w.at_number = p_number AND w.at_id IS NOT NULL
         GROUP BY w.from_id, w.at_id
    ), pair AS (
        SELECT a.from_id, a.to_id, coalesce(a.reason, '') AS reason, a.change,
               count(*) OVER (PARTITION BY a.from_id) AS from_count,
               count(*) OVER (PARTITION BY a.to_id) AS to_count
          FROM arrival AS a
    ), lost AS (
        SELECT s.statement_id AS from_id, min(w.change) AS change,
               string_agg(DISTINCT nullif(w.reason, ''), ' ') AS reason
          FROM statement AS s
          LEFT JOIN way AS w ON w.from_id = s.statement_id AND w.at_id IS NULL
         WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
           AND s.version_number = p_base AND s.statement_id NOT IN (SELECT from_id FROM pair)
         GROUP BY s.statement_id
    ), result AS (
        SELECT CASE WHEN p_number = p_base + 1 THEN p.change
                    WHEN p.to_count > 1 THEN 'merged' WHEN p.from_count > 1 THEN 'split'
                    ELSE '=' END AS change, p.from_id, p.to_id, p.reason
          FROM pair AS p
        UNION ALL
        SELECT coalesce(l.change, ''), l.from_id, NULL, coalesce(l.reason, '') FROM lost AS l
        UNION ALL
        SELECT CASE WHEN p_number > p_base + 1 THEN 'new' ELSE coalesce(n.change, '') END,
               NULL, s.statement_id, coalesce(n.reason, '')
          FROM statement AS s
          LEFT JOIN lineage AS n ON n.authority_id = s.authority_id
           AND n.pledge_id = s.pledge_id AND n.version_number = s.version_number
           AND n.to_statement_id = s.statement_id AND n.from_statement_id IS NULL
         WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
           AND s.version_number = p_number AND s.statement_id NOT IN (SELECT to_id FROM pair)
    )
    SELECT row_number() OVER (ORDER BY b.position NULLS LAST, a.position)::int4,
           CASE WHEN r.change <> '=' THEN r.change WHEN a.text = b.text THEN 'kept'
                ELSE 'reworded' END,
           coalesce(r.from_id, ''), coalesce(a.text, ''), coalesce(r.to_id, ''),
           coalesce(b.text, ''), r.reason
      FROM result AS r
      LEFT JOIN statement AS a ON a.authority_id = app_authority() AND a.pledge_id = p_pledge
       AND a.version_number = p_base AND a.statement_id = r.from_id
      LEFT JOIN statement AS b ON b.authority_id = app_authority() AND b.pledge_id = p_pledge
       AND b.version_number = p_number AND b.statement_id = r.to_id
     ORDER BY b.position NULLS LAST, a.position
$$;

-- The words that changed from one text to another, in runs: same, removed, added. The longest common
-- subsequence of words, taken from the end; what both begin and end with is left out of the table.
CREATE FUNCTION word_changes(p_from text, p_to text, OUT kinds text[], OUT texts text[])
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pledge, pg_temp
AS $$
DECLARE
    a text[] := regexp_split_to_array(btrim(p_from), '\s+');
    b text[] := regexp_split_to_array(btrim(p_to), '\s+');
    n int := cardinality(a);
    m int := cardinality(b);
    head int := 0;
    tail int := 0;
    wide int;
    longest int[];
    i int;
    j int;
    kind text;
    word text;
BEGIN
    kinds := '{}';
    texts := '{}';
    WHILE head < least(n, m) AND a[head + 1] = b[head + 1] LOOP
        head := head + 1;
    END LOOP;
    WHILE tail < least(n, m) - head AND a[n - tail] = b[m - tail] LOOP
        tail := tail + 1;
    END LOOP;
    wide := m - head - tail + 1;
    longest := array_fill(0, ARRAY[(n - head - tail + 1) * wide]);
    FOR i IN REVERSE n - head - tail .. 1 LOOP
        FOR j IN REVERSE wide - 1 .. 1 LOOP
            longest[(i - 1) * wide + j] := CASE WHEN a[head + i] = b[head + j]
                THEN longest[i * wide + j + 1] + 1
                ELSE greatest(longest[i * wide + j], longest[(i - 1) * wide + j + 1]) END;
        END LOOP;
    END LOOP;
    i := 1;
    j := 1;
    WHILE i <= n OR j <= m LOOP
        IF i <= n AND j <= m AND a[i] = b[j] THEN
            kind := 'same';
            word := b[j];
            i := i + 1;
            j := j + 1;
        ELSIF i <= n - tail AND (j > m - tail
              OR longest[(i - head) * wide + j - head] >= longest[(i - head - 1) * wide + j - head + 1]) THEN
            kind := 'removed';
            word := a[i];
            i := i + 1;
        ELSE
            kind := 'added';
            word := b[j];
            j := j + 1;
        END IF;
        IF kinds[cardinality(kinds)] = kind THEN
            texts[cardinality(texts)] := texts[cardinality(texts)] || ' ' || word;
        ELSIF word <> '' THEN
            kinds := kinds || kind;
            texts := texts || word;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION word_changes(text, text) IS 'Runs of words that stayed, went and came.';

COMMIT;
