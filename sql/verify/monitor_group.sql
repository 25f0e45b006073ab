-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:monitor_group on pg
BEGIN;

SELECT 'pledge.monitor_group(text, date, date, text)'::regprocedure;
SELECT 'pledge.monitor_grouping(text)'::regprocedure;
SELECT 'pledge.monitor_round_against(text, text, date)'::regprocedure;
SELECT 'pledge.monitor_compared(text, text, date, date)'::regprocedure;

ROLLBACK;
