-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:authority from pg
BEGIN;

DROP FUNCTION pledge.body_update(text, text, text, integer, text[], date, text, text[]);
DROP FUNCTION pledge.body_create(text, text, text, integer, text[], date);
DROP FUNCTION pledge.owner_update(text, text, text, text, text, text[]);
DROP FUNCTION pledge.owner_create(text, text, text, text);
DROP FUNCTION pledge.authority_update(text, text, text, text, text, text[]);
DROP FUNCTION pledge.authority_create(text, text, text, text, text);
DROP FUNCTION pledge.owner_problem(text, text);
DROP FUNCTION pledge.owner_of(text, text);
DROP VIEW pledge.body_resource;
DROP VIEW pledge.partner_agency_resource;
DROP VIEW pledge.department_resource;
DROP VIEW pledge.authority_resource;
DROP TABLE pledge.body;
DROP TABLE pledge.owner;
DROP TABLE pledge.authority;

COMMIT;
