-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:population to pg
-- How many children are in care on the last day of a quarter: counts, never a child. Words of the field:
--   entry    what was recorded about a day; a later one of the same day stands in for it, and both stay
--   source   counted on an officer's own machine from the council's files, or entered by hand
-- Who is not of the voice team sees counts under 6 suppressed, and what they could be worked out from.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION population_max() RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 100000 $$;
COMMENT ON FUNCTION population_max() IS 'The most children that a count may have.';

CREATE TABLE population (
    authority_id text COLLATE "C" NOT NULL,
    counted_on   date NOT NULL,
    entry        int NOT NULL,
    total        int NOT NULL,
    source       text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT population_entry_unique PRIMARY KEY (authority_id, counted_on, entry),
    CONSTRAINT population_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT population_entry_range CHECK (entry >= 1),
    CONSTRAINT population_counted_on_quarter
        CHECK (to_char(counted_on, 'MM-DD') IN ('03-31', '06-30', '09-30', '12-31')),
    CONSTRAINT population_total_range CHECK (total BETWEEN 0 AND population_max()),
    CONSTRAINT population_source_known CHECK (source IN ('by_hand', 'computed'))
);
COMMENT ON CONSTRAINT population_entry_unique ON population IS 'entry: another came at the same moment';
COMMENT ON CONSTRAINT population_parent_exists ON population IS 'parent: names no authority';
COMMENT ON CONSTRAINT population_entry_range ON population IS 'entry: counts from 1';
COMMENT ON CONSTRAINT population_counted_on_quarter ON population
    IS 'population.counted_on: must be the last day of a quarter';
COMMENT ON CONSTRAINT population_total_range ON population IS 'population.total: must be 0 to 100000';
COMMENT ON CONSTRAINT population_source_known ON population
    IS 'population.source: must be by hand or computed';

CREATE TABLE population_count (
    authority_id text COLLATE "C" NOT NULL,
    counted_on   date NOT NULL,
    entry        int NOT NULL,
    dimension    text NOT NULL,
    category     text NOT NULL,
    count        int NOT NULL,
    CONSTRAINT population_count_category_unique
        PRIMARY KEY (authority_id, counted_on, entry, dimension, category),
    CONSTRAINT population_count_entry_exists
        FOREIGN KEY (authority_id, counted_on, entry) REFERENCES population,
    CONSTRAINT population_count_category_known
        FOREIGN KEY (dimension, category) REFERENCES care_category (dimension, category),
    CONSTRAINT population_count_count_range CHECK (count BETWEEN 0 AND population_max())
);
COMMENT ON CONSTRAINT population_count_category_unique ON population_count
    IS 'population.counts: has the category twice';
COMMENT ON CONSTRAINT population_count_entry_exists ON population_count IS 'population: is no entry';
COMMENT ON CONSTRAINT population_count_category_known ON population_count
    IS 'population.counts: has a category that there is not';
COMMENT ON CONSTRAINT population_count_count_range ON population_count
    IS 'population.counts: must be 0 to 100000';
CREATE INDEX population_count_category ON population_count (dimension, category);

DO $$ BEGIN PERFORM tenant_tables('{population,population_count}'); END $$;

CREATE FUNCTION sees_small_counts() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pledge, pg_temp
AS $$ SELECT coalesce(app_role() IN ('officer', 'support_worker'), false) $$;
COMMENT ON FUNCTION sees_small_counts()
    IS 'Whether the caller is of the voice team and sees counts of children under 6.';

-- What is wrong with one count, by its place in the request; NULL for nothing.
CREATE FUNCTION population_count_violation(p_place bigint, p_dimension text, p_category text, p_count int,
                                           p_year int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT CASE
        WHEN p_dimension = '' THEN violation(f.path || '.dimension', 'Say what is counted by.')
        WHEN NOT EXISTS (SELECT FROM care_category AS c
                          WHERE c.dimension = p_dimension AND c.category = p_category)
        THEN violation(f.path || '.category', 'There is no category "' || left(p_category, 40) || '" of '
            || replace(p_dimension, '_', ' ') || '.')
        WHEN p_count NOT BETWEEN 0 AND population_max()
        THEN violation(f.path || '.count', 'A count is 0 to ' || population_max() || '.')
        WHEN p_dimension <> 'age' AND p_category <> 'unknown'
             AND EXISTS (SELECT FROM care_year AS y WHERE y.year = p_year)
             AND NOT EXISTS (SELECT FROM care_code AS c
                              WHERE c.item = CASE p_dimension WHEN 'placement' THEN 'PLACE' ELSE 'LS' END
                                AND c.category = p_category AND p_year BETWEEN c.first_year AND c.last_year)
        THEN violation(f.path || '.category', 'No code of the year ending 31 March ' || p_year
            || ' counts to "' || p_category || '".')
        END
      FROM (SELECT 'population.counts[' || p_place - 1 || ']' AS path) AS f
$$;

CREATE FUNCTION population_record(p_counted_on text, p_total int, p_source text, p_dimensions text[],
                                  p_categories text[], p_counts int[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_day date := date_or_null(p_counted_on);
    v_entry int;
    v_bad jsonb;
BEGIN
    WITH given AS (
        SELECT * FROM unnest(p_dimensions, p_categories, p_counts) WITH ORDINALITY AS u (dimension, category, count, i)
    ), found (i, bad) AS (
        SELECT 0::bigint, violation('population.counted_on', 'A day is needed, YYYY-MM-DD.') WHERE v_day IS NULL
        UNION ALL
        SELECT 0, violation('population.counted_on',
                'Children are counted on the last day of a quarter: 31 March, 30 June, 30 September, 31 December.')
         WHERE to_char(v_day, 'MM-DD') NOT IN ('03-31', '06-30', '09-30', '12-31')
        UNION ALL
        SELECT 0, violation('population.counted_on', 'Nobody is counted on a day that is ahead.')
         WHERE v_day > current_date
        UNION ALL
        SELECT 0, violation('population.total', 'A count is 0 to ' || population_max() || '.')
         WHERE p_total NOT BETWEEN 0 AND population_max()
        UNION ALL
        SELECT 0, violation('population.source', 'Say whether it was computed or entered by hand.')
         WHERE p_source = ''
        UNION ALL
        SELECT g.i, population_count_violation(g.i, g.dimension, g.category, g.count, care_year_of(v_day))
          FROM given AS g
        UNION ALL
        SELECT max(g.i), violation('population.counts[' || max(g.i) - 1 || '].category',
                'The category is there twice.')
          FROM given AS g GROUP BY g.dimension, g.category HAVING count(*) > 1
        UNION ALL
        SELECT max(g.i), violation('population.counts', initcap(replace(g.dimension, '_', ' ')) || ' sums to '
                || sum(g.count::bigint) || ', not to the total, ' || p_total
                || '. Count whom nothing is known of as unknown.')
          FROM given AS g WHERE g.dimension <> ''
         GROUP BY g.dimension HAVING sum(g.count::bigint) <> p_total
    )
    SELECT jsonb_agg(bad ORDER BY i) INTO v_bad FROM found WHERE bad IS NOT NULL;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The counts cannot be recorded: ' || (v_bad -> 0 ->> 'description'), v_bad);
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(app_authority() || '/population/' || v_day, 0));
    SELECT coalesce(max(p.entry), 0) + 1 INTO v_entry FROM population AS p
     WHERE p.authority_id = app_authority() AND p.counted_on = v_day;
    INSERT INTO population (authority_id, counted_on, entry, total, source)
    VALUES (app_authority(), v_day, v_entry, p_total, p_source);
    INSERT INTO population_count (authority_id, counted_on, entry, dimension, category, count)
    SELECT app_authority(), v_day, v_entry, u.d, u.c, u.n FROM unnest(p_dimensions, p_categories, p_counts) AS u (d, c, n);
END
$$;
COMMENT ON FUNCTION population_record(text, int, text, text[], text[], int[])
    IS 'Adds an entry about a day. Tells everything that is wrong with it at once.';

CREATE FUNCTION known_day(p_known_on text) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_day date := date_or_null(p_known_on);
BEGIN
    IF p_known_on <> '' AND v_day IS NULL THEN
        PERFORM fail('PL400', 'A day is written YYYY-MM-DD.', 'known_on');
    END IF;
    RETURN coalesce(v_day, 'infinity'::date);
END
$$;
COMMENT ON FUNCTION known_day(text) IS 'The day by whose end something was recorded; infinity for an empty text.';

-- The counts of an entry as the caller may see them: -1 for one that is suppressed.
CREATE FUNCTION population_counts(p_day date, p_entry int)
RETURNS TABLE (dimension text, place int, category text, title text, headline text, count int)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH held AS (
        SELECT c.dimension, c.position, c.category, c.title, c.headline, p.count
          FROM population_count AS p
          JOIN care_category AS c ON c.dimension = p.dimension AND c.category = p.category
         WHERE p.authority_id = app_authority() AND p.counted_on = p_day AND p.entry = p_entry
    ), told AS (
        SELECT h.dimension, array_agg(h.position ORDER BY h.position) AS positions,
               CASE WHEN sees_small_counts() THEN array_agg(h.count ORDER BY h.position)
                    ELSE suppress(array_agg(h.count ORDER BY h.position)) END AS counts
          FROM held AS h GROUP BY h.dimension
    )
    SELECT h.dimension, h.position, h.category, h.title, h.headline, u.count
      FROM told AS t
     CROSS JOIN unnest(t.positions, t.counts) AS u (position, count)
      JOIN held AS h ON h.dimension = t.dimension AND h.position = u.position
$$;

CREATE FUNCTION percent_of(p_count int, p_total int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN p_count < 0 OR p_total <= 0 THEN -1 ELSE round(100.0 * p_count / p_total)::int END $$;
COMMENT ON FUNCTION percent_of(int, int) IS 'A share in whole per cent; -1 where it is not told or of nobody.';

-- The entry about each day that stands in what was recorded by the end of p_known_on; or, where p_entry is
-- more than 0, that entry of each day.
CREATE FUNCTION population_entries(p_known_on date, p_entry int)
RETURNS TABLE (counted_on date, name text, total int, source text, entry int, collection_year int,
               create_time timestamptz, suppressed boolean, titles text[], counts int[], percents int[])
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH standing AS (
        SELECT DISTINCT ON (p.counted_on) p.*,
               CASE WHEN sees_small_counts() THEN p.total ELSE (suppress(ARRAY[p.total]))[1] END AS told
          FROM population AS p
         WHERE p.authority_id = app_authority() AND p.recorded_at < p_known_on + 1
           AND (p_entry = 0 OR p.entry = p_entry)
         ORDER BY p.counted_on, p.entry DESC
    )
    SELECT s.counted_on, 'authorities/' || s.authority_id || '/populations/' || s.counted_on, s.told, s.source,
           s.entry, care_year_of(s.counted_on), s.recorded_at, s.told < 0 OR coalesce(h.suppressed, false),
           coalesce(h.titles, '{}'), coalesce(h.counts, '{}'), coalesce(h.percents, '{}')
      FROM standing AS s
      LEFT JOIN LATERAL (
          SELECT bool_or(l.suppressed) AS suppressed,
                 array_agg(l.headline ORDER BY l.dimension, l.place) FILTER (WHERE l.headline <> '') AS titles,
                 array_agg(l.count ORDER BY l.dimension, l.place) FILTER (WHERE l.headline <> '') AS counts,
                 array_agg(percent_of(l.count, s.told) ORDER BY l.dimension, l.place)
                     FILTER (WHERE l.headline <> '') AS percents
            FROM (SELECT c.dimension, c.headline, min(c.place) AS place, bool_or(c.count < 0) AS suppressed,
                         CASE WHEN bool_or(c.count < 0) THEN -1 ELSE sum(c.count)::int END AS count
                    FROM population_counts(s.counted_on, s.entry) AS c
                   GROUP BY c.dimension, c.headline) AS l) AS h ON true
$$;

-- The one entry of a day that was asked for; the call fails where there is none.
CREATE FUNCTION population_found(p_day text, p_known_on text, p_entry int) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_entry int;
BEGIN
    SELECT max(p.entry) INTO v_entry FROM population AS p
     WHERE p.authority_id = app_authority() AND p.counted_on = date_or_null(p_day)
       AND p.recorded_at < known_day(p_known_on) + 1 AND (p_entry = 0 OR p.entry = p_entry);
    IF v_entry IS NULL THEN
        PERFORM fail('PL404', 'Nothing of that was recorded by then about ' || p_day || '.', 'name');
    END IF;
    RETURN v_entry;
END
$$;

INSERT INTO role_permission (role, permission)
SELECT r, 'population.read' FROM unnest('{officer,support_worker,director,elected_member,inspector,partner_agency}'::text[]) AS r
UNION ALL VALUES ('officer', 'population.write');

COMMIT;
