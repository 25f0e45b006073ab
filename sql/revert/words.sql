-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:words from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission = 'consultation.moderate';
DROP FUNCTION pledge.said_done_publish(text, text);
DROP FUNCTION pledge.said_done_create(text, text, text, integer, text);
DROP FUNCTION pledge.amendment_decide(text, text, text, text, date);
DROP FUNCTION pledge.amendment_propose(text, text, text, text, text, text, text, text);
DROP FUNCTION pledge.response_text_moderate(text, text, text, text);
DROP VIEW pledge.said_done_resource;
DROP VIEW pledge.amendment_resource;
DROP VIEW pledge.response_text_resource;
DROP FUNCTION pledge.text_name(text, text, uuid);
DROP TABLE pledge.said_done;
DROP TABLE pledge.amendment_decision;
DROP TABLE pledge.amendment;
DROP TABLE pledge.response_text_move;

COMMIT;
