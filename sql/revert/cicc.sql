-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:cicc from pg
BEGIN;

DELETE FROM pledge.role_permission
 WHERE permission LIKE 'cicc.%' OR permission IN ('rating.read', 'rating.reply');
DROP FUNCTION pledge.raised_issue_history(text, date, date);
DROP FUNCTION pledge.raised_issues(date, date);
DROP FUNCTION pledge.young_ratings(text, integer, date, date);
DROP VIEW pledge.rating_text_resource;
DROP VIEW pledge.rating_reply_resource;
DROP VIEW pledge.statement_rating_resource;
DROP VIEW pledge.cicc_session_resource;
DROP VIEW pledge.make_up_resource;
DROP VIEW pledge.cicc_setting_resource;
DROP FUNCTION pledge.rating_prevailing(integer, integer, integer);
DROP FUNCTION pledge.counts_withheld(integer[]);
ALTER TABLE pledge.response_text
    DROP CONSTRAINT response_text_raised_issue_exists,
    DROP CONSTRAINT response_text_rating_exists;
DROP INDEX pledge.response_text_issue;
DROP INDEX pledge.response_text_rating;
DROP TABLE pledge.raised_issue_move;
DROP TABLE pledge.raised_issue;
DROP TABLE pledge.rating_reply;
DROP TABLE pledge.statement_rating;
DROP TABLE pledge.cicc_session;
DROP TABLE pledge.make_up_group;
DROP TABLE pledge.make_up;
DROP TABLE pledge.cicc_setting;
DROP FUNCTION pledge.statement_owned(text, text, integer, text);
DROP FUNCTION pledge.answer_days_default();

COMMIT;
