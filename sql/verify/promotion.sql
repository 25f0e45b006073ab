-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:promotion on pg
BEGIN;

SELECT authority_id, issue_id, pledge_id, version_number, audience, form, language, quantity, issued_on,
       recorded_at
  FROM pledge.issue WHERE false;
SELECT authority_id, issue_id, number, count, acknowledged_on, recorded_at
  FROM pledge.acknowledgement WHERE false;
SELECT authority_id, number, audience, counted_on, count, recorded_at
  FROM pledge.audience_count WHERE false;
SELECT authority_id, launch_event_id, pledge_id, version_number, title, held_on, attendance, recorded_at
  FROM pledge.launch_event WHERE false;
SELECT name, version, acknowledged FROM pledge.issue_resource WHERE false;
SELECT name, version, held_on FROM pledge.launch_event_resource WHERE false;
SELECT 1 / (count(*) = 4)::int FROM pg_class
 WHERE oid IN ('pledge.issue'::regclass, 'pledge.acknowledgement'::regclass,
               'pledge.audience_count'::regclass, 'pledge.launch_event'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.issue_audiences()'::regprocedure;
SELECT 'pledge.issue_create(text, text, text, text, text, text, integer, date)'::regprocedure;
SELECT 'pledge.issue_acknowledge(text, integer, date)'::regprocedure;
SELECT 'pledge.audience_counted(text, date, integer)'::regprocedure;
SELECT 'pledge.launch_event_create(text, text, text, text, date, integer)'::regprocedure;
SELECT 'pledge.reach_day(text)'::regprocedure;
SELECT 'pledge.version_in_force(text, date)'::regprocedure;
SELECT 'pledge.reach(text, date)'::regprocedure;

ROLLBACK;
