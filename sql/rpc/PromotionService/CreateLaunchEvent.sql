-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PromotionService/CreateLaunchEvent
-- permission: promotion.write
-- tx: write
SELECT launch_event_create(:launch_event_id::text, :launch_event.version/pledges::text,
                           :launch_event.version/pledges/versions::text, :launch_event.title::text,
                           :launch_event.held_on::date, :launch_event.attendance::int4);
-- into: launch_event
SELECT name, version, title, held_on, attendance, create_time
  FROM launch_event_resource
 WHERE authority_id = app_authority() AND launch_event_id = :launch_event_id::text;
