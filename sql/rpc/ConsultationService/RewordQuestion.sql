-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/RewordQuestion
-- permission: consultation.write
-- tx: write
SELECT question_reword(:parent/consultations::text, :question::int4, :prompt::text);
-- into: questions
SELECT question, kind, prompt, most_ranked, options AS "options.option",
       statement_ids AS "options.statement_id", labels AS "options.label"
  FROM question_resource
 WHERE authority_id = app_authority() AND consultation_id = :parent/consultations::text
 ORDER BY question;
