-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.BriefingService/UpdateBriefing
-- permission: briefing.write
-- tx: write
SELECT briefing_update(
    :briefing.name/briefings::text, :briefing.title::text, :briefing.topic::text,
    :briefing.held_on::date, :briefing.etag::text, :update_mask.paths::text[]);
-- into: briefing
SELECT name, kind, title, topic, held_on, planned, bodies, member_count, present_count, parties,
       people_count, create_time, update_time, etag
  FROM briefings(current_date, '9999-12-31')
 WHERE briefing_id = :briefing.name/briefings::text;
