-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:task from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission = 'task.read';
DROP FUNCTION pledge.tasks();
DROP FUNCTION pledge.work_tasks(text, text);
DROP FUNCTION pledge.voice_tasks(text, text);
DROP FUNCTION pledge.version_tasks(text, text);
DROP FUNCTION pledge.return_tasks(text, text);
DROP FUNCTION pledge.in_short(text);
DROP FUNCTION pledge.soon_days();
DROP TYPE pledge.task_line;

COMMIT;
