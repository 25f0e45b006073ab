-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/AddAction
-- permission: meeting.record
-- tx: write
SELECT action_add(
    :parent/bodies::text, :parent/bodies/meetings::text, :action.item::int4, :action.text::text,
    :action.owner::text, :action.seat_id::text, :action.due_on::date);
-- into: action
SELECT name, held_on, item, text, owner, seat_id, owner_display_name, due_on, state, note, noted_on,
       note_count, days_over
  FROM action_standing(current_date, '9999-12-31')
 WHERE body_id = :parent/bodies::text AND meeting_id = :parent/bodies/meetings::text
   AND action IN (SELECT a.action FROM meeting_action AS a
                   WHERE a.authority_id = app_authority() AND a.body_id = :parent/bodies::text
                     AND a.meeting_id = :parent/bodies/meetings::text
                     AND a.recorded_at = request_time(:request_id::text))
 ORDER BY action DESC
 LIMIT 1;
