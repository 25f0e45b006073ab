-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:consultation from pg
BEGIN;

DELETE FROM pledge.role_permission
 WHERE permission IN ('consultation.read', 'consultation.write', 'consultation.enter');
DROP FUNCTION pledge.code_questions(text);
DROP FUNCTION pledge.code_consultation(text);
DROP FUNCTION pledge.response_enter(text, text, integer[], integer[], integer[], integer[],
    integer[], integer[], integer[], integer[], text[], date);
DROP FUNCTION pledge.response_by_code(text, integer[], integer[], integer[], integer[], integer[],
    integer[], integer[], integer[], text[]);
DROP FUNCTION pledge.response_code_find(text);
DROP FUNCTION pledge.response_take(text, text, text, uuid, date, integer[], integer[], integer[],
    integer[], integer[], integer[], integer[], integer[], text[]);
DROP FUNCTION pledge.response_mix(text, text);
DROP FUNCTION pledge.response_violations(text, text, integer[], integer[], integer[], integer[],
    integer[], integer[], integer[], integer[], text[]);
DROP FUNCTION pledge.response_codes_make(text, text, integer);
DROP FUNCTION pledge.response_code_new();
DROP FUNCTION pledge.response_code_digest(text);
DROP FUNCTION pledge.question_create(text, text, text, text[], text[], integer);
DROP FUNCTION pledge.question_reword(text, integer, text);
DROP FUNCTION pledge.consultation_update(text, text, date, date, text, text[]);
DROP FUNCTION pledge.consultation_close(text, text);
DROP FUNCTION pledge.consultation_hold(text, text);
DROP FUNCTION pledge.consultation_create(text, text, text, text, date, date, text[], text[],
    integer[], integer[], integer[]);
DROP VIEW pledge.question_resource;
DROP VIEW pledge.consulted_group_resource;
DROP VIEW pledge.consultation_resource;
DROP FUNCTION pledge.consultation_state(date, date, timestamp with time zone);
DROP POLICY authority_definer ON pledge.authority;
DROP TABLE pledge.response_text;
DROP TABLE pledge.response_answer;
DROP TABLE pledge.response;
DROP TABLE pledge.response_code;
DROP TABLE pledge.consultation_option;
DROP TABLE pledge.consultation_question;
DROP TABLE pledge.consultation_group;
DROP TABLE pledge.consultation;
DROP FUNCTION pledge.in_voice_team();

COMMIT;
