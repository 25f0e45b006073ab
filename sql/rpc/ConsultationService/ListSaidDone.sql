-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ListSaidDone
-- permission: consultation.read
-- tx: read
-- into: said_done
SELECT name, said, done, question, amendment_id, publish_time, create_time
  FROM said_done_resource
 WHERE authority_id = app_authority() AND consultation_id = :parent/consultations::text
   AND entry > (SELECT page_after_number(:page_token::text, 'said_done'))
 ORDER BY entry
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT s.entry::text
      FROM said_done AS s
     WHERE s.authority_id = app_authority()
       AND s.consultation_id = :parent/consultations::text
       AND s.entry > (SELECT page_after_number(:page_token::text, 'said_done'))
     ORDER BY s.entry
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'said_done', :page_token::text) AS next_page_token
  FROM consultation AS c
 WHERE c.authority_id = app_authority() AND c.consultation_id = :parent/consultations::text;
