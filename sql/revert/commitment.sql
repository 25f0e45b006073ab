-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:commitment from pg
BEGIN;

DROP FUNCTION pledge.commitment_update(text, text[], text[], text[], text, text, text, text, text,
    date, text, text[], boolean, text, text[]);
DROP FUNCTION pledge.commitment_create(text, text, text[], text[], text[], text, text, text, text,
    text, date, text, text[], boolean);
DROP FUNCTION pledge.commitment_statements_check(text[], text[], text[]);
DROP VIEW pledge.commitment_resource;
DROP FUNCTION pledge.commitment_owed_on(text, text, text, date);
DROP TABLE pledge.commitment_turn;
DROP TABLE pledge.commitment_statement;
DROP TABLE pledge.commitment;
DROP FUNCTION pledge.commitment_turns();

COMMIT;
