-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:national_programme from pg
BEGIN;

DELETE FROM pledge.role_permission
 WHERE permission IN ('work.read', 'work.add', 'work.write', 'work.record');
DROP VIEW pledge.programme_resource;
DROP FUNCTION pledge.programme_import(text, text, text, date, integer[], text[], text[], text[],
    text[], text[], text[], bigint[], text[]);
DROP FUNCTION pledge.proposal_line_violations(integer, text, text, text, text, text, bigint, text,
    date);
DROP TABLE pledge.proposal_decision;
DROP TABLE pledge.proposal;
DROP TABLE pledge.programme_area;
DROP TABLE pledge.programme;

COMMIT;
