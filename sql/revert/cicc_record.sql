-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:cicc_record from pg
BEGIN;

DROP FUNCTION pledge.issue_move(text, text, text, date, text);
DROP FUNCTION pledge.issue_raise(text, text, text, text, text, text, text);
DROP FUNCTION pledge.answer_days();
DROP FUNCTION pledge.words_moderate(text, text, text);
DROP FUNCTION pledge.rating_reply_add(text, text, text, text, text);
DROP FUNCTION pledge.ratings_record(text, text, text, text, text[], integer[], integer[], integer[],
    integer[], text[], text[]);
DROP FUNCTION pledge.rating_violations(integer, text, integer, text[], integer[], integer[],
    integer[], integer[], text[], text[]);
DROP TRIGGER seat_of_adults ON pledge.body_member;
DROP FUNCTION pledge.seat_of_adults();
DROP FUNCTION pledge.cicc_session_record(text, text, date, integer, text[]);
DROP FUNCTION pledge.make_up_record(text, date, integer, text[], text[], integer[]);
DROP FUNCTION pledge.cicc_setting_set(integer, text[], text[], text, text[]);

COMMIT;
