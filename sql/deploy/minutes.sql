-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:minutes to pg
-- How a meeting is recorded, and minutes as text from the record.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- The meeting, which stays as it is until the transaction ends. p_over: it must have been held.
CREATE FUNCTION meeting_hold(p_body text, p_meeting text, p_field text, p_over boolean) RETURNS date
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_held_on date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(
        'pledge.meeting ' || app_authority() || '/' || p_body || '/' || p_meeting, 0));
    SELECT m.held_on INTO v_held_on FROM meeting AS m
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such meeting.', p_field);
    ELSIF p_over AND v_held_on > current_date THEN
        PERFORM fail('PL412', 'The meeting is on ' || v_held_on || '.', p_field);
    END IF;
    RETURN v_held_on;
END
$$;

CREATE FUNCTION quorum_set(p_body text, p_quorum int, p_from date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM body WHERE authority_id = app_authority() AND body_id = p_body;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no body ' || p_body || '.', 'parent');
    END IF;
    INSERT INTO body_quorum (authority_id, body_id, from_on, quorum)
    VALUES (app_authority(), p_body, coalesce(p_from, current_date), p_quorum);
END
$$;

CREATE FUNCTION agenda_item_add(p_body text, p_meeting text, p_part text, p_title text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM meeting_hold(p_body, p_meeting, 'parent', false);
    INSERT INTO meeting_item (authority_id, body_id, meeting_id, item, part, title)
    SELECT app_authority(), p_body, p_meeting, count(*) + 1, p_part, p_title FROM meeting_item AS i
     WHERE i.authority_id = app_authority() AND i.body_id = p_body AND i.meeting_id = p_meeting;
END
$$;

CREATE FUNCTION paper_add(p_body text, p_meeting text, p_item int, p_title text, p_author text,
                          p_reference text, p_content_hash text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM meeting_hold(p_body, p_meeting, 'parent', false);
    INSERT INTO meeting_paper (authority_id, body_id, meeting_id, item, paper, title, author, reference,
                               content_hash)
    SELECT app_authority(), p_body, p_meeting, p_item, count(*) + 1, p_title, p_author, p_reference,
           p_content_hash
      FROM meeting_paper AS p
     WHERE p.authority_id = app_authority() AND p.body_id = p_body AND p.meeting_id = p_meeting
       AND p.item = p_item;
END
$$;

CREATE FUNCTION attendance_record(p_body text, p_meeting text, p_seats text[], p_attendances text[],
                                  p_substitutes text[], p_parties text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    PERFORM meeting_hold(p_body, p_meeting, 'parent', true);
    SELECT jsonb_agg(violation(format('attendance[%s].%s', g.n - 1, x.field), x.rule) ORDER BY g.n)
      INTO v_bad
      FROM unnest(p_seats, p_attendances, p_substitutes, p_parties) WITH ORDINALITY
        AS g (seat, attendance, substitute, party, n)
      LEFT JOIN meeting_seats(p_body, p_meeting, 'infinity') AS s ON s.seat_id = g.seat
     CROSS JOIN LATERAL (VALUES
        (s.seat_id IS NULL, 'seat_id', 'is no seat of the body on that day'),
        (g.seat = ANY (p_seats[:g.n - 1]), 'seat_id', 'is there twice'),
        (g.attendance = '', 'attendance', 'must be present, apologies, absent or substitute'),
        (is_said(g.substitute) <> (g.attendance = 'substitute') OR char_length(g.substitute) > 200,
            'substitute', 'is the post of who took the seat, of 1 to 200 characters, for substitutes only'),
        (g.party <> '' AND g.attendance <> 'substitute' OR char_length(g.party) > 60, 'party',
            'is a substitute''s, of at most 60 characters')) AS x (broken, field, rule)
     WHERE x.broken;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The attendance cannot be recorded like this.', v_bad);
    ELSIF cardinality(p_seats) = 0 THEN
        PERFORM fail('PL400', 'Give the attendance of at least one seat.', 'attendance');
    END IF;
    INSERT INTO meeting_attendance (authority_id, body_id, meeting_id, body_member_id, entry,
                                    attendance, substitute, party)
    SELECT app_authority(), p_body, p_meeting, g.seat, 1 + (SELECT count(*) FROM meeting_attendance AS a
                WHERE a.authority_id = app_authority() AND a.body_id = p_body
                  AND a.meeting_id = p_meeting AND a.body_member_id = g.seat),
           g.attendance, g.substitute,
           CASE g.attendance WHEN 'substitute' THEN g.party ELSE s.party END
      FROM unnest(p_seats, p_attendances, p_substitutes, p_parties)
        AS g (seat, attendance, substitute, party)
      JOIN body_member AS s ON s.authority_id = app_authority() AND s.body_id = p_body
       AND s.body_member_id = g.seat;
END
$$;

CREATE FUNCTION meeting_decision_record(p_body text, p_meeting text, p_item int, p_text text,
                                        p_proposer text, p_for int, p_against int, p_abstained int)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM meeting_hold(p_body, p_meeting, 'parent', true);
    IF p_against > p_for THEN
        PERFORM fail('PL400', 'More votes against it than for it decide nothing.',
            'decision.votes_against');
    END IF;
    INSERT INTO meeting_decision (authority_id, body_id, meeting_id, decision, item, text, proposer,
                                  votes_for, votes_against, votes_abstained)
    SELECT app_authority(), p_body, p_meeting, count(*) + 1, p_item, p_text, p_proposer, p_for,
           p_against, p_abstained
      FROM meeting_decision AS d
     WHERE d.authority_id = app_authority() AND d.body_id = p_body AND d.meeting_id = p_meeting;
END
$$;

CREATE FUNCTION action_add(p_body text, p_meeting text, p_item int, p_text text, p_owner text,
                           p_seat text, p_due_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_held_on date := meeting_hold(p_body, p_meeting, 'parent', true);
BEGIN
    IF p_due_on IS NULL OR p_due_on < v_held_on THEN
        PERFORM fail('PL400', 'Say by which day, as YYYY-MM-DD, not before the meeting.',
            'action.due_on');
    END IF;
    INSERT INTO meeting_action (authority_id, body_id, meeting_id, action, item, text, owner_id,
                                body_member_id, due_on)
    SELECT app_authority(), p_body, p_meeting, count(*) + 1, p_item, p_text,
           CASE WHEN p_owner <> '' THEN owner_of(p_owner, 'action.owner') END, nullif(p_seat, ''),
           p_due_on
      FROM meeting_action AS a
     WHERE a.authority_id = app_authority() AND a.body_id = p_body AND a.meeting_id = p_meeting;
END
$$;

-- Officers note on any action, directors and agencies on those of their own owner.
CREATE FUNCTION action_note_add(p_body text, p_meeting text, p_action text, p_state text,
                                p_text text, p_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v meeting_action;
    v_on date := coalesce(p_on, current_date);
    v_last date;
BEGIN
    v_last := meeting_hold(p_body, p_meeting, 'name', true);
    SELECT * INTO v FROM meeting_action AS a
     WHERE a.authority_id = app_authority() AND a.body_id = p_body AND a.meeting_id = p_meeting
       AND a.action = version_number(p_action);
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such action.', 'name');
    ELSIF app_role() <> 'officer' AND v.owner_id IS DISTINCT FROM app_owner() THEN
        PERFORM fail('PL403', 'Only its owner and officers say how an action stands.');
    END IF;
    SELECT greatest(v_last, max(n.noted_on)) INTO v_last FROM action_note AS n
     WHERE n.authority_id = app_authority() AND n.body_id = p_body AND n.meeting_id = p_meeting
       AND n.action = v.action;
    IF v_on > current_date OR v_on < v_last THEN
        PERFORM fail('PL400', 'Say a day from ' || v_last || ' to today.', 'noted_on');
    END IF;
    INSERT INTO action_note (authority_id, body_id, meeting_id, action, note, state, text, noted_on,
                             principal_id)
    SELECT app_authority(), p_body, p_meeting, v.action, count(*) + 1, p_state, p_text, v_on,
           app_principal()
      FROM action_note AS n
     WHERE n.authority_id = app_authority() AND n.body_id = p_body AND n.meeting_id = p_meeting
       AND n.action = v.action;
END
$$;

-- --- minutes --------------------------------------------------------------------------------------

CREATE FUNCTION day_words(p_day date) RETURNS text
LANGUAGE sql STABLE
AS $$ SELECT to_char(p_day, 'FMDD FMMonth YYYY') $$;

-- The minutes line by line. level: 1 title, 2 heading, 3 heading of an item, 0 a paragraph, -1 a point.
CREATE FUNCTION minute_lines(p_body text, p_meeting text, p_known_on date)
RETURNS TABLE (place text, level int, text text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH here AS (
        SELECT a.display_name AS council, b.display_name AS body, p.*, x.ret_on, x.ret_planned
          FROM meeting_presence(p_body, 'infinity', p_known_on) AS p
          JOIN authority AS a ON a.authority_id = app_authority()
          JOIN body AS b ON b.authority_id = a.authority_id AND b.body_id = p_body
         CROSS JOIN LATERAL meeting_next(p_body, p_meeting, p_known_on) AS x
         WHERE p.meeting_id = p_meeting
    ), seat AS (
        SELECT row_number() OVER () AS n, s.attendance,
               CASE s.attendance WHEN 'substitute' THEN s.substitute || ' for ' || s.display_name
                                 ELSE s.display_name END
                   || coalesce(' (' || nullif(concat_ws(', ', CASE WHEN s.role <> 'member'
                       THEN replace(s.role, '_', '-') END, nullif(s.party, '')), '') || ')', '') AS who
          FROM meeting_seats(p_body, p_meeting, p_known_on) AS s
    ), item AS (
        SELECT row_number() OVER (ORDER BY array_position(
                   '{theme,work_programme,national_developments}', i.part), i.item) AS n, i.*
          FROM meeting_item AS i
         WHERE i.authority_id = app_authority() AND i.body_id = p_body AND i.meeting_id = p_meeting
           AND i.recorded_at::date <= p_known_on
    ), line (a, b, c, d, level, text) AS (
        SELECT 1, 0, 0, 0::bigint, 1, h.council || ': ' || h.body FROM here AS h
        UNION ALL SELECT 1, 1, 0, 0, 0, 'Minutes of the meeting of ' || day_words(h.held_on) FROM here AS h
        UNION ALL SELECT 2, g.n, 0, 0, 2, g.title
          FROM (VALUES (1, 'Present', '{present,substitute}'::text[]), (2, 'Apologies', '{apologies}'),
                       (3, 'Absent', '{absent}')) AS g (n, title, kinds), here AS h
         WHERE g.n = 1 OR EXISTS (SELECT FROM seat AS s WHERE s.attendance = ANY (g.kinds))
        UNION ALL SELECT 2, CASE s.attendance WHEN 'apologies' THEN 2 WHEN 'absent' THEN 3 ELSE 1 END, 1,
               s.n, -1, s.who FROM seat AS s WHERE s.attendance <> ''
        UNION ALL SELECT 2, 1, 1, 1, 0, 'Nobody''s attendance is recorded.' FROM here AS h
         WHERE NOT EXISTS (SELECT FROM seat AS s WHERE s.attendance <> '')
        UNION ALL SELECT 2, 4, 0, 0, 2, 'Quorum' FROM here AS h
        UNION ALL SELECT 2, 4, 1, 0, 0, h.present_count || ' of ' || h.seat_count || ' seats were taken. '
               || CASE WHEN h.quorum = 0 THEN 'No quorum is set.'
                       ELSE 'The quorum is ' || h.quorum || ': the meeting '
                           || CASE WHEN h.quorate THEN 'had' ELSE 'did not have' END || ' it.' END
               || CASE cardinality(h.parties) WHEN 0 THEN ''
                       ELSE ' Parties present: ' || array_to_string(h.parties, ', ') || '.' END
          FROM here AS h
        UNION ALL SELECT 3, 0, 0, 0, 2, 'Matters arising' FROM here AS h
        UNION ALL SELECT 3, 1, 0, m.n, -1, m.text || ' (' || m.owner_display_name || ', of '
               || day_words(m.held_on) || ', due ' || day_words(m.due_on) || '): ' || m.state
               || coalesce('. ' || nullif(m.note, ''), '')
          FROM (SELECT row_number() OVER () AS n, t.*
                  FROM matters_arising(p_body, p_meeting, p_known_on) AS t) AS m
        UNION ALL SELECT 3, 1, 0, 0, 0, 'None.' FROM here AS h
         WHERE NOT EXISTS (SELECT FROM matters_arising(p_body, p_meeting, p_known_on))
        UNION ALL SELECT 4 + array_position('{theme,work_programme,national_developments}', i.part), 0, 0, 0,
               2, initcap(left(i.part, 1)) || replace(substr(i.part, 2), '_', ' ')
          FROM item AS i GROUP BY i.part
        UNION ALL SELECT 4 + array_position('{theme,work_programme,national_developments}', i.part), i.n::int,
               0, 0, 3, i.n || '. ' || i.title FROM item AS i
        UNION ALL SELECT 4 + array_position('{theme,work_programme,national_developments}', i.part), i.n::int,
               1, p.paper, -1, 'Paper: ' || p.title || ', by ' || p.author || ' (' || p.reference || ')'
          FROM item AS i
          JOIN meeting_paper AS p ON p.authority_id = i.authority_id AND p.body_id = i.body_id
           AND p.meeting_id = i.meeting_id AND p.item = i.item AND p.recorded_at::date <= p_known_on
        UNION ALL SELECT 4 + array_position('{theme,work_programme,national_developments}', i.part), i.n::int,
               2, d.decision, -1, 'Decided: ' || d.text || ' Proposed by ' || d.proposer || '.'
               || CASE d.votes_for + d.votes_against + d.votes_abstained WHEN 0 THEN ''
                       ELSE format(' Votes: %s for, %s against, %s abstained.', d.votes_for,
                                   d.votes_against, d.votes_abstained) END
          FROM item AS i
          JOIN meeting_decision AS d ON d.authority_id = i.authority_id AND d.body_id = i.body_id
           AND d.meeting_id = i.meeting_id AND d.item = i.item AND d.recorded_at::date <= p_known_on
        UNION ALL SELECT 4 + array_position('{theme,work_programme,national_developments}', i.part), i.n::int,
               3, a.action, -1, 'Action: ' || a.text || ' (' || a.owner_display_name || ', by '
               || day_words(a.due_on) || ')'
          FROM item AS i
          JOIN here AS h ON true
          JOIN action_standing('9999-12-31', p_known_on) AS a ON a.body_id = p_body
           AND a.meeting_id = p_meeting AND a.item = i.item
        UNION ALL SELECT 8, 0, 0, 0, 2, 'Decisions on the pledge' FROM here AS h
         WHERE EXISTS (SELECT FROM endorsement_decision AS e WHERE e.authority_id = app_authority()
                  AND e.body_id = p_body AND e.meeting_id = p_meeting AND e.recorded_at::date <= p_known_on)
        UNION ALL SELECT 8, 1, 0, row_number() OVER (ORDER BY e.minute_ref, e.pledge_id, e.version_number), -1,
               format('%s %s, version %s: %s. %s', e.minute_ref, p.title, e.version_number,
                      replace(e.kind, '_', ' '), e.recommendation)
               || CASE WHEN e.vote_taken THEN format(' Votes: %s for, %s against, %s abstained.', e.votes_for,
                                                     e.votes_against, e.votes_abstained) ELSE '' END
          FROM endorsement_decision AS e
          JOIN pledge AS p ON p.authority_id = e.authority_id AND p.pledge_id = e.pledge_id
         WHERE e.authority_id = app_authority() AND e.body_id = p_body AND e.meeting_id = p_meeting
           AND e.recorded_at::date <= p_known_on
        UNION ALL SELECT 9, 0, 0, 0, 2, 'Next meeting' FROM here AS h
        UNION ALL SELECT 9, 1, 0, 0, 0, CASE WHEN h.ret_on IS NULL THEN 'No day is set.'
                   WHEN h.ret_planned THEN day_words(h.ret_on) || '.'
                   ELSE 'About ' || day_words(h.ret_on) || ', by the body''s interval.' END FROM here AS h
    )
    SELECT format('%s/%s/%s/%s', l.a, to_char(l.b, 'FM0000'), l.c, to_char(l.d, 'FM0000')), l.level, l.text
      FROM line AS l
$$;

-- Text in lines of at most so many characters, the first after one indent and the others after another.
CREATE FUNCTION text_wrapped(p_text text, p_width int, p_first text, p_rest text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    v_out text := '';
    v_line text := p_first;
    v_bare boolean := true;
    v_word text;
BEGIN
    FOREACH v_word IN ARRAY regexp_split_to_array(btrim(p_text), '\s+') LOOP
        IF NOT v_bare AND char_length(v_line) + 1 + char_length(v_word) > p_width THEN
            v_out := v_out || v_line || E'\n';
            v_line := p_rest;
            v_bare := true;
        END IF;
        WHILE char_length(v_line) + char_length(v_word) > p_width AND v_bare LOOP
            v_out := v_out || v_line || left(v_word, p_width - char_length(v_line)) || E'\n';
            v_word := substr(v_word, p_width - char_length(v_line) + 1);
            v_line := p_rest;
        END LOOP;
        v_line := v_line || CASE WHEN v_bare THEN '' ELSE ' ' END || v_word;
        v_bare := false;
    END LOOP;
    RETURN v_out || v_line || E'\n';
END
$$;

CREATE FUNCTION minutes_text(p_body text, p_meeting text, p_known_on date) RETURNS text
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT string_agg(CASE
        WHEN l.level = 1 THEN text_wrapped(upper(l.text), 72, '', '')
        WHEN l.level = 2 THEN E'\n' || l.text || E'\n' || repeat('-', char_length(l.text)) || E'\n'
        WHEN l.level = 3 THEN E'\n' || text_wrapped(l.text, 72, '', '   ')
        WHEN l.level = 0 THEN text_wrapped(l.text, 72, '', '')
        ELSE text_wrapped(l.text, 72, ' - ', '   ') END, '' ORDER BY l.place COLLATE "C")
      FROM minute_lines(p_body, p_meeting, p_known_on) AS l
$$;
COMMENT ON FUNCTION minutes_text(text, text, date) IS 'Minutes as plain text of 72 columns.';

-- What somebody wrote is text and never markup.
CREATE FUNCTION minutes_markdown(p_body text, p_meeting text, p_known_on date) RETURNS text
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT string_agg(CASE WHEN l.level > 0
               THEN E'\n' || repeat('#', l.level) || ' ' || m.text || E'\n\n'
               WHEN l.level = 0 THEN m.text || E'\n' ELSE '- ' || m.text || E'\n' END, ''
               ORDER BY l.place COLLATE "C")
      FROM minute_lines(p_body, p_meeting, p_known_on) AS l
     CROSS JOIN LATERAL (SELECT regexp_replace(regexp_replace(l.text, '\s+', ' ', 'g'),
                                               '([\\`*_\[\]<>#|])', '\\\1', 'g') AS text) AS m
$$;
COMMENT ON FUNCTION minutes_markdown(text, text, date) IS 'Minutes as Markdown.';

COMMIT;
