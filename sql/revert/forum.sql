-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:forum from pg
BEGIN;

DELETE FROM pledge.role_permission
 WHERE permission IN ('meeting.read', 'meeting.record', 'action.read', 'action.note');
DROP FUNCTION pledge.meeting_next(text, text, date);
DROP FUNCTION pledge.matters_arising(text, text, date);
DROP FUNCTION pledge.action_standing(date, date);
DROP FUNCTION pledge.meeting_presence(text, date, date);
DROP FUNCTION pledge.meeting_seats(text, text, date);
DROP TABLE pledge.action_note;
DROP TABLE pledge.meeting_action;
DROP TABLE pledge.meeting_decision;
DROP TABLE pledge.meeting_attendance;
DROP TABLE pledge.meeting_paper;
DROP TABLE pledge.meeting_item;
DROP TABLE pledge.body_quorum;

COMMIT;
