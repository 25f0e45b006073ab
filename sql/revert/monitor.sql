-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:monitor from pg
BEGIN;

DROP FUNCTION pledge.monitor_statement(text);
DROP FUNCTION pledge.statement_rank_before(text);
DROP FUNCTION pledge.statement_rank(text);
DROP FUNCTION pledge.monitor_owner(text);
DROP FUNCTION pledge.standing_label(integer);
DROP FUNCTION pledge.monitor_round_before(text);
DROP FUNCTION pledge.monitor_round(text);

COMMIT;
