-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:visit from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission LIKE 'visit.%';
DROP FUNCTION pledge.visit_answer_add(text, text, text, date, date);
DROP FUNCTION pledge.visit_record(text, text, text, text, date, integer, text[], text[], text[], text[], text[], date[]);
DROP VIEW pledge.findings_waiting;
DROP VIEW pledge.follow_up_due;
DROP FUNCTION pledge.statement_origins(text, integer, text);
DROP FUNCTION pledge.visit_answers(text, text, date, date);
DROP FUNCTION pledge.visits(date, date);
DROP FUNCTION pledge.visit_findings(date, date);
ALTER TABLE pledge.response_text DROP CONSTRAINT response_text_finding_exists;
DROP INDEX pledge.response_text_finding;
DROP TABLE pledge.visit_answer;
DROP TABLE pledge.visit_finding;
DROP TABLE pledge.visit;

COMMIT;
