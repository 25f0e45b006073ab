-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ListConsultations
-- permission: consultation.read
-- tx: read
-- into: consultations
SELECT name, title, version, opens_on, closes_on, state, question_count, close_time, create_time,
       update_time, etag
  FROM consultation_resource
 CROSS JOIN page_after_day(:page_token::text, 'consultations') AS k
 WHERE authority_id = app_authority()
   AND (opens_on, consultation_id) < (k.ret_day, k.ret_id)
 ORDER BY opens_on DESC, consultation_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT c.opens_on || ' ' || c.consultation_id
      FROM consultation AS c
     CROSS JOIN page_after_day(:page_token::text, 'consultations') AS k
     WHERE c.authority_id = app_authority()
       AND (c.opens_on, c.consultation_id) < (k.ret_day, k.ret_id)
     ORDER BY c.opens_on DESC, c.consultation_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'consultations', :page_token::text) AS next_page_token;
