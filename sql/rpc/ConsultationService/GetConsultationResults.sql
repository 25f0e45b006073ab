-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/GetConsultationResults
-- permission: consultation.read
-- tx: read
-- recall: no
-- into: groups
SELECT group_id, kind, age_from, age_to, invited_count, responding_count, suppressed
  FROM consulted_group_resource
 WHERE authority_id = app_authority()
   AND consultation_id = (SELECT results_of(:name/consultations::text))
 ORDER BY position;
-- into: tallies
SELECT question, kind, prompt, answer_count, suppressed, answers AS "counts.value",
       labels AS "counts.label", counts AS "counts.count", withheld AS "counts.suppressed"
  FROM tally_results((SELECT results_of(:name/consultations::text)));
-- into: rankings
SELECT question, prompt, ranking_count, option_count, suppressed,
       borda_places AS "borda.place", borda_options AS "borda.option",
       borda_statements AS "borda.statement_id", borda_labels AS "borda.label",
       borda_points AS "borda.score", schulze_places AS "schulze.place",
       schulze_options AS "schulze.option", schulze_statements AS "schulze.statement_id",
       schulze_labels AS "schulze.label", schulze_beats AS "schulze.score"
  FROM ranking_results((SELECT results_of(:name/consultations::text)));
