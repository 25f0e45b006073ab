-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:indicator to pg
-- Numbers that tell how well a promise is kept. Words of the field:
--   definition   what is measured and which statements it tells of; kept in revisions
--   standard     from a day on: the target, and the thresholds of green and amber
--   period       by the day that it ends on
--   entry        a value of a period; a later one stands in for it, and both stay
-- Values are entered, or follow from the counts of children in care and are suppressed with them.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE indicator (
    authority_id text COLLATE "C" NOT NULL,
    indicator_id text COLLATE "C" NOT NULL,
    revision     int NOT NULL,
    title        text NOT NULL,
    unit         text NOT NULL,
    direction    text NOT NULL,
    source       text NOT NULL,
    dimension    text NOT NULL,
    categories   text[] NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT indicator_revision_unique PRIMARY KEY (authority_id, indicator_id, revision),
    CONSTRAINT indicator_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT indicator_indicator_id_form CHECK (is_id(indicator_id)),
    CONSTRAINT indicator_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT indicator_unit_length CHECK (char_length(unit) <= 40),
    CONSTRAINT indicator_direction_known CHECK (direction IN ('higher', 'lower', 'within')),
    CONSTRAINT indicator_source_known CHECK (source IN ('by_hand', 'population_count', 'population_share')),
    CONSTRAINT indicator_categories_source CHECK ((source = 'by_hand') = (dimension = '')
        AND (dimension = '') = (categories = '{}'))
);
COMMENT ON CONSTRAINT indicator_revision_unique ON indicator IS 'etag: it was revised at the same moment';
COMMENT ON CONSTRAINT indicator_parent_exists ON indicator IS 'parent: names no authority';
COMMENT ON CONSTRAINT indicator_indicator_id_form ON indicator
    IS 'indicator_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT indicator_title_length ON indicator
    IS 'indicator.title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT indicator_unit_length ON indicator IS 'indicator.unit: must have at most 40 characters';
COMMENT ON CONSTRAINT indicator_direction_known ON indicator
    IS 'indicator.direction: must be higher, lower or within';
COMMENT ON CONSTRAINT indicator_source_known ON indicator
    IS 'indicator.source: must be by hand, population count or population share';
COMMENT ON CONSTRAINT indicator_categories_source ON indicator
    IS 'indicator.categories: a population count or share needs a dimension and categories, others have none';

CREATE TABLE indicator_standard (
    authority_id text COLLATE "C" NOT NULL,
    indicator_id text COLLATE "C" NOT NULL,
    revision     int NOT NULL,
    from_on      date NOT NULL,
    target       float8 NOT NULL,
    green        float8 NOT NULL,
    amber        float8 NOT NULL,
    green_to     float8 NOT NULL,
    amber_to     float8 NOT NULL,
    CONSTRAINT indicator_standard_from_on_unique PRIMARY KEY (authority_id, indicator_id, revision, from_on),
    CONSTRAINT indicator_standard_indicator_exists
        FOREIGN KEY (authority_id, indicator_id, revision) REFERENCES indicator
);
COMMENT ON CONSTRAINT indicator_standard_from_on_unique ON indicator_standard
    IS 'indicator.standards: has a day twice';
COMMENT ON CONSTRAINT indicator_standard_indicator_exists ON indicator_standard IS 'indicator: is none';

CREATE TABLE indicator_statement (
    authority_id   text COLLATE "C" NOT NULL,
    indicator_id   text COLLATE "C" NOT NULL,
    revision       int NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    statement_id   text COLLATE "C" NOT NULL,
    CONSTRAINT indicator_statement_statement_once
        PRIMARY KEY (authority_id, indicator_id, revision, pledge_id, version_number, statement_id),
    CONSTRAINT indicator_statement_indicator_exists
        FOREIGN KEY (authority_id, indicator_id, revision) REFERENCES indicator,
    CONSTRAINT indicator_statement_statement_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id) REFERENCES statement
);
COMMENT ON CONSTRAINT indicator_statement_statement_once ON indicator_statement
    IS 'indicator.statements: has one twice';
COMMENT ON CONSTRAINT indicator_statement_indicator_exists ON indicator_statement IS 'indicator: is none';
COMMENT ON CONSTRAINT indicator_statement_statement_exists ON indicator_statement
    IS 'indicator.statements: names no statement';
CREATE INDEX indicator_statement_statement
    ON indicator_statement (authority_id, pledge_id, version_number, statement_id);

CREATE TABLE indicator_value (
    authority_id text COLLATE "C" NOT NULL,
    indicator_id text COLLATE "C" NOT NULL,
    ends_on      date NOT NULL,
    entry        int NOT NULL,
    value        float8 NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT indicator_value_entry_unique PRIMARY KEY (authority_id, indicator_id, ends_on, entry),
    CONSTRAINT indicator_value_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT indicator_value_entry_range CHECK (entry >= 1)
);
COMMENT ON CONSTRAINT indicator_value_entry_unique ON indicator_value IS 'entry: another came at the same moment';
COMMENT ON CONSTRAINT indicator_value_parent_exists ON indicator_value IS 'parent: names no authority';
COMMENT ON CONSTRAINT indicator_value_entry_range ON indicator_value IS 'entry: counts from 1';

DO $$ BEGIN PERFORM tenant_tables('{indicator,indicator_standard,indicator_statement,indicator_value}'); END $$;

-- The definitions that stood at the end of a day.
CREATE FUNCTION indicators_known(p_known_on date)
RETURNS TABLE (indicator_id text, revision int, name text, title text, unit text, direction text, source text,
               dimension text, categories text[], etag text, create_time timestamptz)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT DISTINCT ON (i.indicator_id) i.indicator_id, i.revision,
           'authorities/' || i.authority_id || '/indicators/' || i.indicator_id, i.title, i.unit, i.direction,
           i.source, i.dimension, i.categories, etag(i.revision), i.recorded_at
      FROM indicator AS i
     WHERE i.authority_id = app_authority() AND i.recorded_at < p_known_on + 1
     ORDER BY i.indicator_id, i.revision DESC
$$;

CREATE FUNCTION indicator_found(p_id text, p_known_on text DEFAULT '') RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_revision int;
BEGIN
    SELECT k.revision INTO v_revision FROM indicators_known(known_day(p_known_on)) AS k WHERE k.indicator_id = p_id;
    IF v_revision IS NULL THEN
        PERFORM fail('PL404', 'There is no indicator ' || p_id || '.', 'name');
    END IF;
    RETURN v_revision;
END
$$;

CREATE FUNCTION indicator_statements(p_id text, p_revision int) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT ARRAY(SELECT 'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/' || s.version_number
                        || '/statements/' || s.statement_id
                   FROM indicator_statement AS s
                  WHERE s.authority_id = app_authority() AND s.indicator_id = p_id AND s.revision = p_revision
                  ORDER BY s.pledge_id, s.version_number, s.statement_id)
$$;
COMMENT ON FUNCTION indicator_statements(text, int) IS 'Names of the statements that a revision tells of.';

-- What is wrong with one standard; NULL for nothing.
CREATE FUNCTION standard_violation(p_place bigint, p_direction text, p_from_on text, p_green float8,
                                   p_amber float8, p_green_to float8, p_amber_to float8) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pledge, pg_temp
AS $$
    SELECT CASE
        WHEN date_or_null(p_from_on) IS NULL THEN violation(f.path || '.from_on', 'A day is needed, YYYY-MM-DD.')
        WHEN p_green + p_amber + p_green_to + p_amber_to IN ('NaN', 'Infinity', '-Infinity')
        THEN violation(f.path || '.green', 'Thresholds are numbers.')
        WHEN p_direction = 'higher' AND p_amber > p_green
        THEN violation(f.path || '.amber', 'Higher is better: amber begins at green or below.')
        WHEN p_direction = 'lower' AND p_amber < p_green
        THEN violation(f.path || '.amber', 'Lower is better: amber begins at green or above.')
        WHEN p_direction = 'within' AND NOT (p_amber <= p_green AND p_green <= p_green_to AND p_green_to <= p_amber_to)
        THEN violation(f.path || '.green_to', 'The band of green lies within that of amber, each from its lower'
            || ' end to its upper.')
        WHEN p_direction <> 'within' AND (p_green_to <> 0 OR p_amber_to <> 0)
        THEN violation(f.path || '.green_to', 'Only a band has upper ends.')
        END
      FROM (SELECT 'indicator.standards[' || p_place - 1 || ']' AS path) AS f
$$;

-- Adds a revision of a definition. The checks of single fields are the tables'.
CREATE FUNCTION indicator_write(
    p_id text, p_revision int, p_title text, p_unit text, p_direction text, p_source text, p_dimension text,
    p_categories text[], p_from text[], p_targets float8[], p_greens float8[], p_ambers float8[],
    p_greens_to float8[], p_ambers_to float8[], p_pledges text[], p_versions text[], p_statements text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    SELECT jsonb_agg(f.bad ORDER BY f.part, f.i) INTO v_bad FROM (
        SELECT 1 AS part, c.i, violation('indicator.categories', 'There is no category "' || left(c.category, 40)
                   || '" of ' || replace(p_dimension, '_', ' ') || '.') AS bad
          FROM unnest(p_categories) WITH ORDINALITY AS c (category, i)
         WHERE NOT EXISTS (SELECT FROM care_category AS k
                            WHERE k.dimension = p_dimension AND k.category = c.category)
        UNION ALL
        SELECT 2, s.i, standard_violation(s.i, p_direction, s.f, s.g, s.a, s.gt, s.at)
          FROM unnest(p_from, p_greens, p_ambers, p_greens_to, p_ambers_to) WITH ORDINALITY
               AS s (f, g, a, gt, at, i)
        UNION ALL
        SELECT 3, s.i, violation('indicator.statements[' || s.i - 1 || ']', 'There is no such statement.')
          FROM unnest(p_pledges, p_versions, p_statements) WITH ORDINALITY AS s (p, v, id, i)
         WHERE NOT EXISTS (SELECT FROM statement AS t
                            WHERE t.authority_id = app_authority() AND t.pledge_id = s.p
                              AND t.version_number = version_number(s.v) AND t.statement_id = s.id)
    ) AS f WHERE f.bad IS NOT NULL;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The indicator cannot be so: ' || (v_bad -> 0 ->> 'description'), v_bad);
    END IF;
    INSERT INTO indicator (authority_id, indicator_id, revision, title, unit, direction, source, dimension, categories)
    VALUES (app_authority(), p_id, p_revision, p_title, p_unit, p_direction, p_source, p_dimension, p_categories);
    INSERT INTO indicator_standard (authority_id, indicator_id, revision, from_on, target, green, amber, green_to, amber_to)
    SELECT app_authority(), p_id, p_revision, s.f::date, s.t, s.g, s.a, s.gt, s.at
      FROM unnest(p_from, p_targets, p_greens, p_ambers, p_greens_to, p_ambers_to) AS s (f, t, g, a, gt, at);
    INSERT INTO indicator_statement (authority_id, indicator_id, revision, pledge_id, version_number, statement_id)
    SELECT app_authority(), p_id, p_revision, s.p, version_number(s.v), s.id
      FROM unnest(p_pledges, p_versions, p_statements) AS s (p, v, id);
END
$$;

CREATE FUNCTION indicator_create(
    p_id text, p_title text, p_unit text, p_direction text, p_source text, p_dimension text,
    p_categories text[], p_from text[], p_targets float8[], p_greens float8[], p_ambers float8[],
    p_greens_to float8[], p_ambers_to float8[], p_pledges text[], p_versions text[], p_statements text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM indicator AS i WHERE i.authority_id = app_authority() AND i.indicator_id = p_id) THEN
        PERFORM fail('PL409', 'There is already an indicator ' || p_id || '.', 'indicator_id');
    END IF;
    PERFORM indicator_write(p_id, 1, p_title, p_unit, p_direction, p_source, p_dimension, p_categories, p_from,
        p_targets, p_greens, p_ambers, p_greens_to, p_ambers_to, p_pledges, p_versions, p_statements);
END
$$;

-- Parts that the mask leaves out stay as they were.
CREATE FUNCTION indicator_revise(
    p_id text, p_etag text, p_title text, p_unit text, p_direction text, p_source text, p_dimension text,
    p_categories text[], p_from text[], p_targets float8[], p_greens float8[], p_ambers float8[],
    p_greens_to float8[], p_ambers_to float8[], p_pledges text[], p_versions text[], p_statements text[],
    p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_revision int := indicator_found(p_id);
    v indicator;
BEGIN
    PERFORM etag_check(p_etag, etag(v_revision), 'indicator.etag'),
        mask_check(p_paths, '{title,unit,direction,source,dimension,categories,standards,statements}');
    SELECT * INTO v FROM indicator AS i
     WHERE i.authority_id = app_authority() AND i.indicator_id = p_id AND i.revision = v_revision;
    IF NOT masked('standards', p_paths) THEN
        SELECT array_agg(s.from_on::text), array_agg(s.target), array_agg(s.green), array_agg(s.amber),
               array_agg(s.green_to), array_agg(s.amber_to)
          INTO p_from, p_targets, p_greens, p_ambers, p_greens_to, p_ambers_to
          FROM indicator_standard AS s
         WHERE s.authority_id = app_authority() AND s.indicator_id = p_id AND s.revision = v_revision;
    END IF;
    IF NOT masked('statements', p_paths) THEN
        SELECT array_agg(s.pledge_id), array_agg(s.version_number::text), array_agg(s.statement_id)
          INTO p_pledges, p_versions, p_statements
          FROM indicator_statement AS s
         WHERE s.authority_id = app_authority() AND s.indicator_id = p_id AND s.revision = v_revision;
    END IF;
    PERFORM indicator_write(p_id, v_revision + 1,
        CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END,
        CASE WHEN masked('unit', p_paths) THEN p_unit ELSE v.unit END,
        CASE WHEN masked('direction', p_paths) THEN p_direction ELSE v.direction END,
        CASE WHEN masked('source', p_paths) THEN p_source ELSE v.source END,
        CASE WHEN masked('dimension', p_paths) THEN p_dimension ELSE v.dimension END,
        CASE WHEN masked('categories', p_paths) THEN p_categories ELSE v.categories END,
        p_from, p_targets, p_greens, p_ambers, p_greens_to, p_ambers_to, p_pledges, p_versions, p_statements);
END
$$;

CREATE FUNCTION indicator_record(p_id text, p_ends_on text, p_value float8) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_day date := date_or_null(p_ends_on);
    v_source text;
    v_bad jsonb := '[]';
BEGIN
    SELECT i.source INTO v_source FROM indicator AS i
     WHERE i.authority_id = app_authority() AND i.indicator_id = p_id AND i.revision = indicator_found(p_id);
    IF v_source <> 'by_hand' THEN
        PERFORM fail('PL412', 'Its values follow from the counts of children in care. Record those.', 'name');
    END IF;
    IF v_day IS NULL OR v_day > current_date THEN
        v_bad := v_bad || violation('ends_on', 'A day is needed, YYYY-MM-DD, and not one that is ahead.');
    END IF;
    IF p_value IN ('NaN', 'Infinity', '-Infinity') THEN
        v_bad := v_bad || violation('value', 'A value is a number.');
    END IF;
    IF v_bad <> '[]' THEN
        PERFORM fail_all('PL400', 'The value cannot be recorded: ' || (v_bad -> 0 ->> 'description'), v_bad);
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(app_authority() || '/indicator/' || p_id, 0));
    INSERT INTO indicator_value (authority_id, indicator_id, ends_on, entry, value)
    SELECT app_authority(), p_id, v_day, coalesce(max(v.entry), 0) + 1, p_value
      FROM indicator_value AS v
     WHERE v.authority_id = app_authority() AND v.indicator_id = p_id AND v.ends_on = v_day;
END
$$;

-- How far a value is from where it should be, so that less is better whatever the direction.
CREATE FUNCTION indicator_distance(p_direction text, p_value float8, p_green float8, p_green_to float8)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_value IS NULL THEN NULL WHEN p_direction = 'higher' THEN -p_value
        WHEN p_direction = 'lower' THEN p_value
        ELSE greatest(p_green - p_value, p_value - p_green_to, 0) END
$$;

CREATE FUNCTION indicator_rating(p_direction text, p_value float8, p_green float8, p_amber float8,
                                 p_green_to float8, p_amber_to float8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN p_value IS NULL OR p_green IS NULL THEN ''
        WHEN CASE p_direction WHEN 'higher' THEN p_value >= p_green WHEN 'lower' THEN p_value <= p_green
            ELSE p_value BETWEEN p_green AND p_green_to END THEN 'green'
        WHEN CASE p_direction WHEN 'higher' THEN p_value >= p_amber WHEN 'lower' THEN p_value <= p_amber
            ELSE p_value BETWEEN p_amber AND p_amber_to END THEN 'amber'
        ELSE 'red' END
$$;

-- The value of each period by p_known_on, rated by the standard of that period and set against the period before.
-- A value that is suppressed has no number, rating or trend, nor has the next one a trend against it.
CREATE FUNCTION indicator_values(p_id text, p_known_on date)
RETURNS TABLE (ends_on date, value float8, suppressed boolean, has_target boolean, target float8, rating text,
               trend text, entry int, create_time timestamptz)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH definition AS (
        SELECT * FROM indicators_known(p_known_on) AS k WHERE k.indicator_id = p_id
    ), measured AS (
        (SELECT DISTINCT ON (v.ends_on) v.ends_on, v.value, false AS suppressed, v.entry, v.recorded_at AS create_time
           FROM indicator_value AS v, definition AS d
          WHERE d.source = 'by_hand' AND v.authority_id = app_authority() AND v.indicator_id = p_id
            AND v.recorded_at < p_known_on + 1
          ORDER BY v.ends_on, v.entry DESC)
        UNION ALL
        SELECT e.counted_on, CASE WHEN c.hidden OR e.total < 0 THEN NULL
                    WHEN d.source = 'population_count' THEN c.count
                    WHEN e.total > 0 THEN round(100.0 * c.count / e.total, 1) END::float8,
               c.hidden OR e.total < 0, e.entry, e.create_time
          FROM definition AS d
         CROSS JOIN population_entries(p_known_on, 0) AS e
         CROSS JOIN LATERAL (
             SELECT bool_or(n.count < 0 AND n.category = ANY (d.categories)) AS hidden,
                    coalesce(sum(n.count) FILTER (WHERE n.category = ANY (d.categories)), 0) AS count
               FROM population_counts(e.counted_on, e.entry) AS n WHERE n.dimension = d.dimension
             HAVING count(*) > 0) AS c
         WHERE d.source <> 'by_hand'
    ), standing AS (
        SELECT m.*, d.direction, s.target, s.green, s.amber, s.green_to, s.amber_to,
               indicator_distance(d.direction, m.value, s.green, s.green_to) AS distance
          FROM measured AS m
         CROSS JOIN definition AS d
          LEFT JOIN LATERAL (
              SELECT * FROM indicator_standard AS t
               WHERE t.authority_id = app_authority() AND t.indicator_id = p_id AND t.revision = d.revision
                 AND t.from_on <= m.ends_on
               ORDER BY t.from_on DESC LIMIT 1) AS s ON true
    ), turned AS (
        -- Both values are held against the band of the later period.
        SELECT s.*, indicator_distance(s.direction, lag(s.value) OVER (ORDER BY s.ends_on), s.green, s.green_to) AS before
          FROM standing AS s
    )
    SELECT t.ends_on, coalesce(t.value, 0), t.suppressed, t.target IS NOT NULL, coalesce(t.target, 0),
           indicator_rating(t.direction, t.value, t.green, t.amber, t.green_to, t.amber_to),
           CASE WHEN t.distance < t.before THEN 'better' WHEN t.distance > t.before THEN 'worse'
                WHEN t.distance = t.before THEN 'same' ELSE '' END, t.entry, t.create_time
      FROM turned AS t
$$;

INSERT INTO role_permission (role, permission)
SELECT r, 'indicator.read' FROM unnest('{officer,support_worker,director,elected_member,inspector,partner_agency}'::text[]) AS r
UNION ALL VALUES ('officer', 'indicator.write');

COMMIT;
