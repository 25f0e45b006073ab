-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:submission from pg
BEGIN;

DROP FUNCTION pledge.return_draft_problems(text, text);
DROP VIEW pledge.return_draft_resource;
DROP VIEW pledge.return_draft_line;
DROP FUNCTION pledge.return_draft_save(text, text, text, text, text[], text[], text[], text[],
    text[], text[], text[], text[]);
DROP FUNCTION pledge.return_move_add(text, text, text, text, text);
DROP FUNCTION pledge.return_submit(text, text, text, text, text, text[], text[], text[], text[],
    text[], text[], text[], text[]);
DROP FUNCTION pledge.return_attempt_refused(text, text, int, text, text, text[]);
DROP FUNCTION pledge.return_attempt_add(text, text, int, text, text, text[], int);
DROP FUNCTION pledge.return_etag_check(pledge.owner_return, text);
DROP FUNCTION pledge.return_window_check(pledge.round, text, date);
DROP FUNCTION pledge.return_may_act(text, text);
DROP FUNCTION pledge.received_day(text);

COMMIT;
