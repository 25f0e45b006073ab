-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/RecordAttendance
-- permission: meeting.record
-- tx: write
SELECT attendance_record(
    :parent/bodies::text, :parent/bodies/meetings::text, :attendance.seat_id::text[],
    :attendance.attendance::text[], :attendance.substitute::text[], :attendance.party::text[]);
-- into: attendance
SELECT seat_id, attendance, substitute, party, display_name, role
  FROM meeting_seats(:parent/bodies::text, :parent/bodies/meetings::text, '9999-12-31');
