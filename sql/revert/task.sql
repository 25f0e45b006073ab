-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:task from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission = 'task.read';
DROP FUNCTION pledge.tasks();

COMMIT;
