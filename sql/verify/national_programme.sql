-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:national_programme on pg
BEGIN;

SELECT authority_id, programme_id, title, publisher, published_on, recorded_at
  FROM pledge.programme WHERE false;
SELECT authority_id, programme_id, area, title
  FROM pledge.programme_area WHERE false;
SELECT authority_id, programme_id, number, area, text
  FROM pledge.proposal WHERE false;
SELECT authority_id, programme_id, number, decision, priority, owner_id, target, resource_note,
       cost_pence, set_aside, reason, decided_on, recorded_at
  FROM pledge.proposal_decision WHERE false;
SELECT 1 / (count(*) = 4)::int FROM pg_class
  WHERE oid IN ('pledge.programme'::regclass, 'pledge.programme_area'::regclass,
               'pledge.proposal'::regclass, 'pledge.proposal_decision'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id, programme_id, name, title, publisher, published_on, create_time
  FROM pledge.programme_resource WHERE false;
SELECT 'pledge.proposal_line_violations(integer, text, text, text, text, text, bigint, text, '
    'date)'::regprocedure;
SELECT 'pledge.programme_import(text, text, text, date, integer[], text[], text[], text[], '
    'text[], text[], text[], bigint[], text[])'::regprocedure;
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'work.record';

ROLLBACK;
