-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.BriefingService/GetBriefing
-- permission: briefing.read
-- tx: read
-- into: briefing
SELECT name, kind, title, topic, held_on, planned, bodies, member_count, present_count, parties,
       people_count, create_time, update_time, etag
  FROM briefings(current_date, coalesce(:known_on::date, '9999-12-31'))
 WHERE briefing_id = :name/briefings::text;
-- into: attendance
SELECT seat, attendance, display_name, party
  FROM briefing_seats(:name/briefings::text, coalesce(:known_on::date, '9999-12-31'));
-- into: headcounts
SELECT owner, people, owner_display_name
  FROM briefing_headcounts(:name/briefings::text, coalesce(:known_on::date, '9999-12-31'));
