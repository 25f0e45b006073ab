-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:edit from pg
BEGIN;

DROP VIEW pledge.version_edit_resource;
DROP TRIGGER statement_edits ON pledge.statement;
DROP TRIGGER outcome_edits ON pledge.outcome;
DROP TRIGGER version_edits ON pledge.version;
DROP FUNCTION pledge.edit_record();
DROP TABLE pledge.version_edit;

COMMIT;
