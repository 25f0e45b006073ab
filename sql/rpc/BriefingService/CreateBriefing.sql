-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.BriefingService/CreateBriefing
-- permission: briefing.write
-- tx: write
SELECT briefing_create(
    :briefing_id::text, :briefing.kind::text, :briefing.title::text, :briefing.topic::text,
    :briefing.held_on::date, :briefing.bodies/bodies::text[]);
-- into: briefing
SELECT name, kind, title, topic, held_on, planned, bodies, member_count, present_count, parties,
       people_count, create_time, update_time, etag
  FROM briefings(current_date, '9999-12-31')
 WHERE briefing_id = :briefing_id::text;
