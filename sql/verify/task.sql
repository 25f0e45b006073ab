-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:task on pg
BEGIN;

SELECT 'pledge.tasks()'::regprocedure;
SELECT 1 / (count(*) >= 6)::int FROM pledge.role_permission WHERE permission = 'task.read';

ROLLBACK;
