-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:work_programme to pg
-- The work programme: what is to be done, for whom it was asked, and what became of it. Words of the field:
--   item         something that is to be done. Its source stays; its plan is kept in revisions
--   source       the forum, young people under one of seven headings, a proposal of a national programme, or
--                the authority itself
--   progress     what became of an item by a day; the state of the item is that of the last one
--   milestone    a point on the way, with a day; what was marked last of it stands
--   offer        what a partner agency offers to an item
--   achievement  what an item achieved, with what shows it
-- All of it is only ever added to. What young people ask for stands here in an officer's words, as a group's wish.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE work_item (
    authority_id text COLLATE "C" NOT NULL,
    work_item_id text COLLATE "C" NOT NULL,
    source       text NOT NULL,
    heading      text NOT NULL,
    body_id      text COLLATE "C",
    meeting_id   text COLLATE "C",
    programme_id text COLLATE "C",
    number       int,
    added_on     date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_item_work_item_id_unique PRIMARY KEY (authority_id, work_item_id),
    CONSTRAINT work_item_proposal_once UNIQUE (authority_id, programme_id, number),
    CONSTRAINT work_item_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT work_item_meeting_exists FOREIGN KEY (authority_id, body_id, meeting_id) REFERENCES meeting,
    CONSTRAINT work_item_proposal_exists FOREIGN KEY (authority_id, programme_id, number) REFERENCES proposal,
    CONSTRAINT work_item_work_item_id_form CHECK (is_id(work_item_id)),
    CONSTRAINT work_item_source_known CHECK (source IN ('forum', 'young_people', 'national', 'own')),
    CONSTRAINT work_item_heading_known CHECK (heading IN ('', 'health_and_lifestyle', 'education', 'placements',
        'finance', 'cultural_needs', 'information_and_communication', 'belonging')),
    CONSTRAINT work_item_heading_source CHECK ((source = 'young_people') = (heading <> '')),
    CONSTRAINT work_item_meeting_source
        CHECK ((body_id IS NULL) = (meeting_id IS NULL) AND (source = 'forum' OR meeting_id IS NULL)),
    CONSTRAINT work_item_proposal_source
        CHECK ((programme_id IS NULL) = (number IS NULL) AND (source = 'national') = (number IS NOT NULL))
);
COMMENT ON CONSTRAINT work_item_work_item_id_unique ON work_item
    IS 'work_item_id: is already the identifier of another item';
COMMENT ON CONSTRAINT work_item_proposal_once ON work_item IS 'work_item.proposal: is taken up already';
COMMENT ON CONSTRAINT work_item_parent_exists ON work_item IS 'parent: names no authority';
COMMENT ON CONSTRAINT work_item_meeting_exists ON work_item IS 'work_item.meeting: names no meeting';
COMMENT ON CONSTRAINT work_item_proposal_exists ON work_item IS 'work_item.proposal: names no proposal';
COMMENT ON CONSTRAINT work_item_work_item_id_form ON work_item
    IS 'work_item_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT work_item_source_known ON work_item
    IS 'work_item.source: must be forum, young people, national or own';
COMMENT ON CONSTRAINT work_item_heading_known ON work_item IS 'work_item.heading: must be one of the seven';
COMMENT ON CONSTRAINT work_item_heading_source ON work_item
    IS 'work_item.heading: is needed of what young people ask for, and of that only';
COMMENT ON CONSTRAINT work_item_meeting_source ON work_item IS 'work_item.meeting: is of what the forum asks for only';
COMMENT ON CONSTRAINT work_item_proposal_source ON work_item
    IS 'work_item.proposal: is needed of a national source, and of that only';
CREATE INDEX work_item_meeting ON work_item (authority_id, body_id, meeting_id);

CREATE TABLE work_item_revision (
    authority_id  text COLLATE "C" NOT NULL,
    work_item_id  text COLLATE "C" NOT NULL,
    revision      int NOT NULL,
    title         text NOT NULL,
    description   text NOT NULL,
    priority      text NOT NULL,
    owner_id      text COLLATE "C",
    resource_note text NOT NULL,
    cost_pence    bigint NOT NULL,
    due_on        date,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_item_revision_revision_unique PRIMARY KEY (authority_id, work_item_id, revision),
    CONSTRAINT work_item_revision_item_exists FOREIGN KEY (authority_id, work_item_id) REFERENCES work_item,
    CONSTRAINT work_item_revision_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT work_item_revision_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT work_item_revision_description_length CHECK (char_length(description) <= 4000),
    CONSTRAINT work_item_revision_priority_known CHECK (priority IN ('', 'high', 'medium', 'low')),
    CONSTRAINT work_item_revision_resource_note_length CHECK (char_length(resource_note) <= 1000),
    CONSTRAINT work_item_revision_cost_pence_range CHECK (cost_pence BETWEEN 0 AND 1000000000000)
);
COMMENT ON CONSTRAINT work_item_revision_revision_unique ON work_item_revision
    IS 'etag: it was changed at the same moment';
COMMENT ON CONSTRAINT work_item_revision_item_exists ON work_item_revision IS 'name: names no item';
COMMENT ON CONSTRAINT work_item_revision_owner_exists ON work_item_revision
    IS 'work_item.owner: names no department or partner agency';
COMMENT ON CONSTRAINT work_item_revision_title_length ON work_item_revision
    IS 'work_item.title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT work_item_revision_description_length ON work_item_revision
    IS 'work_item.description: must have at most 4000 characters';
COMMENT ON CONSTRAINT work_item_revision_priority_known ON work_item_revision
    IS 'work_item.priority: must be high, medium or low';
COMMENT ON CONSTRAINT work_item_revision_resource_note_length ON work_item_revision
    IS 'work_item.resource_note: must have at most 1000 characters';
COMMENT ON CONSTRAINT work_item_revision_cost_pence_range ON work_item_revision
    IS 'work_item.cost_pence: must be 0 to 1000000000000';
CREATE INDEX work_item_revision_owner ON work_item_revision (authority_id, owner_id);

CREATE TABLE work_item_statement (
    authority_id   text COLLATE "C" NOT NULL,
    work_item_id   text COLLATE "C" NOT NULL,
    revision       int NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    statement_id   text COLLATE "C" NOT NULL,
    CONSTRAINT work_item_statement_statement_once
        PRIMARY KEY (authority_id, work_item_id, revision, pledge_id, version_number, statement_id),
    CONSTRAINT work_item_statement_item_exists
        FOREIGN KEY (authority_id, work_item_id, revision) REFERENCES work_item_revision,
    CONSTRAINT work_item_statement_statement_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id) REFERENCES statement
);
COMMENT ON CONSTRAINT work_item_statement_statement_once ON work_item_statement
    IS 'work_item.statements: has one twice';
COMMENT ON CONSTRAINT work_item_statement_item_exists ON work_item_statement IS 'name: names no item';
COMMENT ON CONSTRAINT work_item_statement_statement_exists ON work_item_statement
    IS 'work_item.statements: must exist, and stay in their version as long as an item names them';
CREATE INDEX work_item_statement_statement
    ON work_item_statement (authority_id, pledge_id, version_number, statement_id);

CREATE TABLE work_milestone (
    authority_id text COLLATE "C" NOT NULL,
    work_item_id text COLLATE "C" NOT NULL,
    milestone    int NOT NULL,
    title        text NOT NULL,
    due_on       date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_milestone_milestone_unique PRIMARY KEY (authority_id, work_item_id, milestone),
    CONSTRAINT work_milestone_item_exists FOREIGN KEY (authority_id, work_item_id) REFERENCES work_item,
    CONSTRAINT work_milestone_milestones_count CHECK (milestone BETWEEN 1 AND 100),
    CONSTRAINT work_milestone_title_length CHECK (is_said(title) AND char_length(title) <= 200)
);
COMMENT ON CONSTRAINT work_milestone_milestone_unique ON work_milestone
    IS 'milestone: another was added at the same moment';
COMMENT ON CONSTRAINT work_milestone_item_exists ON work_milestone IS 'parent: names no item';
COMMENT ON CONSTRAINT work_milestone_milestones_count ON work_milestone IS 'milestone: an item has at most 100';
COMMENT ON CONSTRAINT work_milestone_title_length ON work_milestone
    IS 'milestone.title: must have 1 to 200 characters';

CREATE TABLE work_milestone_mark (
    authority_id text COLLATE "C" NOT NULL,
    work_item_id text COLLATE "C" NOT NULL,
    milestone    int NOT NULL,
    mark         int NOT NULL,
    state        text NOT NULL,
    note         text NOT NULL,
    marked_on    date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_milestone_mark_mark_unique PRIMARY KEY (authority_id, work_item_id, milestone, mark),
    CONSTRAINT work_milestone_mark_milestone_exists
        FOREIGN KEY (authority_id, work_item_id, milestone) REFERENCES work_milestone,
    CONSTRAINT work_milestone_mark_state_known CHECK (state IN ('open', 'reached', 'dropped')),
    CONSTRAINT work_milestone_mark_note_length CHECK (char_length(note) <= 500),
    CONSTRAINT work_milestone_mark_note_said CHECK (state <> 'dropped' OR is_said(note))
);
COMMENT ON CONSTRAINT work_milestone_mark_mark_unique ON work_milestone_mark
    IS 'name: it was marked at the same moment';
COMMENT ON CONSTRAINT work_milestone_mark_milestone_exists ON work_milestone_mark IS 'name: names no milestone';
COMMENT ON CONSTRAINT work_milestone_mark_state_known ON work_milestone_mark
    IS 'state: must be open, reached or dropped';
COMMENT ON CONSTRAINT work_milestone_mark_note_length ON work_milestone_mark
    IS 'note: must have at most 500 characters';
COMMENT ON CONSTRAINT work_milestone_mark_note_said ON work_milestone_mark
    IS 'note: is needed where a milestone is dropped';

CREATE TABLE work_progress (
    authority_id text COLLATE "C" NOT NULL,
    work_item_id text COLLATE "C" NOT NULL,
    progress     int NOT NULL,
    state        text NOT NULL,
    rating       text NOT NULL,
    narrative    text NOT NULL,
    reason       text NOT NULL,
    happened_on  date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_progress_progress_unique PRIMARY KEY (authority_id, work_item_id, progress),
    CONSTRAINT work_progress_item_exists FOREIGN KEY (authority_id, work_item_id) REFERENCES work_item,
    CONSTRAINT work_progress_state_known CHECK (state IN ('agreed', 'under_way', 'done', 'dropped')),
    CONSTRAINT work_progress_rating_known CHECK (rating IN ('', 'red', 'amber', 'green')),
    CONSTRAINT work_progress_rating_under_way CHECK (state <> 'under_way' OR rating <> ''),
    CONSTRAINT work_progress_narrative_length CHECK (is_said(narrative) AND char_length(narrative) <= 2000),
    CONSTRAINT work_progress_reason_length CHECK (char_length(reason) <= 2000),
    CONSTRAINT work_progress_reason_said
        CHECK (is_said(reason) OR (rating IN ('', 'green') AND state <> 'dropped'))
);
COMMENT ON CONSTRAINT work_progress_progress_unique ON work_progress
    IS 'progress: another was recorded at the same moment';
COMMENT ON CONSTRAINT work_progress_item_exists ON work_progress IS 'parent: names no item';
COMMENT ON CONSTRAINT work_progress_state_known ON work_progress
    IS 'progress.state: must be agreed, under way, done or dropped';
COMMENT ON CONSTRAINT work_progress_rating_known ON work_progress IS 'progress.rating: must be red, amber or green';
COMMENT ON CONSTRAINT work_progress_rating_under_way ON work_progress
    IS 'progress.rating: is needed of what is under way';
COMMENT ON CONSTRAINT work_progress_narrative_length ON work_progress
    IS 'progress.narrative: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT work_progress_reason_length ON work_progress
    IS 'progress.reason: must have at most 2000 characters';
COMMENT ON CONSTRAINT work_progress_reason_said ON work_progress
    IS 'progress.reason: is needed where it is amber, red or dropped';

CREATE TABLE work_offer (
    authority_id text COLLATE "C" NOT NULL,
    work_item_id text COLLATE "C" NOT NULL,
    offer        int NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    text         text NOT NULL,
    offered_on   date NOT NULL,
    ready_on     date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_offer_offer_unique PRIMARY KEY (authority_id, work_item_id, offer),
    CONSTRAINT work_offer_item_exists FOREIGN KEY (authority_id, work_item_id) REFERENCES work_item,
    CONSTRAINT work_offer_agency_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT work_offer_text_length CHECK (is_said(text) AND char_length(text) <= 500)
);
COMMENT ON CONSTRAINT work_offer_offer_unique ON work_offer IS 'offer: another was recorded at the same moment';
COMMENT ON CONSTRAINT work_offer_item_exists ON work_offer IS 'parent: names no item';
COMMENT ON CONSTRAINT work_offer_agency_exists ON work_offer IS 'offer.agency: names no partner agency';
COMMENT ON CONSTRAINT work_offer_text_length ON work_offer IS 'offer.text: must have 1 to 500 characters';
CREATE INDEX work_offer_agency ON work_offer (authority_id, owner_id);

CREATE TABLE work_achievement (
    authority_id text COLLATE "C" NOT NULL,
    work_item_id text COLLATE "C" NOT NULL,
    achievement  int NOT NULL,
    text         text NOT NULL,
    evidence     text NOT NULL,
    achieved_on  date NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_achievement_achievement_unique PRIMARY KEY (authority_id, work_item_id, achievement),
    CONSTRAINT work_achievement_item_exists FOREIGN KEY (authority_id, work_item_id) REFERENCES work_item,
    CONSTRAINT work_achievement_text_length CHECK (is_said(text) AND char_length(text) <= 500),
    CONSTRAINT work_achievement_evidence_length CHECK (is_said(evidence) AND char_length(evidence) <= 500)
);
COMMENT ON CONSTRAINT work_achievement_achievement_unique ON work_achievement
    IS 'achievement: another was recorded at the same moment';
COMMENT ON CONSTRAINT work_achievement_item_exists ON work_achievement IS 'parent: names no item';
COMMENT ON CONSTRAINT work_achievement_text_length ON work_achievement
    IS 'achievement.text: must have 1 to 500 characters';
COMMENT ON CONSTRAINT work_achievement_evidence_length ON work_achievement
    IS 'achievement.evidence: must have 1 to 500 characters';

DO $$ BEGIN
    PERFORM tenant_tables('{work_item,work_item_revision,work_item_statement,work_milestone,work_milestone_mark,'
        'work_progress,work_offer,work_achievement}');
END $$;

CREATE FUNCTION work_open(p_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_state IN ('proposed', 'agreed', 'under_way') $$;
COMMENT ON FUNCTION work_open(text) IS 'Whether something is still to be done of an item in this state.';

-- What follows is told as at the end of a day, by what was recorded by the end of another. The functions have bodies that
-- are part of the statement that asks, so that one item costs no more than one item.

-- Items with their plan and state.
-- own_days_over: without those of milestones. place: to order by, the first due first.
CREATE FUNCTION work_items_planned(p_as_at date, p_known_on date)
RETURNS TABLE (work_item_id text, name text, title text, description text, source text, heading text, body_id text,
               meeting_id text, programme_id text, number int, priority text, owner_id text, resource_note text,
               cost_pence bigint, due_on date, added_on date, state text, rating text, progressed_on date,
               own_days_over int, revision int, create_time timestamptz, update_time timestamptz, place text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT w.work_item_id, 'authorities/' || w.authority_id || '/workItems/' || w.work_item_id, r.title,
           r.description, w.source, w.heading, w.body_id, w.meeting_id, w.programme_id, w.number, r.priority,
           r.owner_id, r.resource_note, r.cost_pence, r.due_on, w.added_on, x.state, coalesce(p.rating, ''),
           p.happened_on, CASE WHEN work_open(x.state) THEN greatest(p_as_at - r.due_on, 0) ELSE 0 END,
           r.revision, w.recorded_at, r.recorded_at, coalesce(r.due_on, '9999-12-31') || ' ' || w.work_item_id
      FROM work_item AS w
     CROSS JOIN LATERAL (
        SELECT * FROM work_item_revision AS v
         WHERE v.authority_id = w.authority_id AND v.work_item_id = w.work_item_id
           AND v.recorded_at::date <= p_known_on
         ORDER BY v.revision DESC LIMIT 1) AS r
      LEFT JOIN LATERAL (
        SELECT g.state, g.rating, g.happened_on FROM work_progress AS g
         WHERE g.authority_id = w.authority_id AND g.work_item_id = w.work_item_id AND g.happened_on <= p_as_at
           AND g.recorded_at::date <= p_known_on
         ORDER BY g.progress DESC LIMIT 1) AS p ON true
     CROSS JOIN LATERAL (SELECT coalesce(p.state, 'proposed') AS state) AS x
     WHERE w.authority_id = app_authority() AND w.added_on <= p_as_at;
END;

-- The milestones of an item, of which something is still to be done or not.
CREATE FUNCTION work_milestones_of(p_item text, p_open boolean, p_as_at date, p_known_on date)
RETURNS TABLE (milestone int, title text, due_on date, state text, marked_on date, note text, open boolean,
               days_over int)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT m.milestone, m.title, m.due_on, x.state, k.marked_on, coalesce(k.note, ''), x.open,
           CASE WHEN x.open THEN greatest(p_as_at - m.due_on, 0) ELSE 0 END
      FROM work_milestone AS m
      LEFT JOIN LATERAL (
        SELECT t.state, t.marked_on, t.note FROM work_milestone_mark AS t
         WHERE t.authority_id = m.authority_id AND t.work_item_id = m.work_item_id AND t.milestone = m.milestone
           AND t.marked_on <= p_as_at AND t.recorded_at::date <= p_known_on
         ORDER BY t.mark DESC LIMIT 1) AS k ON true
     CROSS JOIN LATERAL (SELECT coalesce(k.state, 'open') AS state,
                                coalesce(k.state, 'open') = 'open' AND p_open AS open) AS x
     WHERE m.authority_id = app_authority() AND m.work_item_id = p_item AND m.recorded_at::date <= p_known_on;
END;

-- Those of every item. One of an item that is done or dropped is overdue no more.
CREATE FUNCTION work_milestones_at(p_as_at date, p_known_on date)
RETURNS TABLE (work_item_id text, owner_id text, milestone int, name text, title text, due_on date, state text,
               marked_on date, note text, open boolean, days_over int)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT w.work_item_id, w.owner_id, m.milestone, w.name || '/milestones/' || m.milestone, m.title, m.due_on,
           m.state, m.marked_on, m.note, m.open, m.days_over
      FROM work_items_planned(p_as_at, p_known_on) AS w
     CROSS JOIN LATERAL work_milestones_of(w.work_item_id, work_open(w.state), p_as_at, p_known_on) AS m;
END;

-- Items as the API shows them, without what they are followed by.
CREATE FUNCTION work_items_at(p_as_at date, p_known_on date)
RETURNS TABLE (work_item_id text, owner_id text, programme_id text, area int, name text, title text,
               description text, source text, heading text, meeting text, proposal text, priority text, owner text,
               owner_display_name text, resource_note text, cost_pence bigint, statements text[], due_on date,
               added_on date, state text, rating text, progressed_on date, days_over int, milestone_count int,
               reached_count int, offer_count int, achievement_count int, etag text, create_time timestamptz,
               update_time timestamptz, place text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT w.work_item_id, w.owner_id, w.programme_id, a.area, w.name, w.title, w.description, w.source, w.heading,
           coalesce(g.name, ''), coalesce('authorities/' || app_authority() || '/programmes/' || w.programme_id
               || '/proposals/' || w.number, ''),
           w.priority, coalesce(o.resource_name, ''), coalesce(o.display_name, ''), w.resource_note, w.cost_pence,
           ARRAY(SELECT 'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/'
                        || s.version_number || '/statements/' || s.statement_id
                   FROM work_item_statement AS s
                  WHERE s.authority_id = app_authority() AND s.work_item_id = w.work_item_id
                    AND s.revision = w.revision
                  ORDER BY s.pledge_id, s.version_number, s.statement_id),
           w.due_on, w.added_on, w.state, w.rating, w.progressed_on, greatest(w.own_days_over, m.days_over),
           m.told, m.reached,
           (SELECT count(*)::int FROM work_offer AS f
             WHERE f.authority_id = app_authority() AND f.work_item_id = w.work_item_id AND f.offered_on <= p_as_at
               AND f.recorded_at::date <= p_known_on),
           (SELECT count(*)::int FROM work_achievement AS h
             WHERE h.authority_id = app_authority() AND h.work_item_id = w.work_item_id
               AND h.achieved_on <= p_as_at AND h.recorded_at::date <= p_known_on),
           etag(w.revision), w.create_time, w.update_time, w.place
      FROM work_items_planned(p_as_at, p_known_on) AS w
     CROSS JOIN LATERAL (
        SELECT max(t.days_over) AS days_over, (count(*) FILTER (WHERE t.state <> 'dropped'))::int AS told,
               (count(*) FILTER (WHERE t.state = 'reached'))::int AS reached
          FROM work_milestones_of(w.work_item_id, work_open(w.state), p_as_at, p_known_on) AS t) AS m
      LEFT JOIN owner AS o ON o.authority_id = app_authority() AND o.owner_id = w.owner_id
      LEFT JOIN meeting_resource AS g ON g.authority_id = app_authority() AND g.body_id = w.body_id
       AND g.meeting_id = w.meeting_id
      LEFT JOIN proposal AS a ON a.authority_id = app_authority() AND a.programme_id = w.programme_id
       AND a.number = w.number;
END;

-- Proposals with what was decided on them and how far they are.
CREATE FUNCTION proposals_at(p_as_at date, p_known_on date)
RETURNS TABLE (programme_id text, number int, name text, area int, area_title text, text text, priority text,
               owner_id text, owner text, owner_display_name text, target text, resource_note text,
               cost_pence bigint, set_aside boolean, reason text, decided_on date, state text, work_item text,
               days_over int)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.programme_id, p.number,
           'authorities/' || p.authority_id || '/programmes/' || p.programme_id || '/proposals/' || p.number,
           p.area, a.title, p.text, coalesce(d.priority, ''), d.owner_id, coalesce(o.resource_name, ''),
           coalesce(o.display_name, ''), coalesce(d.target, ''), coalesce(d.resource_note, ''),
           coalesce(d.cost_pence, 0), coalesce(d.set_aside, false), coalesce(d.reason, ''), d.decided_on,
           CASE WHEN w.state IN ('proposed', 'agreed') THEN 'taken_up'
                WHEN w.state IN ('under_way', 'done') THEN w.state
                WHEN d.set_aside THEN 'set_aside'
                WHEN w.state = 'dropped' THEN 'dropped'
                ELSE 'not_taken_up' END,
           coalesce(w.name, ''), coalesce(w.days_over, 0)
      FROM programme AS g
      JOIN proposal AS p ON p.authority_id = g.authority_id AND p.programme_id = g.programme_id
      JOIN programme_area AS a ON a.authority_id = p.authority_id AND a.programme_id = p.programme_id
       AND a.area = p.area
      LEFT JOIN LATERAL (
        SELECT * FROM proposal_decision AS t
         WHERE t.authority_id = p.authority_id AND t.programme_id = p.programme_id AND t.number = p.number
           AND t.decided_on <= p_as_at AND t.recorded_at::date <= p_known_on
         ORDER BY t.decision DESC LIMIT 1) AS d ON true
      LEFT JOIN owner AS o ON o.authority_id = p.authority_id AND o.owner_id = d.owner_id
      LEFT JOIN work_item AS i ON i.authority_id = p.authority_id AND i.programme_id = p.programme_id
       AND i.number = p.number
      LEFT JOIN work_items_at(p_as_at, p_known_on) AS w ON w.work_item_id = i.work_item_id
     WHERE g.authority_id = app_authority() AND g.published_on <= p_as_at AND g.recorded_at::date <= p_known_on;
END;

-- How far the authority is with each area, and in the row of area 0 with the whole programme.
CREATE FUNCTION programme_counts_at(p_as_at date, p_known_on date)
RETURNS TABLE (programme_id text, area int, proposals int, taken_up int, not_taken_up int, set_aside int,
               under_way int, done int, late int)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.programme_id, coalesce(p.area, 0), count(*)::int,
           (count(*) FILTER (WHERE p.state IN ('taken_up', 'under_way', 'done')))::int,
           (count(*) FILTER (WHERE p.state IN ('not_taken_up', 'set_aside', 'dropped')))::int,
           (count(*) FILTER (WHERE p.state = 'set_aside'))::int,
           (count(*) FILTER (WHERE p.state = 'under_way'))::int,
           (count(*) FILTER (WHERE p.state = 'done'))::int,
           (count(*) FILTER (WHERE p.days_over > 0))::int
      FROM proposals_at(p_as_at, p_known_on) AS p
     GROUP BY GROUPING SETS ((p.programme_id, p.area), (p.programme_id));
END;

CREATE VIEW work_item_standing WITH (security_invoker = true) AS
    SELECT app_authority() AS authority_id, w.work_item_id, 0 AS milestone, w.owner_id, w.name, w.title, w.due_on,
           work_open(w.state) AS open, w.own_days_over AS days_over
      FROM work_items_planned(current_date, '9999-12-31') AS w
    UNION ALL
    SELECT app_authority(), m.work_item_id, m.milestone, m.owner_id, m.name, m.title, m.due_on, m.open, m.days_over
      FROM work_milestones_at(current_date, '9999-12-31') AS m;
COMMENT ON VIEW work_item_standing IS 'What is to be done today and by when: each item of the work programme'
    ' (milestone 0) and each of its milestones. owner_id: NULL for nobody yet. open: something is still to be done.'
    ' days_over: how long that is overdue, else 0';

COMMIT;
