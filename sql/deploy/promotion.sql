-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:promotion to pg
-- How an adopted version reaches its audiences: what was given out, who has it, how many there are. All of
-- it is facts of a day, which are added and never changed.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE FUNCTION issue_audiences() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT '{children_in_care,care_leavers,carers,members,officers,partners}'::text[] $$;
COMMENT ON FUNCTION issue_audiences() IS 'Whom a version is given out to, in the order of the API.';

CREATE TABLE issue (
    authority_id   text COLLATE "C" NOT NULL,
    issue_id       text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    audience       text NOT NULL,
    form           text NOT NULL,
    language       text NOT NULL,
    quantity       int NOT NULL,
    issued_on      date,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT issue_issue_id_unique PRIMARY KEY (authority_id, issue_id),
    CONSTRAINT issue_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT issue_issue_id_form CHECK (is_id(issue_id)),
    CONSTRAINT issue_audience_known CHECK (audience = ANY (issue_audiences())),
    CONSTRAINT issue_form_known
        CHECK (form IN ('poster', 'leaflet', 'easy_read', 'audio', 'translation')),
    CONSTRAINT issue_language_translation CHECK ((form = 'translation') = (language <> '')),
    CONSTRAINT issue_language_form CHECK (language ~ '^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$'),
    CONSTRAINT issue_quantity_range CHECK (quantity BETWEEN 1 AND 1000000),
    CONSTRAINT issue_issued_on_needed CHECK (issued_on IS NOT NULL)
);
COMMENT ON CONSTRAINT issue_issue_id_unique ON issue
    IS 'issue_id: is already the identifier of another issue';
COMMENT ON CONSTRAINT issue_version_exists ON issue IS 'version: is no version';
COMMENT ON CONSTRAINT issue_issue_id_form ON issue
    IS 'issue_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT issue_audience_known ON issue IS 'audience: must be one of the audiences';
COMMENT ON CONSTRAINT issue_form_known ON issue
    IS 'form: must be poster, leaflet, easy read, audio or translation';
COMMENT ON CONSTRAINT issue_language_translation ON issue
    IS 'language: a translation needs one, other forms have none';
COMMENT ON CONSTRAINT issue_language_form ON issue IS 'language: must be a tag such as "so" or "zh-Hant"';
COMMENT ON CONSTRAINT issue_quantity_range ON issue IS 'quantity: must be 1 to 1000000';
COMMENT ON CONSTRAINT issue_issued_on_needed ON issue IS 'issued_on: is needed';
CREATE INDEX issue_version ON issue (authority_id, pledge_id, version_number);

CREATE TABLE acknowledgement (
    authority_id    text COLLATE "C" NOT NULL,
    issue_id        text COLLATE "C" NOT NULL,
    number          int NOT NULL,
    count           int NOT NULL,
    acknowledged_on date,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT acknowledgement_number_unique PRIMARY KEY (authority_id, issue_id, number),
    CONSTRAINT acknowledgement_issue_exists FOREIGN KEY (authority_id, issue_id) REFERENCES issue,
    CONSTRAINT acknowledgement_count_range CHECK (count BETWEEN 1 AND 1000000),
    CONSTRAINT acknowledgement_acknowledged_on_needed CHECK (acknowledged_on IS NOT NULL)
);
COMMENT ON CONSTRAINT acknowledgement_number_unique ON acknowledgement IS 'number: is taken';
COMMENT ON CONSTRAINT acknowledgement_issue_exists ON acknowledgement IS 'name: is no issue';
COMMENT ON CONSTRAINT acknowledgement_count_range ON acknowledgement IS 'count: must be 1 to 1000000';
COMMENT ON CONSTRAINT acknowledgement_acknowledged_on_needed ON acknowledgement
    IS 'acknowledged_on: is needed';

CREATE TABLE audience_count (
    authority_id text COLLATE "C" NOT NULL,
    number       int NOT NULL,
    audience     text NOT NULL,
    counted_on   date,
    count        int NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT audience_count_number_unique PRIMARY KEY (authority_id, number),
    CONSTRAINT audience_count_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT audience_count_audience_known CHECK (audience = ANY (issue_audiences())),
    CONSTRAINT audience_count_count_range CHECK (count BETWEEN 0 AND 1000000),
    CONSTRAINT audience_count_counted_on_needed CHECK (counted_on IS NOT NULL)
);
COMMENT ON CONSTRAINT audience_count_number_unique ON audience_count IS 'number: is taken';
COMMENT ON CONSTRAINT audience_count_parent_exists ON audience_count IS 'parent: names no authority';
COMMENT ON CONSTRAINT audience_count_audience_known ON audience_count
    IS 'audience: must be one of the audiences';
COMMENT ON CONSTRAINT audience_count_count_range ON audience_count IS 'count: must be 0 to 1000000';
COMMENT ON CONSTRAINT audience_count_counted_on_needed ON audience_count IS 'counted_on: is needed';

CREATE TABLE launch_event (
    authority_id    text COLLATE "C" NOT NULL,
    launch_event_id text COLLATE "C" NOT NULL,
    pledge_id       text COLLATE "C" NOT NULL,
    version_number  int NOT NULL,
    title           text NOT NULL,
    held_on         date,
    attendance      int NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT launch_event_launch_event_id_unique PRIMARY KEY (authority_id, launch_event_id),
    CONSTRAINT launch_event_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT launch_event_launch_event_id_form CHECK (is_id(launch_event_id)),
    CONSTRAINT launch_event_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT launch_event_held_on_needed CHECK (held_on IS NOT NULL),
    CONSTRAINT launch_event_attendance_range CHECK (attendance BETWEEN 0 AND 100000)
);
COMMENT ON CONSTRAINT launch_event_launch_event_id_unique ON launch_event
    IS 'launch_event_id: is already the identifier of another event';
COMMENT ON CONSTRAINT launch_event_version_exists ON launch_event IS 'version: is no version';
COMMENT ON CONSTRAINT launch_event_launch_event_id_form ON launch_event
    IS 'launch_event_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT launch_event_title_length ON launch_event
    IS 'title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT launch_event_held_on_needed ON launch_event IS 'held_on: is needed';
COMMENT ON CONSTRAINT launch_event_attendance_range ON launch_event
    IS 'attendance: must be 0 to 100000';
CREATE INDEX launch_event_version ON launch_event (authority_id, pledge_id, version_number);

DO $$ BEGIN PERFORM tenant_tables('{issue,acknowledgement,audience_count,launch_event}'); END $$;

CREATE VIEW issue_resource WITH (security_invoker = true) AS
    SELECT i.authority_id, i.issue_id, 'authorities/' || i.authority_id || '/issues/' || i.issue_id AS name,
           'authorities/' || i.authority_id || '/pledges/' || i.pledge_id || '/versions/'
               || i.version_number AS version,
           i.audience, i.form, i.language, i.quantity, i.issued_on,
           coalesce((SELECT sum(a.count)::int4 FROM acknowledgement AS a
                      WHERE a.authority_id = i.authority_id AND a.issue_id = i.issue_id), 0) AS acknowledged,
           i.recorded_at AS create_time
      FROM issue AS i;
COMMENT ON VIEW issue_resource IS 'Issues as the API shows them';

CREATE VIEW launch_event_resource WITH (security_invoker = true) AS
    SELECT e.authority_id, e.launch_event_id,
           'authorities/' || e.authority_id || '/launchEvents/' || e.launch_event_id AS name,
           'authorities/' || e.authority_id || '/pledges/' || e.pledge_id || '/versions/'
               || e.version_number AS version,
           e.title, e.held_on, e.attendance, e.recorded_at AS create_time
      FROM launch_event AS e;
COMMENT ON VIEW launch_event_resource IS 'Launch events as the API shows them';

CREATE FUNCTION issue_create(p_id text, p_pledge text, p_version text, p_audience text, p_form text,
                             p_language text, p_quantity int, p_issued_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_adopted_on date;
    v_found boolean;
BEGIN
    SELECT v.adopted_on, true INTO v_adopted_on, v_found FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = p_pledge
       AND v.version_number = version_number(p_version);
    IF v_found IS NULL THEN
        PERFORM fail('PL400', 'There is no such version.', 'issue.version');
    ELSIF v_adopted_on IS NULL THEN
        PERFORM fail('PL412', 'A draft is not given out. Adopt the version first.', 'issue.version');
    ELSIF p_issued_on > current_date OR p_issued_on < v_adopted_on THEN
        PERFORM fail('PL400', 'The day must not be in the future, nor before the version was adopted, '
            || v_adopted_on || '.', 'issue.issued_on');
    END IF;
    INSERT INTO issue (authority_id, issue_id, pledge_id, version_number, audience, form, language,
                       quantity, issued_on)
    VALUES (app_authority(), p_id, p_pledge, version_number(p_version), p_audience, p_form, p_language,
            p_quantity, p_issued_on)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already an issue ' || p_id || '.', 'issue_id');
    END IF;
END
$$;

CREATE FUNCTION issue_acknowledge(p_id text, p_count int, p_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v issue_resource;
    v_number int;
BEGIN
    -- one after the other: together they must not be more than were given out
    PERFORM pg_advisory_xact_lock(hashtextextended(app_authority() || '/' || p_id, 0));
    SELECT * INTO v FROM issue_resource WHERE authority_id = app_authority() AND issue_id = p_id;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no issue ' || p_id || '.', 'name');
    ELSIF p_on > current_date OR p_on < v.issued_on THEN
        PERFORM fail('PL400', 'The day must not be in the future, nor before it was given out, '
            || v.issued_on || '.', 'acknowledged_on');
    ELSIF p_count + v.acknowledged > v.quantity THEN
        PERFORM fail('PL400', 'Of ' || v.quantity || ' that were given out, ' || v.acknowledged
            || ' are acknowledged already.', 'count');
    END IF;
    SELECT coalesce(max(a.number), 0) + 1 INTO v_number FROM acknowledgement AS a
     WHERE a.authority_id = app_authority() AND a.issue_id = p_id;
    INSERT INTO acknowledgement (authority_id, issue_id, number, count, acknowledged_on)
    VALUES (app_authority(), p_id, v_number, p_count, p_on);
END
$$;

CREATE FUNCTION audience_counted(p_audience text, p_on date, p_count int) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_on > current_date THEN
        PERFORM fail('PL400', 'Nobody is counted on a day that is ahead.', 'counted_on');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(app_authority() || '/audience_count', 0));
    INSERT INTO audience_count (authority_id, number, audience, counted_on, count)
    SELECT app_authority(), coalesce(max(c.number), 0) + 1, p_audience, p_on, p_count
      FROM audience_count AS c WHERE c.authority_id = app_authority();
END
$$;

CREATE FUNCTION launch_event_create(p_id text, p_pledge text, p_version text, p_title text, p_held_on date,
                                    p_attendance int) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF p_held_on > current_date AND p_attendance > 0 THEN
        PERFORM fail('PL400', 'Nobody has come to an event that is ahead.', 'launch_event.attendance');
    END IF;
    INSERT INTO launch_event (authority_id, launch_event_id, pledge_id, version_number, title, held_on,
                              attendance)
    VALUES (app_authority(), p_id, p_pledge, version_number(p_version), p_title, p_held_on, p_attendance)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already an event ' || p_id || '.', 'launch_event_id');
    END IF;
END
$$;

-- The day to look at, of a text that may be empty.
CREATE FUNCTION reach_day(p_as_at text) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_day date := date_or_null(p_as_at);
BEGIN
    IF p_as_at <> '' AND v_day IS NULL THEN
        PERFORM fail('PL400', 'A day is written YYYY-MM-DD.', 'as_at');
    END IF;
    RETURN coalesce(v_day, current_date);
END
$$;

CREATE FUNCTION version_in_force(p_pledge text, p_day date) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM pledge WHERE authority_id = app_authority() AND pledge_id = p_pledge;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no pledge ' || p_pledge || '.', 'name');
    END IF;
    RETURN coalesce((SELECT max(v.version_number) FROM version AS v
                      WHERE v.authority_id = app_authority() AND v.pledge_id = p_pledge
                        AND v.adopted_on <= p_day), 0);
END
$$;

CREATE FUNCTION reach(p_pledge text, p_day date)
RETURNS TABLE (place int, audience text, issued int, acknowledged int, population int,
               coverage_percent int, last_issued_on date, reissue_due boolean)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH given AS (
        SELECT i.audience, i.version_number, i.quantity, i.issued_on,
               coalesce((SELECT sum(a.count) FROM acknowledgement AS a
                          WHERE a.authority_id = i.authority_id AND a.issue_id = i.issue_id
                            AND a.acknowledged_on <= p_day), 0) AS acknowledged
          FROM issue AS i
         WHERE i.authority_id = app_authority() AND i.pledge_id = p_pledge AND i.issued_on <= p_day
    ), force AS (
        SELECT version_in_force(p_pledge, p_day) AS number
    ), stand AS (
        SELECT u.n::int AS place, u.audience,
               coalesce(sum(g.quantity) FILTER (WHERE g.version_number = f.number), 0)::int AS issued,
               coalesce(sum(g.acknowledged) FILTER (WHERE g.version_number = f.number), 0)::int AS acknowledged,
               coalesce((SELECT c.count FROM audience_count AS c
                          WHERE c.authority_id = app_authority() AND c.audience = u.audience
                            AND c.counted_on <= p_day
                          ORDER BY c.counted_on DESC, c.number DESC LIMIT 1), -1) AS population,
               max(g.issued_on) AS last_issued_on,
               coalesce(bool_or(g.version_number < f.number)
                        AND NOT bool_or(g.version_number = f.number), false) AS reissue_due
          FROM unnest(issue_audiences()) WITH ORDINALITY AS u (audience, n)
         CROSS JOIN force AS f
          LEFT JOIN given AS g ON g.audience = u.audience
         GROUP BY u.n, u.audience, f.number
    )
    SELECT s.place, s.audience, s.issued, s.acknowledged, s.population,
           CASE WHEN s.population > 0 THEN least(100::bigint * s.issued / s.population, 100)::int ELSE -1 END,
           s.last_issued_on, s.reissue_due
      FROM stand AS s
$$;
COMMENT ON FUNCTION reach(text, date) IS 'How far the version in force on a day had reached each audience.';

INSERT INTO role_permission (role, permission) VALUES
    ('officer', 'promotion.write'), ('support_worker', 'promotion.write'), ('officer', 'promotion.read'),
    ('support_worker', 'promotion.read'), ('director', 'promotion.read'),
    ('elected_member', 'promotion.read'), ('inspector', 'promotion.read');

COMMIT;
