-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/ListWorkItems
-- permission: work.read
-- tx: read
-- into: work_items
SELECT name, title, description, source, heading, meeting, proposal, priority, owner, owner_display_name,
       resource_note, cost_pence, statements, due_on, added_on, state, rating, progressed_on, days_over,
       milestone_count, reached_count, offer_count, achievement_count, etag, create_time, update_time
  FROM work_items_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31')) AS w
 WHERE (:source::text = '' OR source = :source::text)
   AND (:heading::text = '' OR heading = :heading::text)
   AND (:owner::text = '' OR owner_id = (SELECT CASE WHEN :owner::text <> '' THEN owner_of(:owner::text, 'owner') END))
   AND (:state::text = '' OR state = :state::text)
   AND (work_open(state) OR NOT :open_only::bool)
   AND (days_over > 0 OR NOT :overdue_only::bool)
   AND (:programme/programmes::text = '' OR programme_id = :programme/programmes::text)
   AND (:area::int4 = 0 OR area = :area::int4)
   AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'work_items'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM work_items_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31')) AS w
     WHERE (:source::text = '' OR source = :source::text)
       AND (:heading::text = '' OR heading = :heading::text)
       AND (:owner::text = '' OR owner_id = (SELECT CASE WHEN :owner::text <> '' THEN owner_of(:owner::text, 'owner') END))
       AND (:state::text = '' OR state = :state::text)
       AND (work_open(state) OR NOT :open_only::bool)
       AND (days_over > 0 OR NOT :overdue_only::bool)
       AND (:programme/programmes::text = '' OR programme_id = :programme/programmes::text)
       AND (:area::int4 = 0 OR area = :area::int4)
       AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'work_items'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'work_items', :page_token::text) AS next_page_token
 WHERE :owner::text = '' OR owner_of(:owner::text, 'owner') <> '';
