-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:carry from pg
BEGIN;

DROP TRIGGER commitment_statement_catches_up ON pledge.commitment_statement;
DROP FUNCTION pledge.commitment_catches_up();
DROP TRIGGER version_carries ON pledge.version;
DROP FUNCTION pledge.version_carries();
DROP FUNCTION pledge.commitments_carry(text, integer, text);
DROP TABLE pledge.commitment_carried;

COMMIT;
