-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:minutes on pg
BEGIN;

SELECT 'pledge.meeting_hold(text, text, text, boolean)'::regprocedure;
SELECT 'pledge.quorum_set(text, integer, date)'::regprocedure;
SELECT 'pledge.agenda_item_add(text, text, text, text)'::regprocedure;
SELECT 'pledge.paper_add(text, text, integer, text, text, text, text)'::regprocedure;
SELECT 'pledge.attendance_record(text, text, text[], text[], text[], text[])'::regprocedure;
SELECT 'pledge.meeting_decision_record(text, text, integer, text, text, integer, integer,'
    'integer)'::regprocedure;
SELECT 'pledge.action_add(text, text, integer, text, text, text, date)'::regprocedure;
SELECT 'pledge.action_note_add(text, text, text, text, text, date)'::regprocedure;
SELECT 'pledge.day_words(date)'::regprocedure;
SELECT 'pledge.minute_lines(text, text, date)'::regprocedure;
SELECT 'pledge.text_wrapped(text, integer, text, text)'::regprocedure;
SELECT 'pledge.minutes_text(text, text, date)'::regprocedure;
SELECT 'pledge.minutes_markdown(text, text, date)'::regprocedure;

ROLLBACK;
