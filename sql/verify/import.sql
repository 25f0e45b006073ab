-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:import on pg
BEGIN;

SELECT 'pledge.returns_import(text[], text[], text[], text[], text[], text[], text[], text[],'
    'text[], text[], text[], text[])'::regprocedure;

ROLLBACK;
