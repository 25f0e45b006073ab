-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ListAmendments
-- permission: consultation.read
-- tx: read
-- audit: read
-- into: amendments
SELECT name, statement_id, exact_words, proposed_words, reason, group_id, body, state, decision_reason,
       decided_on, create_time
  FROM amendment_resource
 WHERE authority_id = app_authority() AND consultation_id = :parent/consultations::text
   AND amendment_id > (SELECT page_after(:page_token::text, 'amendments'))
 ORDER BY amendment_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT a.amendment_id
      FROM amendment AS a
     WHERE a.authority_id = app_authority()
       AND a.consultation_id = :parent/consultations::text
       AND a.amendment_id > (SELECT page_after(:page_token::text, 'amendments'))
     ORDER BY a.amendment_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'amendments', :page_token::text) AS next_page_token
  FROM consultation AS c
 WHERE c.authority_id = app_authority() AND c.consultation_id = :parent/consultations::text;
