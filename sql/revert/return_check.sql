-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:return_check from pg
BEGIN;

DROP FUNCTION pledge.violations_check(jsonb, text);
DROP FUNCTION pledge.received_on_violations(text, text);
DROP FUNCTION pledge.observed_violations(pledge.round, text, text);
DROP FUNCTION pledge.progress_violations(boolean, text[], text[], text[], text[], text[], text[],
    text[], text[], text[], text[], text[], text[]);
DROP FUNCTION pledge.problem_violation(text, text, text, text);
DROP FUNCTION pledge.progress_problems(boolean, text[], text[], text[], text[], text[], text[],
    text[], text[], text[], text[], text[], text[]);
DROP FUNCTION pledge.return_is_plain(pledge.round, text, text[], text[], text[], text[], text[], text[],
    text[], text[]);
DROP FUNCTION pledge.line_is_plain(text, text, text, text, numeric, text, date, text, text, date,
    date, text, text, numeric);
DROP FUNCTION pledge.round_before(text, date, text);
DROP FUNCTION pledge.measure_number(text);
DROP TABLE pledge.return_check;

COMMIT;
