-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/RaiseIssue
-- permission: cicc.record
-- tx: write
SELECT issue_raise(
    :raised_issue_id::text, :raised_issue.session/bodies::text,
    :raised_issue.session/bodies/meetings::text, :raised_issue.department/departments::text,
    :raised_issue.lead_member/bodies::text, :raised_issue.lead_member/bodies/members::text,
    :raised_issue.text::text);
-- into: raised_issue
SELECT name, session, department, department_display_name, lead_member, raised_on, text,
       text_name AS words, state, due_on, days_over, answer_count, not_satisfied_count, create_time,
       etag
  FROM raised_issues(current_date, '9999-12-31')
 WHERE raised_issue_id = :raised_issue_id::text;
-- into: raised_issue.history
SELECT kind, happened_on, due_on, text, recorded_at
  FROM raised_issue_history(:raised_issue_id::text, current_date, '9999-12-31')
 ORDER BY move;
