-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/CreateConsultation
-- permission: consultation.write
-- tx: write
SELECT consultation_create(
    :consultation_id::text, :consultation.title::text, :consultation.version/pledges::text,
    :consultation.version/pledges/versions::text, :consultation.opens_on::date,
    :consultation.closes_on::date, :consultation.groups.group_id::text[],
    :consultation.groups.kind::text[], :consultation.groups.age_from::int4[],
    :consultation.groups.age_to::int4[], :consultation.groups.invited_count::int4[]);
-- into: consultation
SELECT name, title, version, opens_on, closes_on, state, question_count, close_time, create_time,
       update_time, etag
  FROM consultation_resource
 WHERE authority_id = app_authority() AND consultation_id = :consultation_id::text;
-- into: consultation.groups
SELECT group_id, kind, age_from, age_to, invited_count, responding_count, suppressed
  FROM consulted_group_resource
 WHERE authority_id = app_authority() AND consultation_id = :consultation_id::text
 ORDER BY position;
