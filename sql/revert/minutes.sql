-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:minutes from pg
BEGIN;

DROP FUNCTION pledge.minutes_markdown(text, text, date);
DROP FUNCTION pledge.minutes_text(text, text, date);
DROP FUNCTION pledge.text_wrapped(text, integer, text, text);
DROP FUNCTION pledge.minute_lines(text, text, date);
DROP FUNCTION pledge.day_words(date);
DROP FUNCTION pledge.action_note_add(text, text, text, text, text, date);
DROP FUNCTION pledge.action_add(text, text, integer, text, text, text, date);
DROP FUNCTION pledge.meeting_decision_record(text, text, integer, text, text, integer, integer,
    integer);
DROP FUNCTION pledge.attendance_record(text, text, text[], text[], text[], text[]);
DROP FUNCTION pledge.paper_add(text, text, integer, text, text, text, text);
DROP FUNCTION pledge.agenda_item_add(text, text, text, text);
DROP FUNCTION pledge.quorum_set(text, integer, date);
DROP FUNCTION pledge.meeting_hold(text, text, text, boolean);

COMMIT;
