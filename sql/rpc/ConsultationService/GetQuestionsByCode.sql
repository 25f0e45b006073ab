-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/GetQuestionsByCode
-- permission: public
-- tx: read
-- recall: no
-- into: .
SELECT title, authority_display_name, closes_on
  FROM code_consultation(:code::text);
-- into: questions
SELECT question, kind, prompt, most_ranked, options AS "options.option",
       statement_ids AS "options.statement_id", labels AS "options.label"
  FROM code_questions(:code::text)
 ORDER BY question;
