-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:monitor from pg
BEGIN;

DROP FUNCTION pledge.monitor_statement(text, date, date);
DROP FUNCTION pledge.statement_rank_then(text, date, date);
DROP FUNCTION pledge.statement_rank(text, date, date);
DROP FUNCTION pledge.monitor_owner(text, date, date);
DROP FUNCTION pledge.monitor_line(text, date, date);
DROP FUNCTION pledge.monitor_rule(text, date, date);
DROP FUNCTION pledge.standing_disagrees(integer, text);
DROP FUNCTION pledge.standing_trend(integer, integer);
DROP FUNCTION pledge.standing_label(integer);
DROP FUNCTION pledge.monitor_round_before(text);
DROP FUNCTION pledge.monitor_round(text, date);

COMMIT;
