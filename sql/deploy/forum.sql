-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:forum to pg
-- What a body does at a meeting: agenda, papers, attendance, decisions, actions, and minutes from them. All
-- are facts and only ever added; what was recorded last of a seat's attendance or an action's state
-- stands. Words of the field:
--   part             the agenda has three: theme, work programme, national developments
--   quorum           how many seats must be taken, by their holders or substitutes. Advisers do not count
--   representation   which parties were present at each meeting
--   matters arising  actions of earlier meetings of the body that were open when the meeting began
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE body_quorum (
    authority_id text COLLATE "C" NOT NULL,
    body_id      text COLLATE "C" NOT NULL,
    from_on      date NOT NULL,
    quorum       int NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT body_quorum_from_on_once PRIMARY KEY (authority_id, body_id, from_on),
    CONSTRAINT body_quorum_parent_exists FOREIGN KEY (authority_id, body_id) REFERENCES body,
    CONSTRAINT body_quorum_quorum_range CHECK (quorum BETWEEN 1 AND 100)
);
COMMENT ON CONSTRAINT body_quorum_from_on_once ON body_quorum
    IS 'from_on: has a quorum from that day already';
COMMENT ON CONSTRAINT body_quorum_parent_exists ON body_quorum IS 'parent: names no body';
COMMENT ON CONSTRAINT body_quorum_quorum_range ON body_quorum IS 'quorum: must be 1 to 100';

CREATE TABLE meeting_item (
    authority_id text COLLATE "C" NOT NULL,
    body_id      text COLLATE "C" NOT NULL,
    meeting_id   text COLLATE "C" NOT NULL,
    item         int NOT NULL,
    part         text NOT NULL,
    title        text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meeting_item_item_unique PRIMARY KEY (authority_id, body_id, meeting_id, item),
    CONSTRAINT meeting_item_meeting_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES meeting,
    CONSTRAINT meeting_item_items_count CHECK (item BETWEEN 1 AND 50),
    CONSTRAINT meeting_item_part_known
        CHECK (part IN ('theme', 'work_programme', 'national_developments')),
    CONSTRAINT meeting_item_title_length CHECK (is_said(title) AND char_length(title) <= 200)
);
COMMENT ON CONSTRAINT meeting_item_item_unique ON meeting_item
    IS 'item: another item was added at the same moment';
COMMENT ON CONSTRAINT meeting_item_meeting_exists ON meeting_item IS 'parent: names no meeting';
COMMENT ON CONSTRAINT meeting_item_items_count ON meeting_item IS 'item: a meeting has at most 50';
COMMENT ON CONSTRAINT meeting_item_part_known ON meeting_item
    IS 'agenda_item.part: must be theme, work programme or national developments';
COMMENT ON CONSTRAINT meeting_item_title_length ON meeting_item
    IS 'agenda_item.title: must have 1 to 200 characters';

CREATE TABLE meeting_paper (
    authority_id text COLLATE "C" NOT NULL,
    body_id      text COLLATE "C" NOT NULL,
    meeting_id   text COLLATE "C" NOT NULL,
    item         int NOT NULL,
    paper        int NOT NULL,
    title        text NOT NULL,
    author       text NOT NULL,
    reference    text NOT NULL,
    content_hash text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meeting_paper_paper_unique
        PRIMARY KEY (authority_id, body_id, meeting_id, item, paper),
    CONSTRAINT meeting_paper_item_exists
        FOREIGN KEY (authority_id, body_id, meeting_id, item) REFERENCES meeting_item,
    CONSTRAINT meeting_paper_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT meeting_paper_author_length CHECK (is_said(author) AND char_length(author) <= 200),
    CONSTRAINT meeting_paper_reference_length
        CHECK (is_said(reference) AND char_length(reference) <= 500),
    CONSTRAINT meeting_paper_content_hash_form CHECK (content_hash ~ '^([0-9a-f]{64})?$')
);
COMMENT ON CONSTRAINT meeting_paper_paper_unique ON meeting_paper
    IS 'paper: another paper was added at the same moment';
COMMENT ON CONSTRAINT meeting_paper_item_exists ON meeting_paper
    IS 'paper.item: is no item of the meeting';
COMMENT ON CONSTRAINT meeting_paper_title_length ON meeting_paper
    IS 'paper.title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT meeting_paper_author_length ON meeting_paper
    IS 'paper.author: must be a post of 1 to 200 characters';
COMMENT ON CONSTRAINT meeting_paper_reference_length ON meeting_paper
    IS 'paper.reference: must have 1 to 500 characters';
COMMENT ON CONSTRAINT meeting_paper_content_hash_form ON meeting_paper
    IS 'paper.content_hash: must be 64 lower case hexadecimal digits, or empty';

CREATE TABLE meeting_attendance (
    authority_id   text COLLATE "C" NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    meeting_id     text COLLATE "C" NOT NULL,
    body_member_id text COLLATE "C" NOT NULL,
    entry          int NOT NULL,
    attendance     text NOT NULL,
    substitute     text NOT NULL DEFAULT '',
    party          text NOT NULL DEFAULT '',
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meeting_attendance_entry_unique
        PRIMARY KEY (authority_id, body_id, meeting_id, body_member_id, entry),
    CONSTRAINT meeting_attendance_meeting_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES meeting,
    CONSTRAINT meeting_attendance_seat_exists
        FOREIGN KEY (authority_id, body_id, body_member_id) REFERENCES body_member
);
COMMENT ON TABLE meeting_attendance IS 'party: of who took the seat on that day, substitutes, too';
COMMENT ON CONSTRAINT meeting_attendance_entry_unique ON meeting_attendance
    IS 'attendance: was recorded at the same moment';
COMMENT ON CONSTRAINT meeting_attendance_meeting_exists ON meeting_attendance
    IS 'parent: names no meeting';
COMMENT ON CONSTRAINT meeting_attendance_seat_exists ON meeting_attendance
    IS 'attendance: names no seat of the body';

CREATE TABLE meeting_decision (
    authority_id    text COLLATE "C" NOT NULL,
    body_id         text COLLATE "C" NOT NULL,
    meeting_id      text COLLATE "C" NOT NULL,
    decision        int NOT NULL,
    item            int NOT NULL,
    text            text NOT NULL,
    proposer        text NOT NULL,
    votes_for       int NOT NULL,
    votes_against   int NOT NULL,
    votes_abstained int NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meeting_decision_decision_unique
        PRIMARY KEY (authority_id, body_id, meeting_id, decision),
    CONSTRAINT meeting_decision_item_exists
        FOREIGN KEY (authority_id, body_id, meeting_id, item) REFERENCES meeting_item,
    CONSTRAINT meeting_decision_text_length CHECK (is_said(text) AND char_length(text) <= 2000),
    CONSTRAINT meeting_decision_proposer_length
        CHECK (is_said(proposer) AND char_length(proposer) <= 200),
    CONSTRAINT meeting_decision_votes_for_range
        CHECK (least(votes_for, votes_against, votes_abstained) >= 0
               AND greatest(votes_for, votes_against, votes_abstained) <= 1000)
);
COMMENT ON CONSTRAINT meeting_decision_decision_unique ON meeting_decision
    IS 'decision: another decision was recorded at the same moment';
COMMENT ON CONSTRAINT meeting_decision_item_exists ON meeting_decision
    IS 'decision.item: is no item of the meeting';
COMMENT ON CONSTRAINT meeting_decision_text_length ON meeting_decision
    IS 'decision.text: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT meeting_decision_proposer_length ON meeting_decision
    IS 'decision.proposer: must be a post of 1 to 200 characters';
COMMENT ON CONSTRAINT meeting_decision_votes_for_range ON meeting_decision
    IS 'decision.votes_for: and the other votes must be 0 to 1000';

CREATE TABLE meeting_action (
    authority_id   text COLLATE "C" NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    meeting_id     text COLLATE "C" NOT NULL,
    action         int NOT NULL,
    item           int NOT NULL,
    text           text NOT NULL,
    owner_id       text COLLATE "C",
    body_member_id text COLLATE "C",
    due_on         date NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT meeting_action_action_unique PRIMARY KEY (authority_id, body_id, meeting_id, action),
    CONSTRAINT meeting_action_item_exists
        FOREIGN KEY (authority_id, body_id, meeting_id, item) REFERENCES meeting_item,
    CONSTRAINT meeting_action_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT meeting_action_seat_exists
        FOREIGN KEY (authority_id, body_id, body_member_id) REFERENCES body_member,
    CONSTRAINT meeting_action_text_length CHECK (is_said(text) AND char_length(text) <= 2000),
    CONSTRAINT meeting_action_owner_one CHECK ((owner_id IS NULL) <> (body_member_id IS NULL))
);
COMMENT ON CONSTRAINT meeting_action_action_unique ON meeting_action
    IS 'action: another action was added at the same moment';
COMMENT ON CONSTRAINT meeting_action_item_exists ON meeting_action
    IS 'action.item: is no item of the meeting';
COMMENT ON CONSTRAINT meeting_action_owner_exists ON meeting_action
    IS 'action.owner: names no department or partner agency';
COMMENT ON CONSTRAINT meeting_action_seat_exists ON meeting_action
    IS 'action.seat_id: is no seat of the body';
COMMENT ON CONSTRAINT meeting_action_text_length ON meeting_action
    IS 'action.text: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT meeting_action_owner_one ON meeting_action
    IS 'action.owner: an action is a department''s or agency''s, or a seat''s';
CREATE INDEX meeting_action_owner ON meeting_action (authority_id, owner_id);

CREATE TABLE action_note (
    authority_id text COLLATE "C" NOT NULL,
    body_id      text COLLATE "C" NOT NULL,
    meeting_id   text COLLATE "C" NOT NULL,
    action       int NOT NULL,
    note         int NOT NULL,
    state        text NOT NULL,
    text         text NOT NULL,
    noted_on     date NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT action_note_note_unique
        PRIMARY KEY (authority_id, body_id, meeting_id, action, note),
    CONSTRAINT action_note_action_exists
        FOREIGN KEY (authority_id, body_id, meeting_id, action) REFERENCES meeting_action,
    CONSTRAINT action_note_state_known CHECK (state IN ('open', 'done', 'dropped')),
    CONSTRAINT action_note_text_length CHECK (is_said(text) AND char_length(text) <= 2000)
);
COMMENT ON CONSTRAINT action_note_note_unique ON action_note
    IS 'name: another note was recorded at the same moment';
COMMENT ON CONSTRAINT action_note_action_exists ON action_note IS 'name: names no action';
COMMENT ON CONSTRAINT action_note_state_known ON action_note
    IS 'state: must be open, done or dropped';
COMMENT ON CONSTRAINT action_note_text_length ON action_note
    IS 'text: must have 1 to 2000 characters';

DO $$ BEGIN
    PERFORM tenant_tables('{body_quorum,meeting_item,meeting_paper,meeting_attendance,meeting_decision}');
    PERFORM tenant_tables('{meeting_action,action_note}', NULL);
END $$;
-- A partner agency sees its own actions.
CREATE POLICY meeting_action_tenant ON meeting_action
    USING (authority_id = app_authority()
        AND (app_role() IS DISTINCT FROM 'partner_agency' OR owner_id = app_owner()))
    WITH CHECK (authority_id = app_authority());
CREATE POLICY action_note_tenant ON action_note
    USING (authority_id = app_authority()
        AND (app_role() IS DISTINCT FROM 'partner_agency' OR EXISTS (
            SELECT FROM meeting_action AS a
             WHERE a.authority_id = action_note.authority_id AND a.body_id = action_note.body_id
               AND a.meeting_id = action_note.meeting_id AND a.action = action_note.action)))
    WITH CHECK (authority_id = app_authority());

-- The seats of a meeting's body on its day, with what is known of their attendance.
CREATE FUNCTION meeting_seats(p_body text, p_meeting text, p_known_on date)
RETURNS TABLE (seat_id text, display_name text, role text, attendance text, substitute text,
               party text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT s.body_member_id, s.display_name, s.role, coalesce(a.attendance, ''),
           coalesce(a.substitute, ''), coalesce(a.party, s.party)
      FROM meeting AS m
      JOIN body_member AS s ON s.authority_id = m.authority_id AND s.body_id = m.body_id
       AND s.sits_from <= m.held_on AND coalesce(s.sits_to, 'infinity') >= m.held_on
      LEFT JOIN LATERAL (
        SELECT t.attendance, t.substitute, t.party FROM meeting_attendance AS t
         WHERE t.authority_id = m.authority_id AND t.body_id = m.body_id
           AND t.meeting_id = m.meeting_id AND t.body_member_id = s.body_member_id
           AND t.recorded_at::date <= p_known_on
         ORDER BY t.entry DESC LIMIT 1) AS a ON true
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting
     ORDER BY array_position('{chair,vice_chair,member,co_opted,adviser}', s.role), s.display_name,
              s.body_member_id
$$;

-- A body's meetings with who was there, by a day. quorum: 0 where the body had none set.
CREATE FUNCTION meeting_presence(p_body text, p_as_at date, p_known_on date)
RETURNS TABLE (meeting_id text, meeting text, held_on date, quorum int, present_count int,
               seat_count int, quorate boolean, parties text[])
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT m.meeting_id, m.name, m.held_on, q.quorum, c.present, c.seats,
           q.quorum > 0 AND c.present >= q.quorum, c.parties
      FROM meeting_resource AS m
     CROSS JOIN LATERAL (SELECT coalesce((
            SELECT u.quorum FROM body_quorum AS u
             WHERE u.authority_id = m.authority_id AND u.body_id = m.body_id
               AND u.from_on <= m.held_on AND u.recorded_at::date <= p_known_on
             ORDER BY u.from_on DESC LIMIT 1), 0) AS quorum) AS q
     CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE s.there AND s.role <> 'adviser'))::int AS present,
               (count(*) FILTER (WHERE s.role <> 'adviser'))::int AS seats,
               coalesce(array_agg(DISTINCT s.party ORDER BY s.party)
                            FILTER (WHERE s.there AND s.party <> ''), '{}') AS parties
          FROM (SELECT t.role, t.party, t.attendance IN ('present', 'substitute') AS there
                  FROM meeting_seats(m.body_id, m.meeting_id, p_known_on) AS t) AS s) AS c
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.held_on <= p_as_at
       AND m.create_time::date <= p_known_on
$$;

-- Actions as they stood at the end of a day, by what was recorded by the end of another.
CREATE FUNCTION action_standing(p_as_at date, p_known_on date)
RETURNS TABLE (body_id text, meeting_id text, action int, name text, held_on date, item int,
               text text, owner text, owner_display_name text, seat_id text, due_on date,
               state text, note text, noted_on date, note_count int, days_over int, place text)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT a.body_id, a.meeting_id, a.action,
           'authorities/' || a.authority_id || '/bodies/' || a.body_id || '/meetings/'
               || a.meeting_id || '/actions/' || a.action,
           m.held_on, a.item, a.text, coalesce(o.resource_name, ''),
           coalesce(o.display_name, s.display_name), coalesce(a.body_member_id, ''), a.due_on,
           x.state, coalesce(n.text, ''), n.noted_on, coalesce(n.note, 0),
           CASE x.state WHEN 'open' THEN greatest(p_as_at - a.due_on, 0) ELSE 0 END,
           a.due_on || ' ' || a.body_id || '/' || a.meeting_id || '/' || to_char(a.action, 'FM000')
      FROM meeting_action AS a
      JOIN meeting AS m ON m.authority_id = a.authority_id AND m.body_id = a.body_id
       AND m.meeting_id = a.meeting_id
      LEFT JOIN owner AS o ON o.authority_id = a.authority_id AND o.owner_id = a.owner_id
      LEFT JOIN body_member AS s ON s.authority_id = a.authority_id AND s.body_id = a.body_id
       AND s.body_member_id = a.body_member_id
      LEFT JOIN LATERAL (
        SELECT t.note, t.state, t.text, t.noted_on FROM action_note AS t
         WHERE t.authority_id = a.authority_id AND t.body_id = a.body_id
           AND t.meeting_id = a.meeting_id AND t.action = a.action AND t.noted_on <= p_as_at
           AND t.recorded_at::date <= p_known_on
         ORDER BY t.note DESC LIMIT 1) AS n ON true
     CROSS JOIN LATERAL (SELECT coalesce(n.state, 'open') AS state) AS x
     WHERE a.authority_id = app_authority() AND m.held_on <= p_as_at
       AND a.recorded_at::date <= p_known_on;
END
$$;

-- What was open of earlier meetings when a meeting began, as it stood at its end.
CREATE FUNCTION matters_arising(p_body text, p_meeting text, p_known_on date)
RETURNS TABLE (name text, held_on date, item int, text text, owner text, seat_id text,
               owner_display_name text, due_on date, state text, note text, noted_on date,
               note_count int, days_over int)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT a.name, a.held_on, a.item, a.text, a.owner, a.seat_id, a.owner_display_name, a.due_on,
           a.state, a.note, a.noted_on, a.note_count, a.days_over
      FROM meeting AS m
     CROSS JOIN LATERAL action_standing(m.held_on, p_known_on) AS a
     CROSS JOIN LATERAL action_standing(m.held_on - 1, p_known_on) AS b
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting
       AND a.body_id = p_body AND a.held_on < m.held_on AND b.name = a.name AND b.state = 'open'
     ORDER BY a.held_on, a.meeting_id, a.action
$$;

-- The day of the next meeting: the one that is planned, else by the body's interval, else NULL.
CREATE FUNCTION meeting_next(p_body text, p_meeting text, p_known_on date, OUT ret_on date,
                             OUT ret_planned boolean)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce(n.held_on, CASE WHEN b.meeting_interval_months > 0
               THEN (m.held_on + make_interval(months => b.meeting_interval_months))::date END),
           n.held_on IS NOT NULL
      FROM meeting AS m
      JOIN body AS b ON b.authority_id = m.authority_id AND b.body_id = m.body_id
      LEFT JOIN LATERAL (SELECT min(x.held_on) AS held_on FROM meeting AS x
                          WHERE x.authority_id = m.authority_id AND x.body_id = m.body_id
                            AND x.held_on > m.held_on AND x.recorded_at::date <= p_known_on) AS n
        ON true
     WHERE m.authority_id = app_authority() AND m.body_id = p_body AND m.meeting_id = p_meeting
$$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('officer', '{meeting.read,meeting.record,action.read,action.note}'::text[]),
    ('support_worker', '{meeting.read,action.read}'),
    ('director', '{meeting.read,action.read,action.note}'),
    ('elected_member', '{meeting.read,action.read}'),
    ('council_administrator', '{meeting.read,action.read}'),
    ('inspector', '{meeting.read,action.read}'),
    ('partner_agency', '{action.read,action.note}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

COMMIT;
