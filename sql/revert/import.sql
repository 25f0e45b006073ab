-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:import from pg
BEGIN;

DROP FUNCTION pledge.returns_import(text[], text[], text[], text[], text[], text[], text[],
    text[], text[], text[], text[], text[]);

COMMIT;
