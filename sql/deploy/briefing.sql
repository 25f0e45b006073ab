-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:briefing to pg
-- Briefing and training on the pledge: sessions for the members of bodies, who was there, and which
-- parties' members have been reached. Words of the field:
--   audience   the bodies that a session is for
--   member     who holds a seat as chair, vice-chair or member. Advisers and co-opted people are counted with
--              the department or agency that they come from, as other officers and partners are
--   headcount  how many people of one department or agency were there
--   coverage   of the members of a body on a day, party by party, how many were at a session
-- A session may be planned and moved until somebody recorded who was there. What was recorded last of a
-- seat or an owner stands. A seat is one member's, of one party; who takes another begins anew.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE briefing (
    authority_id text COLLATE "C" NOT NULL,
    briefing_id  text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    title        text NOT NULL,
    topic        text NOT NULL DEFAULT '',
    held_on      date NOT NULL,
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    CONSTRAINT briefing_briefing_id_unique PRIMARY KEY (authority_id, briefing_id),
    CONSTRAINT briefing_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT briefing_briefing_id_form CHECK (is_id(briefing_id)),
    CONSTRAINT briefing_kind_known CHECK (kind IN ('briefing', 'training')),
    CONSTRAINT briefing_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT briefing_topic_length CHECK (char_length(topic) <= 200)
);
COMMENT ON CONSTRAINT briefing_briefing_id_unique ON briefing
    IS 'briefing_id: is already the identifier of another session';
COMMENT ON CONSTRAINT briefing_parent_exists ON briefing IS 'parent: names no authority';
COMMENT ON CONSTRAINT briefing_briefing_id_form ON briefing
    IS 'briefing_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT briefing_kind_known ON briefing
    IS 'briefing.kind: must be briefing or training';
COMMENT ON CONSTRAINT briefing_title_length ON briefing
    IS 'briefing.title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT briefing_topic_length ON briefing
    IS 'briefing.topic: must have at most 200 characters';
CREATE INDEX briefing_held ON briefing (authority_id, held_on, briefing_id);
CREATE TRIGGER briefing_touch BEFORE UPDATE ON briefing
    FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE briefing_body (
    authority_id text COLLATE "C" NOT NULL,
    briefing_id  text COLLATE "C" NOT NULL,
    body_id      text COLLATE "C" NOT NULL,
    CONSTRAINT briefing_body_bodies_once PRIMARY KEY (authority_id, briefing_id, body_id),
    CONSTRAINT briefing_body_briefing_exists
        FOREIGN KEY (authority_id, briefing_id) REFERENCES briefing,
    CONSTRAINT briefing_body_bodies_exist FOREIGN KEY (authority_id, body_id) REFERENCES body
);
COMMENT ON CONSTRAINT briefing_body_bodies_once ON briefing_body
    IS 'briefing.bodies: must be named once each';
COMMENT ON CONSTRAINT briefing_body_briefing_exists ON briefing_body IS 'briefing: names no session';
COMMENT ON CONSTRAINT briefing_body_bodies_exist ON briefing_body
    IS 'briefing.bodies: must exist';

CREATE TABLE briefing_attendance (
    authority_id   text COLLATE "C" NOT NULL,
    briefing_id    text COLLATE "C" NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    body_member_id text COLLATE "C" NOT NULL,
    entry          int NOT NULL,
    attendance     text NOT NULL,
    party          text NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT briefing_attendance_entry_unique
        PRIMARY KEY (authority_id, briefing_id, body_id, body_member_id, entry),
    CONSTRAINT briefing_attendance_body_exists
        FOREIGN KEY (authority_id, briefing_id, body_id) REFERENCES briefing_body,
    CONSTRAINT briefing_attendance_seat_exists
        FOREIGN KEY (authority_id, body_id, body_member_id) REFERENCES body_member,
    CONSTRAINT briefing_attendance_attendance_known
        CHECK (attendance IN ('present', 'apologies', 'absent'))
);
COMMENT ON TABLE briefing_attendance IS 'party: of the seat''s holder on that day';
COMMENT ON CONSTRAINT briefing_attendance_entry_unique ON briefing_attendance
    IS 'attendance: was recorded at the same moment';
COMMENT ON CONSTRAINT briefing_attendance_body_exists ON briefing_attendance
    IS 'attendance: is of a body that the session was for';
COMMENT ON CONSTRAINT briefing_attendance_seat_exists ON briefing_attendance
    IS 'attendance: names no seat';
COMMENT ON CONSTRAINT briefing_attendance_attendance_known ON briefing_attendance
    IS 'attendance: must be present, apologies or absent';
CREATE INDEX briefing_attendance_seat
    ON briefing_attendance (authority_id, body_id, body_member_id, briefing_id, entry);

CREATE TABLE briefing_headcount (
    authority_id text COLLATE "C" NOT NULL,
    briefing_id  text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    entry        int NOT NULL,
    people       int NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT briefing_headcount_entry_unique
        PRIMARY KEY (authority_id, briefing_id, owner_id, entry),
    CONSTRAINT briefing_headcount_briefing_exists
        FOREIGN KEY (authority_id, briefing_id) REFERENCES briefing,
    CONSTRAINT briefing_headcount_owner_exists
        FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT briefing_headcount_people_range CHECK (people BETWEEN 0 AND 1000)
);
COMMENT ON CONSTRAINT briefing_headcount_entry_unique ON briefing_headcount
    IS 'headcounts: were recorded at the same moment';
COMMENT ON CONSTRAINT briefing_headcount_briefing_exists ON briefing_headcount
    IS 'parent: names no session';
COMMENT ON CONSTRAINT briefing_headcount_owner_exists ON briefing_headcount
    IS 'headcounts: names no department or partner agency';
COMMENT ON CONSTRAINT briefing_headcount_people_range ON briefing_headcount
    IS 'headcounts: must be 0 to 1000';

DO $$ BEGIN
    PERFORM tenant_tables('{briefing,briefing_body,briefing_attendance,briefing_headcount}');
END $$;

CREATE FUNCTION is_members_seat(p_role text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_role IN ('chair', 'vice_chair', 'member') $$;
COMMENT ON FUNCTION is_members_seat(text) IS 'Whether a seat of this role is an elected member''s.';

-- The members' seats of a session's audience on its day, with what is known of who was there.
CREATE FUNCTION briefing_seats(p_briefing text, p_known_on date)
RETURNS TABLE (body_id text, seat_id text, seat text, display_name text, attendance text, party text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT s.body_id, s.body_member_id, s.name, s.display_name, coalesce(a.attendance, ''),
           coalesce(a.party, s.party)
      FROM briefing AS b
      JOIN briefing_body AS d ON d.authority_id = b.authority_id AND d.briefing_id = b.briefing_id
      JOIN body_member_resource AS s ON s.authority_id = d.authority_id AND s.body_id = d.body_id
       AND is_members_seat(s.role)
       AND s.sits_from <= b.held_on AND coalesce(s.sits_to, 'infinity') >= b.held_on
      LEFT JOIN LATERAL (
        SELECT t.attendance, t.party FROM briefing_attendance AS t
         WHERE t.authority_id = s.authority_id AND t.briefing_id = b.briefing_id
           AND t.body_id = s.body_id AND t.body_member_id = s.body_member_id
           AND t.recorded_at::date <= p_known_on
         ORDER BY t.entry DESC LIMIT 1) AS a ON true
     WHERE b.authority_id = app_authority() AND b.briefing_id = p_briefing
     ORDER BY s.body_id, array_position('{chair,vice_chair,member}', s.role), s.display_name,
              s.body_member_id
$$;

CREATE FUNCTION briefing_headcounts(p_briefing text, p_known_on date)
RETURNS TABLE (owner text, owner_display_name text, people int)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT o.resource_name, o.display_name, h.people
      FROM (SELECT DISTINCT ON (t.owner_id) t.owner_id, t.people FROM briefing_headcount AS t
             WHERE t.authority_id = app_authority() AND t.briefing_id = p_briefing
               AND t.recorded_at::date <= p_known_on
             ORDER BY t.owner_id, t.entry DESC) AS h
      JOIN owner AS o ON o.authority_id = app_authority() AND o.owner_id = h.owner_id
     ORDER BY o.display_name, h.owner_id
$$;

-- Sessions as at a day with who was there, by what was recorded by the end of another. planned: after p_as_at,
-- when nobody was there yet.
CREATE FUNCTION briefings(p_as_at date, p_known_on date)
RETURNS TABLE (briefing_id text, name text, kind text, title text, topic text, held_on date,
               planned boolean, bodies text[], member_count int, present_count int, parties text[],
               people_count int, create_time timestamptz, update_time timestamptz, etag text)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT b.briefing_id, 'authorities/' || b.authority_id || '/briefings/' || b.briefing_id, b.kind,
           b.title, b.topic, b.held_on, b.held_on > p_as_at,
           ARRAY(SELECT 'authorities/' || d.authority_id || '/bodies/' || d.body_id
                   FROM briefing_body AS d
                  WHERE d.authority_id = b.authority_id AND d.briefing_id = b.briefing_id
                  ORDER BY d.body_id),
           s.members, s.present, s.parties,
           (SELECT coalesce(sum(h.people), 0)::int
              FROM briefing_headcounts(b.briefing_id, p_known_on) AS h WHERE b.held_on <= p_as_at),
           b.create_time, b.update_time, etag(b.revision)
      FROM briefing AS b
     CROSS JOIN LATERAL (
        SELECT count(*)::int AS members, (count(*) FILTER (WHERE t.there))::int AS present,
               coalesce(array_agg(DISTINCT t.party ORDER BY t.party)
                            FILTER (WHERE t.there AND t.party <> ''), '{}') AS parties
          FROM (SELECT x.party, x.attendance = 'present' AND b.held_on <= p_as_at AS there
                  FROM briefing_seats(b.briefing_id, p_known_on) AS x) AS t) AS s
     WHERE b.authority_id = app_authority() AND b.create_time::date <= p_known_on;
END
$$;

-- Of the members of a body on a day, party by party, how many were at a session since another day.
-- p_kind: '' for both kinds; p_from: NULL for ever.
CREATE FUNCTION briefing_coverage(p_body text, p_kind text, p_from date, p_as_at date, p_known_on date)
RETURNS TABLE (party text, member_count int, covered_count int, not_covered text[])
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT x.party, count(*)::int, (count(*) FILTER (WHERE x.covered))::int,
           coalesce(array_agg(x.display_name ORDER BY x.display_name) FILTER (WHERE NOT x.covered), '{}')
      FROM (
        SELECT s.party, s.display_name, EXISTS (
                SELECT FROM (
                    SELECT DISTINCT ON (t.briefing_id) t.briefing_id, t.attendance
                      FROM briefing_attendance AS t
                     WHERE t.authority_id = s.authority_id AND t.body_id = s.body_id
                       AND t.body_member_id = s.body_member_id AND t.recorded_at::date <= p_known_on
                     ORDER BY t.briefing_id, t.entry DESC) AS a
                  JOIN briefing AS b ON b.authority_id = s.authority_id
                   AND b.briefing_id = a.briefing_id
                 WHERE a.attendance = 'present' AND b.held_on <= p_as_at
                   AND b.held_on >= coalesce(p_from, '-infinity')
                   AND (b.kind = p_kind OR p_kind = '')) AS covered
          FROM body_member AS s
         WHERE s.authority_id = app_authority() AND s.body_id = p_body AND is_members_seat(s.role)
           AND s.sits_from <= p_as_at AND coalesce(s.sits_to, 'infinity') >= p_as_at) AS x
     GROUP BY x.party
     ORDER BY x.party = '', x.party
$$;
COMMENT ON FUNCTION briefing_coverage(text, text, date, date, date)
    IS 'How many members of each party were briefed or trained, and whose seats are still to be reached.';

CREATE FUNCTION briefing_create(p_id text, p_kind text, p_title text, p_topic text, p_held_on date,
                                p_bodies text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
BEGIN
    SELECT jsonb_agg(violation(r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM (
        SELECT 0 AS n, x.field, x.rule
          FROM (VALUES
            (NOT is_id(p_id), 'briefing_id', 'must be 1 to 63 lower case letters, digits and hyphens, no hyphen first'),
            (p_kind = '', 'briefing.kind', 'must be briefing or training'),
            (NOT is_said(p_title) OR char_length(p_title) > 200, 'briefing.title',
                'must have 1 to 200 characters'),
            (char_length(p_topic) > 200, 'briefing.topic', 'must have at most 200 characters'),
            (p_held_on IS NULL, 'briefing.held_on', 'must be a day, as YYYY-MM-DD'),
            (cardinality(p_bodies) NOT BETWEEN 1 AND 20, 'briefing.bodies', 'are 1 to 20')
          ) AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT b.n, format('briefing.bodies[%s]', b.n - 1), x.rule
          FROM unnest(p_bodies) WITH ORDINALITY AS b (id, n)
         CROSS JOIN LATERAL (VALUES
            (b.id = ANY (p_bodies[:b.n - 1]), 'is named twice'),
            (NOT EXISTS (SELECT FROM body AS t WHERE t.authority_id = app_authority()
                            AND t.body_id = b.id), 'names no body')) AS x (broken, rule)
         WHERE x.broken
      ) AS r;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The session cannot be like this.', v_bad);
    END IF;
    INSERT INTO briefing (authority_id, briefing_id, kind, title, topic, held_on)
    VALUES (app_authority(), p_id, p_kind, p_title, p_topic, p_held_on) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is a session ' || p_id || ' already.', 'briefing_id');
    END IF;
    INSERT INTO briefing_body (authority_id, briefing_id, body_id)
    SELECT app_authority(), p_id, b.id FROM unnest(p_bodies) AS b (id);
END
$$;

CREATE FUNCTION briefing_update(p_id text, p_title text, p_topic text, p_held_on date, p_etag text,
                                p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v briefing;
    v_bad jsonb;
BEGIN
    PERFORM mask_check(p_paths, '{title,topic,held_on}');
    SELECT * INTO v FROM briefing
     WHERE authority_id = app_authority() AND briefing_id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no session ' || p_id || '.', 'briefing.name');
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), 'briefing.etag');
    SELECT jsonb_agg(violation('briefing.' || x.field, x.rule)) INTO v_bad
      FROM (VALUES
        (NOT is_said(p_title) OR char_length(p_title) > 200, 'title', 'must have 1 to 200 characters'),
        (char_length(p_topic) > 200, 'topic', 'must have at most 200 characters'),
        (p_held_on IS NULL, 'held_on', 'must be a day, as YYYY-MM-DD')) AS x (broken, field, rule)
     WHERE x.broken AND masked(x.field, p_paths);
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The session cannot be like this.', v_bad);
    ELSIF masked('held_on', p_paths) AND p_held_on <> v.held_on AND EXISTS (
            SELECT FROM briefing_attendance AS a WHERE a.authority_id = app_authority()
               AND a.briefing_id = p_id
            UNION ALL
            SELECT FROM briefing_headcount AS h WHERE h.authority_id = app_authority()
               AND h.briefing_id = p_id) THEN
        PERFORM fail('PL412', 'It was held on ' || v.held_on || ': who was there is recorded.',
            'briefing.held_on');
    END IF;
    UPDATE briefing SET
        title = CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END,
        topic = CASE WHEN masked('topic', p_paths) THEN p_topic ELSE v.topic END,
        held_on = CASE WHEN masked('held_on', p_paths) THEN p_held_on ELSE v.held_on END
     WHERE authority_id = app_authority() AND briefing_id = p_id;
END
$$;

-- p_bodies and p_seats: the two parts of each seat's name. p_owners: resource names.
CREATE FUNCTION briefing_attend(p_id text, p_bodies text[], p_seats text[], p_attendances text[],
                                p_owners text[], p_people int[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_held_on date;
    v_bad jsonb;
BEGIN
    SELECT b.held_on INTO v_held_on FROM briefing AS b
     WHERE b.authority_id = app_authority() AND b.briefing_id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no session ' || p_id || '.', 'parent');
    ELSIF v_held_on > current_date THEN
        PERFORM fail('PL412', 'The session is on ' || v_held_on || '.', 'parent');
    ELSIF cardinality(p_seats) + cardinality(p_owners) = 0 THEN
        PERFORM fail('PL400', 'Say of at least one seat, department or agency who was there.',
            'attendance');
    END IF;
    SELECT jsonb_agg(violation(r.field, r.rule) ORDER BY r.n) INTO v_bad
      FROM (
        SELECT g.n, format('attendance[%s].%s', g.n - 1, x.field) AS field, x.rule
          FROM unnest(p_bodies, p_seats, p_attendances) WITH ORDINALITY AS g (body, seat, attendance, n)
          LEFT JOIN briefing_seats(p_id, 'infinity') AS s ON s.body_id = g.body AND s.seat_id = g.seat
         CROSS JOIN LATERAL (VALUES
            (s.seat_id IS NULL, 'seat', 'is no member''s seat of the audience on that day'),
            (EXISTS (SELECT FROM unnest(p_bodies[:g.n - 1], p_seats[:g.n - 1]) AS b (body, seat)
                      WHERE b.body = g.body AND b.seat = g.seat), 'seat', 'is there twice'),
            (g.attendance NOT IN ('present', 'apologies', 'absent'), 'attendance',
                'must be present, apologies or absent')) AS x (broken, field, rule)
         WHERE x.broken
        UNION ALL
        SELECT 10000 + g.n, format('headcounts[%s].%s', g.n - 1, x.field), x.rule
          FROM unnest(p_owners, p_people) WITH ORDINALITY AS g (owner, people, n)
         CROSS JOIN LATERAL owner_problem(g.owner, format('headcounts[%s].owner', g.n - 1)) AS p (problem)
         CROSS JOIN LATERAL (VALUES
            (p.problem IS NOT NULL, 'owner', p.problem),
            (g.owner = ANY (p_owners[:g.n - 1]), 'owner', 'is there twice'),
            (g.people NOT BETWEEN 0 AND 1000, 'people', 'must be 0 to 1000')) AS x (broken, field, rule)
         WHERE x.broken
      ) AS r;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'Who was there cannot be recorded like this.', v_bad);
    END IF;
    INSERT INTO briefing_attendance (authority_id, briefing_id, body_id, body_member_id, entry,
                                     attendance, party)
    SELECT app_authority(), p_id, g.body, g.seat, 1 + (SELECT count(*) FROM briefing_attendance AS a
                WHERE a.authority_id = app_authority() AND a.briefing_id = p_id
                  AND a.body_id = g.body AND a.body_member_id = g.seat),
           g.attendance, s.party
      FROM unnest(p_bodies, p_seats, p_attendances) AS g (body, seat, attendance)
      JOIN body_member AS s ON s.authority_id = app_authority() AND s.body_id = g.body
       AND s.body_member_id = g.seat;
    INSERT INTO briefing_headcount (authority_id, briefing_id, owner_id, entry, people)
    SELECT app_authority(), p_id, o.owner_id, 1 + (SELECT count(*) FROM briefing_headcount AS h
                WHERE h.authority_id = app_authority() AND h.briefing_id = p_id
                  AND h.owner_id = o.owner_id), g.people
      FROM unnest(p_owners, p_people) AS g (owner, people)
      JOIN owner AS o ON o.authority_id = app_authority() AND o.resource_name = g.owner;
END
$$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('officer', '{briefing.read,briefing.write}'::text[]),
    ('support_worker', '{briefing.read,briefing.write}'),
    ('director', '{briefing.read}'),
    ('elected_member', '{briefing.read}'),
    ('council_administrator', '{briefing.read}'),
    ('inspector', '{briefing.read}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

COMMIT;
