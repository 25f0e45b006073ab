-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:return from pg
BEGIN;

DROP VIEW pledge.return_event;
DROP FUNCTION pledge.return_content(text, text, int);
DROP FUNCTION pledge.content_hash(text);
DROP FUNCTION pledge.progress_content(text, text, text, text, text, text, text, text);
DROP FUNCTION pledge.return_content_head(text, text, int, date);
DROP VIEW pledge.expected_return;
DROP VIEW pledge.return_standing;
DROP FUNCTION pledge.return_standing_on(date, date);
DROP VIEW pledge.return_resource;
DROP VIEW pledge.owner_return;
DROP FUNCTION pledge.received_state(int);
DROP TABLE pledge.return_attempt;
DROP TABLE pledge.return_draft;
DROP TABLE pledge.return_move;
DROP TABLE pledge.return_move_kind;
DROP TABLE pledge.progress;
DROP TABLE pledge.return_submission;

COMMIT;
