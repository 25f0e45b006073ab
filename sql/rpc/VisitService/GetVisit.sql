-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.VisitService/GetVisit
-- permission: visit.read
-- tx: read
-- audit: read
-- into: visit
SELECT name, provider, provides, owner, owner_display_name, visited_on, inspectors, suppressed,
       finding_count, waiting_count, open_count, overdue_count, create_time
  FROM visits((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE visit_id = :name/visits::text;
-- into: visit.findings
SELECT name, kind, text, statement, follow_up_due_on, words, state, follow_up, days_over, answer,
       answered_on, done_on, answer_count, provider, visited_on, owner, owner_display_name
  FROM visit_findings((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE visit_id = :name/visits::text
 ORDER BY place COLLATE "C";
-- into: answers
SELECT finding, text, answered_on, done_on, create_time
  FROM visit_answers(:name/visits::text, '', (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'));
