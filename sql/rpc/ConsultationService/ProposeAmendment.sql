-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ProposeAmendment
-- permission: consultation.write
-- tx: write
SELECT amendment_propose(
    :parent/consultations::text, :amendment_id::text, :amendment.statement_id::text,
    :amendment.exact_words::text, :amendment.proposed_words::text, :amendment.reason::text,
    :amendment.group_id::text, :amendment.body/bodies::text);
-- into: amendment
SELECT name, statement_id, exact_words, proposed_words, reason, group_id, body, state, decision_reason,
       decided_on, create_time
  FROM amendment_resource
 WHERE authority_id = app_authority() AND consultation_id = :parent/consultations::text
   AND amendment_id = :amendment_id::text;
