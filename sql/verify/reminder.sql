-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:reminder on pg
BEGIN;

SELECT rule_id, about, days, level FROM pledge.reminder_default WHERE false;
SELECT authority_id, create_time, update_time, revision FROM pledge.reminder_policy WHERE false;
SELECT authority_id, rule_id, position, about, days, level FROM pledge.reminder_rule WHERE false;
SELECT authority_id, address_key, level, owner_id, email FROM pledge.reminder_address WHERE false;
SELECT authority_id, number, event_key, rule_id, about, level, round_id, owner_id, due_on, email,
       subject, body, state, tries, next_try, problem, sent_at, recorded_at
  FROM pledge.reminder WHERE false;
SELECT 1 / (count(*) = 4)::int FROM pg_class
 WHERE oid IN ('pledge.reminder_policy'::regclass, 'pledge.reminder_rule'::regclass,
               'pledge.reminder_address'::regclass, 'pledge.reminder'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id, rule_id, position, about, days, level
  FROM pledge.reminder_rule_resource WHERE false;
SELECT authority_id, address_key, level, owner, email
  FROM pledge.reminder_address_resource WHERE false;
SELECT authority_id, number, rule_id, about, level, round, owner, due_on, email, subject, body, state,
       tries, problem, send_time, create_time
  FROM pledge.reminder_resource WHERE false;
SELECT 'pledge.reminder_etag()'::regprocedure;
SELECT 'pledge.reminder_rules_set(text[], text[], int[], text[], text)'::regprocedure;
SELECT 'pledge.reminder_address_set(text, text, text)'::regprocedure;
SELECT 'pledge.one_line(text)'::regprocedure;
SELECT 'pledge.reminder_body(text, text, text, text, text, text, text, date, text)'::regprocedure;
SELECT 'pledge.reminder_make(text)'::regprocedure;
SELECT 'pledge.reminder_job(int, int)'::regprocedure;
SELECT 'pledge.reminder_told(text, int, text, boolean)'::regprocedure;
SELECT 1 / (count(*) >= 4)::int FROM pledge.role_permission WHERE permission LIKE 'reminder.%';

ROLLBACK;
