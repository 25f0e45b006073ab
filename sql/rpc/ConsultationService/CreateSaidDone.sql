-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/CreateSaidDone
-- permission: consultation.write
-- tx: write
SELECT said_done_create(
    :parent/consultations::text, :said_done.said::text, :said_done.done::text,
    :said_done.question::int4, :said_done.amendment_id::text);
-- into: said_done
SELECT name, said, done, question, amendment_id, publish_time, create_time
  FROM said_done_resource
 WHERE authority_id = app_authority() AND consultation_id = :parent/consultations::text
   AND create_time = request_time(:request_id::text)
 ORDER BY entry DESC
 LIMIT 1;
