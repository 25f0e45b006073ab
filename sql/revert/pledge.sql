-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:pledge from pg
BEGIN;

DROP FUNCTION pledge.pledge_update(text, text, text, text, text[]);
DROP FUNCTION pledge.pledge_create(text, text, text);
DROP VIEW pledge.lineage_resource;
DROP VIEW pledge.statement_resource;
DROP VIEW pledge.version_resource;
DROP VIEW pledge.pledge_resource;
DROP TABLE pledge.lineage;
DROP TABLE pledge.statement;
DROP TABLE pledge.outcome;
DROP TABLE pledge.version;
DROP TABLE pledge.pledge;
DROP FUNCTION pledge.part_sealed();
DROP FUNCTION pledge.version_sealed();

COMMIT;
