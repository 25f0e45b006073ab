-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:cicc_record on pg
BEGIN;

SELECT 'pledge.cicc_setting_set(integer, text[], text[], text, text[])'::regprocedure;
SELECT 'pledge.make_up_record(text, date, integer, text[], text[], integer[])'::regprocedure;
SELECT 'pledge.cicc_session_record(text, text, date, integer, text[])'::regprocedure;
SELECT 1 / (count(*) = 1)::int FROM pg_trigger
 WHERE tgrelid = 'pledge.body_member'::regclass AND tgname = 'seat_of_adults' AND tgenabled = 'O';
SELECT 'pledge.rating_violations(integer, text, integer, text[], integer[], integer[], integer[],'
    'integer[], text[], text[])'::regprocedure;
SELECT 'pledge.ratings_record(text, text, text, text, text[], integer[], integer[], integer[],'
    'integer[], text[], text[])'::regprocedure;
SELECT 'pledge.rating_reply_add(text, text, text, text, text)'::regprocedure;
SELECT 'pledge.words_moderate(text, text, text)'::regprocedure;
SELECT 'pledge.answer_days()'::regprocedure;
SELECT 'pledge.issue_raise(text, text, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.issue_move(text, text, text, date, text)'::regprocedure;

ROLLBACK;
