-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:retention from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission IN ('retention.read', 'retention.write');
DROP FUNCTION pledge.retention_update(text, int);
DROP FUNCTION pledge.retention_job();
DROP FUNCTION pledge.retention_apply_now();
DROP FUNCTION pledge.retention_apply();
DROP FUNCTION pledge.retention_remove(text);
DROP FUNCTION pledge.retention_until(text);
DROP FUNCTION pledge.retention_due();
DROP TABLE pledge.retention_run;

COMMIT;
