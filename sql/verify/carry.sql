-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:carry on pg
BEGIN;

SELECT authority_id, pledge_id, version_number, statement_id, commitment_id, from_statement_id,
       recorded_at
  FROM pledge.commitment_carried WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.commitment_carried'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.commitments_carry(text, integer, text)'::regprocedure;
SELECT 1 / (count(*) = 2)::int FROM pg_trigger
 WHERE tgfoid IN ('pledge.version_carries()'::regprocedure,
                  'pledge.commitment_catches_up()'::regprocedure) AND tgenabled = 'O';

ROLLBACK;
