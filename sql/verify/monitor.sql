-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:monitor on pg
BEGIN;

SELECT 'pledge.monitor_round(text, date)'::regprocedure;
SELECT 'pledge.monitor_round_before(text)'::regprocedure;
SELECT 'pledge.standing_label(integer)'::regprocedure;
SELECT 'pledge.standing_trend(integer, integer)'::regprocedure;
SELECT 'pledge.standing_disagrees(integer, text)'::regprocedure;
SELECT 'pledge.monitor_rule(text, date, date)'::regprocedure;
SELECT 'pledge.monitor_line(text, date, date)'::regprocedure;
SELECT 'pledge.monitor_owner(text, date, date)'::regprocedure;
SELECT 'pledge.statement_rank(text, date, date)'::regprocedure;
SELECT 'pledge.statement_rank_then(text, date, date)'::regprocedure;
SELECT 'pledge.monitor_statement(text, date, date)'::regprocedure;

ROLLBACK;
