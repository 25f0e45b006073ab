-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:support to pg
-- Settings, errors, masks, dates and pages: what every other change builds on.
--
-- SQLSTATEs of the project: PL400 invalid argument, PL403 permission denied, PL404 not found,
-- PL409 already exists, PL410 aborted (stale etag), PL412 failed precondition, PL208 request
-- already done. DETAIL is a JSON array of {field, description, reason}, or absent.
BEGIN;

-- Who the call is for. A setting that was never made, or whose transaction is over, reads as ''.
CREATE FUNCTION pledge.app_authority() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('pledge.authority', true), '') $$;

CREATE FUNCTION pledge.app_principal() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('pledge.principal', true), '')::uuid $$;

CREATE FUNCTION pledge.app_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('pledge.role', true), '') $$;

CREATE FUNCTION pledge.app_owner() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('pledge.owner', true), '') $$;

CREATE FUNCTION pledge.violation(p_field text, p_description text, p_reason text DEFAULT '')
RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'field', p_field, 'description', p_description, 'reason', nullif(p_reason, '')))
$$;

CREATE FUNCTION pledge.fail_all(p_state text, p_message text, p_violations jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = p_state, MESSAGE = p_message, DETAIL = p_violations::text;
END
$$;
COMMENT ON FUNCTION pledge.fail_all(text, text, jsonb)
    IS 'Ends the call with a status, a sentence for people, and every violation found.';

CREATE FUNCTION pledge.fail(p_state text, p_message text, p_field text DEFAULT '',
                            p_reason text DEFAULT '') RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF p_field = '' THEN
        RAISE EXCEPTION USING ERRCODE = p_state, MESSAGE = p_message;
    END IF;
    PERFORM pledge.fail_all(p_state, p_message,
        jsonb_build_array(pledge.violation(p_field, p_message, p_reason)));
END
$$;
COMMENT ON FUNCTION pledge.fail(text, text, text, text)
    IS 'Ends the call with a status and a sentence for people, about one field or none.';

-- Etags. A revision counts the changes of a row; nobody but the trigger sets it.
CREATE FUNCTION pledge.touch() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.create_time := OLD.create_time;
    NEW.update_time := now();
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END
$$;

CREATE FUNCTION pledge.etag(p_revision int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 'r' || p_revision $$;

CREATE FUNCTION pledge.etag_check(p_given text, p_current text, p_field text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF p_given <> '' AND p_given <> p_current THEN
        PERFORM pledge.fail('PL410',
            'It was changed since you read it. Read it again and repeat your change.', p_field);
    END IF;
END
$$;

-- Masks. An empty mask means every field that may change.
CREATE FUNCTION pledge.masked(p_path text, p_paths text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT p_paths = '{}' OR p_path = ANY (p_paths)
        OR EXISTS (SELECT FROM unnest(p_paths) AS p WHERE starts_with(p_path, p || '.'))
$$;

CREATE FUNCTION pledge.mask_check(p_paths text[], p_allowed text[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    v_bad text;
BEGIN
    SELECT string_agg(p, ', ') INTO v_bad FROM unnest(p_paths) AS p WHERE p <> ALL (p_allowed);
    IF v_bad IS NOT NULL THEN
        PERFORM pledge.fail('PL400', 'This cannot be changed: ' || v_bad || '.', 'update_mask');
    END IF;
END
$$;

-- Words, identifiers, dates.
CREATE FUNCTION pledge.is_said(p_text text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_text ~ '\S' $$;

CREATE FUNCTION pledge.is_id(p_text text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_text ~ '^[a-z0-9][a-z0-9-]{0,62}$' $$;

CREATE FUNCTION pledge.texts_within(p_texts text[], p_count int, p_length int) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT cardinality(p_texts) <= p_count
       AND NOT EXISTS (SELECT FROM unnest(p_texts) AS t
                        WHERE t IS NULL OR t !~ '\S' OR char_length(t) > p_length)
$$;

CREATE FUNCTION pledge.date_or_null(p_text text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE
        WHEN p_text !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN NULL
        WHEN left(p_text, 4) = '0000' THEN NULL
        WHEN right(p_text, 2)::int > extract(day FROM
            make_date(left(p_text, 4)::int, substr(p_text, 6, 2)::int, 1)
            + interval '1 month' - interval '1 day') THEN NULL
        ELSE make_date(left(p_text, 4)::int, substr(p_text, 6, 2)::int, right(p_text, 2)::int)
    END
$$;
COMMENT ON FUNCTION pledge.date_or_null(text)
    IS 'The day that YYYY-MM-DD names, or NULL where it names none.';

CREATE FUNCTION pledge.version_number(p_id text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN p_id ~ '^[1-9][0-9]{0,5}$' THEN p_id::int ELSE 0 END $$;
COMMENT ON FUNCTION pledge.version_number(text)
    IS 'The number that ends a version''s resource name, or 0, which no version has.';

CREATE FUNCTION pledge.uuid_or_null(p_text text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_text ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN p_text::uuid END
$$;
COMMENT ON FUNCTION pledge.uuid_or_null(text) IS 'The UUID in its usual form, or NULL.';

-- Pages. A token is the last key of a page with the kind of its list, in base64url.
CREATE FUNCTION pledge.page_limit(p_size int) RETURNS int
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF p_size < 0 THEN
        PERFORM pledge.fail('PL400', 'The page size cannot be negative.', 'page_size');
    END IF;
    RETURN CASE p_size WHEN 0 THEN 50 ELSE least(p_size, 1000) END;
END
$$;

CREATE FUNCTION pledge.page_after(p_token text, p_kind text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    v_key text := '';
BEGIN
    IF p_token = '' THEN
        RETURN '';
    END IF;
    BEGIN
        v_key := convert_from(decode(
            translate(p_token, '-_', '+/') || repeat('=', (4 - char_length(p_token) % 4) % 4),
            'base64'), 'UTF8');
    EXCEPTION WHEN data_exception THEN
        v_key := '';
    END;
    IF NOT starts_with(v_key, p_kind || ':') THEN
        PERFORM pledge.fail('PL400',
            'The page token is not one of this list. Start again without it.', 'page_token');
    END IF;
    RETURN substr(v_key, char_length(p_kind) + 2);
END
$$;

CREATE FUNCTION pledge.page_next(p_keys text[], p_size int, p_kind text, p_token text DEFAULT '')
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN pledge.page_after(p_token, p_kind) IS NULL THEN NULL
        WHEN cardinality(p_keys) <= pledge.page_limit(p_size) THEN ''
        ELSE rtrim(translate(encode(convert_to(
                p_kind || ':' || p_keys[pledge.page_limit(p_size)], 'UTF8'), 'base64'),
            E'+/\n', '-_'), '=')
    END
$$;
COMMENT ON FUNCTION pledge.page_next(text[], int, text, text)
    IS 'The token after a page, from its keys and the first key beyond it. Checks the token before it,'
       ' which a query of no rows would not have looked at.';

CREATE FUNCTION pledge.page_after_number(p_token text, p_kind text) RETURNS int
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    v_key text := pledge.page_after(p_token, p_kind);
BEGIN
    IF v_key = '' THEN
        RETURN 0;
    ELSIF v_key !~ '^[0-9]{1,9}$' THEN
        PERFORM pledge.fail('PL400',
            'The page token is not one of this list. Start again without it.', 'page_token');
    END IF;
    RETURN v_key::int;
END
$$;

CREATE FUNCTION pledge.page_after_day(p_token text, p_kind text, OUT ret_day date, OUT ret_id text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    v_key text := pledge.page_after(p_token, p_kind);
BEGIN
    ret_day := 'infinity';
    ret_id := '';
    IF v_key <> '' THEN
        ret_day := pledge.date_or_null(left(v_key, 10));
        ret_id := substr(v_key, 12);
        IF ret_day IS NULL THEN
            PERFORM pledge.fail('PL400',
                'The page token is not one of this list. Start again without it.', 'page_token');
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION pledge.page_after_day(text, text)
    IS 'Like page_after for lists with the latest day first, whose keys are "YYYY-MM-DD id".';

CREATE FUNCTION pledge.as_at_day(p_as_at date) RETURNS date
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF p_as_at > current_date THEN
        PERFORM pledge.fail('PL400', 'Nobody knows yet how it will stand then.', 'as_at');
    END IF;
    RETURN coalesce(p_as_at, current_date);
END
$$;
COMMENT ON FUNCTION pledge.as_at_day(date)
    IS 'The day that a list or a reply is to tell of: today, unless another one is asked for.';

-- Counts of children are told outside the voice team only where nobody can be found by them.
CREATE FUNCTION pledge.least_shown() RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 6 $$;
COMMENT ON FUNCTION pledge.least_shown() IS 'The least count above nought that others may see.';

CREATE FUNCTION pledge.suppress(p_counts int[]) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    v_shown int[] := ARRAY(SELECT CASE WHEN c BETWEEN 1 AND pledge.least_shown() - 1 THEN -1 ELSE c END
                             FROM unnest(p_counts) WITH ORDINALITY AS u (c, i) ORDER BY i);
    v_total int := coalesce((SELECT sum(c) FROM unnest(p_counts) AS c), 0);
    v_hidden int;
    v_sum int;
    v_most int;
    v_next int;
BEGIN
    IF v_total BETWEEN 1 AND pledge.least_shown() - 1 THEN
        RETURN array_fill(-1, ARRAY[cardinality(p_counts)]);
    END IF;
    LOOP
        SELECT count(*), coalesce(sum(c), 0), max(c) INTO v_hidden, v_sum, v_most
          FROM unnest(p_counts, v_shown) AS u (c, s) WHERE s < 0;
        SELECT min(s) INTO v_next FROM unnest(v_shown) AS s WHERE s > 0;
        -- What is hidden must not follow from what it sums to: not as the only one, not as few children in all,
        -- not as the least or the most that each can be.
        EXIT WHEN v_next IS NULL OR v_hidden = 0
            OR v_hidden > 1 AND v_sum >= pledge.least_shown() AND v_sum > v_hidden
               AND (v_most >= pledge.least_shown() OR v_sum < v_hidden * (pledge.least_shown() - 1));
        -- All that are least of the others go with it: which of them was taken would tell something, too.
        v_shown := array_replace(v_shown, v_next, -1);
    END LOOP;
    RETURN v_shown;
END
$$;
COMMENT ON FUNCTION pledge.suppress(int[]) IS 'Counts that sum to a total which is told, too, as others may see them:'
    ' -1 for what is under least_shown() and for as many others as it takes that none of them follows from the'
    ' total; all are -1 where the total itself is under it. Nought is no child, and is shown. Counts are 0 or'
    ' more; the total itself is suppress(ARRAY[total]).';

-- Makes the rows of tables their authority's, whoever asks for them.
CREATE FUNCTION pledge.tenant_tables(p_tables text[], p_rule text DEFAULT 'authority_id = app_authority()')
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY p_tables LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', v_table);
        IF p_rule IS NOT NULL THEN
            EXECUTE format('CREATE POLICY %I ON %I USING (%s) WITH CHECK (%s)', v_table || '_tenant',
                v_table, p_rule, p_rule);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION pledge.tenant_tables(text[], text)
    IS 'Forces row-level security; a NULL rule leaves the policies to the caller.';

COMMIT;
