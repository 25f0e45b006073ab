-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:change from pg
BEGIN;

DROP FUNCTION pledge.change_after(text);
DROP FUNCTION pledge.change_record() CASCADE;
DROP TABLE pledge.change;
DROP TABLE pledge.change_count;

COMMIT;
