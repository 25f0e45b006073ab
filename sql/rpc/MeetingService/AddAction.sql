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
 ORDER BY action DESC
 LIMIT 1;
