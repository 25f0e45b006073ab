-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:strategy from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission LIKE 'strategy.%';
DROP FUNCTION pledge.strategy_review_record(text, date, text, text, date);
DROP FUNCTION pledge.strategy_update(text, text, text, date, date, text[], text[], text[], text, text[]);
DROP FUNCTION pledge.strategy_create(text, text, text, text, text, date, date, date, text[], text[], text[]);
DROP FUNCTION pledge.strategy_statements_set(text, text[], text[], text[]);
DROP FUNCTION pledge.strategy_statement_violations(text[], text[], text[]);
DROP FUNCTION pledge.review_horizon(date, integer);
DROP VIEW pledge.strategy_review_due;
DROP FUNCTION pledge.strategy_standing(date, date);
DROP VIEW pledge.strategy_carries;
DROP TABLE pledge.strategy_review;
DROP TABLE pledge.strategy_statement;
DROP TABLE pledge.strategy;

COMMIT;
