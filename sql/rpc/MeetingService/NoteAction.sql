-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/NoteAction
-- permission: action.note
-- tx: write
SELECT action_note_add(
    :name/bodies::text, :name/bodies/meetings::text, :name/bodies/meetings/actions::text, :state::text,
    :text::text, :noted_on::date);
-- into: action
SELECT name, held_on, item, text, owner, seat_id, owner_display_name, due_on, state, note, noted_on,
       note_count, days_over
  FROM action_standing(current_date, '9999-12-31')
 WHERE body_id = :name/bodies::text AND meeting_id = :name/bodies/meetings::text
   AND action = version_number(:name/bodies/meetings/actions::text);
