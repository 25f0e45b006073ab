-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:consultation on pg
BEGIN;

SELECT authority_id, consultation_id, title, pledge_id, version_number, opens_on, closes_on, close_time,
       create_time, update_time, revision
  FROM pledge.consultation WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.consultation'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'consultation';
SELECT authority_id, consultation_id, group_id, position, kind, age_from, age_to, invited_count
  FROM pledge.consultation_group WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.consultation_group'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'consultation_group';
SELECT authority_id, consultation_id, question, kind, prompt, most_ranked
  FROM pledge.consultation_question WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.consultation_question'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'consultation_question';
SELECT authority_id, consultation_id, question, option, statement_id, label
  FROM pledge.consultation_option WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.consultation_option'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'consultation_option';
SELECT authority_id, consultation_id, group_id, code_hash
  FROM pledge.response_code WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.response_code'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'response_code';
SELECT authority_id, consultation_id, response_id, group_id, received_on, principal_id
  FROM pledge.response WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.response'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'response';
SELECT authority_id, consultation_id, question, answer_id, group_id, value, ranking, places
  FROM pledge.response_answer WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.response_answer'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'response_answer';
SELECT authority_id, consultation_id, text_id, question, group_id, received_on, text, state, erased_on
  FROM pledge.response_text WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.response_text'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 2)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'response_text';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.consultation'::regclass AND tgname = 'consultation_touch' AND tgenabled = 'O';
SELECT authority_id, consultation_id FROM pledge.consultation_resource WHERE false;
SELECT authority_id, consultation_id FROM pledge.consulted_group_resource WHERE false;
SELECT authority_id, consultation_id FROM pledge.question_resource WHERE false;
SELECT 'pledge.in_voice_team()'::regprocedure;
SELECT 'pledge.consultation_state(date, date, timestamp with time zone)'::regprocedure;
SELECT 'pledge.consultation_create(text, text, text, text, date, date, text[], text[],'
    'integer[], integer[], integer[])'::regprocedure;
SELECT 'pledge.consultation_hold(text, text)'::regprocedure;
SELECT 'pledge.consultation_update(text, text, date, date, text, text[])'::regprocedure;
SELECT 'pledge.question_reword(text, integer, text)'::regprocedure;
SELECT 'pledge.consultation_close(text, text)'::regprocedure;
SELECT 'pledge.question_create(text, text, text, text[], text[], integer)'::regprocedure;
SELECT 'pledge.response_code_digest(text)'::regprocedure;
SELECT 'pledge.response_code_new()'::regprocedure;
SELECT 'pledge.response_codes_make(text, text, integer)'::regprocedure;
SELECT 'pledge.response_violations(text, text, integer[], integer[], integer[], integer[],'
    'integer[], integer[], integer[], integer[], text[])'::regprocedure;
SELECT 'pledge.response_mix(text, text)'::regprocedure;
SELECT 'pledge.response_take(text, text, text, uuid, date, integer[], integer[], integer[],'
    'integer[], integer[], integer[], integer[], integer[], text[])'::regprocedure;
SELECT 'pledge.response_code_find(text)'::regprocedure;
SELECT 'pledge.response_by_code(text, integer[], integer[], integer[], integer[], integer[],'
    'integer[], integer[], integer[], text[])'::regprocedure;
SELECT 'pledge.response_enter(text, text, integer[], integer[], integer[], integer[],'
    'integer[], integer[], integer[], integer[], text[], date)'::regprocedure;
SELECT 'pledge.code_consultation(text)'::regprocedure;
SELECT 'pledge.code_questions(text)'::regprocedure;
SELECT 1 / (count(*) >= 3)::int FROM (
    SELECT DISTINCT permission FROM pledge.role_permission
     WHERE permission LIKE 'consultation.%') AS p;

ROLLBACK;
