-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/DecideAmendment
-- permission: consultation.write
-- tx: write
SELECT amendment_decide(
    :name/consultations::text, :name/consultations/amendments::text, :decision::text,
    :reason::text, :decided_on::date);
-- into: amendment
SELECT name, statement_id, exact_words, proposed_words, reason, group_id, body, state, decision_reason,
       decided_on, create_time
  FROM amendment_resource
 WHERE authority_id = app_authority() AND consultation_id = :name/consultations::text
   AND amendment_id = :name/consultations/amendments::text;
