-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:visit on pg
BEGIN;

SELECT authority_id, visit_id, provider, provides, owner_id, visited_on, inspectors, principal_id,
       recorded_at FROM pledge.visit WHERE false;
SELECT authority_id, visit_id, finding_id, kind, pledge_id, version_number, statement_id,
       follow_up_due_on, recorded_at FROM pledge.visit_finding WHERE false;
SELECT authority_id, visit_id, finding_id, answer, text, answered_on, done_on, principal_id,
       recorded_at FROM pledge.visit_answer WHERE false;
SELECT 1 / (count(*) = 3)::int FROM pg_class
 WHERE oid IN ('pledge.visit'::regclass,
               'pledge.visit_finding'::regclass,
               'pledge.visit_answer'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id FROM pledge.follow_up_due WHERE false;
SELECT authority_id FROM pledge.findings_waiting WHERE false;
SELECT 'pledge.visit_findings(date, date)'::regprocedure;
SELECT 'pledge.visits(date, date)'::regprocedure;
SELECT 'pledge.visit_answers(text, text, date, date)'::regprocedure;
SELECT 'pledge.statement_origins(text, integer, text)'::regprocedure;
SELECT 'pledge.visit_record(text, text, text, text, date, integer, text[], text[], text[], text[], text[], date[])'::regprocedure;
SELECT 'pledge.visit_answer_add(text, text, text, date, date)'::regprocedure;
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'visit.read';

ROLLBACK;
