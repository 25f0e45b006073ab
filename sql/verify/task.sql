-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:task on pg
BEGIN;

SELECT 'pledge.soon_days()'::regprocedure;
SELECT 'pledge.in_short(text)'::regprocedure;
SELECT 'pledge.return_tasks(text, text)'::regprocedure;
SELECT 'pledge.version_tasks(text, text)'::regprocedure;
SELECT 'pledge.voice_tasks(text, text)'::regprocedure;
SELECT 'pledge.work_tasks(text, text)'::regprocedure;
SELECT 'pledge.tasks()'::regprocedure;
SELECT 1 / (count(*) >= 6)::int FROM pledge.role_permission WHERE permission = 'task.read';

ROLLBACK;
