-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.VisitService/AnswerFinding
-- permission: visit.answer
-- tx: write
SELECT visit_answer_add(
    :name/visits::text, :name/visits/findings::text, :text::text, :answered_on::date, :done_on::date);
-- into: finding
SELECT name, kind, text, statement, follow_up_due_on, words, state, follow_up, days_over, answer,
       answered_on, done_on, answer_count, provider, visited_on, owner, owner_display_name
  FROM visit_findings(current_date, '9999-12-31')
 WHERE visit_id = :name/visits::text AND finding_id = :name/visits/findings::text;
