-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:monitor on pg
BEGIN;

SELECT 'pledge.monitor_round(text)'::regprocedure;
SELECT 'pledge.monitor_round_before(text)'::regprocedure;
SELECT 'pledge.standing_label(integer)'::regprocedure;
SELECT 'pledge.monitor_owner(text)'::regprocedure;
SELECT 'pledge.statement_rank(text)'::regprocedure;
SELECT 'pledge.statement_rank_before(text)'::regprocedure;
SELECT 'pledge.monitor_statement(text)'::regprocedure;

ROLLBACK;
