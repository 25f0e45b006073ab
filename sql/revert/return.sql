-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:return from pg
BEGIN;

DROP FUNCTION pledge.return_move_add(text, text, text, text, text);
DROP FUNCTION pledge.return_submit(text, text, text, text, text[], text[], text[], text[], text[],
    text[], text[]);
DROP FUNCTION pledge.return_etag_check(pledge.owner_return, text);
DROP FUNCTION pledge.return_window_check(pledge.round, date);
DROP FUNCTION pledge.return_may_act(text, text);
DROP FUNCTION pledge.violations_check(jsonb, text);
DROP FUNCTION pledge.content_hash(text);
DROP FUNCTION pledge.progress_content(text, text, text, text, text, text, text);
DROP FUNCTION pledge.return_content_head(text, text, int, date);
DROP FUNCTION pledge.received_day(text);
DROP FUNCTION pledge.received_on_violations(text, text);
DROP FUNCTION pledge.progress_violations(boolean, text[], text[], text[], text[], text[], text[],
    text[], text[], text[], text[], text[]);
DROP VIEW pledge.expected_return;
DROP VIEW pledge.return_standing;
DROP VIEW pledge.return_resource;
DROP VIEW pledge.owner_return;
DROP TABLE pledge.return_check;
DROP TABLE pledge.return_move;
DROP TABLE pledge.progress;
DROP TABLE pledge.return_submission;

COMMIT;
