-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/GetRaisedIssue
-- permission: cicc.read
-- tx: read
-- recall: no
-- into: raised_issue
SELECT name, session, department, department_display_name, lead_member, raised_on, text,
       text_name AS words, state, due_on, days_over, answer_count, not_satisfied_count, create_time,
       etag
  FROM raised_issues((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE raised_issue_id = :name/raisedIssues::text;
-- into: raised_issue.history
SELECT kind, happened_on, due_on, text, recorded_at
  FROM raised_issue_history(:name/raisedIssues::text, (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 ORDER BY move;
