-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:edit on pg
BEGIN;

SELECT authority_id, pledge_id, version_number, number, part, part_id, kind, field, text_before,
       text_after, principal_id, recorded_at
  FROM pledge.version_edit WHERE false;
SELECT authority_id, pledge_id, version_number, number, part, part_id, kind, field, text_before,
       text_after, edited_by, edit_time
  FROM pledge.version_edit_resource WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.version_edit'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) = 3)::int FROM pg_trigger
 WHERE tgfoid = 'pledge.edit_record()'::regprocedure AND tgenabled = 'O';

ROLLBACK;
