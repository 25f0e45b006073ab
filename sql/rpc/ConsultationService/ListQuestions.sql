-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ListQuestions
-- permission: consultation.read
-- tx: read
-- into: questions
SELECT question, kind, prompt, most_ranked, options AS "options.option",
       statement_ids AS "options.statement_id", labels AS "options.label"
  FROM question_resource
 WHERE authority_id = app_authority() AND consultation_id = :parent/consultations::text
   AND question > (SELECT page_after_number(:page_token::text, 'questions'))
 ORDER BY question
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT q.question::text
      FROM consultation_question AS q
     WHERE q.authority_id = app_authority() AND q.consultation_id = :parent/consultations::text
       AND q.question > (SELECT page_after_number(:page_token::text, 'questions'))
     ORDER BY q.question
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'questions', :page_token::text) AS next_page_token
  FROM consultation AS c
 WHERE c.authority_id = app_authority() AND c.consultation_id = :parent/consultations::text;
