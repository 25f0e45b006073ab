-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.VisitService/RecordVisit
-- permission: visit.record
-- tx: write
SELECT visit_record(
    :visit_id::text, :visit.provider::text, :visit.provides::text, :visit.owner::text,
    :visit.visited_on::date, :visit.inspectors::int4, :visit.findings.kind::text[],
    :visit.findings.text::text[], :visit.findings.statement/pledges::text[],
    :visit.findings.statement/pledges/versions::text[],
    :visit.findings.statement/pledges/versions/statements::text[],
    :visit.findings.follow_up_due_on::date[]);
-- into: visit
SELECT name, provider, provides, owner, owner_display_name, visited_on, inspectors, suppressed,
       finding_count, waiting_count, open_count, overdue_count, create_time
  FROM visits(current_date, '9999-12-31')
 WHERE visit_id = :visit_id::text;
-- into: visit.findings
SELECT name, kind, text, statement, follow_up_due_on, words, state, follow_up, days_over, answer,
       answered_on, done_on, answer_count, provider, visited_on, owner, owner_display_name
  FROM visit_findings(current_date, '9999-12-31')
 WHERE visit_id = :visit_id::text
 ORDER BY place COLLATE "C";
