-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/AddAgendaItem
-- permission: meeting.record
-- tx: write
SELECT agenda_item_add(
    :parent/bodies::text, :parent/bodies/meetings::text, :agenda_item.part::text,
    :agenda_item.title::text);
-- into: agenda_item
SELECT item, part, title
  FROM meeting_item
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND meeting_id = :parent/bodies/meetings::text
   AND recorded_at = request_time(:request_id::text)
 ORDER BY item DESC
 LIMIT 1;
