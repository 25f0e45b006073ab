-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ListRaisedIssues
-- permission: cicc.read
-- tx: read
-- recall: no
-- into: raised_issues
SELECT name, session, department, department_display_name, lead_member, raised_on, text,
       text_name AS words, state, due_on, days_over, answer_count, not_satisfied_count, create_time,
       etag
  FROM raised_issues((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'raised_issues'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM raised_issues((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'raised_issues'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'raised_issues', :page_token::text) AS next_page_token;
