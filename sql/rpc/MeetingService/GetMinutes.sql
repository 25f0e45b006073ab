-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/GetMinutes
-- permission: meeting.read
-- tx: read
-- into: .
SELECT minutes_text(:name/bodies::text, :name/bodies/meetings::text, coalesce(:known_on::date, '9999-12-31')) AS text,
       minutes_markdown(:name/bodies::text, :name/bodies/meetings::text, coalesce(:known_on::date, '9999-12-31')) AS markdown
  FROM meeting
 WHERE authority_id = app_authority() AND body_id = :name/bodies::text
   AND meeting_id = :name/bodies/meetings::text
   AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31');
