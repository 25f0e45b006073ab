-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:words on pg
BEGIN;

SELECT authority_id, text_id, move, state, reason, principal_id, recorded_at
  FROM pledge.response_text_move WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.response_text_move'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'response_text_move';
SELECT authority_id, consultation_id, amendment_id, statement_id, exact_words, proposed_words,
       reason, group_id, body_id, create_time
  FROM pledge.amendment WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.amendment'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'amendment';
SELECT authority_id, consultation_id, amendment_id, state, reason, decided_on, principal_id,
       recorded_at
  FROM pledge.amendment_decision WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.amendment_decision'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'amendment_decision';
SELECT authority_id, consultation_id, entry, said, done, question, amendment_id, publish_time,
       create_time
  FROM pledge.said_done WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.said_done'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'said_done';
SELECT authority_id, consultation_id FROM pledge.response_text_resource WHERE false;
SELECT authority_id, consultation_id FROM pledge.amendment_resource WHERE false;
SELECT authority_id, consultation_id FROM pledge.said_done_resource WHERE false;
SELECT 'pledge.response_text_moderate(text, text, text, text)'::regprocedure;
SELECT 'pledge.text_name(text, text, uuid)'::regprocedure;
SELECT 'pledge.amendment_propose(text, text, text, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.amendment_decide(text, text, text, text, date)'::regprocedure;
SELECT 'pledge.said_done_create(text, text, text, integer, text)'::regprocedure;
SELECT 'pledge.said_done_publish(text, text)'::regprocedure;
SELECT 1 / (count(*) = 1)::int FROM pledge.role_permission
 WHERE permission = 'consultation.moderate';

ROLLBACK;
