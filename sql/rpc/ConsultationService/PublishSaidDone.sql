-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/PublishSaidDone
-- permission: consultation.write
-- tx: write
SELECT said_done_publish(:name/consultations::text, :name/consultations/saidDone::text);
-- into: said_done
SELECT name, said, done, question, amendment_id, publish_time, create_time
  FROM said_done_resource
 WHERE authority_id = app_authority() AND consultation_id = :name/consultations::text
   AND entry::text = :name/consultations/saidDone::text;
