-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:endorsement from pg
BEGIN;

DROP FUNCTION pledge.endorsement_start(text, text, text, text, date);
DROP FUNCTION pledge.endorsement_draft_add(text, integer, text, integer, date, integer);
DROP FUNCTION pledge.meeting_create(text, text, date);
DROP FUNCTION pledge.stalls(date);
DROP FUNCTION pledge.forward_plan(date);
DROP FUNCTION pledge.endorsement_now();
DROP FUNCTION pledge.endorsement_history(text, integer, text, date, date);
DROP FUNCTION pledge.endorsement_standing(date, date);
DROP FUNCTION pledge.decisions_held(date, date);
DROP FUNCTION pledge.notice_days();
DROP VIEW pledge.notice_resource;
DROP VIEW pledge.meeting_resource;
DROP TABLE pledge.endorsement_call_in_outcome;
DROP TABLE pledge.endorsement_call_in;
DROP TABLE pledge.endorsement_withdrawal;
DROP TABLE pledge.endorsement_decision;
DROP TABLE pledge.endorsement_notice;
DROP TABLE pledge.endorsement_draft;
DROP TABLE pledge.endorsement;
DROP TABLE pledge.meeting;

COMMIT;
