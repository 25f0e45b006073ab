-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:decision on pg
BEGIN;

SELECT 1 / (count(*) = 2)::int FROM pg_trigger
 WHERE tgrelid = 'pledge.version'::regclass AND tgname IN ('version_drafted', 'version_endorsed')
   AND tgenabled = 'O';
SELECT 'pledge.endorsement_hold(text, int, text, text, text)'::regprocedure;
SELECT 'pledge.endorsement_lock(text, integer, text, text)'::regprocedure;
SELECT 'pledge.notice_give(text, text, text, text, text, date, text)'::regprocedure;
SELECT 'pledge.decision_violations(date, date, text, text, text, boolean, integer, integer,'
    'integer, integer, text, boolean, boolean)'::regprocedure;
SELECT 'pledge.decision_record(text, text, text, text, text, text, text, text, boolean, integer,'
    'integer, integer, boolean, text, text)'::regprocedure;
SELECT 'pledge.call_in_decision(text, integer, text, integer, text)'::regprocedure;
SELECT 'pledge.decision_call_in(text, text, text, integer, date, text, text, text, text)'::regprocedure;
SELECT 'pledge.call_in_decide(text, text, text, integer, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.decision_withdraw(text, text, text, integer, text, date, text)'::regprocedure;

ROLLBACK;
