-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:cicc_record to pg
-- How what the Children in Care Council does is recorded, and how it is answered.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION cicc_setting_set(p_answer_days int, p_theme_ids text[], p_theme_names text[],
                                 p_etag text, p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v cicc_setting;
    v_bad jsonb;
BEGIN
    PERFORM mask_check(p_paths, '{answer_days,themes}');
    SELECT * INTO v FROM cicc_setting WHERE authority_id = app_authority() FOR NO KEY UPDATE;
    PERFORM etag_check(p_etag, etag(coalesce(v.revision, 0)), 'settings.etag');
    -- Those that every council has may be sent back as they were read.
    SELECT jsonb_agg(violation(format('settings.themes[%s].%s', t.n - 1, r.field), r.rule)
                     ORDER BY t.n)
      INTO v_bad
      FROM unnest(p_theme_ids, p_theme_names) WITH ORDINALITY AS t (id, label, n),
           LATERAL (VALUES
        (NOT is_id(t.id), 'theme_id', 'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
        (t.id = ANY (p_theme_ids[:t.n - 1]), 'theme_id', 'is there twice'),
        (NOT is_said(t.label) OR char_length(t.label) > 60, 'display_name',
            'must have 1 to 60 characters')) AS r (broken, field, rule)
     WHERE r.broken AND masked('themes', p_paths);
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The settings cannot be like this.', v_bad);
    END IF;
    INSERT INTO cicc_setting AS s (authority_id, answer_days, theme_ids, theme_names)
    SELECT app_authority(),
           CASE WHEN masked('answer_days', p_paths) THEN p_answer_days
                ELSE coalesce(v.answer_days, answer_days_default()) END,
           CASE WHEN masked('themes', p_paths) THEN t.ids ELSE coalesce(v.theme_ids, '{}') END,
           CASE WHEN masked('themes', p_paths) THEN t.names ELSE coalesce(v.theme_names, '{}') END
      FROM (SELECT coalesce(array_agg(u.id ORDER BY u.n), '{}') AS ids,
                   coalesce(array_agg(u.label ORDER BY u.n), '{}') AS names
              FROM unnest(p_theme_ids, p_theme_names) WITH ORDINALITY AS u (id, label, n)
             WHERE u.id NOT IN ('coming-into-care', 'being-in-care', 'leaving-care')) AS t
    ON CONFLICT (authority_id) DO UPDATE SET answer_days = EXCLUDED.answer_days,
        theme_ids = EXCLUDED.theme_ids, theme_names = EXCLUDED.theme_names;
END
$$;

CREATE FUNCTION make_up_record(p_id text, p_counted_on date, p_size int, p_kinds text[],
                               p_labels text[], p_counts int[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    SELECT jsonb_agg(violation('make_up.' || r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM (
        SELECT 0 AS n, 'counted_on' AS field, 'must be a day, as YYYY-MM-DD, today or earlier' AS rule
         WHERE p_counted_on IS NULL OR p_counted_on > current_date
        UNION ALL
        SELECT g.n, format('groups[%s].%s', g.n - 1, x.field), x.rule
          FROM unnest(p_kinds, p_labels, p_counts) WITH ORDINALITY AS g (kind, label, count, n),
               LATERAL (VALUES
            (NOT is_said(g.kind) OR char_length(g.kind) > 60, 'kind', 'must have 1 to 60 characters'),
            (NOT is_said(g.label) OR char_length(g.label) > 60, 'label',
                'must have 1 to 60 characters'),
            (g.count NOT BETWEEN 0 AND 1000, 'count', 'must be 0 to 1000')) AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        -- What does not add up would tell of a group that is not named.
        SELECT 1000, 'groups', 'of ' || g.kind || ' must add up to the size: they are '
                   || sum(g.count) || ' of ' || p_size
          FROM unnest(p_kinds, p_counts) AS g (kind, count)
         GROUP BY g.kind HAVING sum(g.count) <> p_size
      ) AS r;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The count cannot be recorded like this.', v_bad);
    END IF;
    INSERT INTO make_up (authority_id, make_up_id, counted_on, size, principal_id)
    VALUES (app_authority(), p_id, p_counted_on, p_size, app_principal()) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is a count ' || p_id || ' already.', 'make_up_id');
    END IF;
    INSERT INTO make_up_group (authority_id, make_up_id, position, kind, label, count)
    SELECT app_authority(), p_id, g.n, g.kind, g.label, g.count
      FROM unnest(p_kinds, p_labels, p_counts) WITH ORDINALITY AS g (kind, label, count, n);
END
$$;

-- A session is a meeting of its body, which may have been planned before.
CREATE FUNCTION cicc_session_record(p_body text, p_id text, p_held_on date, p_participants int,
                                    p_themes text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_planned date;
    v_bad jsonb;
BEGIN
    PERFORM FROM body WHERE authority_id = app_authority() AND body_id = p_body FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no body ' || p_body || '.', 'parent');
    END IF;
    SELECT m.held_on INTO v_planned FROM meeting AS m
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_id;
    SELECT jsonb_agg(violation('session.' || r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM (
        SELECT 0 AS n, 'held_on' AS field, 'must be a day, as YYYY-MM-DD, today or earlier' AS rule
         WHERE p_held_on IS NULL OR p_held_on > current_date
        UNION ALL
        SELECT 1, 'held_on', 'is ' || v_planned || ' of the meeting with this identifier'
         WHERE p_held_on <> v_planned
        UNION ALL
        SELECT 2, 'themes', 'are at least one' WHERE cardinality(p_themes) = 0
        UNION ALL
        SELECT 2 + t.n, format('themes[%s]', t.n - 1), 'is no theme of the council, or is there twice'
          FROM unnest(p_themes) WITH ORDINALITY AS t (id, n)
         WHERE t.id = ANY (p_themes[:t.n - 1]) OR NOT EXISTS (SELECT FROM cicc_setting_resource AS s
                WHERE s.authority_id = app_authority() AND t.id = ANY (s."themes.theme_id"))
      ) AS r;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The session cannot be recorded like this.', v_bad);
    ELSIF EXISTS (SELECT FROM body_member AS m
                   WHERE m.authority_id = app_authority() AND m.body_id = p_body
                     AND m.role <> 'adviser') THEN
        PERFORM fail('PL412', 'The body has seats. A body of young people has advisers at most:'
            ' no child is a record.', 'parent');
    ELSIF v_planned IS NULL THEN
        PERFORM meeting_create(p_body, p_id, p_held_on);
    END IF;
    INSERT INTO cicc_session (authority_id, body_id, meeting_id, participants, themes, principal_id)
    VALUES (app_authority(), p_body, p_id, p_participants, p_themes, app_principal())
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'The body has a session ' || p_id || ' already.', 'session_id');
    END IF;
END
$$;

CREATE FUNCTION seat_of_adults() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM cicc_session AS s
                WHERE s.authority_id = NEW.authority_id AND s.body_id = NEW.body_id) THEN
        PERFORM fail('PL412', 'A body of young people has advisers only: no child is a record.',
            'body_member.role');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER seat_of_adults BEFORE INSERT ON body_member FOR EACH ROW
    WHEN (NEW.role <> 'adviser') EXECUTE FUNCTION seat_of_adults();

-- Every mistake in the ratings of a session, each with where it stands in the request.
CREATE FUNCTION rating_violations(
    p_participants int, p_pledge text, p_number int, p_statements text[], p_keeping int[],
    p_partly int[], p_not_keeping int[], p_cannot_say int[], p_word_statements text[],
    p_words text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT jsonb_agg(violation(r.field, r.rule) ORDER BY r.place)
      FROM (
        SELECT g.n AS place, format('ratings[%s].%s', g.n - 1, x.field) AS field, x.rule
          FROM unnest(p_statements, p_keeping, p_partly, p_not_keeping, p_cannot_say)
               WITH ORDINALITY AS g (id, keeping, partly, not_keeping, cannot_say, n)
          LEFT JOIN statement AS s ON s.authority_id = app_authority() AND s.pledge_id = p_pledge
           AND s.version_number = p_number AND s.statement_id = g.id
         CROSS JOIN LATERAL (SELECT least(g.keeping, g.partly, g.not_keeping, g.cannot_say) AS least,
                g.keeping::bigint + g.partly + g.not_keeping + g.cannot_say AS total) AS t
         CROSS JOIN LATERAL (VALUES
            (s.statement_id IS NULL, 'statement_id', 'is no statement of the version'),
            (g.id = ANY (p_statements[:g.n - 1]), 'statement_id', 'is rated twice'),
            (t.least < 0, 'keeping', 'and the other counts must be 0 or more'),
            (t.least >= 0 AND t.total = 0, 'keeping', 'or another count must be 1 or more'),
            (t.total > p_participants, 'keeping', 'and the other counts are ' || t.total
                || ' together, and ' || p_participants || ' took part')) AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT 1000 + w.n, format('words[%s].%s', w.n - 1, x.field), x.rule
          FROM unnest(p_word_statements, p_words) WITH ORDINALITY AS w (id, text, n)
         CROSS JOIN LATERAL (VALUES
            (w.id <> ALL (p_statements), 'statement_id', 'is not rated here'),
            (NOT is_said(w.text) OR char_length(w.text) > 2000, 'text',
                'must have 1 to 2000 characters')) AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT 0, 'ratings', 'are 1 to 500' WHERE cardinality(p_statements) NOT BETWEEN 1 AND 500
        UNION ALL
        SELECT 1000, 'words', 'are at most 500' WHERE cardinality(p_words) > 500
      ) AS r
$$;

-- A rating that is recorded again stands instead of the earlier one of its day.
CREATE FUNCTION ratings_record(
    p_body text, p_meeting text, p_pledge text, p_version text, p_statements text[],
    p_keeping int[], p_partly int[], p_not_keeping int[], p_cannot_say int[],
    p_word_statements text[], p_words text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v_participants int;
    v_held_on date;
    v_version version;
    v_bad jsonb;
BEGIN
    SELECT s.participants, m.held_on INTO v_participants, v_held_on
      FROM cicc_session AS s
      JOIN meeting AS m ON m.authority_id = s.authority_id AND m.body_id = s.body_id
       AND m.meeting_id = s.meeting_id
     WHERE s.authority_id = app_authority() AND s.body_id = p_body AND s.meeting_id = p_meeting;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such session.', 'parent');
    END IF;
    SELECT * INTO v_version FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = p_pledge
       AND v.version_number = v_number FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such version of a pledge.', 'version');
    ELSIF v_version.state <> 'adopted' OR v_version.adopted_on > v_held_on THEN
        PERFORM fail('PL412', 'The version was not adopted by the day of the session, ' || v_held_on
            || ': it was no promise yet.', 'version');
    END IF;
    v_bad := rating_violations(v_participants, p_pledge, v_number, p_statements, p_keeping, p_partly,
        p_not_keeping, p_cannot_say, p_word_statements, p_words);
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The ratings cannot be recorded like this.', v_bad);
    END IF;
    INSERT INTO statement_rating (authority_id, pledge_id, version_number, statement_id, rating,
        body_id, meeting_id, rated_on, keeping, partly, not_keeping, cannot_say, principal_id)
    SELECT app_authority(), p_pledge, v_number, g.id, 1 + (SELECT count(*) FROM statement_rating AS r
                WHERE r.authority_id = app_authority() AND r.pledge_id = p_pledge
                  AND r.version_number = v_number AND r.statement_id = g.id),
           p_body, p_meeting, v_held_on, g.keeping, g.partly, g.not_keeping, g.cannot_say,
           app_principal()
      FROM unnest(p_statements, p_keeping, p_partly, p_not_keeping, p_cannot_say)
        AS g (id, keeping, partly, not_keeping, cannot_say);
    INSERT INTO response_text (authority_id, pledge_id, version_number, statement_id, rating, received_on,
                               text)
    SELECT app_authority(), p_pledge, v_number, w.id, (SELECT max(r.rating) FROM statement_rating AS r
                WHERE r.authority_id = app_authority() AND r.pledge_id = p_pledge
                  AND r.version_number = v_number AND r.statement_id = w.id), v_held_on,
           w.text
      FROM unnest(p_word_statements, p_words) AS w (id, text);
END
$$;

CREATE FUNCTION rating_reply_add(p_pledge text, p_version text, p_statement text, p_rating text,
                                 p_text text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int := version_number(p_version);
    v_rating int := version_number(p_rating);
BEGIN
    PERFORM FROM statement_rating AS r
      WHERE r.authority_id = app_authority() AND r.pledge_id = p_pledge
        AND r.version_number = v_number AND r.statement_id = p_statement AND r.rating = v_rating;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such rating.', 'name');
    ELSIF NOT statement_owned(app_owner(), p_pledge, v_number, p_statement) THEN
        PERFORM fail('PL403', 'Only who has a commitment to the statement may reply to its ratings.');
    END IF;
    INSERT INTO rating_reply (authority_id, pledge_id, version_number, statement_id, rating, reply,
                              owner_id, text, replied_on, principal_id)
    SELECT app_authority(), p_pledge, v_number, p_statement, v_rating, count(*) + 1, app_owner(),
           p_text, current_date, app_principal()
      FROM rating_reply AS r
     WHERE r.authority_id = app_authority() AND r.pledge_id = p_pledge
       AND r.version_number = v_number AND r.statement_id = p_statement AND r.rating = v_rating;
END
$$;

-- Words that are of no consultation. Those of an issue were shown as it was raised.
CREATE FUNCTION words_moderate(p_text text, p_state text, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_state = 'hidden' AND EXISTS (SELECT FROM response_text AS t
            WHERE t.authority_id = app_authority() AND t.text_id = uuid_or_null(p_text)
              AND t.raised_issue_id IS NOT NULL AND t.state <> 'concern') THEN
        PERFORM fail('PL412', 'The words of an issue are shown, or are a concern.', 'state');
    END IF;
    PERFORM response_text_moderate(NULL, p_text, p_state, p_reason);
END
$$;

-- --- issues ---------------------------------------------------------------------------------------

CREATE FUNCTION answer_days() RETURNS int
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce((SELECT s.answer_days FROM cicc_setting AS s
                      WHERE s.authority_id = app_authority()), answer_days_default())
$$;
COMMENT ON FUNCTION answer_days() IS 'Days in which an issue is to be answered.';

CREATE FUNCTION issue_raise(p_id text, p_body text, p_meeting text, p_department text,
                            p_lead_body text, p_lead_seat text, p_text text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_held_on date;
BEGIN
    SELECT m.held_on INTO v_held_on FROM cicc_session AS s
      JOIN meeting AS m ON m.authority_id = s.authority_id AND m.body_id = s.body_id
       AND m.meeting_id = s.meeting_id
     WHERE s.authority_id = app_authority() AND s.body_id = p_body AND s.meeting_id = p_meeting;
    IF NOT FOUND THEN
        PERFORM fail('PL400', 'There is no such session. Record it first.', 'raised_issue.session');
    ELSIF NOT EXISTS (SELECT FROM owner AS o WHERE o.authority_id = app_authority()
                         AND o.owner_id = p_department AND o.kind = 'department') THEN
        PERFORM fail('PL400', 'There is no such department.', 'raised_issue.department');
    ELSIF NOT is_said(p_text) OR char_length(p_text) > 2000 THEN
        PERFORM fail('PL400', 'An issue has 1 to 2000 characters.', 'raised_issue.text');
    END IF;
    INSERT INTO raised_issue (authority_id, raised_issue_id, body_id, meeting_id, owner_id,
                              lead_body_id, lead_seat_id, raised_on, due_on, principal_id)
    VALUES (app_authority(), p_id, p_body, p_meeting, p_department, nullif(p_lead_body, ''),
            nullif(p_lead_seat, ''), v_held_on, v_held_on + answer_days(), app_principal())
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is an issue ' || p_id || ' already.', 'raised_issue_id');
    END IF;
    INSERT INTO response_text (authority_id, raised_issue_id, received_on, text, state)
    VALUES (app_authority(), p_id, v_held_on, p_text, 'shown');
END
$$;

CREATE FUNCTION issue_move(p_id text, p_kind text, p_text text, p_on date, p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v record;
    v_on date := coalesce(p_on, current_date);
    v_last date;
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtextextended('pledge.raised_issue ' || app_authority() || '/' || p_id, 0));
    -- With all that is recorded, whatever its day.
    SELECT * INTO v FROM raised_issues('9999-12-31', '9999-12-31') AS i WHERE i.raised_issue_id = p_id;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such issue.', 'name');
    END IF;
    SELECT coalesce(max(e.moved_on), v.raised_on) INTO v_last FROM raised_issue_move AS e
     WHERE e.authority_id = app_authority() AND e.raised_issue_id = p_id;
    PERFORM etag_check(p_etag, v.etag, 'etag');
    IF p_kind = 'answered' AND app_role() = 'director'
       AND v.department <> 'authorities/' || app_authority() || '/departments/' || app_owner() THEN
        PERFORM fail('PL403', 'It was raised to the director of ' || v.department_display_name || '.');
    ELSIF p_kind = 'answered' AND v.state <> 'awaiting_answer' THEN
        PERFORM fail('PL412', CASE v.state WHEN 'satisfied' THEN 'The young people are satisfied.'
            ELSE 'It is answered. The young people are to say whether they are satisfied.' END, 'name');
    ELSIF p_kind <> 'answered' AND v.state <> 'answered' THEN
        PERFORM fail('PL412', CASE v.state WHEN 'satisfied' THEN 'They are satisfied already.'
            ELSE 'It is not answered yet.' END, 'name');
    ELSIF v_on > current_date OR v_on < v_last THEN
        PERFORM fail('PL400', 'Say a day from ' || v_last || ' to today.', 'happened_on');
    END IF;
    INSERT INTO raised_issue_move (authority_id, raised_issue_id, move, kind, text, moved_on, due_on,
                                   principal_id)
    SELECT app_authority(), p_id, count(*) + 1, p_kind, p_text, v_on,
           CASE p_kind WHEN 'not_satisfied' THEN v_on + answer_days() END, app_principal()
      FROM raised_issue_move AS e
     WHERE e.authority_id = app_authority() AND e.raised_issue_id = p_id;
END
$$;

COMMIT;
