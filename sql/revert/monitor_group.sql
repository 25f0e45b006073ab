-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:monitor_group from pg
BEGIN;

DROP FUNCTION pledge.monitor_compared(text, text, date, date);
DROP FUNCTION pledge.monitor_round_against(text, text, date);
DROP FUNCTION pledge.monitor_grouping(text);
DROP FUNCTION pledge.monitor_group(text, date, date, text);

COMMIT;
