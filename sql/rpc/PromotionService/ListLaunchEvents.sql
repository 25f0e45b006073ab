-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PromotionService/ListLaunchEvents
-- permission: promotion.read
-- tx: read
-- into: launch_events
SELECT name, version, title, held_on, attendance, create_time
  FROM launch_event_resource
 CROSS JOIN page_after_day(:page_token::text, 'launch_events') AS k
 WHERE authority_id = app_authority()
   AND (held_on, launch_event_id) < (k.ret_day, k.ret_id)
 ORDER BY held_on DESC, launch_event_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT e.held_on || ' ' || e.launch_event_id
      FROM launch_event AS e
     CROSS JOIN page_after_day(:page_token::text, 'launch_events') AS k
     WHERE e.authority_id = app_authority()
       AND (e.held_on, e.launch_event_id) < (k.ret_day, k.ret_id)
     ORDER BY e.held_on DESC, e.launch_event_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'launch_events', :page_token::text) AS next_page_token;
