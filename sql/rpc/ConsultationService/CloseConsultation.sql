-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/CloseConsultation
-- permission: consultation.write
-- tx: write
SELECT consultation_close(:name/consultations::text, :etag::text);
-- into: consultation
SELECT name, title, version, opens_on, closes_on, state, question_count, close_time, create_time,
       update_time, etag
  FROM consultation_resource
 WHERE authority_id = app_authority() AND consultation_id = :name/consultations::text;
-- into: consultation.groups
SELECT group_id, kind, age_from, age_to, invited_count, responding_count, suppressed
  FROM consulted_group_resource
 WHERE authority_id = app_authority() AND consultation_id = :name/consultations::text
 ORDER BY position;
