-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/GetWorkItem
-- permission: work.read
-- tx: read
-- into: work_item
SELECT name, title, description, source, heading, meeting, proposal, priority, owner, owner_display_name,
       resource_note, cost_pence, statements, due_on, added_on, state, rating, progressed_on, days_over,
       milestone_count, reached_count, offer_count, achievement_count, etag, create_time, update_time
  FROM work_items_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE work_item_id = :name/workItems::text;
-- into: milestones
SELECT name, title, due_on, state, marked_on, note, days_over
  FROM work_milestones_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE work_item_id = :name/workItems::text
 ORDER BY due_on, milestone;
-- into: progress
SELECT state, rating, narrative, reason, happened_on, recorded_at AS create_time
  FROM work_progress
 WHERE authority_id = app_authority() AND work_item_id = :name/workItems::text
   AND happened_on <= (SELECT as_at_day(:as_at::date)) AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY progress;
-- into: offers
SELECT o.resource_name AS agency, o.display_name AS agency_display_name, f.text, f.offered_on, f.ready_on
  FROM work_offer AS f
  JOIN owner AS o ON o.authority_id = f.authority_id AND o.owner_id = f.owner_id
 WHERE f.authority_id = app_authority() AND f.work_item_id = :name/workItems::text
   AND f.offered_on <= (SELECT as_at_day(:as_at::date)) AND f.recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY f.offer;
-- into: achievements
SELECT text, achieved_on, evidence
  FROM work_achievement
 WHERE authority_id = app_authority() AND work_item_id = :name/workItems::text
   AND achieved_on <= (SELECT as_at_day(:as_at::date)) AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY achievement;
