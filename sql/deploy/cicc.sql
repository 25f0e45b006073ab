-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:cicc to pg
-- The Children in Care Council watches the pledge: how many young people it has, what its sessions were
-- about, how they rate each statement, and the issues they raise. A child is never a record: there are
-- counts, ratings and words. All of it are facts, added with the day they happened on and when they were
-- recorded, and every list can be told as at a past day. Words of the field:
--   make-up     how many young people, and how many of each group of one kind ("age": "under 12" …)
--   session     a meeting of a body of young people, with what it was about and how many took part
--   rating      how many of a session answered keeping, partly, not keeping or can't say of a statement
--   prevailing  the answer that most of them gave. Of two with as many the worse prevails. "Can't say" is
--               left aside, and where nobody says anything else there is no prevailing answer.
--   reply       what an owner with a commitment to the statement has to say to a rating
--   issue       what they raise to a director and the lead member, with a day an answer is due
-- Outside the voice team counts under 6 are withheld, and with them others until what is withheld adds up
-- to 6 of two groups or more, so that no total tells. Of fewer than 6 participants the prevailing answer
-- is told and nothing else.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION answer_days_default() RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 20 $$;
COMMENT ON FUNCTION answer_days_default() IS 'Days to answer an issue where an authority has not said.';

CREATE TABLE cicc_setting (
    authority_id text COLLATE "C" NOT NULL,
    answer_days  int NOT NULL,
    theme_ids    text[] COLLATE "C" NOT NULL DEFAULT '{}',
    theme_names  text[] NOT NULL DEFAULT '{}',
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    CONSTRAINT cicc_setting_authority_id_unique PRIMARY KEY (authority_id),
    CONSTRAINT cicc_setting_authority_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT cicc_setting_answer_days_range CHECK (answer_days BETWEEN 1 AND 90),
    CONSTRAINT cicc_setting_themes_count CHECK (cardinality(theme_ids) <= 20)
);
COMMENT ON CONSTRAINT cicc_setting_authority_id_unique ON cicc_setting
    IS 'authority: has settings already';
COMMENT ON CONSTRAINT cicc_setting_authority_exists ON cicc_setting
    IS 'authority: names no authority';
COMMENT ON CONSTRAINT cicc_setting_answer_days_range ON cicc_setting
    IS 'settings.answer_days: must be 1 to 90';
COMMENT ON CONSTRAINT cicc_setting_themes_count ON cicc_setting
    IS 'settings.themes: are at most 20 beside those that every council has';
CREATE TRIGGER cicc_setting_touch BEFORE UPDATE ON cicc_setting
    FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE make_up (
    authority_id text COLLATE "C" NOT NULL,
    make_up_id   text COLLATE "C" NOT NULL,
    counted_on   date NOT NULL,
    size         int NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT make_up_make_up_id_unique PRIMARY KEY (authority_id, make_up_id),
    CONSTRAINT make_up_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT make_up_make_up_id_form CHECK (is_id(make_up_id)),
    CONSTRAINT make_up_size_range CHECK (size BETWEEN 0 AND 1000)
);
COMMENT ON CONSTRAINT make_up_make_up_id_unique ON make_up
    IS 'make_up_id: is already the identifier of another count';
COMMENT ON CONSTRAINT make_up_parent_exists ON make_up IS 'parent: names no authority';
COMMENT ON CONSTRAINT make_up_make_up_id_form ON make_up
    IS 'make_up_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT make_up_size_range ON make_up IS 'make_up.size: must be 0 to 1000';
CREATE INDEX make_up_counted ON make_up (authority_id, counted_on, make_up_id);

CREATE TABLE make_up_group (
    authority_id text COLLATE "C" NOT NULL,
    make_up_id   text COLLATE "C" NOT NULL,
    position     int NOT NULL,
    kind         text NOT NULL,
    label        text NOT NULL,
    count        int NOT NULL,
    CONSTRAINT make_up_group_position_unique PRIMARY KEY (authority_id, make_up_id, position),
    CONSTRAINT make_up_group_make_up_exists
        FOREIGN KEY (authority_id, make_up_id) REFERENCES make_up,
    CONSTRAINT make_up_group_groups_count CHECK (position BETWEEN 1 AND 50)
);
COMMENT ON CONSTRAINT make_up_group_position_unique ON make_up_group
    IS 'make_up.groups: have one place each';
COMMENT ON CONSTRAINT make_up_group_make_up_exists ON make_up_group IS 'make_up: names no count';
COMMENT ON CONSTRAINT make_up_group_groups_count ON make_up_group
    IS 'make_up.groups: are at most 50';

CREATE TABLE cicc_session (
    authority_id text COLLATE "C" NOT NULL,
    body_id      text COLLATE "C" NOT NULL,
    meeting_id   text COLLATE "C" NOT NULL,
    participants int NOT NULL,
    themes       text[] COLLATE "C" NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cicc_session_meeting_once PRIMARY KEY (authority_id, body_id, meeting_id),
    CONSTRAINT cicc_session_meeting_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES meeting,
    CONSTRAINT cicc_session_participants_range CHECK (participants BETWEEN 1 AND 1000)
);
COMMENT ON CONSTRAINT cicc_session_meeting_once ON cicc_session
    IS 'session_id: is already the identifier of another session of the body';
COMMENT ON CONSTRAINT cicc_session_meeting_exists ON cicc_session IS 'session: names no meeting';
COMMENT ON CONSTRAINT cicc_session_participants_range ON cicc_session
    IS 'session.participants: must be 1 to 1000';

CREATE TABLE statement_rating (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    statement_id   text COLLATE "C" NOT NULL,
    rating         int NOT NULL,
    body_id        text COLLATE "C" NOT NULL,
    meeting_id     text COLLATE "C" NOT NULL,
    rated_on       date NOT NULL,
    keeping        int NOT NULL,
    partly         int NOT NULL,
    not_keeping    int NOT NULL,
    cannot_say     int NOT NULL,
    principal_id   uuid NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT statement_rating_rating_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, statement_id, rating),
    CONSTRAINT statement_rating_statement_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id) REFERENCES statement,
    CONSTRAINT statement_rating_session_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES cicc_session,
    CONSTRAINT statement_rating_counts_range
        CHECK (least(keeping, partly, not_keeping, cannot_say) >= 0
               AND keeping + partly + not_keeping + cannot_say BETWEEN 1 AND 1000)
);
COMMENT ON CONSTRAINT statement_rating_rating_unique ON statement_rating
    IS 'ratings: another rating of it was recorded at the same moment';
COMMENT ON CONSTRAINT statement_rating_statement_exists ON statement_rating
    IS 'ratings: names no statement';
COMMENT ON CONSTRAINT statement_rating_session_exists ON statement_rating
    IS 'parent: names no session';
COMMENT ON CONSTRAINT statement_rating_counts_range ON statement_rating
    IS 'ratings: are of at least one participant';
CREATE INDEX statement_rating_latest ON statement_rating
    (authority_id, pledge_id, version_number, statement_id, rated_on DESC, rating DESC);
CREATE INDEX statement_rating_session ON statement_rating (authority_id, body_id, meeting_id);

CREATE TABLE rating_reply (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    statement_id   text COLLATE "C" NOT NULL,
    rating         int NOT NULL,
    reply          int NOT NULL,
    owner_id       text COLLATE "C" NOT NULL,
    text           text NOT NULL,
    replied_on     date NOT NULL,
    principal_id   uuid NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rating_reply_reply_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, statement_id, rating, reply),
    CONSTRAINT rating_reply_rating_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id, rating)
        REFERENCES statement_rating,
    CONSTRAINT rating_reply_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT rating_reply_text_length CHECK (is_said(text) AND char_length(text) <= 2000)
);
COMMENT ON CONSTRAINT rating_reply_reply_unique ON rating_reply
    IS 'name: another reply was recorded at the same moment';
COMMENT ON CONSTRAINT rating_reply_rating_exists ON rating_reply IS 'name: names no rating';
COMMENT ON CONSTRAINT rating_reply_owner_exists ON rating_reply
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT rating_reply_text_length ON rating_reply
    IS 'text: must have 1 to 2000 characters';
CREATE INDEX rating_reply_owner ON rating_reply (authority_id, owner_id);

CREATE TABLE raised_issue (
    authority_id    text COLLATE "C" NOT NULL,
    raised_issue_id text COLLATE "C" NOT NULL,
    body_id         text COLLATE "C" NOT NULL,
    meeting_id      text COLLATE "C" NOT NULL,
    owner_id        text COLLATE "C" NOT NULL,
    lead_body_id    text COLLATE "C",
    lead_seat_id    text COLLATE "C",
    raised_on       date NOT NULL,
    due_on          date NOT NULL,
    principal_id    uuid NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT raised_issue_raised_issue_id_unique PRIMARY KEY (authority_id, raised_issue_id),
    CONSTRAINT raised_issue_session_exists
        FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES cicc_session,
    CONSTRAINT raised_issue_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT raised_issue_lead_member_exists
        FOREIGN KEY (authority_id, lead_body_id, lead_seat_id) REFERENCES body_member,
    CONSTRAINT raised_issue_raised_issue_id_form CHECK (is_id(raised_issue_id)),
    CONSTRAINT raised_issue_due_on_order CHECK (due_on > raised_on)
);
COMMENT ON CONSTRAINT raised_issue_raised_issue_id_unique ON raised_issue
    IS 'raised_issue_id: is already the identifier of another issue';
COMMENT ON CONSTRAINT raised_issue_session_exists ON raised_issue
    IS 'raised_issue.session: names no session';
COMMENT ON CONSTRAINT raised_issue_owner_exists ON raised_issue
    IS 'raised_issue.department: names no department';
COMMENT ON CONSTRAINT raised_issue_lead_member_exists ON raised_issue
    IS 'raised_issue.lead_member: names no seat';
COMMENT ON CONSTRAINT raised_issue_raised_issue_id_form ON raised_issue
    IS 'raised_issue_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT raised_issue_due_on_order ON raised_issue IS 'due_on: is after raised_on';
CREATE INDEX raised_issue_raised ON raised_issue (authority_id, raised_on, raised_issue_id);
CREATE INDEX raised_issue_session ON raised_issue (authority_id, body_id, meeting_id);
CREATE INDEX raised_issue_owner ON raised_issue (authority_id, owner_id);
CREATE INDEX raised_issue_lead ON raised_issue (authority_id, lead_body_id, lead_seat_id);

CREATE TABLE raised_issue_move (
    authority_id    text COLLATE "C" NOT NULL,
    raised_issue_id text COLLATE "C" NOT NULL,
    move            int NOT NULL,
    kind            text NOT NULL,
    text            text NOT NULL,
    moved_on        date NOT NULL,
    due_on          date,
    principal_id    uuid NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT raised_issue_move_etag_latest PRIMARY KEY (authority_id, raised_issue_id, move),
    CONSTRAINT raised_issue_move_raised_issue_exists
        FOREIGN KEY (authority_id, raised_issue_id) REFERENCES raised_issue,
    CONSTRAINT raised_issue_move_kind_known
        CHECK (kind IN ('answered', 'satisfied', 'not_satisfied')),
    CONSTRAINT raised_issue_move_text_length
        CHECK (char_length(text) <= 2000 AND (kind = 'satisfied' OR is_said(text))),
    CONSTRAINT raised_issue_move_due_on_clock CHECK ((kind = 'not_satisfied') = (due_on IS NOT NULL))
);
COMMENT ON CONSTRAINT raised_issue_move_etag_latest ON raised_issue_move
    IS 'etag: something else was recorded at the same moment';
COMMENT ON CONSTRAINT raised_issue_move_raised_issue_exists ON raised_issue_move
    IS 'name: names no issue';
COMMENT ON CONSTRAINT raised_issue_move_kind_known ON raised_issue_move
    IS 'kind: must be answered, satisfied or not satisfied';
COMMENT ON CONSTRAINT raised_issue_move_text_length ON raised_issue_move
    IS 'text: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT raised_issue_move_due_on_clock ON raised_issue_move
    IS 'due_on: comes with an issue that is open again';

ALTER TABLE response_text
    ADD CONSTRAINT response_text_rating_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id, rating)
        REFERENCES statement_rating,
    ADD CONSTRAINT response_text_raised_issue_exists
        FOREIGN KEY (authority_id, raised_issue_id) REFERENCES raised_issue;
COMMENT ON CONSTRAINT response_text_rating_exists ON response_text IS 'rating: names no rating';
COMMENT ON CONSTRAINT response_text_raised_issue_exists ON response_text
    IS 'raised_issue: names no issue';
CREATE INDEX response_text_rating ON response_text
    (authority_id, pledge_id, version_number, statement_id, rating, text_id) WHERE rating IS NOT NULL;
CREATE INDEX response_text_issue ON response_text (authority_id, raised_issue_id)
    WHERE raised_issue_id IS NOT NULL;

DO $$ BEGIN
    PERFORM tenant_tables('{cicc_setting,make_up,make_up_group,cicc_session}');
    PERFORM tenant_tables('{statement_rating,rating_reply,raised_issue,raised_issue_move}', NULL);
END $$;

-- Whether an owner has a commitment to a statement that is not withdrawn.
CREATE FUNCTION statement_owned(p_owner text, p_pledge text, p_number int, p_statement text)
RETURNS boolean
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM commitment AS c
          JOIN commitment_statement AS s ON s.authority_id = c.authority_id
           AND s.commitment_id = c.commitment_id
         WHERE c.authority_id = app_authority() AND c.owner_id = p_owner AND NOT c.withdrawn
           AND s.pledge_id = p_pledge AND s.version_number = p_number
           AND s.statement_id = p_statement AND s.ended_at IS NULL)
$$;

-- A partner agency sees how the statements are rated that it has commitments to.
CREATE POLICY statement_rating_tenant ON statement_rating
    USING (authority_id = app_authority()
        AND (app_role() IS DISTINCT FROM 'partner_agency'
             OR statement_owned(app_owner(), pledge_id, version_number, statement_id)))
    WITH CHECK (authority_id = app_authority());
CREATE POLICY rating_reply_tenant ON rating_reply
    USING (authority_id = app_authority()
        AND (app_role() IS DISTINCT FROM 'partner_agency'
             OR statement_owned(app_owner(), pledge_id, version_number, statement_id)))
    WITH CHECK (authority_id = app_authority());
-- An issue whose words are a concern is nobody's but the safeguarding officer's: the subqueries see what
-- the caller sees. It is inserted before its words.
CREATE POLICY raised_issue_tenant ON raised_issue
    USING (authority_id = app_authority()
        AND app_role() IS DISTINCT FROM 'partner_agency'
        AND EXISTS (SELECT FROM response_text AS t
                     WHERE t.authority_id = raised_issue.authority_id
                       AND t.raised_issue_id = raised_issue.raised_issue_id))
    WITH CHECK (authority_id = app_authority());
CREATE POLICY raised_issue_definer ON raised_issue TO CURRENT_USER
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());
CREATE POLICY raised_issue_move_tenant ON raised_issue_move
    USING (authority_id = app_authority()
        AND EXISTS (SELECT FROM raised_issue AS i
                     WHERE i.authority_id = raised_issue_move.authority_id
                       AND i.raised_issue_id = raised_issue_move.raised_issue_id))
    WITH CHECK (authority_id = app_authority());

-- --- counting -------------------------------------------------------------------------------------

-- Which of the parts of a whole are withheld outside the voice team. The smallest go first: all under 6,
-- then as many as it takes until those withheld are two or more and 6 or more together, and not all 5. Of
-- parts that are equal all go or none, since a choice among them would tell.
CREATE FUNCTION counts_withheld(p_counts int[]) RETURNS boolean[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    v_sorted int[] := ARRAY(SELECT c FROM unnest(p_counts) AS c ORDER BY c);
    v_most int := -1; -- all up to this are withheld
    v_places int := 0;
    v_together bigint := 0;
    v_count int;
BEGIN
    IF v_sorted[1] < 6 THEN
        FOREACH v_count IN ARRAY v_sorted LOOP
            EXIT WHEN v_count >= 6 AND v_places >= 2 AND v_together >= 6
                AND NOT (v_most = 5 AND v_together = 5 * v_places);
            v_most := v_count;
            v_places := v_places + 1;
            v_together := v_together + v_count;
        END LOOP;
    END IF;
    RETURN ARRAY(SELECT u.c <= v_most FROM unnest(p_counts) WITH ORDINALITY AS u (c, n) ORDER BY u.n);
END
$$;

CREATE FUNCTION rating_prevailing(p_keeping int, p_partly int, p_not_keeping int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_keeping + p_partly + p_not_keeping = 0 THEN ''
                WHEN p_not_keeping >= greatest(p_keeping, p_partly) THEN 'not_keeping'
                WHEN p_partly >= p_keeping THEN 'partly' ELSE 'keeping' END
$$;
COMMENT ON FUNCTION rating_prevailing(int, int, int)
    IS 'What most of those said who could say; of two with as many the worse.';

CREATE VIEW cicc_setting_resource WITH (security_invoker = true) AS
    SELECT a.authority_id, 'authorities/' || a.authority_id AS name,
           coalesce(s.answer_days, answer_days_default()) AS answer_days,
           '{coming-into-care,being-in-care,leaving-care}'::text[] || coalesce(s.theme_ids, '{}')
               AS "themes.theme_id",
           '{Coming into care,Being in care,Leaving care}'::text[] || coalesce(s.theme_names, '{}')
               AS "themes.display_name",
           etag(coalesce(s.revision, 0)) AS etag
      FROM authority AS a
      LEFT JOIN cicc_setting AS s ON s.authority_id = a.authority_id;
COMMENT ON VIEW cicc_setting_resource IS 'Settings as the API shows them, with what every council has';

CREATE VIEW make_up_resource WITH (security_invoker = true) AS
    SELECT m.authority_id, m.make_up_id,
           'authorities/' || m.authority_id || '/makeUps/' || m.make_up_id AS name, m.counted_on,
           CASE WHEN s.none THEN 0 ELSE m.size END AS size, s.none AS suppressed,
           g.kinds AS "groups.kind", g.labels AS "groups.label", g.counts AS "groups.count",
           g.withheld AS "groups.suppressed", m.recorded_at AS create_time
      FROM make_up AS m
     CROSS JOIN LATERAL (SELECT NOT in_voice_team() AND m.size < 6 AS none) AS s
     CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(p.kind ORDER BY p.position), '{}') AS kinds,
               coalesce(array_agg(p.label ORDER BY p.position), '{}') AS labels,
               coalesce(array_agg(CASE WHEN p.withheld THEN 0 ELSE p.count END ORDER BY p.position),
                        '{}') AS counts,
               coalesce(array_agg(p.withheld ORDER BY p.position), '{}') AS withheld
          FROM (SELECT q.kind, q.label, q.count, q.position, NOT in_voice_team() AND (counts_withheld(
                       array_agg(q.count) OVER (PARTITION BY q.kind ORDER BY q.position
                           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)))[
                       row_number() OVER (PARTITION BY q.kind ORDER BY q.position)] AS withheld
                  FROM make_up_group AS q
                 WHERE q.authority_id = m.authority_id AND q.make_up_id = m.make_up_id) AS p) AS g;
COMMENT ON VIEW make_up_resource IS 'Size and make-up as the API shows them, small ones without counts';

CREATE VIEW cicc_session_resource WITH (security_invoker = true) AS
    SELECT s.authority_id, s.body_id, s.meeting_id, m.name, b.display_name AS body_display_name,
           m.held_on, CASE WHEN x.none THEN 0 ELSE s.participants END AS participants,
           x.none AS suppressed, s.themes, s.recorded_at AS create_time
      FROM cicc_session AS s
      JOIN meeting_resource AS m ON m.authority_id = s.authority_id AND m.body_id = s.body_id
       AND m.meeting_id = s.meeting_id
      JOIN body AS b ON b.authority_id = s.authority_id AND b.body_id = s.body_id
     CROSS JOIN LATERAL (SELECT NOT in_voice_team() AND s.participants < 6 AS none) AS x;
COMMENT ON VIEW cicc_session_resource IS 'Sessions as the API shows them, small ones without counts';

CREATE VIEW statement_rating_resource WITH (security_invoker = true) AS
    SELECT r.authority_id, r.pledge_id, r.version_number, r.statement_id, r.rating,
           'authorities/' || r.authority_id || '/pledges/' || r.pledge_id || '/versions/'
               || r.version_number || '/statements/' || r.statement_id || '/ratings/' || r.rating AS name,
           'authorities/' || r.authority_id || '/bodies/' || r.body_id || '/meetings/' || r.meeting_id
               AS session,
           r.rated_on, rating_prevailing(r.keeping, r.partly, r.not_keeping) AS prevailing,
           CASE WHEN x.none THEN 0 ELSE n.participants END AS participants, x.none AS suppressed,
           '{keeping,partly,not_keeping,cannot_say}'::text[] AS "counts.answer",
           ARRAY[CASE WHEN x.hide[1] THEN 0 ELSE r.keeping END,
                 CASE WHEN x.hide[2] THEN 0 ELSE r.partly END,
                 CASE WHEN x.hide[3] THEN 0 ELSE r.not_keeping END,
                 CASE WHEN x.hide[4] THEN 0 ELSE r.cannot_say END] AS "counts.count",
           x.hide AS "counts.suppressed", r.recorded_at
      FROM statement_rating AS r
     CROSS JOIN LATERAL (SELECT r.keeping + r.partly + r.not_keeping + r.cannot_say
                                AS participants) AS n
     CROSS JOIN LATERAL (
        SELECT NOT in_voice_team() AND n.participants < 6 AS none,
               CASE WHEN in_voice_team() THEN '{f,f,f,f}'::boolean[]
                    ELSE counts_withheld(ARRAY[r.keeping, r.partly, r.not_keeping, r.cannot_say])
               END AS hide) AS x;
COMMENT ON VIEW statement_rating_resource IS 'Ratings as the API shows them, without small counts';

CREATE VIEW rating_reply_resource WITH (security_invoker = true) AS
    SELECT p.authority_id, p.pledge_id, p.version_number, p.statement_id, p.rating, p.reply,
           'authorities/' || p.authority_id || '/pledges/' || p.pledge_id || '/versions/'
               || p.version_number || '/statements/' || p.statement_id || '/ratings/' || p.rating
               AS rating_name,
           o.resource_name AS owner, o.display_name AS owner_display_name, p.replied_on, p.text,
           p.recorded_at
      FROM rating_reply AS p
      JOIN owner AS o ON o.authority_id = p.authority_id AND o.owner_id = p.owner_id;
COMMENT ON VIEW rating_reply_resource IS 'Replies of owners as the API shows them';

-- Words that came with ratings, without their day outside the voice team.
CREATE VIEW rating_text_resource WITH (security_invoker = true) AS
    SELECT t.authority_id, t.pledge_id, t.version_number, t.statement_id, t.text_id::text AS text_id,
           text_name(t.authority_id, NULL, t.text_id) AS name,
           CASE WHEN in_voice_team() THEN r.rated_on END AS rated_on, t.text, t.state
      FROM response_text AS t
      JOIN statement_rating AS r ON r.authority_id = t.authority_id AND r.pledge_id = t.pledge_id
       AND r.version_number = t.version_number AND r.statement_id = t.statement_id
       AND r.rating = t.rating
     WHERE t.state <> 'concern';
COMMENT ON VIEW rating_text_resource IS 'Words with ratings as the API shows them to who may see them';

-- For each statement of a version that was rated by a day, as was known by the end of another: its
-- latest rating. For the monitor to show beside the owners'.
CREATE FUNCTION young_ratings(p_pledge text, p_number int, p_as_at date, p_known_on date)
RETURNS TABLE (statement_id text, rating int, name text, session text, rated_on date,
               prevailing text, participants int, suppressed boolean, answers text[],
               counts int[], withheld boolean[], reply_count int)
LANGUAGE plpgsql STABLE ROWS 50 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s.statement_id, v.rating, v.name, v.session, v.rated_on, v.prevailing, v.participants,
           v.suppressed, v."counts.answer", v."counts.count", v."counts.suppressed",
           (SELECT count(*) FROM rating_reply AS p
             WHERE p.authority_id = s.authority_id AND p.pledge_id = s.pledge_id
               AND p.version_number = s.version_number AND p.statement_id = s.statement_id
               AND p.rating = v.rating AND p.replied_on <= p_as_at
               AND p.recorded_at::date <= p_known_on)::int
      FROM statement AS s
     CROSS JOIN LATERAL (
        SELECT r.rating FROM statement_rating AS r
         WHERE r.authority_id = s.authority_id AND r.pledge_id = s.pledge_id
           AND r.version_number = s.version_number AND r.statement_id = s.statement_id
           AND r.rated_on <= p_as_at AND r.recorded_at::date <= p_known_on
         ORDER BY r.rated_on DESC, r.rating DESC LIMIT 1) AS l
      JOIN statement_rating_resource AS v ON v.authority_id = s.authority_id
       AND v.pledge_id = s.pledge_id AND v.version_number = s.version_number
       AND v.statement_id = s.statement_id AND v.rating = l.rating
     WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
       AND s.version_number = p_number
     ORDER BY s.position;
END
$$;
COMMENT ON FUNCTION young_ratings(text, int, date, date)
    IS 'How young people rated each statement of a version last, as at a day.';

-- Issues as they stood at the end of a day, by what was recorded by the end of another. place: to order
-- them by, the latest first.
CREATE FUNCTION raised_issues(p_as_at date, p_known_on date)
RETURNS TABLE (place text, raised_issue_id text, name text, session text, department text,
               department_display_name text, lead_member text, raised_on date, text text,
               text_name text, state text, due_on date, days_over int, answer_count int,
               not_satisfied_count int, create_time timestamptz, etag text)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT to_char(DATE '9999-12-31' - i.raised_on, 'FM0000000') || ' ' || i.raised_issue_id,
           i.raised_issue_id, 'authorities/' || i.authority_id || '/raisedIssues/' || i.raised_issue_id,
           'authorities/' || i.authority_id || '/bodies/' || i.body_id || '/meetings/' || i.meeting_id,
           o.resource_name, o.display_name,
           coalesce('authorities/' || i.authority_id || '/bodies/' || i.lead_body_id || '/members/'
               || i.lead_seat_id, ''),
           i.raised_on, t.text, text_name(t.authority_id, NULL, t.text_id), w.state, d.due_on,
           CASE w.state WHEN 'awaiting_answer' THEN greatest(p_as_at - d.due_on, 0) ELSE 0 END,
           m.answers, m.refusals, i.recorded_at, etag(coalesce(m.last, 0) + 1)
      FROM raised_issue AS i
      JOIN owner AS o ON o.authority_id = i.authority_id AND o.owner_id = i.owner_id
      JOIN response_text AS t ON t.authority_id = i.authority_id
       AND t.raised_issue_id = i.raised_issue_id AND t.state = 'shown'
     CROSS JOIN LATERAL (
        SELECT max(e.move) AS last, (array_agg(e.kind ORDER BY e.move DESC))[1] AS kind,
               (array_agg(e.due_on ORDER BY e.move DESC) FILTER (WHERE e.due_on IS NOT NULL))[1] AS due_on,
               (count(*) FILTER (WHERE e.kind = 'answered'))::int AS answers,
               (count(*) FILTER (WHERE e.kind = 'not_satisfied'))::int AS refusals
          FROM raised_issue_move AS e
         WHERE e.authority_id = i.authority_id AND e.raised_issue_id = i.raised_issue_id
           AND e.moved_on <= p_as_at AND e.recorded_at::date <= p_known_on) AS m
     CROSS JOIN LATERAL (SELECT CASE WHEN m.kind IN ('answered', 'satisfied') THEN m.kind
                                     ELSE 'awaiting_answer' END AS state) AS w
     CROSS JOIN LATERAL (SELECT coalesce(m.due_on, i.due_on) AS due_on) AS d
     WHERE i.authority_id = app_authority() AND i.raised_on <= p_as_at
       AND i.recorded_at::date <= p_known_on;
END
$$;
COMMENT ON FUNCTION raised_issues(date, date)
    IS 'Issues that young people raised, with the clock on the answer.';

CREATE FUNCTION raised_issue_history(p_id text, p_as_at date, p_known_on date)
RETURNS TABLE (kind text, happened_on date, due_on date, text text, recorded_at timestamptz,
               move int)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT e.kind, e.moved_on, e.due_on, e.text, e.recorded_at, e.move
      FROM raised_issue_move AS e
     WHERE e.authority_id = app_authority() AND e.raised_issue_id = p_id AND e.moved_on <= p_as_at
       AND e.recorded_at::date <= p_known_on
       AND EXISTS (SELECT FROM raised_issues(p_as_at, p_known_on) AS i WHERE i.raised_issue_id = p_id)
$$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('support_worker', '{cicc.read,cicc.record,cicc.moderate,rating.read}'::text[]),
    ('officer', '{cicc.read,cicc.set,cicc.answer,rating.read}'),
    ('director', '{cicc.read,cicc.answer,rating.read,rating.reply}'),
    ('elected_member', '{cicc.read,rating.read}'),
    ('council_administrator', '{cicc.read,cicc.set,rating.read}'),
    ('inspector', '{cicc.read,rating.read}'),
    ('partner_agency', '{rating.read,rating.reply}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

COMMIT;
