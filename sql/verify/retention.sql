-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:retention on pg
BEGIN;

SELECT number, run_time, kind, days, removed FROM pledge.retention_run WHERE false;
SELECT 'pledge.retention_due()'::regprocedure;
SELECT 'pledge.retention_until(text)'::regprocedure;
SELECT 'pledge.retention_remove(text)'::regprocedure;
SELECT 'pledge.retention_apply()'::regprocedure;
SELECT 'pledge.retention_apply_now()'::regprocedure;
SELECT 'pledge.retention_job()'::regprocedure;
SELECT 'pledge.retention_update(text, int)'::regprocedure;
SELECT 1 / (count(*) = 2)::int FROM pledge.role_permission
 WHERE permission IN ('retention.read', 'retention.write');

ROLLBACK;
