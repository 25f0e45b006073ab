-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.BriefingService/RecordBriefingAttendance
-- permission: briefing.write
-- tx: write
SELECT briefing_attend(
    :parent/briefings::text, :attendance.seat/bodies::text[], :attendance.seat/bodies/members::text[],
    :attendance.attendance::text[], :headcounts.owner::text[], :headcounts.people::int4[]);
-- into: attendance
SELECT seat, attendance, display_name, party
  FROM briefing_seats(:parent/briefings::text, '9999-12-31');
-- into: headcounts
SELECT owner, people, owner_display_name
  FROM briefing_headcounts(:parent/briefings::text, '9999-12-31');
