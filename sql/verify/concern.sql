-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:concern on pg
BEGIN;

SELECT 'pledge.safeguarding_concerns()'::regprocedure;
SELECT 1 / (count(*) = 1)::int FROM pledge.role_permission WHERE permission = 'safeguarding.read';

ROLLBACK;
