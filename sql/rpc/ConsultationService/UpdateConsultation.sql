-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/UpdateConsultation
-- permission: consultation.write
-- tx: write
SELECT consultation_update(
    :consultation.name/consultations::text, :consultation.title::text, :consultation.opens_on::date,
    :consultation.closes_on::date, :consultation.etag::text, :update_mask.paths::text[]);
-- into: consultation
SELECT name, title, version, opens_on, closes_on, state, question_count, close_time, create_time,
       update_time, etag
  FROM consultation_resource
 WHERE authority_id = app_authority() AND consultation_id = :consultation.name/consultations::text;
-- into: consultation.groups
SELECT group_id, kind, age_from, age_to, invited_count, responding_count, suppressed
  FROM consulted_group_resource
 WHERE authority_id = app_authority() AND consultation_id = :consultation.name/consultations::text
 ORDER BY position;
