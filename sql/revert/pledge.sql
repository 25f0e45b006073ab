-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:pledge from pg
BEGIN;

DROP FUNCTION pledge.pledge_update(text, text, text, text, text[]);
DROP FUNCTION pledge.pledge_create(text, text, text);
DROP TABLE pledge.lineage;
DROP TABLE pledge.statement;
DROP TABLE pledge.outcome;
DROP TABLE pledge.version;
DROP TABLE pledge.pledge;
DROP FUNCTION pledge.part_sealed();
DROP FUNCTION pledge.version_sealed();

COMMIT;
