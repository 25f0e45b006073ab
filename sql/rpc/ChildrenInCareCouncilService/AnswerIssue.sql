-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/AnswerIssue
-- permission: cicc.answer
-- tx: write
SELECT issue_move(
    :name/raisedIssues::text, 'answered', :text::text,
    :happened_on::date, :etag::text);
-- into: raised_issue
SELECT name, session, department, department_display_name, lead_member, raised_on, text,
       text_name AS words, state, due_on, days_over, answer_count, not_satisfied_count, create_time,
       etag
  FROM raised_issues(current_date, '9999-12-31')
 WHERE raised_issue_id = :name/raisedIssues::text;
-- into: raised_issue.history
SELECT kind, happened_on, due_on, text, recorded_at
  FROM raised_issue_history(:name/raisedIssues::text, current_date, '9999-12-31')
 ORDER BY move;
