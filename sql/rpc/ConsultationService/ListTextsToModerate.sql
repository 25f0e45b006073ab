-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ListTextsToModerate
-- permission: consultation.moderate
-- tx: read
-- audit: read
-- into: texts
SELECT name, question, group_id, received_on, text, state
  FROM response_text_resource
 WHERE authority_id = app_authority() AND consultation_id = :parent/consultations::text
   AND state = coalesce(nullif(:state::text, ''), 'waiting')
   AND text_id > (SELECT page_after(:page_token::text, 'moderated'))
 ORDER BY text_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT t.text_id
      FROM response_text_resource AS t
     WHERE t.authority_id = app_authority()
       AND t.consultation_id = :parent/consultations::text AND t.state = coalesce(nullif(:state::text, ''), 'waiting')
       AND t.text_id > (SELECT page_after(:page_token::text, 'moderated'))
     ORDER BY t.text_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'moderated', :page_token::text) AS next_page_token
  FROM consultation AS c
 WHERE c.authority_id = app_authority() AND c.consultation_id = :parent/consultations::text;
